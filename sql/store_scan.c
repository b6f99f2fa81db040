/* store_scan: the life of a scan, from its start to its end. */
#include "sql/store.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/key.h"
#include "sql/store_device.h"
#include "sql/store_inside.h"

enum { METHOD_MAX = 64, MODEL_MAX = 255, STRATEGY_MAX = 64, ERROR_MAX = 1000, BLOB = 0x7fffffff };

/* ---- locks of running scans --------------------------------------------------------------------------------------------------- */

static struct held *find_held(struct store *s, uint64_t id)
{
	for (size_t i = 0; i < s->held_n; i++)
		if (s->held[i].id == id)
			return &s->held[i];
	return NULL;
}

int store_hold(struct store *s, uint64_t id, int locked, struct err *e)
{
	if (s->held_n == s->held_cap) {
		const size_t cap = s->held_cap ? 2 * s->held_cap : 4;
		struct held *more = realloc(s->held, cap * sizeof(*more));

		if (more == NULL)
			return err_set(e, ERR_NOMEM, "out of memory for a scan");
		s->held = more;
		s->held_cap = cap;
	}
	s->held[s->held_n++] = (struct held){ id, locked };
	return OK;
}

/* Not waiting: while the server has not noticed that our old connection is gone, that one holds the lock for us. */
static int take_lock(struct db *d, struct held *h, struct err *e)
{
	uint64_t got = 0;
	const struct col cols[] = { { COL_U64, &got } };
	struct args args = { 0 };
	int r;

	args_u64(&args, h->id);
	r = db_one(d, SCAN_LOCK, &args, cols, 1, e);
	args_free(&args);
	h->locked = r == 1 && got == 1;
	return r < 0 ? r : OK;
}

int store_relock(void *arg, struct db *d, struct err *e)
{
	struct store *s = arg;
	int r = OK;

	for (size_t i = 0; i < s->held_n; i++)
		s->held[i].locked = 0;
	for (size_t i = 0; i < s->held_n && r == OK; i++)
		r = take_lock(d, &s->held[i], e);
	return r == OK ? store_job_relock(s, d, e) : r;
}

/* The scan has ended. Without a connection there is no lock. */
static void release(struct store *s, uint64_t id)
{
	struct held *h = find_held(s, id);

	if (h == NULL)
		return;
	*h = s->held[--s->held_n];
	if (!db_is_open(s->db))
		return;
	args_clear(&s->args);
	args_u64(&s->args, id);
	db_run(s->db, SCAN_UNLOCK, &s->args, NULL);
}

/* ---- start -------------------------------------------------------------------------------------------------------------------- */

/* The key is used, or the same request came twice at a time. */
static int conflict(struct store *s, const struct scan_start *n, uint64_t *id, struct err *e)
{
	uint64_t other = 0;
	const struct col cols[] = { { COL_U64, &other } };
	int r = 0;

	if (n->key != NULL) {
		args_clear(&s->args);
		args_text(&s->args, n->key, KEY_MAX);
		if ((r = db_one(s->db, SCAN_ID_OF_KEY, &s->args, cols, 1, e)) < 0)
			return r;
	}
	if (r == 0 && n->idempotency != NULL)
		return err_set(e, ERR_CONFLICT, "another request with this Idempotency-Key is being worked on");
	if (r == 0)
		return err_set(e, ERR_UNAVAILABLE, "the scan with this key is just being removed: try again");
	*id = other;
	return err_set(e, ERR_CONFLICT, "the key %s is used by scan %llu already; choose another", n->key,
		       (unsigned long long)other);
}

