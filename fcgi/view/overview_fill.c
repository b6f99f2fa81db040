/* overview_fill: section by section. */
#include "view/overview_fill.h"

#include <inttypes.h>
#include <string.h>

#include "page/values.h"
#include "view/fields.h"
#include "view/tell.h"

static const char *const severities[] = { "Critical", "High", "Medium", "Low" };
enum { SEVERITIES_N = sizeof(severities) / sizeof(*severities) };

/* ---- the headline --------------------------------------------------------------------------------------------------------------- */

static void fill_headline(struct page *p, struct json_object *o)
{
	const uint64_t open = field_count(o, "incidents.open"), scans = field_count(o, "scans.total");
	struct json_object *const worst = field(o, "incidents.worst");
	struct page *const words = page_section(p, open > 0 ? "OPEN" : "QUIET");

	page_set(p, "TONE", open > 0 ? field_text(worst, "severity") : "Normal");
	page_plural(words, "SCANS", scans, "scan", NULL);
	page_plural(words, "INCIDENTS", open, "open incident", NULL);
	if (open == 0)
		return;
	page_set(words, "ONLY", open == 1 ? "it is" : "the worst");
	page_set(words, "TITLE", field_text(worst, "title"));
	page_set(words, "DEVICE", field_device(field(worst, "device")));
	page_printf(words, "HREF", "/scans/%" PRIu64 "/incidents/%" PRIu64, field_count(worst, "scan_id"),
		    field_count(worst, "id"));
}

/* ---- incidents ------------------------------------------------------------------------------------------------------------------ */

static void fill_incidents(struct page *p, struct json_object *o)
{
	struct json_object *const newest = field(o, "incidents.newest");

	for (size_t i = 0; i < SEVERITIES_N; i++) {
		struct page *const tile = page_section(p, "SEVERITY");
		const uint64_t n = field_count(field(o, "incidents.by_severity"), severities[i]);

		page_set(tile, "NAME", severities[i]);
		page_set(tile, "MARK", n > 0 ? severities[i] : "");
		page_count(tile, "N", n);
		page_set(tile, "WORD", n == 1 ? "incident" : "incidents");
	}
	page_count(p, "OPEN_N", field_count(o, "incidents.open"));
	page_if(p, "NO_INCIDENTS", field_length(o, "incidents.newest") == 0);
	for (size_t i = 0; i < field_length(o, "incidents.newest"); i++) {
		struct json_object *const x = json_object_array_get_idx(newest, i);
		struct page *const row = page_section(p, "INCIDENT");

		page_set(row, "SEVERITY", field_text(x, "severity"));
		page_printf(row, "HREF", "/scans/%" PRIu64 "/incidents/%" PRIu64, field_count(x, "scan_id"), field_count(x, "id"));
		page_set(row, "TITLE", field_text(x, "title"));
		page_set(row, "DEVICE", field_device(field(x, "device")));
		tell_sentence(row, "SENTENCE", field_text(x, "sentence"));
		page_set(row, "FILE", field_text(x, "file"));
		page_printf(row, "SCAN", "/scans/%" PRIu64, field_count(x, "scan_id"));
		page_time(row, "FOUND", field_time(x, "found"));
	}
}

/* ---- devices -------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *title, *mark;
} risks[] = {
	{ "critical", "Critical", "Critical" },
	{ "high", "High", "High" },
	{ "medium", "Medium", "Medium" },
	{ "low", "Low", "Low" },
	{ "none", "None", "" },
};
enum { RISKS_N = sizeof(risks) / sizeof(*risks) };

/* The class of one device: as store_risk_classes() counts them. */
static const char *risk_mark(uint64_t risk)
{
	static const uint64_t least[RISKS_N] = { 80, 50, 15, 1, 0 };
	size_t i = 0;

	while (i + 1 < RISKS_N && risk < least[i])
		i++;
	return risks[i].mark;
}

