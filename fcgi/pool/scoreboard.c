/*
 * scoreboard: slots in shared memory.
 *
 * Each slot has one writer at a time. Fields that belong together are written under a sequence lock: odd while a write is going on.
 * A writer may die at any moment; readers never wait for it, and the next writer of the slot makes the sequence even again.
 */
#include "pool/scoreboard.h"

#include <fcntl.h>
#include <math.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 64, WORDS = SLOT_TEXT / 8, READ_TRIES = 1000 };

struct slot {
	alignas(LINE) atomic_uint seq;
	atomic_int pid, pool, state;
	atomic_ullong generation;
	atomic_ullong requests, deaths;
	atomic_ullong busy_us;           /* of requests that are over */
	atomic_ullong since_us, beat_us; /* CLOCK_MONOTONIC */
	atomic_ullong text[WORDS];
	atomic_ullong scan, cancelled; /* ids; what was asked for an earlier scan is none of the next one's */
};

struct scoreboard {
	size_t n, bytes;
	uint64_t started_us;
	atomic_int closing;
	int job_fd; /* in all processes the same; its lock is held by who runs a job */
	alignas(LINE) atomic_ullong database; /* 2 * total_scans + connected */
	atomic_ullong database_us;            /* when; 0: never */
	struct slot slot[];
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2, "atomics must work between processes");
_Static_assert(SLOT_TEXT % 8 == 0, "the text is copied by words");

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static double seconds(uint64_t from, uint64_t to)
{
	return to > from ? (double)(to - from) / 1e6 : 0;
}

#define LOAD(x)     atomic_load_explicit(&(x), memory_order_relaxed)
#define STORE(x, v) atomic_store_explicit(&(x), (v), memory_order_relaxed)

const char *slot_state_name(enum slot_state s)
{
	static const char *const names[] = { [SLOT_EMPTY] = "empty",
					     [SLOT_STARTING] = "starting",
					     [SLOT_IDLE] = "idle",
					     [SLOT_BUSY] = "busy",
					     [SLOT_STOPPING] = "stopping" };

	return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "unknown";
}

/* ---- writing ---------------------------------------------------------------------------------------------------------------- */

static void write_begin(struct slot *s)
{
	STORE(s->seq, LOAD(s->seq) | 1); /* odd already: its writer died */
	atomic_thread_fence(memory_order_release);
}

static void write_end(struct slot *s)
{
	atomic_store_explicit(&s->seq, LOAD(s->seq) + 1, memory_order_release);
}

static void set_text(struct slot *s, const char *text)
{
	char clean[SLOT_TEXT] = "";
	unsigned long long word;

	for (size_t i = 0; i < sizeof(clean) - 1 && text[i] != '\0'; i++)
		clean[i] = text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?';
	for (size_t i = 0; i < WORDS; i++) {
		memcpy(&word, clean + 8 * i, 8);
		STORE(s->text[i], word);
	}
}

static void enter(struct slot *s, enum slot_state state, const char *text)
{
	const uint64_t now = now_us();
	const int was = LOAD(s->state);

	write_begin(s);
	if (was == SLOT_BUSY && state != SLOT_BUSY)
		STORE(s->busy_us, LOAD(s->busy_us) + (now - LOAD(s->since_us)));
	if (was != (int)state)
		STORE(s->since_us, now);
	STORE(s->beat_us, now);
	STORE(s->state, (int)state);
	set_text(s, text);
	write_end(s);
}

void slot_assign(struct slot *s, pid_t pid, enum pool_class pool, uint64_t generation)
{
	STORE(s->pid, (int)pid);
	STORE(s->pool, (int)pool);
	STORE(s->generation, generation);
	enter(s, SLOT_STARTING, "");
}

void slot_clear(struct slot *s, int died)
{
	if (died)
		STORE(s->deaths, LOAD(s->deaths) + 1);
	enter(s, SLOT_EMPTY, "");
	slot_scan(s, 0);
	STORE(s->pid, 0);
}

void slot_idle(struct slot *s)
{
	enter(s, SLOT_IDLE, "");
}

void slot_begin(struct slot *s, const char *what)
{
	enter(s, SLOT_BUSY, what);
}

void slot_beat(struct slot *s)
{
	STORE(s->beat_us, now_us());
}

void slot_end(struct slot *s)
{
	STORE(s->requests, LOAD(s->requests) + 1);
	enter(s, SLOT_IDLE, "");
}

void slot_stopping(struct slot *s)
{
	enter(s, SLOT_STOPPING, "");
}

void slot_scan(struct slot *s, uint64_t id)
{
	STORE(s->scan, id);
}

int slot_cancelled(const struct slot *s)
{
	const uint64_t id = LOAD(s->scan);

	return id != 0 && LOAD(s->cancelled) == id;
}

