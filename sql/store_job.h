/*
 * store_job: jobs, which go on after their request was answered. One row each, from the start.
 *
 * As with scans (store.h), the connection of who runs a job holds a lock of the server, by which all others know that somebody is still at it; a
 * connection runs one job at a time.
 */
#ifndef SQL_STORE_JOB_H
#define SQL_STORE_JOB_H

#include "sql/store.h"

enum job_kind { JOB_ADAPT, JOB_EVALUATE };
enum job_state { JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_INTERRUPTED, JOB_CANCELLED };
const char *job_kind_name(enum job_kind k);   /* "adapt", "evaluate" */
const char *job_state_name(enum job_state s); /* "running", … */

enum { JOBS_KEPT = 500 }; /* the newest; older ones are forgotten when one is started */

struct job_start {
	enum job_kind kind;
	const char *name;   /* of its file, hostile */
	const char *params; /* JSON object */
	uint64_t size;      /* of the file in bytes */
};

struct job_progress {
	const char *phase;
	double share;  /* of all; NaN: unknown */
	uint64_t rows; /* flows done in this phase */
	double rate;   /* of them a second; NaN: unknown */
};

struct job_row {
	uint64_t id, size, rows;
	enum job_kind kind;
	enum job_state state;
	int64_t started_us, updated_us, finished_us; /* finished 0: not yet */
	int cancelling;                              /* its end was asked for */
	int has_report;
	double share, rate;                           /* NaN: unknown */
	char *name, *params, *phase, *error, *result; /* result: NULL in lists; it and error may be NULL */
};
void job_row_free(struct job_row *r);

int store_job_start(struct store *s, const struct job_start *n, uint64_t *id, struct err *e);

/* At least every three minutes. *cancel: somebody asked for its end. ERR_NOT_FOUND; ERR_CONFLICT: it has ended. */
int store_job_progress(struct store *s, uint64_t id, const struct job_progress *p, int *cancel, struct err *e);

/* Its end, durable when it returns OK. report may be NULL. */
int store_job_finish(struct store *s, uint64_t id, const char *result, const char *report, struct err *e);
/* Its end without a result: failed, interrupted or cancelled, and why (NULL: nothing to say). The lock is given up also when this fails. */
int store_job_fail(struct store *s, uint64_t id, enum job_state state, const char *why, struct err *e);

/* Ask for its end. ERR_NOT_FOUND; ERR_CONFLICT: it has ended. */
int store_job_cancel(struct store *s, uint64_t id, struct err *e);

/* ERR_NOT_FOUND. Release with job_row_free(). */
int store_job_get(struct store *s, uint64_t id, struct job_row *out, struct err *e);
/* The page that it made; the caller's to free. ERR_NOT_FOUND also where it made none. */
int store_job_report(struct store *s, uint64_t id, char **html, struct err *e);

/* Newest first, ids below `before` (0: from the newest), at most `limit`. Rows are borrowed. A negative from `each` ends it and is returned. */
typedef int (*job_each)(void *arg, const struct job_row *r);
int store_job_list(struct store *s, uint64_t before, size_t limit, job_each each, void *arg, struct err *e);

/* Running jobs whose lock nobody holds become interrupted (or cancelled, where that was asked for); *n counts them. */
int store_job_sweep(struct store *s, uint64_t *n, struct err *e);

#endif
