/* report: GET /scans/<id>/report: a scan on paper. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/incident_keep.h"
#include "api/scans.h"
#include "base/version.h"
#include "page/values.h"
#include "view/fields.h"
#include "view/frame.h"
#include "view/views.h"
#include "view/tell.h"

enum {
	INCIDENTS_SHOWN = 100,
	ANOMALIES_SHOWN = 20,
	DEVICES_SHOWN = 100,
	SKIPPED_SHOWN = 10,
	ANOMALIES_LIMIT_MOST = 1000,
	INCIDENTS_LIMIT_MOST = 200
};

/* What incidents were marked as, and devices, besides the scan itself. */
struct report {
	struct json_object *scan;
	struct json_object *marks; /* array of brief_incident() */
	struct json_object *devices;
};

static int push_incident(void *arg, const struct incident_brief *i)
{
	return json_object_array_add(arg, brief_incident(i)) == 0 ? OK : ERR_NOMEM;
}

static int push_device(void *arg, const struct device_brief *d)
{
	return json_object_array_add(arg, brief_device(d)) == 0 ? OK : ERR_NOMEM;
}

static void report_free(struct report *r)
{
	json_object_put(r->scan);
	json_object_put(r->marks);
	json_object_put(r->devices);
}

static int report_read(struct report *r, struct store *s, uint64_t id, struct err *e)
{
	struct json_object *raw = NULL;
	int result;

	*r = (struct report){ .marks = json_object_new_array(), .devices = json_object_new_array() };
	if ((result = scans_whole(s, id, &raw, e)) < 0 ||
	    (result = store_incident_briefs(s, id, INCIDENTS_KEPT, push_incident, r->marks, e)) < 0 ||
	    (result = store_scan_devices(s, id, DEVICES_SHOWN + 1, push_device, r->devices, e)) < 0) {
		json_object_put(raw);
		report_free(r);
		return result;
	}
	/* Parts of it are texts that are JSON already. */
	r->scan = json_tokener_parse(json_object_to_json_string_ext(raw, JSON_C_TO_STRING_PLAIN));
	json_object_put(raw);
	return OK;
}

/* ---- sections ------------------------------------------------------------------------------------------------------------------- */

static void fill_head(struct page *p, struct json_object *x)
{
	const char *const severity = field_text(x, "severity");
	const int done = strcmp(field_text(x, "state"), "done") == 0;

	/* The API gives so many at once, the next ones behind a cursor. */
	page_if(p, field_count(x, "anomalies_count") > ANOMALIES_LIMIT_MOST ? "MANY_ANOMALIES" : "ALL_ANOMALIES", 1);
	page_if(p, field_length(x, "incidents") > INCIDENTS_LIMIT_MOST ? "MANY_INCIDENTS" : "ALL_INCIDENTS", 1);
	page_set(p, "FILE", field_text(x, "file"));
	page_printf(p, "ID", "%" PRIu64, field_count(x, "id"));
	page_time(p, "TIME", field_time(x, "timestamp"));
	page_set(p, "RESULT", !done ? field_text(x, "state") : severity[0] != '\0' ? severity : "Normal");
	page_set(p, "MODEL", field_text(x, "model"));
	page_set(p, "METHOD", field_text(x, "method"));
	page_set(p, "VERSION", GUARDIAN_VERSION);
	page_number(p, "THRESHOLD", field_number(x, "threshold"));
	if (field_text(x, "strategy")[0] != '\0')
		page_set(page_section(p, "STRATEGY"), "WORDS", field_text(x, "strategy"));
	if (field(x, "first_ts") != NULL) {
		struct page *const span = page_section(p, "SPAN");

		page_time_seconds(span, "FIRST", field_number(x, "first_ts"));
		page_time_seconds(span, "LAST", field_number(x, "last_ts"));
	}
	if (field_text(x, "error")[0] != '\0')
		page_set(page_section(p, "FAILED"), "WHY", field_text(x, "error"));
}

