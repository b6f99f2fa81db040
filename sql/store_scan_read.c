/* store_scan_read: scans as they are told to others. */
#include "sql/store.h"

#include <math.h>
#include <stdlib.h>

#include "base/key.h"
#include "sql/store_inside.h"

static const char *const state_names[] = {
	[SCAN_RUNNING] = "running",         [SCAN_DONE] = "done",           [SCAN_FAILED] = "failed",
	[SCAN_INTERRUPTED] = "interrupted", [SCAN_CANCELLED] = "cancelled",
};

const char *scan_state_name(enum scan_state s)
{
	return (size_t)s < sizeof(state_names) / sizeof(state_names[0]) ? state_names[s] : "unknown";
}

void scan_row_free(struct scan_row *r)
{
	if (r == NULL)
		return;
	free(r->name);
	free(r->key);
	free(r->method);
	free(r->model);
	free(r->error);
	free(r->details);
	free(r->highlights);
	free(r->curve);
	free(r->skipped);
	free(r->input);
	*r = (struct scan_row){ 0 };
}

enum { SHORT_N = 29, LONG_N = SHORT_N + 4, FOUND_N = SHORT_N + 2 };

/* A row as it comes; the columns of SCAN_SHORT and SCAN_LONG. */
struct reading {
	struct scan_row row;
	uint64_t state;
	double worst; /* NaN: NULL */
	struct col cols[LONG_N];
};

static void reading_init(struct reading *d)
{
	struct scan_row *r = &d->row;
	const struct col cols[LONG_N] = {
		{ COL_U64, &r->id },
		{ COL_U64, &d->state },
		{ COL_I64, &r->started_us },
		{ COL_I64, &r->finished_us },
		{ COL_TEXT, &r->name },
		{ COL_TEXT, &r->key },
		{ COL_TEXT, &r->method },
		{ COL_TEXT, &r->model },
		{ COL_TEXT, &r->error },
		{ COL_REAL, &r->threshold },
		{ COL_I64, &r->size },
		{ COL_U64, &r->counts.bytes },
		{ COL_U64, &r->counts.rows },
		{ COL_U64, &r->counts.rows_skipped },
		{ COL_U64, &r->counts.windows },
		{ COL_U64, &r->counts.anomalies },
		{ COL_U64, &r->counts.severity[0] },
		{ COL_U64, &r->counts.severity[1] },
		{ COL_U64, &r->counts.severity[2] },
		{ COL_U64, &r->counts.severity[3] },
		{ COL_REAL, &r->error_mean },
		{ COL_REAL, &r->error_max },
		{ COL_REAL, &r->seconds },
		{ COL_TEXT, &r->highlights },
		{ COL_U64, &r->counts.devices },
		{ COL_U64, &r->counts.flows },
		{ COL_U64, &r->counts.flows_anomalous },
		{ COL_U64, &r->counts.incidents },
		{ COL_REAL, &d->worst },
		{ COL_TEXT, &r->details },
		{ COL_TEXT, &r->curve },
		{ COL_TEXT, &r->skipped },
		{ COL_TEXT, &r->input },
	};

	*r = (struct scan_row){ 0 };
	for (size_t i = 0; i < LONG_N; i++)
		d->cols[i] = cols[i];
}

/* What a column alone does not say. */
static void reading_end(struct reading *d)
{
	d->row.state = (enum scan_state)d->state;
	d->row.incident_severity = isnan(d->worst) ? -1 : (int)d->worst;
}

/* The only row of a statement whose placeholders are in s->args. */
static int read_one(struct store *s, enum statement st, size_t cols_n, struct scan_row *out, struct err *e)
{
	struct reading d;
	int r;

	reading_init(&d);
	if ((r = db_one(s->db, st, &s->args, d.cols, cols_n, e)) <= 0) {
		scan_row_free(&d.row);
		return r;
	}
	reading_end(&d);
	*out = d.row;
	return 1;
}

static int no_scan(uint64_t id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "there is no scan %llu", (unsigned long long)id);
}

int store_scan_get(struct store *s, uint64_t id, struct scan_row *out, struct err *e)
{
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = read_one(s, SCAN_GET, LONG_N, out, e)) == 0)
		return no_scan(id, e);
	return r < 0 ? r : OK;
}

int store_scan_by_key(struct store *s, const char *key, struct scan_row *out, struct err *e)
{
	int r = 0;

	args_clear(&s->args);
	args_text(&s->args, key, KEY_MAX);
	if (key_is(key))
		r = read_one(s, SCAN_BY_KEY, SHORT_N, out, e);
	if (r == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no scan with this key");
	return r < 0 ? r : OK;
}

int store_scan_state(struct store *s, uint64_t id, enum scan_state *out, struct err *e)
{
	uint64_t state = 0;
	const struct col cols[] = { { COL_U64, &state } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = db_one(s->db, SCAN_STATE, &s->args, cols, 1, e)) == 0)
		return no_scan(id, e);
	if (r < 0)
		return r;
	*out = (enum scan_state)state;
	return OK;
}

int store_scan_exists(struct store *s, uint64_t id, struct err *e)
{
	uint64_t there = 0;
	const struct col cols[] = { { COL_U64, &there } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	r = db_one(s->db, SCAN_THERE, &s->args, cols, 1, e);
	return r == 0 ? no_scan(id, e) : r < 0 ? r : OK;
}

int store_scan_rows(struct store *s, enum statement st, int found, scan_each each, void *arg, struct err *e)
{
	const size_t n = found ? FOUND_N : SHORT_N;
	struct reading d;
	int r;

	reading_init(&d);
	if (found) {
		d.cols[SHORT_N] = (struct col){ COL_I64, &d.row.worst };
		d.cols[SHORT_N + 1] = (struct col){ COL_I64, &d.row.deleted_us };
	}
	if ((r = db_select(s->db, st, &s->args, d.cols, n, e)) < 0)
		return r;
	while ((r = db_next(s->db, st, d.cols, n, e)) == 1) {
		reading_end(&d);
		if ((r = each(arg, &d.row)) < 0)
			break;
		scan_row_free(&d.row);
	}
	scan_row_free(&d.row);
	db_end(s->db, st);
	return r;
}

int store_scan_list(struct store *s, uint64_t before, size_t limit, scan_each each, void *arg, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, before > 0 ? before : UINT64_MAX);
	args_u64(&s->args, limit);
	return store_scan_rows(s, SCAN_LIST, 0, each, arg, e);
}

int store_scan_count(struct store *s, uint64_t *n, struct err *e)
{
	uint64_t count = 0;
	const struct col cols[] = { { COL_U64, &count } };
	const int r = db_one(s->db, SCAN_COUNT, NULL, cols, 1, e);

	if (r < 0)
		return r;
	*n = count;
	return OK;
}