int store_scan_start(struct store *s, const struct scan_start *n, uint64_t *id, struct err *e)
{
	uint64_t made = 0, locked = 0;
	const struct col cols[] = { { COL_U64, &made }, { COL_U64, &locked } };
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	if (n->key != NULL && !key_is(n->key))
		return err_set(e, ERR_FORMAT, "a key has " KEY_FORM);
	args_clear(&s->args);
	args_text(&s->args, n->name, SCAN_NAME_MAX);
	args_text(&s->args, n->key, KEY_MAX);
	args_text(&s->args, n->method, METHOD_MAX);
	args_text(&s->args, n->model, MODEL_MAX);
	args_real(&s->args, n->threshold);
	args_i64(&s->args, n->size);
	args_text(&s->args, n->strategy, STRATEGY_MAX);
	args_text(&s->args, n->idempotency, BLOB);
	r = db_one(s->db, SCAN_START, &s->args, cols, 2, e);
	if (r < 0 && (db_fault(s->db) & FAULT_DUPLICATE))
		return conflict(s, n, id, e);
	if (r < 0)
		return r;
	if ((r = store_hold(s, made, locked == 1, e)) < 0)
		return r;
	*id = made;
	return OK;
}

/* ---- progress and end --------------------------------------------------------------------------------------------------------- */

/* In the order of SET_COUNTS; c NULL: all NULL. */
static void args_counts(struct args *a, const struct scan_counts *c)
{
	static const struct scan_counts none;
	const struct scan_counts *const n = c != NULL ? c : &none;
	const uint64_t v[] = { n->bytes,       n->rows,        n->rows_skipped, n->windows, n->anomalies, n->severity[0],
			       n->severity[1], n->severity[2], n->severity[3],  n->devices, n->flows,     n->flows_anomalous,
			       n->incidents,   n->phase };

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		if (c == NULL)
			args_text(a, NULL, 0);
		else
			args_u64(a, v[i]);
	}
}

/* A scan that could not be written to: why. */
static int explain(struct store *s, uint64_t id, struct err *e)
{
	enum scan_state state;
	const int r = store_scan_state(s, id, &state, e);

	return r < 0 ? r : err_set(e, ERR_CONFLICT, "scan %llu is %s already", (unsigned long long)id, scan_state_name(state));
}

int store_scan_progress(struct store *s, uint64_t id, const struct scan_counts *c, struct err *e)
{
	struct held *h = find_held(s, id);
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	if (h != NULL && !h->locked && (r = take_lock(s->db, h, e)) < 0)
		return r;
	args_clear(&s->args);
	args_counts(&s->args, c);
	args_u64(&s->args, id);
	if ((r = db_run(s->db, SCAN_PROGRESS, &s->args, e)) < 0)
		return r;
	return db_found(s->db) > 0 ? OK : explain(s, id, e);
}

static int set_results(struct store *s, uint64_t id, const struct scan_end *end, struct err *e)
{
	int r, worst = -1;

	for (size_t i = 0; i < end->incident_n; i++)
		worst = end->incident[i].severity > worst ? end->incident[i].severity : worst;
	args_clear(&s->args);
	args_counts(&s->args, &end->counts);
	args_real(&s->args, end->error_mean);
	args_real(&s->args, end->error_max);
	args_real(&s->args, end->seconds);
	args_text(&s->args, end->details, BLOB);
	args_text(&s->args, end->highlights, BLOB);
	args_text(&s->args, end->curve, BLOB);
	args_text(&s->args, end->skipped, BLOB);
	args_text(&s->args, end->input, BLOB);
	args_text(&s->args, end->model, MODEL_MAX);
	args_real(&s->args, end->threshold);
	if (worst >= 0)
		args_i64(&s->args, worst);
	else
		args_text(&s->args, NULL, 0);
	args_real(&s->args, end->first_ts);
	args_real(&s->args, end->last_ts);
	args_u64(&s->args, end->labelled);
	args_u64(&s->args, end->attacks);
	args_text(&s->args, end->whatif, BLOB);
	args_text(&s->args, end->parts, BLOB);
	args_u64(&s->args, id);
	if ((r = db_run(s->db, SCAN_FINISH, &s->args, e)) < 0)
		return r;
	return db_found(s->db) > 0 ? OK : explain(s, id, e);
}

/* What a finish is about. */
struct finish {
	uint64_t id;
	const struct scan_end *end;
	anomaly_source next;
	void *arg;
	const struct mail_text *mail;
	int consumed;   /* flows or anomalies were asked for, and cannot be asked for again */
	int committing; /* all was said but for the last word */
};

