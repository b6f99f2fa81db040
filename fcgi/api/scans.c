/* scans: GET /api/v1/scans and what it shares with the page of the history. */
#include "api/scans.h"

#include <string.h>

#include "api/handlers.h"
#include "api/scan_view.h"
#include "base/json.h"
#include "detect/severity.h"
#include "fcgi/context.h"
#include "http/listing.h"

#define DAY_US INT64_C(86400000000)

static const char *const severities[] = { "Low", "Medium", "High", "Critical", NULL };
static const char *const states[] = { "running", "done", "failed", "interrupted", "cancelled", NULL };
static const char *const truths[] = { "false", "true", NULL };
const char *const scans_sorts[] = { "time",   "-time",    "incidents", "-incidents", "anomalies", "-anomalies", "flows",
				    "-flows", "severity", "-severity", "name",       "-name",     NULL };

const struct param scans_params[] = {
	[SCANS_Q] = { .name = "q", .type = PARAM_TEXT, .help = "a part of the file's name" },
	[SCANS_FROM] = { .name = "from", .type = PARAM_TIME, .help = "scans that began then or later" },
	[SCANS_TO] = { .name = "to", .type = PARAM_TIME, .help = "scans that began before; a date: on that day too" },
	[SCANS_SEVERITY] = { .name = "severity",
			     .type = PARAM_CHOICE,
			     .fallback = -1,
			     .help = "the worst is at least this",
			     .choices = severities },
	[SCANS_ATTACK] = { .name = "attack", .type = PARAM_TEXT, .help = "has an incident of this family" },
	[SCANS_DEVICE] = { .name = "device",
			   .type = PARAM_INTEGER,
			   .min = 1,
			   .max = INT64_MAX,
			   .help = "has flows of this device" },
	[SCANS_STATE] = { .name = "state", .type = PARAM_CHOICE, .fallback = -1, .help = "how it ended", .choices = states },
	[SCANS_SORT] = { .name = "sort",
			 .type = PARAM_CHOICE,
			 .fallback = 2 * SCAN_BY_TIME + 1,
			 .help = "order, falling with a -",
			 .choices = scans_sorts },
	[SCANS_DELETED] = { .name = "deleted",
			    .type = PARAM_CHOICE,
			    .help = "true: those that were deleted and can come back",
			    .choices = truths },
	[SCANS_CURSOR] = { .name = "cursor", .type = PARAM_TEXT, .help = "next_cursor of the page before" },
	[SCANS_LIMIT] = { .name = "limit", .type = PARAM_INTEGER, .min = 1, .max = 200, .fallback = 50, .help = "how many" },
	[SCANS_FORMAT] = { .name = "format",
			   .type = PARAM_CHOICE,
			   .fallback = -1,
			   .help = "json or csv",
			   .choices = listing_formats },
	{ .name = NULL },
};

static const struct listing_column columns[] = {
	{ "id", "id" },
	{ "file", "file" },
	{ "started", "timestamp" },
	{ "finished", "finished" },
	{ "state", "state" },
	{ "severity", "severity" },
	{ "incidents", "incidents_count" },
	{ "flows", "flows" },
	{ "anomalous_flows", "anomalous_flows" },
	{ "devices", "devices" },
	{ "anomalies", "anomalies_count" },
	{ "windows", "total_samples" },
	{ "percentage", "percentage" },
	{ "threshold", "threshold" },
	{ "method", "method" },
	{ "model", "model" },
	{ "rows_read", "rows_read" },
	{ "rows_skipped", "rows_skipped" },
	{ "bytes", "bytes" },
	{ "seconds", "seconds" },
	{ "deleted", "deleted" },
	{ "error", "error" },
	{ NULL, NULL },
};

