/* device: the page of one device. */
#include <math.h>
#include <string.h>

#include "api/device_view.h"
#include "base/humane.h"
#include "detect/severity.h"
#include "page/values.h"
#include "view/fields.h"
#include "view/frame.h"
#include "view/tell.h"
#include "view/views.h"

static void fill_facts(struct page *p, struct json_object *o)
{
	page_printf(p, "ID", "%llu", (unsigned long long)field_count(o, "id"));
	tell_device(p, o);
	page_set(p, "NAME", field_text(o, "name"));
	tell_lines(p, "NOTE", field_text(o, "note"));
	page_printf(p, "RISK", "%llu", (unsigned long long)field_count(o, "risk"));
	page_set(p, "LEVEL", field_text(o, "risk_level"));
	page_count(p, "OPEN", field_count(o, "open_incidents"));
	page_count(p, "FLOWS", field_count(o, "flows"));
	page_count(p, "FLAGGED", field_count(o, "anomalous_flows"));
	page_count(p, "SCANS", field_count(o, "scans"));
	if (field_time(o, "first_seen") > 0)
		page_time(page_section(p, "FIRST"), "SEEN", field_time(o, "first_seen"));
	page_time(p, "LAST", field_time(o, "last_seen"));
}

/* What is or is not says little as a range: flags are told in three lists. */
struct flags {
	struct page *page, *list[3];
};

static void fill_flag(struct flags *f, const char *meaning, double low, double high)
{
	static const char *const names[] = { "Always", "Sometimes", "Never, or hardly ever" };
	const int k = low >= 0.5 ? 0 : high < 0.5 ? 2 : 1;

	if (f->list[k] == NULL) {
		f->list[k] = page_section(f->page, "FLAGS");
		page_set(f->list[k], "NAME", names[k]);
	}
	page_set(page_section(f->list[k], "FLAG"), "WORDS", meaning);
}

static void fill_baseline(struct page *p, struct json_object *baseline)
{
	struct json_object *const list = field(baseline, "features");
	struct page *const s = page_if(p, "BASELINE", field_length(baseline, "features") > 0);
	struct flags flags = { .page = s };

	page_if(p, "NO_BASELINE", s == NULL);
	if (s == NULL)
		return;
	page_plural(s, "LEARNT", field_count(baseline, "flows"), "flow", NULL);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *const o = json_object_array_get_idx(list, i);
		const struct feature *const f = tell_feature(field_text(o, "name"));
		const double low = field_number(o, "low"), high = field_number(o, "high");
		struct page *row;

		if (f != NULL && f->kind == FEATURE_FLAG) {
			fill_flag(&flags, f->meaning, low, high);
			continue;
		}
		row = page_section(s, "FEATURE");
		tell_feature_name(row, "WORDS", field_text(o, "name"));
		page_set(row, "NAME", field_text(o, "name"));
		tell_range(row, "RANGE", f, low, high);
		tell_value(row, "MIDDLE", f, field_number(o, "middle"));
	}
}

static void fill_incidents(struct page *p, struct json_object *list)
{
	page_if(p, "NO_INCIDENTS", json_object_array_length(list) == 0);
	for (size_t i = 0; i < json_object_array_length(list); i++)
		tell_incident_row(page_section(p, "INCIDENT"), json_object_array_get_idx(list, i));
}

static void fill_scans(struct page *p, struct json_object *list)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *const o = json_object_array_get_idx(list, i);
		struct page *const row = page_section(p, "SCAN");
		const char *const severity = field_text(o, "severity");
		char text[HUMANE_TEXT];

		page_printf(row, "ID", "%llu", (unsigned long long)field_count(o, "scan_id"));
		page_set(row, "FILE", field_text(o, "file"));
		page_time(row, "TIME", field_time(o, "timestamp"));
		page_count(row, "FLOWS", field_count(o, "flows"));
		page_count(row, "FLAGGED", field_count(o, "anomalous_flows"));
		page_set(row, "SENT", humane_bytes(text, field_number(o, "bytes_out")));
		page_set(row, "RECEIVED", humane_bytes(text, field_number(o, "bytes_in")));
		page_set(row, "SEVERITY", severity[0] != '\0' ? severity : "Normal");
	}
}

void page_device(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *o = NULL;
	struct err e = { 0 };
	struct frame f;
	const char *label;

	(void)p;
	if (device_whole(c, q->number, &o, &e) < 0) {
		frame_error(c, NAV_DEVICES, s, &e);
		return;
	}
	label = field_device(o);
	frame_begin(&f, NAV_DEVICES, label, "device.tpl", "marking");
	fill_facts(f.content, o);
	fill_baseline(f.content, field(o, "baseline"));
	fill_incidents(f.content, field(o, "incidents"));
	fill_scans(f.content, field(o, "latest_scans"));
	page_if(f.content, "MORE_SCANS", field_count(o, "scans") > field_length(o, "latest_scans"));
	frame_send(&f, c, s);
	json_object_put(o);
}
