/*
 * supervisor: which worker is to be started, asked to leave or killed now. Knows no processes and no clock: it is told what
 * happened, with the time in seconds, and says what to do next.
 *
 *   seat        a row of the scoreboard; active: a worker belongs there; leaving: asked to go, its seat is free afterwards
 *   dead        an active seat is filled again: at once when its worker had lived for YOUNG_SECONDS, else after a pause that doubles
 *               from PAUSE_FIRST to PAUSE_MOST. More than 20 + 2 * workers deaths within DEATHS_SECONDS: all leave
 *   stuck       a worker that is silent for stuck_seconds is killed; one that waits may be IDLE_SECONDS more, as it speaks only now and then
 *   leaving     asked each second (a signal may come before the child listens), killed after drain_seconds
 *   roll        for each worker of an old generation: one of the new is started in a free seat, and when it is ready the old one
 *               is asked to leave. The new one never gets ready: the old one stays
 */
#ifndef POOL_SUPERVISOR_H
#define POOL_SUPERVISOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pool/scoreboard.h"

enum {
	POOLS = CLASS_JOBS + 1,
	DEATHS_ALWAYS = 20,
	DEATHS_PER_WORKER = 2,
	DEATHS_MAX = DEATHS_ALWAYS + DEATHS_PER_WORKER * SLOTS_MAX
};
#define YOUNG_SECONDS  10.0
#define DEATHS_SECONDS 60.0
#define IDLE_SECONDS   5.0
#define PAUSE_FIRST    0.1
#define PAUSE_MOST     5.0

enum seat_role { SEAT_FREE, SEAT_ACTIVE, SEAT_LEAVING };

struct seat {
	enum seat_role role;
	enum pool_class pool;
	pid_t pid; /* 0: nobody sits there */
	uint64_t generation;
	double started, pause, due; /* due: when to start the next */
	double next_term, next_kill;
	double killed_until; /* it was killed as stuck: not again before */
	int replaces;        /* the seat that is asked to leave when this one is ready; -1: none */
	enum slot_state state;
	double silent;
};

struct supervisor {
	double stuck_seconds, drain_seconds; /* stuck 0: never */
	size_t want[POOLS];
	uint64_t generation;
	int rolling, draining, given_up;
	size_t n;
	struct seat seat[SLOTS_MAX];
	size_t deaths; /* since ever; the last DEATHS_MAX + 1 are remembered */
	double death[DEATHS_MAX + 1];
};

enum act { ACT_WAIT, ACT_SPAWN, ACT_TERM, ACT_KILL, ACT_ROLLED, ACT_DONE };
struct action {
	enum act act;
	size_t seat;
	int stuck;    /* ACT_KILL: it was stuck; else it would not leave */
	double until; /* ACT_WAIT: ask again then at the latest */
};

/* How many seats a pool of so many workers gets: room for a whole generation that leaves while the next serves. 0: too many. */
size_t supervisor_seats(size_t workers);

void supervisor_init(struct supervisor *s, size_t seats);

/* From now on so many workers of each class, of this generation: the first time and for each roll. */
void supervisor_want(struct supervisor *s, const size_t want[static POOLS], uint64_t generation);

/* Whether now is the time for another supervisor_want(): no roll is under way, or one whose new workers die. */
int supervisor_may_roll(const struct supervisor *s);

/* All are asked to leave. */
void supervisor_drain(struct supervisor *s, double now);

/* What happened. ACT_SPAWN is answered by one of the first two. Orderly: it left by itself, with exit code 0. */
void supervisor_spawned(struct supervisor *s, size_t seat, pid_t pid, double now);
void supervisor_not_spawned(struct supervisor *s, size_t seat, double now);
void supervisor_exited(struct supervisor *s, size_t seat, int orderly, double now);
void supervisor_saw(struct supervisor *s, size_t seat, enum slot_state state, double silent);

/* What to do now; call until it says ACT_WAIT or ACT_DONE (a drain is over). */
void supervisor_next(struct supervisor *s, double now, struct action *a);

/* The seat of a process, or -1. */
int supervisor_find(const struct supervisor *s, pid_t pid);
size_t supervisor_workers(const struct supervisor *s); /* how many are wanted */
size_t supervisor_alive(const struct supervisor *s);

#endif
