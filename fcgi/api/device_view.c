/* device_view: row by row. */
#include "api/device_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "detect/scan_json.h"
#include "detect/severity.h"
#include "fcgi/oui.h"
#include "http/response.h"
#include "rule/rule.h"

enum { DIGITS = 15, SHOWN = 20 };

static void add(struct json_object *o, const char *name, struct json_object *value)
{
	json_object_object_add(o, name, value);
}

static void add_text(struct json_object *o, const char *name, const char *text)
{
	add(o, name, text != NULL && text[0] != '\0' ? json_text(text) : NULL);
}

static struct json_object *count_or_null(int64_t n)
{
	return n >= 0 ? json_count((uint64_t)n) : NULL;
}

static struct json_object *severity_or_null(int severity)
{
	return severity >= 0 && severity < SEVERITIES ? json_object_new_string(severity_name((enum severity)severity)) : NULL;
}

static void add_mark(struct json_object *o, int mark, const char *note, int64_t marked_us)
{
	add(o, "mark", json_object_new_string(mark_names[mark >= MARK_OPEN && mark <= MARK_CONFIRMED ? mark : MARK_OPEN]));
	add_text(o, "note", note);
	add(o, "marked", json_time(marked_us));
}

/* ---- devices ---------------------------------------------------------------------------------------------------------------------- */

const char *risk_word(unsigned risk)
{
	return risk == 0 ? "none" : risk < 20 ? "low" : risk < 50 ? "medium" : risk < 80 ? "high" : "critical";
}

void add_vendor(struct json_object *o, const struct context *c, const char *mac)
{
	add_text(o, "vendor", oui_vendor(c->site->oui, mac));
	add_text(o, "mac_kind", mac_kind(mac));
}

struct json_object *device_view(const struct context *c, const struct device_found *d)
{
	struct json_object *const o = json_object_new_object();

	add(o, "id", json_count(d->id));
	add_text(o, "name", d->name);
	add_text(o, "ip", d->ip);
	add_text(o, "mac", d->mac);
	add_vendor(o, c, d->mac);
	add_text(o, "note", d->note);
	add(o, "risk", json_count(d->risk));
	add(o, "risk_level", json_object_new_string(risk_word(d->risk)));
	add(o, "open_incidents", json_count(d->open));
	add(o, "scans", json_count(d->scans));
	add(o, "flows", json_count(d->flows));
	add(o, "anomalous_flows", json_count(d->flagged));
	add(o, "first_seen", d->first_ts > 0 && d->first_ts < 1e12 ? json_time((int64_t)(d->first_ts * 1e6)) : NULL);
	add(o, "last_seen", json_time(d->seen_us));
	return o;
}

struct json_object *device_scan_view(const struct device_scan *t)
{
	struct json_object *const o = json_object_new_object();

	add(o, "scan_id", json_count(t->scan));
	add_text(o, "file", t->file);
	add(o, "timestamp", json_time(t->started_us));
	add_text(o, "ip", t->ip);
	add(o, "flows", json_count(t->flows));
	add(o, "anomalous_flows", json_count(t->flagged));
	add(o, "incidents_count", json_count(t->incidents));
	add(o, "severity", severity_or_null(t->severity));
	add(o, "bytes_out", json_number(t->bytes[0], DIGITS));
	add(o, "bytes_in", json_number(t->bytes[1], DIGITS));
	add(o, "start", json_number(t->first_ts, DIGITS));
	add(o, "end", json_number(t->last_ts, DIGITS));
	return o;
}

struct listing {
	const struct context *c;
	struct json_object *list;
};

static int take_incident(void *arg, const struct incident_found *i)
{
	const struct listing *const l = arg;

	return json_object_array_add(l->list, incident_view(l->c, i)) == 0 ? OK : ERR_NOMEM;
}

static int take_scan(void *arg, const struct device_scan *t)
{
	const struct listing *const l = arg;

	return json_object_array_add(l->list, device_scan_view(t)) == 0 ? OK : ERR_NOMEM;
}

