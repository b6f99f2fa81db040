/* supervisor: see the header. Every decision is one small function that either fills the action or passes. */
#include "pool/supervisor.h"

#include <string.h>

#define REPEAT_SECONDS 1.0  /* between two signals to the same worker, and between two looks at all of them */
#define ROLL_SECONDS   0.01 /* between two looks at a worker that shall get ready */

enum { NONE = -1, SPARE_SEATS = 16 };

size_t supervisor_seats(size_t workers)
{
	const size_t roomy = 2 * workers + SPARE_SEATS;

	if (workers >= SLOTS_MAX)
		return 0;
	return roomy < SLOTS_MAX ? roomy : SLOTS_MAX;
}

void supervisor_init(struct supervisor *s, size_t seats)
{
	memset(s, 0, sizeof(*s));
	s->n = seats;
	for (size_t i = 0; i < s->n; i++)
		s->seat[i].replaces = NONE;
}

void supervisor_want(struct supervisor *s, const size_t want[static POOLS], uint64_t generation)
{
	memcpy(s->want, want, sizeof(s->want));
	s->rolling = s->generation != 0;
	s->generation = generation;
}

int supervisor_may_roll(const struct supervisor *s)
{
	int dying = 0;

	for (size_t i = 0; i < s->n; i++)
		dying |= s->seat[i].role == SEAT_ACTIVE && s->seat[i].replaces != NONE && s->seat[i].pause > 0;
	return !s->draining && (!s->rolling || dying);
}

size_t supervisor_workers(const struct supervisor *s)
{
	size_t n = 0;

	for (size_t c = 0; c < POOLS; c++)
		n += s->want[c];
	return n;
}

size_t supervisor_alive(const struct supervisor *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->seat[i].pid > 0;
	return n;
}

int supervisor_find(const struct supervisor *s, pid_t pid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->seat[i].pid == pid)
			return (int)i;
	return NONE;
}

/* ---- what happened ---------------------------------------------------------------------------------------------------------- */

static void release(struct supervisor *s, size_t i)
{
	s->seat[i] = (struct seat){ .replaces = NONE };
	for (size_t k = 0; k < s->n; k++)
		if (s->seat[k].replaces == (int)i)
			s->seat[k].replaces = NONE;
}

static void leave(struct supervisor *s, size_t i, double now)
{
	struct seat *const t = &s->seat[i];

	if (t->pid == 0) {
		release(s, i);
		return;
	}
	t->role = SEAT_LEAVING;
	t->replaces = NONE;
	t->next_term = now;
	t->next_kill = now + s->drain_seconds;
}

void supervisor_drain(struct supervisor *s, double now)
{
	s->draining = 1;
	s->rolling = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->seat[i].role == SEAT_ACTIVE)
			leave(s, i, now);
}

void supervisor_spawned(struct supervisor *s, size_t seat, pid_t pid, double now)
{
	struct seat *const t = &s->seat[seat];

	t->pid = pid;
	t->generation = s->generation;
	t->started = now;
	t->state = SLOT_STARTING;
	t->silent = t->killed_until = 0;
}

/* One more death: is it one too many? */
static int too_many(struct supervisor *s, double now)
{
	const size_t limit = DEATHS_ALWAYS + DEATHS_PER_WORKER * supervisor_workers(s);

	s->death[s->deaths++ % (DEATHS_MAX + 1)] = now;
	/* limit + 1 deaths ago is the oldest that counts. */
	return s->deaths > limit && now - s->death[(s->deaths - 1 - limit) % (DEATHS_MAX + 1)] <= DEATHS_SECONDS;
}

static void died(struct supervisor *s, size_t seat, double age, double now)
{
	struct seat *const t = &s->seat[seat];

	if (age >= YOUNG_SECONDS)
		t->pause = 0;
	else
		t->pause = t->pause == 0 ? PAUSE_FIRST : t->pause * 2 < PAUSE_MOST ? t->pause * 2 : PAUSE_MOST;
	t->due = now + t->pause;
	if (too_many(s, now) && !s->draining) {
		s->given_up = 1;
		supervisor_drain(s, now);
	}
}

void supervisor_not_spawned(struct supervisor *s, size_t seat, double now)
{
	died(s, seat, 0, now);
}

/* Whether a successor of seat i has been started, or is about to be. */
static int is_replaced(const struct supervisor *s, size_t i)
{
	for (size_t k = 0; k < s->n; k++)
		if (s->seat[k].replaces == (int)i)
			return 1;
	return 0;
}

void supervisor_exited(struct supervisor *s, size_t seat, int orderly, double now)
{
	struct seat *const t = &s->seat[seat];
	const double age = now - t->started;

	t->pid = 0;
	if (orderly) {
		t->due = now;
		if (age >= YOUNG_SECONDS)
			t->pause = 0;
	}
	if (t->role == SEAT_LEAVING || is_replaced(s, seat)) {
		/* Nobody is started here again; a death still counts. */
		release(s, seat);
		if (!orderly && too_many(s, now) && !s->draining) {
			s->given_up = 1;
			supervisor_drain(s, now);
		}
	} else if (!orderly) {
		died(s, seat, age, now);
	}
}

void supervisor_saw(struct supervisor *s, size_t seat, enum slot_state state, double silent)
{
	s->seat[seat].state = state;
	s->seat[seat].silent = silent;
}

