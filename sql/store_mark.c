/* store_mark: marks and notes. */
#include "sql/store_mark.h"

#include <stdlib.h>

#include "sql/store_device.h"
#include "sql/store_inside.h"

const char *const mark_names[] = { [MARK_OPEN] = "open", [MARK_EXPECTED] = "expected", [MARK_CONFIRMED] = "confirmed", NULL };

void scan_facts_free(struct scan_facts *f)
{
	free(f->file);
	free(f->method);
	free(f->model);
	*f = (struct scan_facts){ 0 };
}

int store_scan_facts(struct store *s, uint64_t scan, struct scan_facts *out, struct err *e)
{
	struct scan_facts f = { 0 };
	const struct col cols[] = {
		{ COL_TEXT, &f.file },      { COL_TEXT, &f.method },    { COL_TEXT, &f.model },
		{ COL_REAL, &f.threshold }, { COL_I64, &f.started_us },
	};
	int r;

	args_clear(&s->args);
	args_u64(&s->args, scan);
	if ((r = db_one(s->db, SCAN_FACTS, &s->args, cols, sizeof(cols) / sizeof(*cols), e)) == 1) {
		*out = f;
		return OK;
	}
	scan_facts_free(&f);
	return r < 0 ? r : err_set(e, ERR_NOT_FOUND, "there is no scan %llu", (unsigned long long)scan);
}

/* In the order of SET_MARK, and what it is. */
static void push(struct args *v, uint64_t scan, uint64_t id, const struct mark_change *m)
{
	args_clear(v);
	if (m->mark >= 0)
		args_i64(v, m->mark);
	else
		args_text(v, NULL, 0);
	args_i64(v, m->note != NULL);
	args_text(v, m->note, NOTE_MAX);
	args_u64(v, scan);
	args_u64(v, id);
}

static int mark_one(struct store *s, enum statement st, const char *what, uint64_t scan, uint64_t id, const struct mark_change *m,
		    struct err *e)
{
	int r;

	if ((r = store_scan_exists(s, scan, e)) < 0)
		return r;
	push(&s->args, scan, id, m);
	if ((r = db_run(s->db, st, &s->args, e)) < 0)
		return r;
	if (db_found(s->db) == 0)
		return err_set(e, ERR_NOT_FOUND, "scan %llu has no %s %llu", (unsigned long long)scan, what,
			       (unsigned long long)id);
	return OK;
}

static int mark_incident(struct store *s, uint64_t scan, uint64_t id, const struct mark_change *m, struct err *e)
{
	int r;

	if ((r = db_begin(s->db, e)) < 0 || (r = mark_one(s, INCIDENT_MARK, "incident", scan, id, m, e)) < 0)
		return r;
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, id);
	if ((r = db_run(s->db, DEVICE_RISK_OF_INCIDENT, &s->args, e)) < 0)
		return r;
	return db_commit(s->db, e);
}

/* Marking twice is marking once. */
int store_incident_mark(struct store *s, uint64_t scan, uint64_t id, const struct mark_change *m, struct err *e)
{
	int r = store_may_write(s, e);

	for (int tries = 0; r == OK && tries < 2; tries++) {
		int again;

		if ((r = mark_incident(s, scan, id, m, e)) == OK)
			return OK;
		again = tries == 0 && r != ERR_NOT_FOUND && (db_fault(s->db) & (FAULT_LOST | FAULT_DEADLOCK));
		db_rollback(s->db);
		r = again ? OK : r;
	}
	return r;
}

int store_anomaly_mark(struct store *s, uint64_t scan, uint64_t sequence, const struct mark_change *m, struct err *e)
{
	const int r = store_may_write(s, e);

	return r < 0 ? r : mark_one(s, ANOMALY_MARK, "anomaly", scan, sequence, m, e);
}
