/* conn_table: hash, heap and list over one array. */
#include "capture/conn_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "capture/conn.h"

enum { NONE = UINT32_MAX >> 1, FIRST_ROOM = 256 };

/* Time that goes back by more than this is a clock that was set, or another capture behind this one: then the present goes back too. */
#define CLOCK_SLACK (60 * SECOND)

/* With the hash beside it, a flow that is another one is seldom looked at: each look is a miss of the cache. */
struct slot {
	uint32_t conn; /* index + 1; 0: empty */
	uint32_t hash;
};

/* When a flow is to be looked at; its time is here and not in the flow for the same reason. */
struct timer {
	int64_t due;
	uint32_t conn;
};

struct conn_table {
	uint64_t seed[2]; /* of the hash: nobody may choose flows that collide */
	size_t max, room, n;
	struct conn *conn;
	struct slot *slot;
	size_t mask;
	struct timer *heap;
	uint32_t unused;         /* list of conns through older */
	size_t fresh;            /* conns from here on were never used */
	uint32_t newest, oldest; /* by last packet */
	int64_t now;
	uint64_t begun, flows, evicted;
};

/* ---- hash: multiply to 128 bits and fold, over the key's words ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
	const unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint32_t hash(const struct conn_table *t, const struct conn_key *key)
{
	uint64_t w[5], h = t->seed[0];

	_Static_assert(sizeof(*key) == sizeof(w), "the key is five words");
	memcpy(w, key, sizeof(w));
	for (size_t i = 0; i < 5; i++)
		h = mix(h ^ w[i] ^ UINT64_C(0x9e3779b97f4a7c15), t->seed[1] | UINT64_C(0xd6e8feb86659fd93));
	return (uint32_t)h;
}

/* The slot with this key, or the empty one where it belongs. */
static size_t find(const struct conn_table *t, const struct conn_key *key, uint32_t h)
{
	size_t i = h & t->mask;

	while (t->slot[i].conn != 0 && (t->slot[i].hash != h || memcmp(&t->conn[t->slot[i].conn - 1].key, key, sizeof(*key)) != 0))
		i = (i + 1) & t->mask;
	return i;
}

/* Empty a slot: those behind it move up unless they are at home between. */
static void unslot(struct conn_table *t, size_t hole)
{
	for (size_t i = (hole + 1) & t->mask; t->slot[i].conn != 0; i = (i + 1) & t->mask) {
		if (((i - t->slot[i].hash) & t->mask) < ((i - hole) & t->mask))
			continue;
		t->slot[hole] = t->slot[i];
		hole = i;
	}
	t->slot[hole].conn = 0;
}

/* ---- room ---- */

/* Room for twice the flows, FIRST_ROOM at first, max at last. -1 when there is no more: then the table is full. */
static int grow(struct conn_table *t)
{
	const size_t twice = t->room == 0 ? FIRST_ROOM : 2 * t->room, room = twice < t->max ? twice : t->max;
	struct conn *conn;
	struct slot *slot;
	struct timer *heap;
	size_t slots = 16;

	if (room == t->room)
		return -1;
	while (slots < 2 * room)
		slots *= 2;
	if ((conn = realloc(t->conn, room * sizeof(*conn))) != NULL)
		t->conn = conn;
	if ((heap = realloc(t->heap, room * sizeof(*heap))) != NULL)
		t->heap = heap;
	if (conn == NULL || heap == NULL || (slot = calloc(slots, sizeof(*slot))) == NULL)
		return -1;
	free(t->slot);
	t->slot = slot;
	t->mask = slots - 1;
	t->room = room;
	for (size_t i = 0; i < t->n; i++) {
		const struct conn *const c = &t->conn[t->heap[i].conn];

		slot[find(t, &c->key, c->hash)] = (struct slot){ t->heap[i].conn + 1, c->hash };
	}
	return 0;
}

struct conn_table *conn_table_new(size_t max)
{
	struct conn_table *const t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->max = max == 0 ? CONN_TABLE_DEFAULT : max < CONN_TABLE_MAX ? max : CONN_TABLE_MAX;
	t->unused = t->newest = t->oldest = NONE;
	/* The order of what comes out does not depend on it. Without random bytes a constant has to do. */
	if (getrandom(t->seed, sizeof(t->seed), GRND_NONBLOCK) != (ssize_t)sizeof(t->seed))
		t->seed[0] = 1;
	if (grow(t) == 0)
		return t;
	conn_table_del(t);
	return NULL;
}

void conn_table_del(struct conn_table *t)
{
	if (t == NULL)
		return;
	free(t->conn);
	free(t->slot);
	free(t->heap);
	free(t);
}

/* ---- heap: the flow that is due first on top ---- */

static int before(const struct conn_table *t, const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : t->conn[a->conn].id < t->conn[b->conn].id;
}

static void put(struct conn_table *t, size_t at, struct timer timer)
{
	t->heap[at] = timer;
	t->conn[timer.conn].heap_at = (uint32_t)at;
}

