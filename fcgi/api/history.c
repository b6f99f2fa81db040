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

/* Null in scans of older versions. The names are those of anomaly_to_json(). */
static void add_story(struct json_object *o, const struct anomaly_row *a)
{
	const struct rule *const rule = a->rule != NULL ? rule_find(a->rule) : NULL;
	const char *const device = a->side == 0 || a->side == 1 ? a->host[a->side] : NULL;

	json_object_object_add(o, "p_value", json_number(a->p, 6));
	json_object_object_add(o, "attack", a->attack != NULL ? json_text(a->attack) : NULL);
	json_object_object_add(o, "rule", a->rule != NULL ? json_text(a->rule) : NULL);
	json_object_object_add(o, "title", rule != NULL ? json_object_new_string(rule->title) : NULL);
	json_object_object_add(o, "incident", a->incident > 0 ? json_count(a->incident) : NULL);
	json_object_object_add(o, "device", device != NULL ? json_text(device) : NULL);
	json_object_object_add(o, "orig", endpoint_to_json(a->host[0], a->port[0]));
	json_object_object_add(o, "resp", endpoint_to_json(a->host[1], a->port[1]));
	json_object_object_add(o, "sentence", a->sentence != NULL ? json_text(a->sentence) : NULL);
}

static int add_anomaly(void *arg, const struct anomaly_row *a)
{
	struct json_object *const o = json_object_new_object(), *const rows = json_object_new_array(),
				  *const why = json_object_new_object();

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
	add_story(o, a);
	json_object_object_add(o, "sample_data", json_raw(a->sample));
	return json_object_array_add(arg, o) == 0 ? OK : ERR_NOMEM;
}

void api_anomalies(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *const list = json_object_new_array();
	struct err e = { 0 };
	int r;

	if ((r = store_scan_exists(c->store, q->number, &e)) == OK)
		r = store_anomaly_list(c->store, q->number, (uint64_t)p[ANOMALIES_FROM].integer,
				       (size_t)p[ANOMALIES_LIMIT].integer, add_anomaly, list, &e);
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
		json_object_object_add(o, "incidents", json_count(row.counts.incidents));
		if (row.error != NULL)
			json_object_object_add(o, "error", json_text(row.error));
		response_json(s, 200, o);
	} else {
		response_err(s, &e);
	}
	scan_row_free(&row);
}