int scans_query(struct scans_query *q, const struct param_value *p, struct err *e)
{
	*q = (struct scans_query){
		.find = { .name = p[SCANS_Q].text,
			  .from_us = p[SCANS_FROM].integer,
			  .to_us = p[SCANS_TO].integer,
			  .severity = (int)p[SCANS_SEVERITY].integer,
			  .attack = p[SCANS_ATTACK].text,
			  .device = (uint64_t)p[SCANS_DEVICE].integer,
			  .state = (int)p[SCANS_STATE].integer,
			  .deleted = (int)p[SCANS_DELETED].integer,
			  .order = (enum scan_order)(p[SCANS_SORT].integer / 2),
			  .falling = (int)(p[SCANS_SORT].integer % 2),
			  .limit = (size_t)p[SCANS_LIMIT].integer },
	};
	if (strlen(p[SCANS_TO].text) == strlen("2026-11-21") && strchr(p[SCANS_TO].text, '-') != NULL)
		q->find.to_us += DAY_US;
	return cursor_read(&q->cursor, p[SCANS_CURSOR].text, e);
}

struct json_object *scans_item(const struct scan_row *r)
{
	struct json_object *const o = scan_view(r);

	json_object_object_del(o, "details");
	if (r->deleted_us > 0)
		json_object_object_add(o, "deleted", json_time(r->deleted_us));
	return o;
}

/* ---- a page --------------------------------------------------------------------------------------------------------------------- */

struct building {
	const struct scans_query *query;
	struct json_object *items;
	char first[CURSOR_TEXT], last[CURSOR_TEXT]; /* of the rows that are shown */
	int more;                                   /* there is one that is not */
};

static int add_row(void *arg, const struct scan_row *r)
{
	struct building *const b = arg;
	const size_t n = json_object_array_length(b->items);
	char value[SCAN_VALUE];

	if (n == b->query->find.limit) {
		b->more = 1;
		return OK;
	}
	store_scan_value(value, b->query->find.order, r);
	cursor_write(b->last, value, r->id);
	if (n == 0)
		memcpy(b->first, b->last, sizeof(b->first));
	return json_object_array_add(b->items, scans_item(r)) == 0 ? OK : ERR_NOMEM;
}

static struct json_object *reversed(struct json_object *list)
{
	struct json_object *const out = json_object_new_array();

	for (size_t i = json_object_array_length(list); i > 0; i--)
		json_object_array_add(out, json_object_get(json_object_array_get_idx(list, i - 1)));
	json_object_put(list);
	return out;
}

int scans_page(struct store *s, const struct scans_query *q, struct scans_page *out, struct err *e)
{
	const int back = q->back && q->cursor.given;
	struct building b = { .query = q, .items = json_object_new_array() };
	struct scan_find f = q->find;
	int r;

	f.limit++;
	f.falling ^= back;
	f.after_id = q->cursor.given ? q->cursor.id : 0;
	f.after = q->cursor.value;
	if ((r = store_scan_find(s, &f, add_row, &b, e)) < 0) {
		json_object_put(b.items);
		return r == ERR_NOMEM ? err_set(e, r, "out of memory") : r;
	}
	*out = (struct scans_page){ .items = back ? reversed(b.items) : b.items };
	/* Where we came from there is something; where we look there is what did not fit. */
	if (back ? b.more : q->cursor.given)
		memcpy(out->first, back ? b.last : b.first, sizeof(out->first));
	if (back ? b.first[0] != '\0' : b.more)
		memcpy(out->next, back ? b.first : b.last, sizeof(out->next));
	return OK;
}

void scans_answer(struct response *s, enum listing_format format, const struct scans_page *page)
{
	listing_answer(s, format, page->items, page->next[0] != '\0' ? page->next : NULL, columns);
}

void api_scans(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const enum listing_format format = listing_wanted(q, p[SCANS_FORMAT].integer, s);
	struct scans_query query;
	struct scans_page page;
	struct err e = { 0 };

	if (format == LISTING_REFUSED)
		return;
	if (scans_query(&query, p, &e) < 0 || scans_page(c->store, &query, &page, &e) < 0)
		response_err(s, &e);
	else
		scans_answer(s, format, &page);
}