static void heap_up(struct conn_table *t, size_t at)
{
	const struct timer timer = t->heap[at];

	while (at > 0 && before(t, &timer, &t->heap[(at - 1) / 2])) {
		put(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(t, at, timer);
}

static void heap_down(struct conn_table *t, size_t at)
{
	const struct timer timer = t->heap[at];

	for (size_t child; (child = 2 * at + 1) < t->n; at = child) {
		if (child + 1 < t->n && before(t, &t->heap[child + 1], &t->heap[child]))
			child++;
		if (!before(t, &t->heap[child], &timer))
			break;
		put(t, at, t->heap[child]);
	}
	put(t, at, timer);
}

/* ---- list by last packet ---- */

static void unlink_conn(struct conn_table *t, uint32_t i)
{
	const struct conn *const c = &t->conn[i];

	if (c->newer != NONE)
		t->conn[c->newer].older = c->older;
	else
		t->newest = c->older;
	if (c->older != NONE)
		t->conn[c->older].newer = c->newer;
	else
		t->oldest = c->newer;
}

static void link_newest(struct conn_table *t, uint32_t i)
{
	struct conn *const c = &t->conn[i];

	c->newer = NONE;
	c->older = t->newest;
	if (t->newest != NONE)
		t->conn[t->newest].newer = i;
	else
		t->oldest = i;
	t->newest = i;
}

/* ---- flows ---- */

/* A flow leaves all three; then it goes out. */
static int end(struct conn_table *t, uint32_t i, flow_sink sink, void *arg)
{
	struct conn *const c = &t->conn[i];
	const size_t at = c->heap_at;
	struct flow f;

	unslot(t, find(t, &c->key, c->hash));
	unlink_conn(t, i);
	t->n--;
	if (at < t->n) {
		put(t, at, t->heap[t->n]);
		heap_up(t, at);
		heap_down(t, t->conn[t->heap[at].conn].heap_at);
	}
	c->older = t->unused;
	t->unused = i;
	conn_flow(c, &f);
	f.row = t->flows++;
	return sink != NULL ? sink(arg, &f) : 0;
}

/* Timers up to now. */
static int expire(struct conn_table *t, flow_sink sink, void *arg)
{
	while (t->n > 0 && t->heap[0].due <= t->now) {
		const uint32_t i = t->heap[0].conn;
		struct conn *const c = &t->conn[i];
		int code;

		if (conn_is_over(c, t->now)) {
			if ((code = end(t, i, sink, arg)) < 0)
				return code;
			continue;
		}
		t->heap[0].due = conn_due(c);
		heap_down(t, 0);
	}
	return 0;
}

static uint32_t begin(struct conn_table *t, const struct conn_key *key, uint32_t h, const struct segment *s, int from)
{
	const uint32_t i = t->unused != NONE ? t->unused : (uint32_t)t->fresh++;
	struct conn *const c = &t->conn[i];

	if (i == t->unused)
		t->unused = c->older;
	conn_begin(c, key, s, from, t->now);
	c->id = t->begun++;
	c->hash = h;
	t->slot[find(t, key, h)] = (struct slot){ i + 1, h };
	t->heap[t->n] = (struct timer){ conn_due(c), i };
	heap_up(t, t->n++);
	link_newest(t, i);
	return i;
}

int conn_table_add(struct conn_table *t, const struct segment *s, flow_sink sink, void *arg)
{
	struct conn_key key;
	const int from = conn_key(&key, s);
	const uint32_t h = hash(t, &key);
	struct timer *timer;
	uint32_t i;
	int code;

	if (s->ts > t->now || s->ts < t->now - CLOCK_SLACK)
		t->now = s->ts;
	if ((code = expire(t, sink, arg)) < 0)
		return code;
	i = t->slot[find(t, &key, h)].conn;
	if (i != 0 && conn_is_reused(&t->conn[i - 1], s)) {
		if ((code = end(t, i - 1, sink, arg)) < 0)
			return code;
		i = 0;
	}
	if (i == 0 && t->n == t->room && grow(t) < 0) {
		t->evicted++;
		if ((code = end(t, t->oldest, sink, arg)) < 0)
			return code;
	}
	i = i == 0 ? begin(t, &key, h, s, from) : i - 1;
	conn_add(&t->conn[i], s, from);
	timer = &t->heap[t->conn[i].heap_at];
	if (conn_due(&t->conn[i]) < timer->due) {
		timer->due = conn_due(&t->conn[i]);
		heap_up(t, t->conn[i].heap_at);
	}
	if (t->newest != i) {
		unlink_conn(t, i);
		link_newest(t, i);
	}
	return 0;
}

/* The heap is sorted by beginning alone: with one time to be due, that is what its order is. */
int conn_table_finish(struct conn_table *t, flow_sink sink, void *arg)
{
	int code = 0;

	for (size_t at = 0; at < t->n; at++)
		t->heap[at].due = 0;
	for (size_t at = t->n / 2; at-- > 0;)
		heap_down(t, at);
	while (code >= 0 && t->n > 0)
		code = end(t, t->heap[0].conn, sink, arg);
	return code < 0 ? code : 0;
}

uint64_t conn_table_flows(const struct conn_table *t)
{
	return t->flows;
}

uint64_t conn_table_evicted(const struct conn_table *t)
{
	return t->evicted;
}

size_t conn_table_max(const struct conn_table *t)
{
	return t->max;
}
