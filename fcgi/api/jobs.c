/* jobs: what the owner's jobs do and did: GET /api/v1/jobs, …/<id>, …/<id>/report, POST …/<id>/cancel. */
#include <stdlib.h>

#include "api/handlers.h"
#include "api/job_view.h"
#include "fcgi/context.h"
#include "http/cursor.h"
#include "http/listing.h"

const struct param jobs_params[] = {
	[JOBS_LIMIT] = { "limit", PARAM_INTEGER, 1, 200, 50, "how many", NULL },
	[JOBS_CURSOR] = { "cursor", PARAM_TEXT, 0, 0, 0, "next_cursor of the page before", NULL },
	[JOBS_FORMAT] = { "format", PARAM_CHOICE, 0, 0, 0, "json or csv, instead of the header Accept",
			  .choices = listing_formats },
	{ .name = NULL },
};

static const struct listing_column columns[] = {
	{ "id", "id" },       { "kind", "kind" },       { "state", "state" },       { "file", "file" },
	{ "size", "size" },   { "started", "started" }, { "finished", "finished" }, { "progress", "progress" },
	{ "error", "error" }, { "report", "report" },   { .title = NULL },
};

struct listing {
	struct json_object *items;
	size_t limit;
	uint64_t last;
	int more;
};

static int add(void *arg, const struct job_row *r)
{
	struct listing *const l = arg;

	if (json_object_array_length(l->items) == l->limit) {
		l->more = 1;
		return OK;
	}
	l->last = r->id;
	return json_object_array_add(l->items, job_view(r)) == 0 ? OK : ERR_NOMEM;
}

void api_jobs(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const enum listing_format format = listing_wanted(q, p[JOBS_FORMAT].given ? p[JOBS_FORMAT].integer : -1, s);
	struct listing l = { .limit = (size_t)p[JOBS_LIMIT].integer };
	char next[CURSOR_TEXT];
	struct cursor at;
	struct err e = { 0 };

	if (format == LISTING_REFUSED)
		return;
	if (cursor_read(&at, p[JOBS_CURSOR].text, &e) < 0) {
		response_err(s, &e);
		return;
	}
	l.items = json_object_new_array();
	if (store_job_list(c->store, at.given ? at.id : 0, l.limit + 1, add, &l, &e) < 0) {
		json_object_put(l.items);
		response_err(s, &e);
		return;
	}
	cursor_write(next, NULL, l.last);
	listing_answer(s, format, l.items, l.more ? next : NULL, columns);
}

/* The job as it is now. */
static void tell(struct context *c, uint64_t id, int status, struct response *s)
{
	struct job_row r = { 0 };
	struct err e = { 0 };
	struct json_object *o;

	if (store_job_get(c->store, id, &r, &e) < 0) {
		response_err(s, &e);
		return;
	}
	o = job_view(&r);
	json_object_object_add(o, "result", r.result != NULL ? json_raw(r.result) : NULL);
	response_json(s, status, o);
	job_row_free(&r);
}

void api_job(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)p;
	tell(c, q->number, 200, s);
}

void api_job_cancel(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };

	(void)p;
	if (store_job_cancel(c->store, q->number, &e) < 0)
		response_err(s, &e);
	else
		tell(c, q->number, 202, s);
}

/* The page has styles and drawings of its own, and nothing that runs. */
void api_job_report(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };
	char *html = NULL;

	(void)p;
	if (store_job_report(c->store, q->number, &html, &e) < 0) {
		response_err(s, &e);
		return;
	}
	s->content_type = "text/html; charset=utf-8";
	text_str(&s->headers,
		 "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
		 "frame-ancestors 'none'; sandbox\r\n");
	text_clear(&s->body);
	text_str(&s->body, html);
	free(html);
}
