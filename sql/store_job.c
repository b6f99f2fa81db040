/* store_job: statements around one row. */
#include "sql/store_job.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sql/store_inside.h"

enum { PHASE_MAX = 100, ERROR_MAX = 1000, TEXT_MAX = 0x7fffffff, COLUMNS = 16 };

const char *job_kind_name(enum job_kind k)
{
	static const char *const names[] = { [JOB_ADAPT] = "adapt", [JOB_EVALUATE] = "evaluate" };

	return (size_t)k < sizeof(names) / sizeof(names[0]) ? names[k] : "unknown";
}

const char *job_state_name(enum job_state s)
{
	static const char *const names[] = { [JOB_RUNNING] = "running",
					     [JOB_DONE] = "done",
					     [JOB_FAILED] = "failed",
					     [JOB_INTERRUPTED] = "interrupted",
					     [JOB_CANCELLED] = "cancelled" };

	return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "unknown";
}

void job_row_free(struct job_row *r)
{
	free(r->name);
	free(r->params);
	free(r->phase);
	free(r->error);
	free(r->result);
	*r = (struct job_row){ 0 };
}

/* ---- the lock ----------------------------------------------------------------------------------------------------------------- */

/* Not waiting: while the server has not noticed that our old connection is gone, that one holds the lock for us. */
int store_job_relock(struct store *s, struct db *d, struct err *e)
{
	uint64_t got = 0;
	const struct col cols[] = { { COL_U64, &got } };
	struct args args = { 0 };
	int r;

	s->job.locked = 0;
	if (s->job.id == 0)
		return OK;
	args_u64(&args, s->job.id);
	r = db_one(d, JOB_LOCK, &args, cols, 1, e);
	args_free(&args);
	s->job.locked = r == 1 && got == 1;
	return r < 0 ? r : OK;
}

static void release(struct store *s, uint64_t id)
{
	if (s->job.id != id)
		return;
	s->job = (struct held){ 0 };
	if (!db_is_open(s->db))
		return;
	args_clear(&s->args);
	args_u64(&s->args, id);
	db_run(s->db, JOB_UNLOCK, &s->args, NULL);
}

/* ---- its life ----------------------------------------------------------------------------------------------------------------- */

int store_job_start(struct store *s, const struct job_start *n, uint64_t *id, struct err *e)
{
	uint64_t made = 0, locked = 0;
	const struct col cols[] = { { COL_U64, &made }, { COL_U64, &locked } };
	int r;

	assert(s->job.id == 0);
	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	args_u64(&s->args, n->kind);
	args_text(&s->args, n->name, SCAN_NAME_MAX);
	args_u64(&s->args, n->size);
	args_text(&s->args, n->params, TEXT_MAX);
	if ((r = db_one(s->db, JOB_START, &s->args, cols, 2, e)) < 0)
		return r;
	s->job = (struct held){ made, locked == 1 };
	*id = made;
	args_clear(&s->args);
	args_u64(&s->args, made > JOBS_KEPT ? made - JOBS_KEPT : 0);
	db_run(s->db, JOB_FORGET, &s->args, NULL); /* where it fails, the next start does it */
	return OK;
}

/* A job that could not be written to: why. */
static int explain(struct store *s, uint64_t id, struct err *e)
{
	uint64_t state = 0;
	const struct col cols[] = { { COL_U64, &state } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = db_one(s->db, JOB_STATE, &s->args, cols, 1, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no job %llu", (unsigned long long)id);
	return err_set(e, ERR_CONFLICT, "job %llu is %s already", (unsigned long long)id, job_state_name((enum job_state)state));
}

static int change(struct store *s, enum statement st, uint64_t id, struct err *e)
{
	const int r = db_run(s->db, st, &s->args, e);

	if (r < 0)
		return r;
	return db_found(s->db) > 0 ? OK : explain(s, id, e);
}

int store_job_progress(struct store *s, uint64_t id, const struct job_progress *p, int *cancel, struct err *e)
{
	uint64_t wish = 0;
	const struct col cols[] = { { COL_U64, &wish } };
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	if (s->job.id == id && !s->job.locked && (r = store_job_relock(s, s->db, e)) < 0)
		return r;
	args_clear(&s->args);
	args_real(&s->args, p->share);
	args_text(&s->args, p->phase, PHASE_MAX);
	args_u64(&s->args, p->rows);
	args_real(&s->args, p->rate);
	args_u64(&s->args, id);
	if ((r = change(s, JOB_PROGRESS, id, e)) < 0)
		return r;
	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = db_one(s->db, JOB_WISH, &s->args, cols, 1, e)) < 0)
		return r;
	*cancel = wish != 0;
	return OK;
}