/*
 * The row of the scan first: inserting anomalies takes a shared lock of it, and to make that an exclusive one later is how two
 * transactions block each other.
 */
static int finish_once(struct store *s, struct finish *f, struct err *e)
{
	int r;

	if ((r = db_begin(s->db, e)) < 0 || (r = set_results(s, f->id, f->end, e)) < 0)
		return r;
	if ((r = store_incident_add(s, f->id, f->end, e)) < 0 ||
	    (r = store_device_add(s, f->id, f->end->device, f->end->device_n, e)) < 0 ||
	    (r = store_evidence_add(s, f->id, f->end, e)) < 0)
		return r;
	if (f->end->chunks != NULL) {
		f->consumed = 1;
		if ((r = store_flow_chunks_add(s, f->id, f->end->chunks, f->end->chunks_arg, e)) < 0)
			return r;
	}
	if (f->next != NULL) {
		f->consumed = 1;
		if ((r = store_anomaly_add(s, f->id, f->next, f->arg, e)) < 0)
			return r;
	}
	if (f->mail != NULL && f->mail->subject != NULL && (r = store_mail_add(s, f->id, f->mail, e)) < 0)
		return r;
	f->committing = 1;
	return db_commit(s->db, e);
}

/* The connection was lost during the commit: whether it was done is written in the row, which nobody else sets to done. */
static int was_committed(struct store *s, uint64_t id)
{
	uint64_t state = 0;
	const struct col cols[] = { { COL_U64, &state } };

	args_clear(&s->args);
	args_u64(&s->args, id);
	return db_one(s->db, SCAN_SETTLED, &s->args, cols, 1, NULL) == 1 && state == SCAN_DONE;
}

int store_scan_finish(struct store *s, uint64_t id, const struct scan_end *end, anomaly_source next, void *arg,
		      const struct mail_text *mail, struct err *e)
{
	struct finish f = { .id = id, .end = end, .next = next, .arg = arg, .mail = mail };
	int r, fault;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	for (int tries = 0; tries < 2; tries++) {
		f.committing = 0;
		if ((r = finish_once(s, &f, e)) == OK)
			break;
		fault = db_fault(s->db);
		db_rollback(s->db);
		if (f.committing && (fault & FAULT_LOST) && was_committed(s, id)) {
			r = OK;
			break;
		}
		if (f.consumed || !(fault & (FAULT_LOST | FAULT_DEADLOCK)))
			break;
	}
	if (r == OK)
		release(s, id);
	return r;
}

int store_scan_fail(struct store *s, uint64_t id, enum scan_state state, const char *why, const char *input,
		    const struct scan_counts *c, struct err *e)
{
	int r;

	assert(state == SCAN_FAILED || state == SCAN_INTERRUPTED || state == SCAN_CANCELLED);
	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	args_counts(&s->args, c);
	args_text(&s->args, why, ERROR_MAX);
	args_u64(&s->args, state);
	args_text(&s->args, input, BLOB);
	args_u64(&s->args, id);
	if ((r = db_run(s->db, SCAN_FAIL, &s->args, e)) == OK && db_found(s->db) == 0)
		r = explain(s, id, e);
	release(s, id);
	return r;
}

/* ---- scans that nobody is at ---------------------------------------------------------------------------------------------------- */

int store_sweep(struct store *s, uint64_t *n, struct err *e)
{
	uint64_t id = 0, swept = 0;
	const struct col cols[] = { { COL_U64, &id } };
	int r;

	if ((r = store_may_write(s, e)) < 0 || (r = db_select(s->db, SCAN_ABANDONED, NULL, cols, 1, e)) < 0)
		return r;
	while ((r = db_next(s->db, SCAN_ABANDONED, cols, 1, e)) == 1) {
		args_clear(&s->args);
		args_u64(&s->args, id);
		if ((r = db_run(s->db, SCAN_SWEEP, &s->args, e)) < 0)
			break;
		swept += db_found(s->db);
	}
	db_end(s->db, SCAN_ABANDONED);
	if (r == OK)
		*n = swept;
	return r;
}
