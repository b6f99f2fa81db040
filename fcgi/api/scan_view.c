/* scan_view: rows to JSON. Long texts are JSON already and go in as they are. */
#include "api/scan_view.h"

#include <string.h>

#include "api/incident_keep.h"
#include "base/json.h"
#include "detect/scan_json.h"
#include "detect/severity.h"
#include "http/response.h"

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static struct json_object *text_or_null(const char *s)
{
	return s != NULL ? json_text(s) : NULL;
}

static struct json_object *raw_or_empty(const char *json)
{
	return json != NULL ? json_raw(json) : json_object_new_array();
}

struct json_object *severity_view(const uint64_t severity[SEVERITIES])
{
	struct json_object *const o = json_object_new_object();

	for (int i = 0; i < SEVERITIES; i++)
		add(o, severity_name((enum severity)i), json_count(severity[i]));
	return o;
}

int scan_severity(const struct scan_row *r)
{
	int worst = r->incident_severity;

	/* Windows that make no incident are too little for an alarm. */
	if (r->method != NULL && strcmp(r->method, scan_method_name(METHOD_HYBRID)) == 0)
		return worst;
	for (int i = 0; i < SEVERITIES; i++)
		if (r->counts.severity[i] > 0 && i > worst)
			worst = i;
	return worst;
}

/* What older versions did not count is null. */
static void add_flows(struct json_object *o, const struct scan_row *r)
{
	const struct scan_counts *const n = &r->counts;
	const int known = n->flows > 0 || n->windows == 0, severity = scan_severity(r);

	add(o, "flows", known ? json_count(n->flows) : NULL);
	add(o, "anomalous_flows", known ? json_count(n->flows_anomalous) : NULL);
	add(o, "devices", known ? json_count(n->devices) : NULL);
	add(o, "incidents_count", known ? json_count(n->incidents) : NULL);
	add(o, "severity", severity >= 0 ? json_object_new_string(severity_name((enum severity)severity)) : NULL);
}

struct json_object *scan_view(const struct scan_row *r)
{
	struct json_object *const o = json_object_new_object();
	const struct scan_counts *const n = &r->counts;

	add(o, "id", json_count(r->id));
	add(o, "scan_id", json_count(r->id));
	add(o, "timestamp", json_time(r->started_us));
	add(o, "finished", json_time(r->finished_us));
	add(o, "state", json_object_new_string(scan_state_name(r->state)));
	add(o, "file", text_or_null(r->name));
	add(o, "anomalies_count", json_count(n->anomalies));
	add(o, "total_samples", json_count(n->windows));
	add(o, "percentage", json_number(scan_percentage(n->anomalies, n->windows), 4));
	add(o, "threshold", json_number(r->threshold, 9));
	add_flows(o, r);
	add(o, "severity_counts", severity_view(n->severity));
	add(o, "mean_error", json_number(r->error_mean, 9));
	add(o, "max_error", json_number(r->error_max, 9));
	add(o, "rows_read", json_count(n->rows));
	add(o, "rows_used", json_count(n->rows - n->rows_skipped));
	add(o, "rows_skipped", json_count(n->rows_skipped));
	add(o, "bytes", json_count(n->bytes));
	add(o, "size", r->size >= 0 ? json_count((uint64_t)r->size) : NULL);
	add(o, "seconds", json_number(r->seconds, 6));
	add(o, "method", text_or_null(r->method));
	add(o, "model", text_or_null(r->model));
	if (r->error != NULL)
		add(o, "error", json_text(r->error));
	if (r->highlights != NULL || r->details == NULL)
		add(o, "details", raw_or_empty(r->highlights));
	return o;
}

struct json_object *scan_view_full(const struct scan_row *r)
{
	struct json_object *const o = scan_view(r);

	json_move_members(o, r->input != NULL ? json_tokener_parse(r->input) : NULL);
	if (r->skipped != NULL || r->input == NULL) /* of a scan that failed the report has them */
		add(o, "skipped", raw_or_empty(r->skipped));
	add(o, "curve", r->curve != NULL ? json_raw(r->curve) : NULL);
	add(o, "details", raw_or_empty(r->details));
	return o;
}

static int add_incident(void *arg, const char *report)
{
	return json_object_array_add(arg, json_raw(report)) == 0 ? OK : ERR_NOMEM;
}

int scan_answer(struct store *s, uint64_t id, struct json_object **out, struct err *e)
{
	struct json_object *const list = json_object_new_array();
	struct scan_row row = { 0 };
	int r;

	if ((r = store_scan_get(s, id, &row, e)) == OK &&
	    (r = store_incident_list(s, id, INCIDENTS_KEPT, add_incident, list, e)) == OK) {
		*out = scan_view_full(&row);
		json_object_object_add(*out, "incidents", json_object_get(list));
	}
	json_object_put(list);
	scan_row_free(&row);
	return r;
}