int device_whole(const struct context *c, uint64_t id, struct json_object **out, struct err *e)
{
	const struct incident_query q = { .mark = -1, .severity = -1, .attack = "", .device = id, .limit = SHOWN };
	struct listing incidents = { c, json_object_new_array() }, scans = { c, json_object_new_array() };
	struct device_found d = { 0 };
	int r;

	if ((r = store_device_get(c->store, id, &d, e)) == OK &&
	    (r = store_incident_find(c->store, &q, take_incident, &incidents, e)) == OK &&
	    (r = store_device_scans(c->store, id, 0, SHOWN, take_scan, &scans, e)) == OK) {
		*out = device_view(c, &d);
		add(*out, "baseline", d.baseline != NULL ? json_tokener_parse(d.baseline) : NULL);
		add(*out, "incidents", json_object_get(incidents.list));
		add(*out, "latest_scans", json_object_get(scans.list));
	}
	json_object_put(incidents.list);
	json_object_put(scans.list);
	device_found_free(&d);
	return r;
}

/* ---- incidents -------------------------------------------------------------------------------------------------------------------- */

/* What the report says of the device at that time, and what is known of it now. */
static void add_device(struct json_object *o, const struct context *c, const struct incident_found *i)
{
	struct json_object *device = NULL, *mac = NULL;

	if (!json_object_object_get_ex(o, "device", &device) || !json_object_is_type(device, json_type_object)) {
		device = json_object_new_object();
		add_text(device, "ip", i->device_ip);
		add_text(device, "mac", i->device_mac);
		add(o, "device", device);
	}
	if (!json_object_object_get_ex(device, "mac", &mac) || mac == NULL)
		add_text(device, "mac", i->device_mac);
	add(device, "id", i->device > 0 ? json_count(i->device) : NULL);
	add_text(device, "name", i->device_name);
	json_object_object_get_ex(device, "mac", &mac);
	add_vendor(device, c, mac != NULL ? json_object_get_string(mac) : NULL);
}

struct json_object *incident_view(const struct context *c, const struct incident_found *i)
{
	struct json_object *o = i->report != NULL ? json_tokener_parse(i->report) : NULL, *windows = NULL;

	if (!json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		o = json_object_new_object();
	}
	add(o, "id", json_count(i->id));
	add(o, "severity", severity_or_null(i->severity));
	add_device(o, c, i);
	add(o, "scan_id", json_count(i->scan));
	add_text(o, "file", i->file);
	add(o, "found", json_time(i->found_us));
	add_mark(o, i->mark, i->note, i->marked_us);
	if (i->window[0] >= 0 && i->window[1] >= 0) {
		windows = json_object_new_array();
		json_object_array_add(windows, count_or_null(i->window[0]));
		json_object_array_add(windows, count_or_null(i->window[1]));
	}
	add(o, "windows", windows);
	add(o, "peak_window", count_or_null(i->peak));
	return o;
}

/* Severity, a point, the scan. */
void incident_cursor(char out[static CURSOR_TEXT], const struct incident_found *last)
{
	char value[40];

	snprintf(value, sizeof(value), "%d.%llu", last->severity, (unsigned long long)last->scan);
	cursor_write(out, value, last->id);
}

int incident_cursor_read(struct incident_query *q, const char *text, struct err *e)
{
	struct cursor at;
	char *rest;
	const int r = cursor_read(&at, text, e);

	if (r < 0 || !at.given)
		return r;
	q->after = 1;
	q->after_severity = (int)(strtoul(at.value, &rest, 10) % (SEVERITIES + 1));
	q->after_scan = *rest == '.' ? strtoull(rest + 1, NULL, 10) & INT64_MAX : 0;
	q->after_id = at.id;
	return OK;
}

/* ---- anomalies -------------------------------------------------------------------------------------------------------------------- */

