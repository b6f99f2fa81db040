/* result: GET /scans/<id>: the page of a scan, complete without scripts but for its charts. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "api/scan_view.h"
#include "base/humane.h"
#include "detect/severity.h"
#include "page/values.h"
#include "view/frame.h"
#include "view/result_input.h"
#include "view/result_lists.h"
#include "view/views.h"

const struct param result_params[] = {
	[RESULT_FROM] = { "from", PARAM_INTEGER, 0, INT64_MAX, 0, "list all anomalies from this sequence_id on", NULL },
	[RESULT_SKIP] = { "skip", PARAM_INTEGER, 0, 1000000, 0, "list the incidents behind the worst so many", NULL },
	{ .name = NULL },
};

/* ---- the verdict in one sentence ---- */

static void set_common(struct page *p, const struct scan_row *r, uint64_t odd, uint64_t of)
{
	page_count(p, "ODD", odd);
	page_set(p, "LOOK", odd == 1 ? "looks" : "look");
	page_plural(p, "FLOWS", r->counts.flows, "flow", NULL);
	page_plural(p, "WINDOWS", r->counts.windows, result_is_table(r) ? "row" : "window", NULL);
	page_percentage(p, "SHARE", odd, of);
	if (r->counts.devices > 1)
		page_plural(page_section(p, "OF"), "DEVICES", r->counts.devices, "device", NULL);
}

static void set_verdict(struct page *p, const struct scan_row *r)
{
	const struct scan_counts *const n = &r->counts;
	/* Of older scans, and of windows that are odd as a whole only, there are no incidents to tell of. */
	const int tells = n->incidents > 0 || result_is_rare(r);
	struct page *v;

	if (n->incidents > 0) {
		v = page_section(p, "V_INCIDENTS");
		page_plural(v, "N", n->incidents, "incident", NULL);
	} else if (tells) {
		v = page_section(p, n->flows_anomalous > 0 ? "V_ODD" : "V_QUIET");
	} else {
		v = page_section(p, n->anomalies > 0 ? "V_WINDOWS" : "V_NO_WINDOW");
	}
	if (tells)
		set_common(v, r, n->flows_anomalous, n->flows);
	else
		set_common(v, r, n->anomalies, n->windows);
}

/* ---- numbers ---- */

/* To two digits, as no calibration knows more. */
static double rounded(double v)
{
	const double step = pow(10, floor(log10(v)) - 1);

	return v > 100 ? step * round(v / step) : round(v);
}

/* What its threshold is made of, in the place of a note. */
static void set_threshold_note(struct page *p, const struct scan_row *r, const struct scan_parts *parts)
{
	if (parts->strategy != NULL && *parts->strategy != '\0') {
		page_printf(p, "THRESHOLD_NOTE", "as asked for: %.60s", parts->strategy);
	} else if (result_is_rare(r) && r->threshold >= 0 && r->threshold < 15) {
		char text[HUMANE_TEXT];

		page_printf(p, "THRESHOLD_NOTE", "one normal flow in %s", humane_count(text, rounded(pow(10, r->threshold))));
	} else {
		page_set(p, "THRESHOLD_NOTE", "of the model");
	}
}

static void set_tiles(struct page *content, const struct scan_row *r, const struct scan_parts *parts)
{
	const struct scan_counts *const n = &r->counts;
	const int rare = result_is_rare(r), table = result_is_table(r), worst = scan_severity(r),
		  known = n->flows > 0 || n->windows == 0;
	struct page *const p = page_section(content, "TILES");

	page_set(p, "TILE_MARK", worst < 0 ? "Normal" : severity_name((enum severity)worst));
	if (known)
		page_count(p, "INCIDENTS", n->incidents);
	else
		page_set(p, "INCIDENTS", "–");
	if (r->incident_severity >= 0)
		page_printf(p, "INCIDENTS_NOTE", "worst: %s", severity_name((enum severity)r->incident_severity));
	else
		page_set(p, "INCIDENTS_NOTE", known ? "none" : "not counted then");
	page_set(p, "FLOWS_NAME", table ? "Rows" : "Flows");
	page_count(p, "FLOWS", n->rows - n->rows_skipped);
	if (n->rows_skipped > 0) {
		page_plural(p, "FLOWS_NOTE", n->rows_skipped, "row skipped", "rows skipped");
	} else {
		page_set(p, "FLOWS_NOTE", "all usable");
	}
	page_count(p, "ANOMALIES", n->anomalies);
	page_plural(p, "WINDOWS", n->windows, table ? "row" : "window", NULL);
	page_percentage(p, "RATE", n->anomalies, n->windows);
	page_set(p, "UNITS", table ? "rows" : "windows");
	if (n->devices > 0)
		page_count(p, "DEVICES", n->devices);
	else
		page_set(p, "DEVICES", "–");
	page_set(p, "DEVICES_NOTE", n->devices > 0 ? "took part" : "the file names none");
	page_number(p, "THRESHOLD", r->threshold);
	set_threshold_note(p, r, parts);
	page_set(p, "SCORE", rare ? "score" : "error");
	page_number(p, "LARGEST", isnan(r->error_max) && n->windows > 0 ? (double)INFINITY : r->error_max);
	page_number(p, "MEAN", r->error_mean);
	page_duration(p, "SECONDS", r->seconds);
	page_bytes(p, "BYTES", (double)n->bytes);
	if (r->seconds > 0)
		page_plural(page_section(p, "SPEED"), "N", (uint64_t)((double)n->rows / r->seconds), "row", NULL);
}

/* ---- what only scripts can show has its place, so that nothing jumps ---- */

