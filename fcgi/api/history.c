/* history: scans that were, and their anomalies, from the database. */
#include "api/handlers.h"
#include "api/scan_view.h"
#include "base/json.h"
#include "detect/severity.h"
#include "fcgi/context.h"

const struct param history_params[] = {
	[HISTORY_LIMIT] = { "limit", PARAM_INTEGER, 1, 200, 50, "how many" },
	[HISTORY_BEFORE] = { "before", PARAM_INTEGER, 1, INT64_MAX, 0, "only scans with a lower id: the next page" },
	{ .name = NULL },
};

const struct param anomalies_params[] = {
	[ANOMALIES_FROM] = { "from", PARAM_INTEGER, 0, INT64_MAX, 0, "first sequence_id" },
	[ANOMALIES_LIMIT] = { "limit", PARAM_INTEGER, 1, 1000, 100, "how many" },
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
	if (store_scan_list(c->store, (uint64_t)p[HISTORY_BEFORE].integer, (size_t)p[HISTORY_LIMIT].integer, add_scan, list, &e) == OK) {
		response_json(s, 200, list);
	} else {
		json_object_put(list);
		response_err(s, &e);
	}
}

void api_scan(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct scan_row row = { 0 };
	struct err e = { 0 };

	(void)p;
	if (store_scan_get(c->store, q->number, &row, &e) == OK)
		response_json(s, 200, scan_view_full(&row));
	else
		response_err(s, &e);
	scan_row_free(&row);
}

static int add_anomaly(void *arg, const struct anomaly_row *a)
{
	struct json_object *const o = json_object_new_object(), *const rows = json_object_new_array(), *const why = json_object_new_object();

	json_object_array_add(rows, json_count(a->row[0]));
	json_object_array_add(rows, json_count(a->row[1]));
	json_object_object_add(why, "feature", json_text(a->feature));
	json_object_object_add(why, "step", json_count(a->step));
	json_object_object_add(why, "share", json_number(a->share, 4));
	json_object_object_add(why, "value", json_number(a->value, 15));
	json_object_object_add(o, "sequence_id", json_count(a->sequence_id));
	json_object_object_add(o, "rows", rows);
	json_object_object_add(o, "ts", json_number(a->ts, 15));
	json_object_object_add(o, "error", json_number(a->error, 9));
	json_object_object_add(o, "severity", json_object_new_string(severity_name((enum severity)a->severity)));
	json_object_object_add(o, "most_unusual", why);
	json_object_object_add(o, "sample_data", json_raw(a->sample));
	return json_object_array_add(arg, o) == 0 ? OK : ERR_NOMEM;
}

void api_anomalies(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *const list = json_object_new_array();
	struct err e = { 0 };
	int r;

	r = store_anomaly_list(c->store, q->number, (uint64_t)p[ANOMALIES_FROM].integer, (size_t)p[ANOMALIES_LIMIT].integer, add_anomaly,
			       list, &e);
	/* An anomaly cannot be without its scan: only who gets none wants to know whether that exists. */
	if (r == OK && json_object_array_length(list) == 0)
		r = store_scan_exists(c->store, q->number, &e);
	if (r == OK) {
		response_json(s, 200, list);
	} else {
		json_object_put(list);
		response_err(s, &e);
	}
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
		if (row.error != NULL)
			json_object_object_add(o, "error", json_text(row.error));
		response_json(s, 200, o);
	} else {
		response_err(s, &e);
	}
	scan_row_free(&row);
}
