/* store_incident_find: incidents of all scans by what they are. */
#include "sql/store_mark.h"

#include <stdlib.h>

#include "sql/store_inside.h"

enum { COLUMNS = 17, WORD_MAX = 64 };

struct reading {
	struct incident_found i;
	int64_t severity, mark;
	struct col cols[COLUMNS];
};

/* In the order of INCIDENT_FIND. */
static void reading_init(struct reading *r)
{
	struct incident_found *const i = &r->i;
	const struct col cols[COLUMNS] = {
		{ COL_U64, &i->scan },         { COL_U64, &i->id },         { COL_TEXT, &i->report },     { COL_I64, &r->severity },
		{ COL_I64, &r->mark },         { COL_TEXT, &i->note },      { COL_I64, &i->marked_us },   { COL_I64, &i->found_us },
		{ COL_I64, &i->window[0] },    { COL_I64, &i->window[1] },  { COL_I64, &i->peak },        { COL_U64, &i->device },
		{ COL_TEXT, &i->device_name }, { COL_TEXT, &i->device_ip }, { COL_TEXT, &i->device_mac }, { COL_TEXT, &i->file },
		{ COL_TEXT, &i->method },
	};

	*i = (struct incident_found){ 0 };
	for (size_t k = 0; k < COLUMNS; k++)
		r->cols[k] = cols[k];
}

static const struct incident_found *reading_end(struct reading *r)
{
	r->i.severity = (int)r->severity;
	r->i.mark = (int)r->mark;
	return &r->i;
}

void incident_found_free(struct incident_found *i)
{
	if (i == NULL)
		return;
	free(i->report);
	free(i->note);
	free(i->device_name);
	free(i->device_ip);
	free(i->device_mac);
	free(i->file);
	free(i->method);
	*i = (struct incident_found){ 0 };
}

/* A number twice: whether it counts, and what it is. */
static void push_twice(struct args *v, int64_t n)
{
	args_i64(v, n);
	args_i64(v, n);
}

/* In the order of INCIDENT_FILTER, and where to go on. */
static void push_query(struct args *v, const struct incident_query *q)
{
	const int worst = q->sort == INCIDENTS_WORST;
	const uint64_t last = q->scan > 0 ? q->scan : INT64_MAX;
	const int most = q->severity >= 0 ? q->severity : SEVERITIES;

	args_clear(v);
	args_u64(v, q->scan);
	args_u64(v, q->after && !worst && q->after_scan < last ? q->after_scan : last);
	args_i64(v, q->severity >= 0 ? q->severity : 0);
	args_i64(v, q->after && worst && q->after_severity < most ? q->after_severity : most);
	push_twice(v, q->mark);
	args_text(v, q->attack, WORD_MAX);
	args_text(v, q->attack, WORD_MAX);
	push_twice(v, (int64_t)q->device);
	push_twice(v, q->from_us);
	push_twice(v, q->to_us);
	if (worst) {
		args_i64(v, q->after ? q->after_severity : SEVERITIES + 1);
		args_u64(v, q->after_scan);
	}
	args_u64(v, q->after ? q->after_scan : INT64_MAX);
	args_u64(v, q->after_id);
	args_u64(v, q->limit);
}

int store_incident_find(struct store *s, const struct incident_query *q, incident_found_each each, void *arg, struct err *e)
{
	const enum statement st = q->sort == INCIDENTS_WORST ? INCIDENT_FIND_WORST : INCIDENT_FIND_NEWEST;
	struct reading g;
	int r;

	reading_init(&g);
	push_query(&s->args, q);
	if ((r = db_select(s->db, st, &s->args, g.cols, COLUMNS, e)) < 0)
		return r;
	while ((r = db_next(s->db, st, g.cols, COLUMNS, e)) == 1) {
		r = each(arg, reading_end(&g));
		incident_found_free(&g.i);
		if (r < 0)
			break;
	}
	incident_found_free(&g.i);
	db_end(s->db, st);
	return r;
}

int store_incident_get(struct store *s, uint64_t scan, uint64_t id, struct incident_found *out, struct err *e)
{
	struct reading g;
	int r;

	reading_init(&g);
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, id);
	if ((r = db_one(s->db, INCIDENT_GET, &s->args, g.cols, COLUMNS, e)) == 1) {
		*out = *reading_end(&g);
		return OK;
	}
	incident_found_free(&g.i);
	if (r < 0 || (r = store_scan_exists(s, scan, e)) < 0)
		return r;
	return err_set(e, ERR_NOT_FOUND, "scan %llu has no incident %llu, or it is not one of the worst, which are kept",
		       (unsigned long long)scan, (unsigned long long)id);
}
