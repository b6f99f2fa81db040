/* anomalies: of a scan, page by page, and one with its explanation. */
#include <string.h>

#include "api/device_view.h"
#include "api/handlers.h"
#include "api/mark_body.h"
#include "http/cursor.h"
#include "http/listing.h"

static const char *const severities[] = { "Low", "Medium", "High", "Critical", NULL };

const struct param anomalies_params[] = {
	[ANOMALIES_FROM] = { .name = "from", PARAM_INTEGER, .min = 0, .max = INT64_MAX, .help = "first sequence_id" },
	[ANOMALIES_LIMIT] = { .name = "limit", PARAM_INTEGER, .min = 1, .max = 1000, .fallback = 50, .help = "how many" },
	[ANOMALIES_CURSOR] = { .name = "cursor", PARAM_TEXT, .help = "next_cursor of the page before" },
	[ANOMALIES_SEVERITY] = { .name = "severity", PARAM_CHOICE, .fallback = -1, .choices = severities, .help = "exactly" },
	[ANOMALIES_INCIDENT] = { .name = "incident", PARAM_INTEGER, .min = 1, .max = INT64_MAX, .help = "that they are part of" },
	[ANOMALIES_FORMAT] = { .name = "format", PARAM_CHOICE, .fallback = -1, .choices = listing_formats, .help = "json or csv" },
	{ .name = NULL },
};

static const struct listing_column columns[] = {
	{ "scan_id", "scan_id" },
	{ "sequence_id", "sequence_id" },
	{ "row_first", "rows.0" },
	{ "row_last", "rows.1" },
	{ "ts", "ts" },
	{ "error", "error" },
	{ "p_value", "p_value" },
	{ "severity", "severity" },
	{ "mark", "mark" },
	{ "attack", "attack" },
	{ "rule", "rule" },
	{ "title", "title" },
	{ "incident", "incident" },
	{ "device", "device" },
	{ "orig_ip", "orig.ip" },
	{ "orig_port", "orig.port" },
	{ "resp_ip", "resp.ip" },
	{ "resp_port", "resp.port" },
	{ "feature", "most_unusual.feature" },
	{ "step", "most_unusual.step" },
	{ "share", "most_unusual.share" },
	{ "value", "most_unusual.value" },
	{ "sentence", "sentence" },
	{ "note", "note" },
	{ "marked", "marked" },
	{ NULL, NULL },
};

struct page_of {
	uint64_t scan;
	struct json_object *list;
	size_t limit;
	char next[CURSOR_TEXT];
};

/* The cursor names the first one of the next page. */
static int take(void *arg, const struct anomaly_row *a)
{
	struct page_of *const p = arg;

	if (json_object_array_length(p->list) == p->limit) {
		cursor_write(p->next, NULL, a->sequence_id);
		return OK;
	}
	return json_object_array_add(p->list, anomaly_view(p->scan, a)) == 0 ? OK : ERR_NOMEM;
}

void api_anomalies(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const enum listing_format format = listing_wanted(q, p[ANOMALIES_FORMAT].integer, s);
	struct page_of page = { .scan = q->number, .list = json_object_new_array(), .limit = (size_t)p[ANOMALIES_LIMIT].integer };
	struct anomaly_query query = { .scan = q->number,
				       .from = (uint64_t)p[ANOMALIES_FROM].integer,
				       .severity = (int)p[ANOMALIES_SEVERITY].integer,
				       .incident = (uint64_t)p[ANOMALIES_INCIDENT].integer,
				       .limit = page.limit + 1 };
	struct cursor at = { 0 };
	struct err e = { 0 };
	int r = OK;

	if (format != LISTING_REFUSED && (r = cursor_read(&at, p[ANOMALIES_CURSOR].text, &e)) == OK &&
	    (r = store_scan_exists(c->store, q->number, &e)) == OK) {
		query.from = at.given && at.id > query.from ? at.id : query.from;
		r = store_anomaly_find(c->store, &query, take, &page, &e);
	}
	if (format != LISTING_REFUSED && r == OK) {
		listing_answer(s, format, page.list, page.next[0] != '\0' ? page.next : NULL, columns);
		return;
	}
	json_object_put(page.list);
	if (format != LISTING_REFUSED)
		response_err(s, &e);
}

static void answer(struct context *c, const struct request *q, struct response *s)
{
	struct json_object *o = NULL;
	struct err e = { 0 };

	if (anomaly_whole(c->store, q->number, q->item, &o, &e) == OK)
		response_json(s, 200, o);
	else
		response_err(s, &e);
}

void api_anomaly(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)p;
	answer(c, q, s);
}

void api_anomaly_mark(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };

	(void)p;
	if (mark_take(c->store, q, store_anomaly_mark, &e) == OK)
		answer(c, q, s);
	else
		response_err(s, &e);
}
