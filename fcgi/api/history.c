/* history: scans that were, and their anomalies, from the database. */
#include "api/handlers.h"
#include "api/scan_view.h"
#include "base/json.h"
#include "detect/scan_json.h"
#include "detect/severity.h"
#include "fcgi/context.h"
#include "rule/rule.h"

const struct param history_params[] = {
	[HISTORY_LIMIT] = { "limit", PARAM_INTEGER, 1, 200, 50, "how many" },
	[HISTORY_BEFORE] = { "before", PARAM_INTEGER, 1, INT64_MAX, 0, "only scans with a lower id: the next page" },
	{ .name = NULL },
};

static int add_scan(void *arg, const struct scan_row *r)
{
	return json_object_array_add(arg, scan_view(r)) == 0 ? OK : ERR_NOMEM;
}

void api_history(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *const list = json_object_new_array();
	struct err e = { 0 };

	(void)q;
	if (store_scan_list(c->store, (uint64_t)p[HISTORY_BEFORE].integer, (size_t)p[HISTORY_LIMIT].integer, add_scan, list, &e) ==
	    OK) {
		response_json(s, 200, list);
	} else {
		json_object_put(list);
		response_err(s, &e);
	}
}

void api_scan(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *answer = NULL;
	struct err e = { 0 };

	(void)p;
	if (scan_answer(c->store, q->number, &answer, &e) == OK)
		response_json(s, 200, answer);
	else
		response_err(s, &e);
}

void api_progress(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct scan_row row = { 0 };
	struct err e = { 0 };

	(void)p;
	if (store_scan_by_key(c->store, q->word, &row, &e) == OK) {
		struct json_object *const o = json_object_new_object();

		json_object_object_add(o, "scan_id", json_count(row.id));
		json_object_object_add(o, "state", json_object_new_string(scan_state_name(row.state)));
		json_object_object_add(o, "bytes", json_count(row.counts.bytes));
		json_object_object_add(o, "size", row.size >= 0 ? json_count((uint64_t)row.size) : NULL);
		json_object_object_add(o, "rows", json_count(row.counts.rows));
		json_object_object_add(o, "windows", json_count(row.counts.windows));
		json_object_object_add(o, "anomalies", json_count(row.counts.anomalies));
		json_object_object_add(o, "incidents", json_count(row.counts.incidents));
		if (row.error != NULL)
			json_object_object_add(o, "error", json_text(row.error));
		response_json(s, 200, o);
	} else {
		response_err(s, &e);
	}
	scan_row_free(&row);
}