/* Null in scans of older versions. The names are those of anomaly_to_json(). */
static void add_story(struct json_object *o, const struct anomaly_row *a)
{
	const struct rule *const rule = a->rule != NULL ? rule_find(a->rule) : NULL;

	add(o, "p_value", json_number(a->p, 6));
	add_text(o, "attack", a->attack);
	add_text(o, "rule", a->rule);
	add_text(o, "title", rule != NULL ? rule->title : NULL);
	add(o, "incident", a->incident > 0 ? json_count(a->incident) : NULL);
	add_text(o, "device", a->side == 0 || a->side == 1 ? a->host[a->side] : NULL);
	add(o, "orig", endpoint_to_json(a->host[0], a->port[0]));
	add(o, "resp", endpoint_to_json(a->host[1], a->port[1]));
	add(o, "sentence", a->sentence != NULL ? json_text(a->sentence) : NULL);
}

struct json_object *anomaly_view(uint64_t scan, const struct anomaly_row *a)
{
	struct json_object *const o = json_object_new_object(), *const rows = json_object_new_array(),
				  *const why = json_object_new_object();

	json_object_array_add(rows, json_count(a->row[0]));
	json_object_array_add(rows, json_count(a->row[1]));
	add(why, "feature", json_text(a->feature));
	add(why, "step", json_count(a->step));
	add(why, "share", json_number(a->share, 4));
	add(why, "value", json_number(a->value, DIGITS));
	add(o, "sequence_id", json_count(a->sequence_id));
	add(o, "scan_id", json_count(scan));
	add(o, "rows", rows);
	add(o, "ts", json_number(a->ts, DIGITS));
	add(o, "error", json_number(a->error, 9));
	add(o, "severity", severity_or_null(a->severity));
	add(o, "most_unusual", why);
	add_story(o, a);
	add(o, "sample_data", json_raw(a->sample));
	add_mark(o, a->mark, a->note, a->marked_us);
	return o;
}

struct one {
	uint64_t scan;
	struct json_object *o;
};

static int take_anomaly(void *arg, const struct anomaly_row *a)
{
	struct one *const x = arg;

	x->o = anomaly_view(x->scan, a);
	add(x->o, "sample_data", a->sample != NULL ? json_tokener_parse(a->sample) : NULL);
	return OK;
}

/* Scans of older versions have the explanations of their worst anomalies among their details. */
static struct json_object *explanation_of_details(struct store *s, uint64_t scan, uint64_t sequence)
{
	struct json_object *list, *found = NULL, *id, *x;
	struct scan_row row = { 0 };

	if (store_scan_get(s, scan, &row, NULL) < 0)
		return NULL;
	list = row.details != NULL ? json_tokener_parse(row.details) : NULL;
	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list) && found == NULL; i++) {
		struct json_object *const o = json_object_array_get_idx(list, i);

		if (json_object_object_get_ex(o, "sequence_id", &id) && (uint64_t)json_object_get_int64(id) == sequence &&
		    json_object_object_get_ex(o, "explanation", &x))
			found = json_object_get(x);
	}
	json_object_put(list);
	scan_row_free(&row);
	return found;
}

int anomaly_whole(struct store *s, uint64_t scan, uint64_t sequence, struct json_object **out, struct err *e)
{
	struct scan_facts f = { 0 };
	struct one x = { .scan = scan };
	struct json_object *why = NULL;
	char *kept = NULL;
	int r;

	if ((r = store_scan_facts(s, scan, &f, e)) < 0)
		return r;
	if ((r = store_anomaly_get(s, scan, sequence, take_anomaly, &x, e)) == OK &&
	    (r = store_explanation_get(s, scan, sequence, &kept, e)) == OK) {
		why = kept != NULL ? json_tokener_parse(kept) : explanation_of_details(s, scan, sequence);
		add_text(x.o, "file", f.file);
		add_text(x.o, "method", f.method);
		add(x.o, "threshold", json_number(f.threshold, 9));
		add(x.o, "explanation", why);
		*out = x.o;
		x.o = NULL;
	}
	json_object_put(x.o);
	free(kept);
	scan_facts_free(&f);
	return r;
}