int store_job_finish(struct store *s, uint64_t id, const char *result, const char *report, struct err *e)
{
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	args_text(&s->args, result, TEXT_MAX);
	args_text(&s->args, report, TEXT_MAX);
	args_u64(&s->args, id);
	if ((r = change(s, JOB_FINISH, id, e)) == OK)
		release(s, id);
	return r;
}

int store_job_fail(struct store *s, uint64_t id, enum job_state state, const char *why, struct err *e)
{
	int r;

	assert(state != JOB_RUNNING && state != JOB_DONE);
	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	args_u64(&s->args, state);
	args_text(&s->args, why, ERROR_MAX);
	args_u64(&s->args, id);
	r = change(s, JOB_FAIL, id, e);
	release(s, id);
	return r;
}

int store_job_cancel(struct store *s, uint64_t id, struct err *e)
{
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	args_u64(&s->args, id);
	return change(s, JOB_CANCEL, id, e);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

/* A row as it comes; the columns of JOB_SHORT, and then the result. */
struct reading {
	struct job_row row;
	uint64_t kind, state, cancelling, has_report;
	struct col cols[COLUMNS + 1];
};

static void reading_init(struct reading *d)
{
	struct job_row *r = &d->row;
	const struct col cols[COLUMNS + 1] = {
		{ COL_U64, &r->id },         { COL_U64, &d->kind },        { COL_U64, &d->state },      { COL_I64, &r->started_us },
		{ COL_I64, &r->updated_us }, { COL_I64, &r->finished_us }, { COL_U64, &d->cancelling }, { COL_TEXT, &r->name },
		{ COL_U64, &r->size },       { COL_TEXT, &r->params },     { COL_REAL, &r->share },     { COL_TEXT, &r->phase },
		{ COL_U64, &r->rows },       { COL_REAL, &r->rate },       { COL_TEXT, &r->error },     { COL_U64, &d->has_report },
		{ COL_TEXT, &r->result },
	};

	*r = (struct job_row){ 0 };
	memcpy(d->cols, cols, sizeof(cols));
}

static void reading_end(struct reading *d)
{
	d->row.kind = (enum job_kind)d->kind;
	d->row.state = (enum job_state)d->state;
	d->row.cancelling = d->cancelling != 0;
	d->row.has_report = d->has_report != 0;
}

int store_job_get(struct store *s, uint64_t id, struct job_row *out, struct err *e)
{
	struct reading d;
	int r;

	reading_init(&d);
	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = db_one(s->db, JOB_GET, &s->args, d.cols, COLUMNS + 1, e)) <= 0) {
		job_row_free(&d.row);
		return r < 0 ? r : err_set(e, ERR_NOT_FOUND, "there is no job %llu", (unsigned long long)id);
	}
	reading_end(&d);
	*out = d.row;
	return OK;
}

int store_job_report(struct store *s, uint64_t id, char **html, struct err *e)
{
	char *text = NULL;
	const struct col cols[] = { { COL_TEXT, &text } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = db_one(s->db, JOB_REPORT, &s->args, cols, 1, e)) < 0) {
		free(text);
		return r;
	}
	if (r == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no job %llu", (unsigned long long)id);
	if (text == NULL)
		return err_set(e, ERR_NOT_FOUND, "job %llu has no report", (unsigned long long)id);
	*html = text;
	return OK;
}

int store_job_list(struct store *s, uint64_t before, size_t limit, job_each each, void *arg, struct err *e)
{
	struct reading d;
	int r, said = OK;

	reading_init(&d);
	args_clear(&s->args);
	args_u64(&s->args, before > 0 ? before : INT64_MAX);
	args_u64(&s->args, limit);
	if ((r = db_select(s->db, JOB_LIST, &s->args, d.cols, COLUMNS, e)) < 0)
		return r;
	while (said >= 0 && (r = db_next(s->db, JOB_LIST, d.cols, COLUMNS, e)) == 1) {
		reading_end(&d);
		said = each(arg, &d.row);
		job_row_free(&d.row);
	}
	job_row_free(&d.row);
	db_end(s->db, JOB_LIST);
	return said < 0 ? said : r;
}

/* ---- jobs that nobody is at ----------------------------------------------------------------------------------------------------- */

int store_job_sweep(struct store *s, uint64_t *n, struct err *e)
{
	uint64_t id = 0, swept = 0;
	const struct col cols[] = { { COL_U64, &id } };
	int r;

	if ((r = store_may_write(s, e)) < 0 || (r = db_select(s->db, JOB_ABANDONED, NULL, cols, 1, e)) < 0)
		return r;
	while ((r = db_next(s->db, JOB_ABANDONED, cols, 1, e)) == 1) {
		args_clear(&s->args);
		args_u64(&s->args, id);
		if ((r = db_run(s->db, JOB_SWEEP, &s->args, e)) < 0)
			break;
		swept += db_found(s->db);
	}
	db_end(s->db, JOB_ABANDONED);
	if (r == OK)
		*n = swept;
	return r;
}
