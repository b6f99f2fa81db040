/* store_anomaly_read: anomalies as they are told to others. */
#include "sql/store_mark.h"

#include <math.h>
#include <stdlib.h>

#include "sql/store_inside.h"

/* Rows of one answer, so that the memory does not grow with the limit. */
enum { PAGE_ROWS = 1000 };

/* Texts of a row. */
enum { FEATURE, SAMPLE, ATTACK, RULE, ORIG_HOST, RESP_HOST, SENTENCE, NOTE, TEXTS };

enum { COLUMNS = 24 };

struct reading {
	struct anomaly_row a;
	uint64_t severity, step, mark;
	int64_t side;
	char *text[TEXTS];
	struct col cols[COLUMNS];
};

/* In the order of ANOMALY_FIND. */
static void reading_init(struct reading *r)
{
	struct anomaly_row *const a = &r->a;
	const struct col cols[COLUMNS] = {
		{ COL_U64, &a->sequence_id },
		{ COL_U64, &a->row[0] },
		{ COL_U64, &a->row[1] },
		{ COL_REAL, &a->ts },
		{ COL_REAL, &a->error },
		{ COL_U64, &r->severity },
		{ COL_U64, &r->step },
		{ COL_TEXT, &r->text[FEATURE] },
		{ COL_REAL, &a->share },
		{ COL_REAL, &a->value },
		{ COL_TEXT, &r->text[SAMPLE] },
		{ COL_REAL, &a->p },
		{ COL_TEXT, &r->text[ATTACK] },
		{ COL_TEXT, &r->text[RULE] },
		{ COL_U64, &a->incident },
		{ COL_TEXT, &r->text[ORIG_HOST] },
		{ COL_I64, &a->port[0] },
		{ COL_TEXT, &r->text[RESP_HOST] },
		{ COL_I64, &a->port[1] },
		{ COL_I64, &r->side },
		{ COL_TEXT, &r->text[SENTENCE] },
		{ COL_U64, &r->mark },
		{ COL_TEXT, &r->text[NOTE] },
		{ COL_I64, &a->marked_us },
	};

	r->a = (struct anomaly_row){ 0 };
	r->side = -1;
	for (size_t i = 0; i < TEXTS; i++)
		r->text[i] = NULL;
	for (size_t i = 0; i < COLUMNS; i++)
		r->cols[i] = cols[i];
}

static const struct anomaly_row *reading_end(struct reading *r)
{
	struct anomaly_row *const a = &r->a;

	a->error = isnan(a->error) ? (double)INFINITY : a->error;
	a->severity = (int)r->severity;
	a->step = (unsigned)r->step;
	a->side = (int)r->side;
	a->mark = (int)r->mark;
	a->feature = r->text[FEATURE];
	a->sample = r->text[SAMPLE];
	a->attack = r->text[ATTACK];
	a->rule = r->text[RULE];
	a->host[0] = r->text[ORIG_HOST];
	a->host[1] = r->text[RESP_HOST];
	a->sentence = r->text[SENTENCE];
	a->note = r->text[NOTE];
	return a;
}

static void free_texts(struct reading *r)
{
	for (size_t i = 0; i < TEXTS; i++) {
		free(r->text[i]);
		r->text[i] = NULL;
	}
}

/* The placeholders of the statement that suits the query best. */
static enum statement choose(struct args *v, const struct anomaly_query *q, uint64_t from, size_t limit)
{
	enum statement st = ANOMALY_LIST;

	args_clear(v);
	args_u64(v, q->scan);
	if (q->incident > 0) {
		st = ANOMALY_LIST_INCIDENT;
		args_u64(v, q->incident);
		args_i64(v, q->severity);
		args_i64(v, q->severity);
	} else if (q->severity >= 0) {
		st = ANOMALY_LIST_SEVERITY;
		args_i64(v, q->severity);
	}
	args_u64(v, from);
	args_u64(v, limit);
	return st;
}

/* A page of the list, from *from on: how many rows; *from becomes the place to go on. */
static int read_page(struct store *s, const struct anomaly_query *q, uint64_t *from, size_t limit, anomaly_each each, void *arg,
		     struct err *e)
{
	const enum statement st = choose(&s->args, q, *from, limit);
	struct reading g;
	int r, rows = 0;

	reading_init(&g);
	if ((r = db_select(s->db, st, &s->args, g.cols, COLUMNS, e)) < 0)
		return r;
	while ((r = db_next(s->db, st, g.cols, COLUMNS, e)) == 1) {
		*from = g.a.sequence_id + 1;
		rows++;
		r = each(arg, reading_end(&g));
		free_texts(&g);
		if (r < 0)
			break;
	}
	free_texts(&g);
	db_end(s->db, st);
	return r < 0 ? r : rows;
}

int store_anomaly_find(struct store *s, const struct anomaly_query *q, anomaly_each each, void *arg, struct err *e)
{
	uint64_t from = q->from;

	for (size_t left = q->limit; left > 0;) {
		const size_t page = left < PAGE_ROWS ? left : PAGE_ROWS;
		const int rows = read_page(s, q, &from, page, each, arg, e);

		if (rows < 0)
			return rows;
		if ((size_t)rows < page)
			break;
		left -= page;
	}
	return OK;
}

int store_anomaly_list(struct store *s, uint64_t scan, uint64_t from, size_t limit, anomaly_each each, void *arg, struct err *e)
{
	const struct anomaly_query q = { .scan = scan, .from = from, .severity = -1, .limit = limit };

	return store_anomaly_find(s, &q, each, arg, e);
}

int store_anomaly_get(struct store *s, uint64_t scan, uint64_t sequence, anomaly_each each, void *arg, struct err *e)
{
	struct reading g;
	int r;

	if ((r = store_scan_exists(s, scan, e)) < 0)
		return r;
	reading_init(&g);
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, sequence);
	if ((r = db_one(s->db, ANOMALY_GET, &s->args, g.cols, COLUMNS, e)) == 1)
		r = each(arg, reading_end(&g));
	else if (r == 0)
		r = err_set(e, ERR_NOT_FOUND, "scan %llu has no anomaly %llu", (unsigned long long)scan,
			    (unsigned long long)sequence);
	free_texts(&g);
	return r;
}

int store_explanation_get(struct store *s, uint64_t scan, uint64_t sequence, char **out, struct err *e)
{
	char *report = NULL;
	const struct col cols[] = { { COL_TEXT, &report } };
	int r;

	*out = NULL;
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, sequence);
	if ((r = db_one(s->db, EXPLANATION_GET, &s->args, cols, 1, e)) == 1) {
		*out = report;
		return OK;
	}
	free(report);
	return r < 0 ? r : OK;
}
