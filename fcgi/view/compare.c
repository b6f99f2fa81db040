/* compare: GET /scans/compare. */
#include "api/compare.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "api/handlers.h"
#include "page/values.h"
#include "view/fields.h"
#include "view/frame.h"
#include "view/views.h"

enum { SHOWN_MOST = 100 };

static void fill_scan(struct page *p, struct json_object *x, const char *letter)
{
	struct page *const scan = page_section(p, "SCAN");
	const char *const severity = field_text(x, "severity");
	const int done = strcmp(field_text(x, "state"), "done") == 0;

	page_set(scan, "LETTER", letter);
	page_printf(scan, "HREF", "/scans/%" PRIu64, field_count(x, "id"));
	page_printf(scan, "ID", "%" PRIu64, field_count(x, "id"));
	page_set(scan, "FILE", field_text(x, "file"));
	page_time(scan, "TIME", field_time(x, "timestamp"));
	page_set(scan, "RESULT", !done ? field_text(x, "state") : severity[0] != '\0' ? severity : "Normal");
	page_set(scan, "METHOD", field_text(x, "method"));
	page_set(scan, "MODEL", field_text(x, "model"));
}

static void fill_numbers(struct page *p, struct json_object *o)
{
	struct json_object *const list = field(o, "differences");

	for (size_t i = 0; i < field_length(o, "differences"); i++) {
		struct json_object *const x = json_object_array_get_idx(list, i);
		struct page *const row = page_section(p, "NUMBER");
		const double change = field_number(x, "change");

		page_set(row, "TITLE", field_text(x, "title"));
		page_number(row, "A", field_number(x, "a"));
		page_number(row, "B", field_number(x, "b"));
		if (isfinite(change) && change != 0) {
			struct page *const differs = page_section(row, change > 0 ? "MORE" : "LESS");

			page_number(differs, "BY", fabs(change));
		} else {
			page_if(row, isfinite(change) ? "SAME" : "UNKNOWN", 1);
		}
	}
}

static void fill_incident(struct page *p, const char *section, struct json_object *x)
{
	struct page *const row = page_section(p, section);

	page_set(row, "SEVERITY", field_text(x, "severity"));
	page_set(row, "TITLE", field_text(x, "title"));
	page_printf(row, "HREF", "/scans/%" PRIu64 "/incidents/%" PRIu64, field_count(x, "scan_id"), field_count(x, "id"));
	page_set(row, "DEVICE", field_device(field(x, "device")));
	page_set(row, "PEER", field_text(x, "peer")[0] != '\0' ? field_text(x, "peer") : "several");
	page_plural(row, "FLOWS", field_count(x, "flows"), "flow", NULL);
	page_if(row, "EXPECTED", strcmp(field_text(x, "mark"), "expected") == 0);
	page_if(row, "CONFIRMED", strcmp(field_text(x, "mark"), "confirmed") == 0);
}

/* A group of incidents or devices; what does not fit is counted. */
static struct page *fill_group(struct page *p, const char *id, const char *title, size_t n)
{
	struct page *const group = page_section(p, "GROUP");

	page_set(group, "ID", id);
	page_set(group, "TITLE", title);
	page_count(group, "N", n);
	page_if(group, "NONE", n == 0);
	if (n > SHOWN_MOST)
		page_count(page_section(group, "REST"), "REST", n - SHOWN_MOST);
	return group;
}

static void fill_incidents(struct page *p, struct json_object *o)
{
	static const struct {
		const char *list, *id, *title;
	} groups[] = {
		{ "incidents.only_b", "only-b", "Only in B" },
		{ "incidents.only_a", "only-a", "Only in A" },
		{ "incidents.both", "both", "In both" },
	};

	for (size_t g = 0; g < sizeof(groups) / sizeof(*groups); g++) {
		const size_t n = field_length(o, groups[g].list);
		struct page *const group = fill_group(p, groups[g].id, groups[g].title, n);

		for (size_t i = 0; i < n && i < SHOWN_MOST; i++) {
			struct json_object *const x = json_object_array_get_idx(field(o, groups[g].list), i);

			fill_incident(group, "INCIDENT", field(x, "b") != NULL ? field(x, "b") : x);
		}
	}
}

static void fill_devices(struct page *p, struct json_object *o)
{
	static const struct {
		const char *list, *id, *title;
	} groups[] = { { "devices.new", "new-devices", "New in B" }, { "devices.gone", "gone-devices", "Not in B any more" } };

	page_plural(p, "BOTH_DEVICES", field_count(o, "devices.both"), "device", NULL);
	for (size_t g = 0; g < sizeof(groups) / sizeof(*groups); g++) {
		const size_t n = field_length(o, groups[g].list);
		struct page *const group = page_section(p, "DEVICES");

		page_set(group, "ID", groups[g].id);
		page_set(group, "TITLE", groups[g].title);
		page_count(group, "N", n);
		page_if(group, "NONE", n == 0);
		for (size_t i = 0; i < n && i < SHOWN_MOST; i++) {
			struct json_object *const x = json_object_array_get_idx(field(o, groups[g].list), i);
			struct page *const row = page_section(group, "DEVICE");

			page_printf(row, "HREF", "/devices/%" PRIu64, field_count(x, "id"));
			page_set(row, "NAME", field_device(x));
			page_plural(row, "FLOWS", field_count(x, "flows"), "flow", NULL);
			page_plural(row, "INCIDENTS", field_count(x, "incidents"), "incident", NULL);
		}
	}
}

static void fill(struct page *p, struct json_object *o)
{
	struct json_object *const notes = field(o, "notes");

	fill_scan(p, field(o, "a"), "A");
	fill_scan(p, field(o, "b"), "B");
	for (size_t i = 0; i < field_length(o, "notes"); i++)
		page_set(page_section(p, "NOTE"), "WORDS", json_object_get_string(json_object_array_get_idx(notes, i)));
	page_if(p, "NOTES", field_length(o, "notes") > 0);
	page_printf(p, "SWAP", "/scans/compare?a=%" PRIu64 "&b=%" PRIu64, field_count(o, "b.id"), field_count(o, "a.id"));
	fill_numbers(p, o);
	fill_incidents(p, o);
	fill_devices(p, o);
}

void page_compare(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *o = NULL;
	struct err e = { 0 };
	struct frame f;

	(void)q;
	if (p[COMPARE_A].given && p[COMPARE_B].given &&
	    compare_make(c->store, (uint64_t)p[COMPARE_A].integer, (uint64_t)p[COMPARE_B].integer, &o, &e) < 0) {
		frame_error(c, NAV_HISTORY, s, &e);
		return;
	}
	frame_begin(&f, NAV_HISTORY, "Two scans compared", "compare.tpl", NULL);
	if (o != NULL)
		fill(page_section(f.content, "COMPARED"), o);
	else
		page_section(f.content, "ASK");
	json_object_put(o);
	frame_send(&f, c, s);
}