static void fill_devices(struct page *p, struct json_object *o)
{
	struct json_object *const top = field(o, "devices.top");
	uint64_t all = 0;

	for (size_t i = 0; i < RISKS_N; i++) {
		struct page *const class = page_section(p, "RISK");
		const uint64_t n = field_count(field(o, "devices.by_risk"), risks[i].name);

		page_set(class, "NAME", risks[i].title);
		page_set(class, "MARK", n > 0 ? risks[i].mark : "");
		page_count(class, "N", n);
		all += n;
	}
	page_plural(p, "DEVICES", all, "device", NULL);
	page_if(p, "NO_DEVICES", all == 0);
	page_if(p, "NO_RISK", all > 0 && field_length(o, "devices.top") == 0);
	for (size_t i = 0; i < field_length(o, "devices.top"); i++) {
		struct json_object *const x = json_object_array_get_idx(top, i);
		struct page *const row = page_section(p, "DEVICE_ROW");

		page_printf(row, "HREF", "/devices/%" PRIu64, field_count(x, "id"));
		page_set(row, "NAME", field_device(x));
		page_set(row, "ADDRESS", field_text(x, "name")[0] != '\0' ? field_text(x, "ip") : "");
		page_set(row, "MARK", risk_mark(field_count(x, "risk")));
		page_count(row, "RISK", field_count(x, "risk"));
		page_plural(row, "INCIDENTS", field_count(x, "incidents"), "open incident", NULL);
	}
}

/* ---- time ----------------------------------------------------------------------------------------------------------------------- */

/* A chart is so many units wide and high; each bucket has a bar and a gap. */
enum { CHART_WIDTH = 600, CHART_HEIGHT = 100, SLOTS_LEAST = 12 };

static void fill_chart(struct page *p, struct json_object *buckets, const char *member, const char *title, const char *class)
{
	const size_t n = json_object_array_length(buckets), slots = n < SLOTS_LEAST ? SLOTS_LEAST : n;
	const double slot = (double)CHART_WIDTH / (double)slots;
	struct page *const chart = page_section(p, "CHART");
	uint64_t most = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		const uint64_t v = field_count(json_object_array_get_idx(buckets, i), member);

		most = v > most ? v : most;
		sum += v;
	}
	page_set(chart, "TITLE", title);
	page_set(chart, "CLASS", class);
	page_count(chart, "SUM", sum);
	page_count(chart, "MOST", most);
	for (size_t i = 0; i < n; i++) {
		const uint64_t v = field_count(json_object_array_get_idx(buckets, i), member);
		const double share = most > 0 ? (double)v / (double)most : 0, height = v > 0 ? 2 + share * (CHART_HEIGHT - 2) : 0;
		struct page *const bar = page_section(chart, "BAR");

		page_printf(bar, "X", "%.2f", slot * ((double)(slots - n + i) + 0.1));
		page_printf(bar, "Y", "%.2f", CHART_HEIGHT - height);
		page_printf(bar, "W", "%.2f", slot * 0.8);
		page_printf(bar, "H", "%.2f", height);
	}
}

static void fill_activity(struct page *p, struct json_object *o)
{
	struct json_object *const buckets = field(o, "activity.buckets");
	const size_t n = field_length(o, "activity.buckets");
	const int by_day = strcmp(field_text(o, "activity.by"), "day") == 0;

	page_if(p, "NO_ACTIVITY", n == 0);
	if (n == 0)
		return;
	p = page_section(p, "ACTIVITY");
	page_if(p, "BY_DAY", by_day);
	page_if(p, "BY_SCAN", !by_day);
	page_plural(p, "SPAN", n, by_day ? "day" : "scan", NULL);
	page_time(p, "FIRST", field_time(json_object_array_get_idx(buckets, 0), "start"));
	page_time(p, "LAST", field_time(json_object_array_get_idx(buckets, n - 1), "start"));
	fill_chart(p, buckets, "flows", "Flows", "flows");
	fill_chart(p, buckets, "anomalies_count", "Anomalies", "odd");
	for (size_t i = n; i > 0; i--) {
		struct json_object *const x = json_object_array_get_idx(buckets, i - 1);
		struct page *const row = page_section(p, "BUCKET"), *scan;
		const uint64_t id = field_count(x, "scan_id");
		const int64_t start = field_time(x, "start");

		if (id > 0) {
			page_time(row, "START", start);
			scan = page_section(row, "OF_SCAN");
			page_printf(scan, "HREF", "/scans/%" PRIu64, id);
			page_set(scan, "FILE", field_text(x, "file"));
			page_time(page_section(row, "AT"), "START", start);
		} else {
			page_printf(page_section(row, "ON"), "DAY", "%.10s", field_text(x, "start"));
			page_plural(page_section(row, "OF_DAY"), "SCANS", field_count(x, "scans"), "scan", NULL);
		}
		page_count(row, "FLOWS", field_count(x, "flows"));
		page_count(row, "ANOMALIES", field_count(x, "anomalies_count"));
		page_count(row, "INCIDENTS", field_count(x, "incidents_count"));
	}
}