void scoreboard_cancel(struct scoreboard *b, uint64_t scan)
{
	for (size_t i = 0; i < b->n; i++)
		if (LOAD(b->slot[i].scan) == scan)
			STORE(b->slot[i].cancelled, scan);
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */

/* What was in the slot, and the sequence that it was read under: even, or odd when its writer died or was put to sleep. */
static unsigned read_once(const struct slot *s, struct slot_view *out, uint64_t now)
{
	const unsigned seq = atomic_load_explicit(&s->seq, memory_order_acquire);
	const enum slot_state state = (enum slot_state)LOAD(s->state);
	const uint64_t since = LOAD(s->since_us);

	*out = (struct slot_view){
		.pid = LOAD(s->pid),
		.pool = (enum pool_class)LOAD(s->pool),
		.state = state,
		.requests = LOAD(s->requests),
		.deaths = LOAD(s->deaths),
		.generation = LOAD(s->generation),
		.busy_seconds = (double)LOAD(s->busy_us) / 1e6 + (state == SLOT_BUSY ? seconds(since, now) : 0),
		.state_seconds = since > 0 ? seconds(since, now) : 0,
		.silent_seconds = state == SLOT_EMPTY ? 0 : seconds(LOAD(s->beat_us), now),
	};
	for (size_t i = 0; i < WORDS; i++) {
		const unsigned long long word = LOAD(s->text[i]);

		memcpy(out->current + 8 * i, &word, 8);
	}
	out->current[SLOT_TEXT - 1] = '\0';
	atomic_thread_fence(memory_order_acquire);
	return LOAD(s->seq) == seq ? seq : seq | 1;
}

void scoreboard_view(const struct scoreboard *b, size_t i, struct slot_view *out)
{
	const uint64_t now = now_us();

	for (int tries = 0; tries < READ_TRIES; tries++)
		if ((read_once(&b->slot[i], out, now) & 1) == 0)
			return;
	/* Numbers are whole each, the text may be half of one and half of another. */
	memset(out->current, 0, sizeof(out->current));
}

/* ---- the board -------------------------------------------------------------------------------------------------------------- */

int scoreboard_new(struct scoreboard **out, size_t slots, struct err *e)
{
	const size_t bytes = sizeof(struct scoreboard) + slots * sizeof(struct slot);
	struct scoreboard *b;

	if (slots == 0 || slots > SLOTS_MAX)
		return err_set(e, ERR_RANGE, "scoreboard: %zu slots, outside 1..%d", slots, SLOTS_MAX);
	/* A page is aligned for everything and comes zeroed: slots are empty. */
	b = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b == MAP_FAILED)
		return err_errno(e, ERR_NOMEM, "scoreboard: cannot map %zu bytes of shared memory", bytes);
	if ((b->job_fd = memfd_create("guardian-job", MFD_CLOEXEC)) < 0) {
		munmap(b, bytes);
		return err_errno(e, ERR_IO, "scoreboard: cannot make a file in memory");
	}
	b->n = slots;
	b->bytes = bytes;
	b->started_us = now_us();
	*out = b;
	return OK;
}

void scoreboard_del(struct scoreboard *b)
{
	if (b == NULL)
		return;
	close(b->job_fd);
	munmap(b, b->bytes);
}

/* A lock of the process, not of the descriptor: children that inherit the descriptor do not have it. */
static int job_lock(struct scoreboard *b, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };

	return fcntl(b->job_fd, F_SETLK, &lock) == 0;
}

int scoreboard_job_take(struct scoreboard *b)
{
	return job_lock(b, F_WRLCK);
}

void scoreboard_job_leave(struct scoreboard *b)
{
	job_lock(b, F_UNLCK);
}

size_t scoreboard_n(const struct scoreboard *b)
{
	return b->n;
}

struct slot *scoreboard_slot(struct scoreboard *b, size_t i)
{
	return &b->slot[i];
}

double scoreboard_uptime(const struct scoreboard *b)
{
	return seconds(b->started_us, now_us());
}

void scoreboard_close(struct scoreboard *b)
{
	atomic_store(&b->closing, 1);
}

int scoreboard_closing(const struct scoreboard *b)
{
	return atomic_load(&b->closing);
}

void scoreboard_database(const struct scoreboard *b, struct database_view *out)
{
	const unsigned long long database = LOAD(b->database);
	const uint64_t at = LOAD(b->database_us);

	out->connected = (int)(database & 1);
	out->total_scans = database >> 1;
	out->age_seconds = at > 0 ? seconds(at, now_us()) : (double)INFINITY;
}

void scoreboard_set_database(struct scoreboard *b, int connected, uint64_t total_scans)
{
	/* Several workers may write; each word is whole, and the last one wins. */
	STORE(b->database, total_scans << 1 | (connected != 0));
	STORE(b->database_us, now_us());
}

void scoreboard_stale_database(struct scoreboard *b)
{
	STORE(b->database_us, 0);
}