static int set_charts(struct page *content, struct store *s, const struct scan_row *r, const struct scan_parts *parts,
		      struct err *e)
{
	const uint64_t windows = parts->windows > 0 ? parts->windows : r->curve != NULL ? r->counts.windows : 0;
	const int rare = result_is_rare(r);
	struct page *p;

	if (windows > 0) {
		p = page_section(content, "CURVE");
		page_printf(p, "WINDOWS_EXACT", "%" PRIu64, windows);
		page_plural(p, "WINDOWS", windows, result_is_table(r) ? "row" : "window", NULL);
		page_set(p, "UNIT", result_is_table(r) ? "row" : "window");
		page_set(p, "SCORE", rare ? "score" : "error");
		page_set(p, "SCORE_TITLE", rare ? "Score" : "Error");
		if (result_spans(p, s, r->id, e) < 0)
			return -1;
	}
	if (parts->has_whatif) {
		p = page_section(content, "WHATIF");
		page_if(p, "LABELS", parts->attacks > 0);
		page_if(p, "USE", !result_is_table(r));
	}
	return OK;
}

/* ---- states ---- */

static const struct {
	enum scan_state state;
	const char *words;
	int again;
} ends[] = {
	{ SCAN_FAILED,
	  "Nothing was stored of it but this. What is above says what is wrong with the file: correct it, or take another.", 1 },
	{ SCAN_INTERRUPTED, "The server stopped while it was at it: give it the file again.", 1 },
};

static void set_ended(struct page *content, const struct scan_row *r)
{
	const char *const why = r->error != NULL && *r->error != '\0' ? r->error : "it ended without a word";
	const size_t n = strlen(why);
	struct page *const v = page_section(content, "V_ENDED"), *advice = NULL;

	/* The template ends the sentence. */
	page_printf(v, "WHY", "%c%.*s", *why >= 'a' && *why <= 'z' ? *why - 'a' + 'A' : *why,
		    (int)(n - 1 - (n > 1 && why[n - 1] == '.')), why + 1);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends[i].state == r->state) {
			advice = page_section(content, "ADVICE");
			page_set(advice, "WORDS", ends[i].words);
			page_if(advice, "AGAIN", ends[i].again);
		}
	/* Somebody wanted it so. */
	if (advice == NULL) {
		advice = page_section(content, "ADVICE");
		page_set(advice, "WORDS", "Nothing was stored of it but this.");
		page_section(advice, "AGAIN");
	}
}

static int fill_done(struct page *content, struct store *s, const struct scan_row *r, const struct param_value *p, struct err *e)
{
	const int worst = scan_severity(r);
	struct scan_parts parts = { 0 };
	struct page *actions;
	int status;

	page_set(content, "MARK", worst < 0 ? "Normal" : severity_name((enum severity)worst));
	set_verdict(content, r);
	if (p[RESULT_FROM].given)
		return result_anomalies(content, s, r, (uint64_t)p[RESULT_FROM].integer, e);
	if (p[RESULT_SKIP].given)
		return result_incidents(content, s, r, (size_t)p[RESULT_SKIP].integer, e);
	if ((status = store_scan_parts(s, r->id, &parts, e)) < 0)
		return status;
	result_input(content, r);
	if (parts.first_ts > 0 && parts.last_ts > 0) {
		struct page *const span = page_section(content, "SPAN");

		page_time_seconds(span, "FIRST", parts.first_ts);
		page_time_seconds(span, "LAST", parts.last_ts);
	}
	set_tiles(content, r, &parts);
	actions = page_section(page_section(content, "ACTIONS"), "DONE");
	page_if(actions, "FLOWS_KEPT", parts.has_flows != 0);
	if ((status = result_incidents(content, s, r, 0, e)) == OK && (status = set_charts(content, s, r, &parts, e)) == OK)
		result_worst(content, r);
	scan_parts_free(&parts);
	return status;
}

static int fill(struct page *content, struct store *s, const struct scan_row *r, const struct param_value *p, struct err *e)
{
	page_printf(content, "ID", "%" PRIu64, r->id);
	page_set(content, "STATE", scan_state_name(r->state));
	page_set(content, "METHOD", r->method != NULL ? r->method : "lstm");
	page_printf(content, "THRESHOLD_EXACT", "%.17g", r->threshold);
	page_set(content, "FILE", r->name != NULL && *r->name != '\0' ? r->name : "Unnamed file");
	page_time(content, "TIME", r->started_us);
	if (r->model != NULL)
		page_set(page_section(content, "MODEL"), "NAME", r->model);
	if (r->state == SCAN_DONE)
		return fill_done(content, s, r, p, e);
	page_set(content, "MARK", scan_state_name(r->state));
	if (r->state == SCAN_RUNNING) {
		page_plural(page_section(content, "V_RUNNING"), "ROWS", r->counts.rows, "row", NULL);
		page_section(content, "RUNNING");
		return OK;
	}
	set_ended(content, r);
	result_input(content, r);
	page_section(content, "ACTIONS");
	return OK;
}

void page_result(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct scan_row row = { 0 };
	struct err e = { 0 };
	struct frame f;

	if (store_scan_get(c->store, q->number, &row, &e) < 0) {
		frame_error(c, NAV_HISTORY, s, &e);
		return;
	}
	frame_begin(&f, NAV_HISTORY, row.name != NULL ? row.name : "", "result.tpl", "result");
	if (fill(f.content, c->store, &row, p, &e) < 0) {
		frame_drop(&f);
		frame_error(c, NAV_HISTORY, s, &e);
	} else {
		frame_send(&f, c, s);
	}
	scan_row_free(&row);
}