static void fill_tile(struct page *p, const char *name, struct json_object *x, const char *member)
{
	struct page *const tile = page_section(p, "TILE");

	page_set(tile, "NAME", name);
	if (field(x, member) != NULL)
		page_count(tile, "VALUE", field_count(x, member));
	else
		page_set(tile, "VALUE", "\xe2\x80\x93");
}

static void fill_tiles(struct page *p, struct json_object *x)
{
	struct page *tile;

	fill_tile(p, "Incidents", x, "incidents_count");
	fill_tile(p, "Flows", x, "flows");
	fill_tile(p, "Unusual flows", x, "anomalous_flows");
	fill_tile(p, "Devices", x, "devices");
	fill_tile(p, "Anomalies", x, "anomalies_count");
	fill_tile(p, "Windows", x, "total_samples");
	tile = page_section(p, "TILE");
	page_set(tile, "NAME", "Rate");
	page_percentage(tile, "VALUE", field_count(x, "anomalies_count"), field_count(x, "total_samples"));
	tile = page_section(p, "TILE");
	page_set(tile, "NAME", "Time");
	page_duration(tile, "VALUE", field_number(x, "seconds"));
}

static struct json_object *with_id(struct json_object *list, uint64_t id)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (field_count(json_object_array_get_idx(list, i), "id") == id)
			return json_object_array_get_idx(list, i);
	return NULL;
}

/* What is as good as none of it is none to people. */
static double shown(double v)
{
	return fabs(v) < 1e-4 ? 0 : v;
}

static void fill_evidence(struct page *p, struct json_object *x)
{
	for (size_t i = 0; i < field_length(x, "evidence"); i++) {
		struct json_object *const n = json_object_array_get_idx(field(x, "evidence"), i);
		struct page *const row = page_section(p, "EVIDENCE");

		page_set(row, "NAME", field_text(n, "name"));
		page_number(row, "VALUE", shown(field_number(n, "value")));
		page_set(row, "UNIT", field_text(n, "unit"));
		if (field(n, "normal") != NULL)
			page_number(page_section(row, "NORMAL"), "USUAL", shown(field_number(n, "normal")));
	}
}

static void fill_incident(struct page *p, struct json_object *x, struct json_object *brief)
{
	struct page *const row = page_section(p, "INCIDENT");

	page_printf(row, "NUMBER", "%" PRIu64, field_count(x, "id"));
	page_set(row, "SEVERITY", field_text(x, "severity"));
	page_set(row, "TITLE", field_text(x, "title"));
	page_set(row, "DEVICE", field_device(field(brief != NULL ? brief : x, "device")));
	page_set(row, "PEER", field_text(x, "peer")[0] != '\0' ? field_text(x, "peer") : "several");
	page_plural(row, "FLOWS", field_count(x, "flows"), "flow", NULL);
	tell_sentence(row, "SENTENCE", field_text(x, "sentence"));
	page_set(row, "MEANING", field_text(x, "meaning"));
	page_set(row, "ADVICE", field_text(x, "advice"));
	page_set(row, "MARK", brief != NULL ? field_text(brief, "mark") : mark_names[MARK_OPEN]);
	if (field_text(x, "technique")[0] != '\0')
		page_set(page_section(row, "TECHNIQUE"), "NAME", field_text(x, "technique"));
	if (field_text(brief, "note")[0] != '\0')
		page_set(page_section(row, "NOTE"), "WORDS", field_text(brief, "note"));
	if (field(x, "start") != NULL) {
		struct page *const when = page_section(row, "WHEN");

		page_time_seconds(when, "START", field_number(x, "start"));
		page_time_seconds(when, "END", field_number(x, "end"));
	}
	fill_evidence(row, x);
}

static void fill_incidents(struct page *p, const struct report *r)
{
	struct json_object *const list = field(r->scan, "incidents");
	const uint64_t all = field_count(r->scan, "incidents_count");
	const size_t n = field_length(r->scan, "incidents"), shown = n < INCIDENTS_SHOWN ? n : INCIDENTS_SHOWN;

	page_if(p, "NO_INCIDENTS", n == 0);
	for (size_t i = 0; i < shown; i++) {
		struct json_object *const x = json_object_array_get_idx(list, i);

		fill_incident(p, x, with_id(r->marks, field_count(x, "id")));
	}
	if (all > shown)
		page_count(page_section(p, "MORE_INCIDENTS"), "N", all - shown);
}

