/* incidents: those of all scans, of one, and one; and what the owner says of it. */
#include <string.h>

#include "api/device_view.h"
#include "api/handlers.h"
#include "api/mark_body.h"
#include "http/cursor.h"
#include "http/listing.h"

static const char *const severities[] = { "Low", "Medium", "High", "Critical", NULL };
static const char *const sorts[] = { [INCIDENTS_NEWEST] = "newest", [INCIDENTS_WORST] = "worst", NULL };

#define COMMON_PARAMS(order)                                                                                                       \
	[INCIDENTS_MARK] = { .name = "mark", PARAM_CHOICE, .fallback = -1, .choices = mark_names, .help = "what the owner says" }, \
	[INCIDENTS_SEVERITY] = { .name = "severity", PARAM_CHOICE, .fallback = -1, .choices = severities, .help = "exactly" },     \
	[INCIDENTS_ATTACK] = { .name = "attack", PARAM_TEXT, .help = "the family, such as port_scan" },                            \
	[INCIDENTS_SORT] = { .name = "sort",                                                                                       \
			     PARAM_CHOICE,                                                                                         \
			     .fallback = (order),                                                                                  \
			     .choices = sorts,                                                                                     \
			     .help = "newest or worst first" },                                                                    \
	[INCIDENTS_LIMIT] = { .name = "limit", PARAM_INTEGER, .min = 1, .max = 200, .fallback = 50, .help = "how many" },          \
	[INCIDENTS_CURSOR] = { .name = "cursor", PARAM_TEXT, .help = "next_cursor of the page before" }
#define FORMAT_PARAM                                                                                                               \
	{                                                                                                                          \
		.name = "format", PARAM_CHOICE, .fallback = -1, .choices = listing_formats, .help = "json or csv"                  \
	}

const struct param incidents_params[] = {
	COMMON_PARAMS(INCIDENTS_NEWEST),
	[INCIDENTS_DEVICE] = { .name = "device", PARAM_INTEGER, .min = 1, .max = INT64_MAX, .help = "id of the device" },
	[INCIDENTS_SCAN] = { .name = "scan", PARAM_INTEGER, .min = 1, .max = INT64_MAX, .help = "id of the scan" },
	[INCIDENTS_FROM] = { .name = "from", PARAM_TIME, .help = "found at that time or later" },
	[INCIDENTS_TO] = { .name = "to", PARAM_TIME, .help = "found before that time" },
	[INCIDENTS_FORMAT] = FORMAT_PARAM,
	{ .name = NULL },
};

const struct param scan_incidents_params[] = {
	COMMON_PARAMS(INCIDENTS_WORST),
	[INCIDENTS_OF_SCAN_FORMAT] = FORMAT_PARAM,
	{ .name = NULL },
};

static const struct listing_column columns[] = {
	{ "scan_id", "scan_id" },
	{ "id", "id" },
	{ "file", "file" },
	{ "found", "found" },
	{ "severity", "severity" },
	{ "mark", "mark" },
	{ "title", "title" },
	{ "attack", "attack" },
	{ "rule", "rule" },
	{ "technique", "technique" },
	{ "device_id", "device.id" },
	{ "device_name", "device.name" },
	{ "device_ip", "device.ip" },
	{ "device_mac", "device.mac" },
	{ "device_vendor", "device.vendor" },
	{ "start", "start" },
	{ "end", "end" },
	{ "flows", "flows" },
	{ "peers", "peers" },
	{ "peer", "peer" },
	{ "port", "port" },
	{ "peak_score", "peak_score" },
	{ "p_value", "p_value" },
	{ "bytes_out", "bytes_out" },
	{ "bytes_in", "bytes_in" },
	{ "sentence", "sentence" },
	{ "note", "note" },
	{ "marked", "marked" },
	{ NULL, NULL },
};

/* ---- lists ------------------------------------------------------------------------------------------------------------------------ */

struct page_of {
	const struct context *c;
	struct json_object *list;
	size_t limit;
	char next[CURSOR_TEXT], last[CURSOR_TEXT];
};

static int take(void *arg, const struct incident_found *i)
{
	struct page_of *const p = arg;
	if (json_object_array_length(p->list) == p->limit) {
		memcpy(p->next, p->last, sizeof(p->next));
		return OK;
	}
	incident_cursor(p->last, i);
	return json_object_array_add(p->list, incident_view(p->c, i)) == 0 ? OK : ERR_NOMEM;
}

/* asked: for a format. */
static void list(struct context *c, struct request *q, const struct param_value *p, const struct param_value *asked,
		 struct response *s, struct incident_query *query)
{
	const enum listing_format format = listing_wanted(q, asked->integer, s);
	struct page_of page = { .c = c, .list = json_object_new_array(), .limit = (size_t)p[INCIDENTS_LIMIT].integer };
	struct err e = { 0 };
	int r = OK;

	query->mark = (int)p[INCIDENTS_MARK].integer;
	query->severity = (int)p[INCIDENTS_SEVERITY].integer;
	query->attack = p[INCIDENTS_ATTACK].text;
	query->sort = (enum incident_sort)p[INCIDENTS_SORT].integer;
	query->limit = page.limit + 1;
	if (format != LISTING_REFUSED && (r = incident_cursor_read(query, p[INCIDENTS_CURSOR].text, &e)) == OK &&
	    (r = store_incident_find(c->store, query, take, &page, &e)) == OK && query->scan > 0 &&
	    json_object_array_length(page.list) == 0)
		r = store_scan_exists(c->store, query->scan, &e);
	if (format != LISTING_REFUSED && r == OK) {
		listing_answer(s, format, page.list, page.next[0] != '\0' ? page.next : NULL, columns);
		return;
	}
	json_object_put(page.list);
	if (format != LISTING_REFUSED)
		response_err(s, &e);
}

void api_incidents(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct incident_query query = { .device = (uint64_t)p[INCIDENTS_DEVICE].integer,
					.scan = (uint64_t)p[INCIDENTS_SCAN].integer,
					.from_us = p[INCIDENTS_FROM].integer,
					.to_us = p[INCIDENTS_TO].integer };

	list(c, q, p, &p[INCIDENTS_FORMAT], s, &query);
}

void api_scan_incidents(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct incident_query query = { .scan = q->number };

	list(c, q, p, &p[INCIDENTS_OF_SCAN_FORMAT], s, &query);
}

/* ---- one -------------------------------------------------------------------------------------------------------------------------- */

static void answer(struct context *c, const struct request *q, struct response *s)
{
	struct incident_found i = { 0 };
	struct err e = { 0 };

	if (store_incident_get(c->store, q->number, q->item, &i, &e) == OK)
		response_json(s, 200, incident_view(c, &i));
	else
		response_err(s, &e);
	incident_found_free(&i);
}

void api_incident(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)p;
	answer(c, q, s);
}

void api_incident_mark(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };

	(void)p;
	if (mark_take(c->store, q, store_incident_mark, &e) == OK)
		answer(c, q, s);
	else
		response_err(s, &e);
}