/* ---- what to do ------------------------------------------------------------------------------------------------------------- */

static int find_free(const struct supervisor *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->seat[i].role == SEAT_FREE)
			return (int)i;
	return NONE;
}

static int act(struct action *a, enum act what, size_t seat)
{
	a->act = what;
	a->seat = seat;
	return 1;
}

static int kill_stuck(struct supervisor *s, double now, struct action *a)
{
	for (size_t i = 0; i < s->n && s->stuck_seconds > 0; i++) {
		struct seat *const t = &s->seat[i];
		const double limit = s->stuck_seconds + (t->state == SLOT_IDLE ? IDLE_SECONDS : 0);

		if (t->pid == 0 || t->state == SLOT_EMPTY || t->silent < limit || now < t->killed_until)
			continue;
		t->killed_until = now + REPEAT_SECONDS; /* dying takes a moment, in which it is still seen */
		a->stuck = 1;
		return act(a, ACT_KILL, i);
	}
	return 0;
}

static int press_leaving(struct supervisor *s, double now, struct action *a)
{
	for (size_t i = 0; i < s->n; i++) {
		struct seat *const t = &s->seat[i];

		if (t->role != SEAT_LEAVING)
			continue;
		if (now >= t->next_kill) {
			t->next_kill = now + REPEAT_SECONDS;
			return act(a, ACT_KILL, i);
		}
		if (now >= t->next_term) {
			t->next_term = now + REPEAT_SECONDS;
			return act(a, ACT_TERM, i);
		}
	}
	return 0;
}

static int fill(const struct supervisor *s, double now, struct action *a)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->seat[i].role == SEAT_ACTIVE && s->seat[i].pid == 0 && now >= s->seat[i].due)
			return act(a, ACT_SPAWN, i);
	return 0;
}

static void activate(struct supervisor *s, int seat, enum pool_class pool, int replaces, double now)
{
	s->seat[seat] = (struct seat){ .role = SEAT_ACTIVE, .pool = pool, .due = now, .replaces = replaces };
}

/* Seats of each class as wanted; two that replace each other are one. Returns 1 when something changed. */
static int balance(struct supervisor *s, double now)
{
	size_t n[POOLS] = { 0 };
	int victim[POOLS] = { NONE, NONE, NONE };

	for (size_t i = 0; i < s->n; i++) {
		const struct seat *const t = &s->seat[i];

		if (t->role != SEAT_ACTIVE || t->replaces != NONE)
			continue;
		n[t->pool]++;
		/* The oldest goes first. */
		if (!is_replaced(s, i) && (victim[t->pool] == NONE || t->generation < s->seat[victim[t->pool]].generation))
			victim[t->pool] = (int)i;
	}
	for (size_t c = 0; c < POOLS; c++) {
		const int seat = find_free(s);

		if (n[c] < s->want[c] && seat != NONE) {
			activate(s, seat, (enum pool_class)c, NONE, now);
			return 1;
		}
		if (n[c] > s->want[c] && victim[c] != NONE) {
			leave(s, (size_t)victim[c], now);
			return 1;
		}
	}
	return 0;
}

/* One step of a roll: 1 when something changed. Clears rolling when no old worker is left. */
static int roll(struct supervisor *s, double now)
{
	int old = NONE, waits = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct seat *const t = &s->seat[i];

		if (t->role != SEAT_ACTIVE)
			continue;
		waits |= t->pid == 0 || t->replaces != NONE;
		if (t->replaces != NONE && t->pid > 0 && t->state != SLOT_EMPTY && t->state != SLOT_STARTING) {
			leave(s, (size_t)t->replaces, now);
			t->replaces = NONE;
			return 1;
		}
		if (t->pid > 0 && t->generation < s->generation && old == NONE)
			old = (int)i;
	}
	if (waits)
		return 0;
	if (old == NONE) {
		s->rolling = 0;
		return 1;
	}
	if (find_free(s) == NONE)
		return 0;
	activate(s, find_free(s), s->seat[old].pool, old, now);
	return 1;
}

static double sooner(double a, double b)
{
	return a < b ? a : b;
}

static double next_look(const struct supervisor *s, double now)
{
	double until = now + REPEAT_SECONDS;

	for (size_t i = 0; i < s->n; i++) {
		const struct seat *const t = &s->seat[i];

		if (t->role == SEAT_ACTIVE && t->pid == 0)
			until = sooner(until, t->due);
		if (t->replaces != NONE && t->pid > 0)
			until = sooner(until, now + ROLL_SECONDS);
		if (t->role == SEAT_LEAVING)
			until = sooner(until, sooner(t->next_term, t->next_kill));
	}
	return until;
}

void supervisor_next(struct supervisor *s, double now, struct action *a)
{
	*a = (struct action){ .act = ACT_WAIT };
	for (;;) {
		const int rolling = s->rolling;

		if (kill_stuck(s, now, a) || press_leaving(s, now, a))
			return;
		if (s->draining) {
			if (supervisor_alive(s) == 0)
				a->act = ACT_DONE;
			break;
		}
		if (fill(s, now, a))
			return;
		if (balance(s, now))
			continue;
		if (!rolling || !roll(s, now))
			break;
		if (!s->rolling) {
			a->act = ACT_ROLLED;
			return;
		}
	}
	a->until = next_look(s, now);
}