static void fill_devices(struct page *p, const struct report *r)
{
	const size_t n = json_object_array_length(r->devices);

	if (n == 0)
		return;
	p = page_section(p, "DEVICES");
	for (size_t i = 0; i < n && i < DEVICES_SHOWN; i++) {
		struct json_object *const x = json_object_array_get_idx(r->devices, i);
		struct page *const row = page_section(p, "DEVICE");

		page_set(row, "NAME", field_device(x));
		page_set(row, "ADDRESS", field_text(x, "ip"));
		page_set(row, "MAC", field_text(x, "mac"));
		page_count(row, "FLOWS", field_count(x, "flows"));
		page_count(row, "ODD", field_count(x, "anomalous_flows"));
		page_count(row, "INCIDENTS", field_count(x, "incidents"));
	}
	page_if(p, "MORE", n > DEVICES_SHOWN);
}

static void fill_anomalies(struct page *p, struct json_object *scan)
{
	struct json_object *const list = field(scan, "details");
	const uint64_t all = field_count(scan, "anomalies_count");
	const size_t n = field_length(scan, "details"), shown = n < ANOMALIES_SHOWN ? n : ANOMALIES_SHOWN;

	if (n == 0)
		return;
	p = page_section(p, "ANOMALIES");
	page_count(p, "SHOWN", shown);
	page_count(p, "ALL", all);
	for (size_t i = 0; i < shown; i++) {
		struct json_object *const x = json_object_array_get_idx(list, i), *const rows = field(x, "rows");
		struct page *const row = page_section(p, "ANOMALY");

		page_set(row, "SEVERITY", field_text(x, "severity"));
		page_time_seconds(row, "WHEN", field_number(x, "ts"));
		if (json_object_is_type(rows, json_type_array) && json_object_array_length(rows) == 2)
			page_printf(row, "ROWS", "%" PRIu64 "\xe2\x80\x93%" PRIu64,
				    json_object_get_uint64(json_object_array_get_idx(rows, 0)),
				    json_object_get_uint64(json_object_array_get_idx(rows, 1)));
		page_number(row, "SCORE", field(x, "error") != NULL ? field_number(x, "error") : (double)INFINITY);
		page_set(row, "DEVICE", field_text(x, "device"));
		page_set(row, "WORDS",
			 field_text(x, "sentence")[0] != '\0' ? field_text(x, "sentence") : field_text(x, "most_unusual.feature"));
	}
}

static void fill_skipped(struct page *p, struct json_object *scan)
{
	struct json_object *const list = field(scan, "skipped");
	const uint64_t all = field_count(scan, "rows_skipped");

	if (all == 0)
		return;
	p = page_section(p, "SKIPPED");
	page_plural(p, "ALL", all, "row", NULL);
	for (size_t i = 0; i < field_length(scan, "skipped") && i < SKIPPED_SHOWN; i++) {
		struct json_object *const x = json_object_array_get_idx(list, i);
		struct page *const row = page_section(p, "ROW");

		page_count(row, "LINE", field_count(x, "line"));
		page_set(row, "REASON", field_text(x, "reason"));
		page_set(row, "COLUMN", field_text(x, "column"));
	}
}

void page_report(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct report r;
	struct err e = { 0 };
	struct frame f;

	(void)p;
	if (report_read(&r, c->store, q->number, &e) < 0) {
		frame_error(c, NAV_HISTORY, s, &e);
		return;
	}
	frame_begin(&f, NAV_HISTORY, field_text(r.scan, "file"), "report.tpl", "report");
	fill_head(f.content, r.scan);
	fill_tiles(f.content, r.scan);
	fill_incidents(f.content, &r);
	fill_devices(f.content, &r);
	fill_anomalies(f.content, r.scan);
	fill_skipped(f.content, r.scan);
	report_free(&r);
	frame_send(&f, c, s);
}
