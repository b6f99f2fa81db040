/*
 * scoreboard: what every worker is doing, in memory that master and workers share. Each slot is written by its worker (and by the
 * master between two workers) and read by all.
 */
#ifndef POOL_SCOREBOARD_H
#define POOL_SCOREBOARD_H

#include <stdint.h>
#include <sys/types.h>

#include "http/route.h"

enum { SLOTS_MAX = 256, SLOT_TEXT = 96 };
enum slot_state { SLOT_EMPTY, SLOT_STARTING, SLOT_IDLE, SLOT_BUSY, SLOT_STOPPING };
const char *slot_state_name(enum slot_state s);

struct slot; /* opaque, lock-free atomics */
struct scoreboard;

/* A copy of a slot. */
struct slot_view {
	pid_t pid;
	enum pool_class pool;
	enum slot_state state;
	uint64_t requests;       /* of this slot since the pool started */
	uint64_t deaths;         /* workers of this slot that died */
	double busy_seconds;     /* spent on requests, the current one included */
	double state_seconds;    /* how long it has been in this state */
	double silent_seconds;   /* since its last sign of life; idle workers give one each second */
	uint64_t generation;     /* of the configuration: grows with each SIGHUP */
	char current[SLOT_TEXT]; /* "POST /upload", "" when idle; printable ASCII */
};

int scoreboard_new(struct scoreboard **out, size_t slots, struct err *e); /* MAP_SHARED: call before fork */
void scoreboard_del(struct scoreboard *b);
size_t scoreboard_n(const struct scoreboard *b);
struct slot *scoreboard_slot(struct scoreboard *b, size_t i);
void scoreboard_view(const struct scoreboard *b, size_t i, struct slot_view *out);
double scoreboard_uptime(const struct scoreboard *b); /* seconds since scoreboard_new() */

/* The master has asked everybody to leave for good: workers serve what waits in the backlog before they go. */
void scoreboard_close(struct scoreboard *b);
int scoreboard_closing(const struct scoreboard *b);

/*
 * One job of the owner's (job/task.h) at a time for all workers: 1 when this process may run it now, 0 when another one does. It is the kernel's to
 * give back when the process dies.
 */
int scoreboard_job_take(struct scoreboard *b);
void scoreboard_job_leave(struct scoreboard *b);

/* By the master; slot_assign() by the child right after fork, so that it comes before anything else that the child writes. */
void slot_assign(struct slot *s, pid_t pid, enum pool_class pool, uint64_t generation);
void slot_clear(struct slot *s, int died);

/* By the worker. */
void slot_idle(struct slot *s);                    /* waits; what was begun does not count as a request */
void slot_begin(struct slot *s, const char *what); /* a request; what: cut, made printable. Again: other words for the same one */
void slot_beat(struct slot *s);                    /* it makes progress */
void slot_end(struct slot *s);
void slot_stopping(struct slot *s);

/* The scan that the worker is at; 0: none. Whoever cancels one asks the worker of this host that is at it to stop. */
void slot_scan(struct slot *s, uint64_t id);
int slot_cancelled(const struct slot *s);
void scoreboard_cancel(struct scoreboard *b, uint64_t scan);

/* What workers know of the database, shared so that /status needs no query: all of the host's workers keep it fresh. */
struct database_view {
	int connected;
	uint64_t total_scans;
	double age_seconds; /* since it was checked; infinite when never */
};
void scoreboard_database(const struct scoreboard *b, struct database_view *out);
void scoreboard_set_database(struct scoreboard *b, int connected, uint64_t total_scans);
/* The next reader shall ask the database. */
void scoreboard_stale_database(struct scoreboard *b);

#endif