/* ---- scans and the system ------------------------------------------------------------------------------------------------------- */

static void fill_scans(struct page *p, struct json_object *o)
{
	struct json_object *const last = field(o, "scans.last");

	page_plural(p, "TOTAL", field_count(o, "scans.total"), "scan", NULL);
	for (size_t i = 0; i < field_length(o, "scans.last"); i++) {
		struct json_object *const x = json_object_array_get_idx(last, i);
		const int done = strcmp(field_text(x, "state"), "done") == 0, known = field(x, "incidents_count") != NULL;
		const char *const severity = field_text(x, "severity");
		struct page *const row = page_section(p, "SCAN");

		page_printf(row, "HREF", "/scans/%" PRIu64, field_count(x, "id"));
		page_set(row, "FILE", field_text(x, "file"));
		page_time(row, "TIME", field_time(x, "timestamp"));
		page_set(row, "RESULT", !done ? field_text(x, "state") : severity[0] != '\0' ? severity : "Normal");
		if (done && known)
			page_plural(row, "FOUND", field_count(x, "incidents_count"), "incident", NULL);
		else if (done)
			page_plural(row, "FOUND", field_count(x, "anomalies_count"), "anomaly", "anomalies");
	}
}

static void fill_system(struct page *p, struct json_object *o)
{
	static const struct {
		const char *name, *title;
	} pools[] = { { "pages", "Pages" }, { "uploads", "Uploads" }, { "jobs", "Background" } };
	const int connected = json_object_get_boolean(field(o, "system.database_connected"));

	page_set(p, "STATUS", field_text(o, "status"));
	page_set(p, "STATUS_TONE", connected ? "good" : "warn");
	page_set(p, "DATABASE", connected ? "connected" : "cannot be reached");
	page_set(p, "DATABASE_TONE", connected ? "good" : "bad");
	page_set(p, "MODEL", field_text(o, "system.model"));
	page_set(p, "MODEL_WORDS", field_text(o, "system.model_words"));
	page_number(p, "THRESHOLD", field_number(o, "system.threshold"));
	page_set(p, "METHOD", field_text(o, "system.method"));
	page_time(p, "SINCE", field_time(o, "system.since"));
	page_set(p, "VERSION", field_text(o, "system.version"));
	for (size_t i = 0; i < sizeof(pools) / sizeof(*pools); i++) {
		struct json_object *const pool = field(field(o, "system.workers"), pools[i].name);
		struct page *const row = page_section(p, "POOL");

		page_set(row, "NAME", pools[i].title);
		page_count(row, "BUSY", field_count(pool, "busy"));
		page_count(row, "ALL", field_count(pool, "busy") + field_count(pool, "idle"));
	}
}

void overview_fill(struct page *p, struct json_object *o, const char *why, const char *taken)
{
	const int known = field(o, "scans") != NULL, empty = known && field_length(o, "scans.last") == 0;
	struct page *part;

	if (!known) {
		part = page_section(p, "AWAY");
		page_set(part, "WHY", why);
	}
	if (empty) {
		part = page_section(p, "FIRST");
		page_printf(part, "WINDOW", "%" PRIu64, field_count(o, "system.window"));
		page_set(part, "TAKEN", taken);
	}
	if (known && !empty) {
		part = page_section(p, "KNOWN");
		fill_headline(part, o);
		fill_incidents(part, o);
		fill_devices(part, o);
		fill_activity(part, o);
		fill_scans(part, o);
	}
	fill_system(p, o);
}
