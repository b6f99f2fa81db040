/* scan_print: one result, two renderings. */
#include "cmd/scan_print.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "base/humane.h"
#include "base/json.h"
#include "base/shown.h"
#include "detect/phrases.h"
#include "detect/scan_json.h"

enum { INCIDENT_LINES = 30, SHARES_SHOWN = 3 };

struct json_object *scan_to_json(const struct scan_result *r)
{
	const struct scan_summary *const s = &r->summary;
	struct json_object *const o = json_object_new_object(), *const details = json_object_new_array();

	json_object_object_add(o, "file", shown_json(r->name));
	json_object_object_add(o, "method", json_object_new_string(scan_method_name(s->method)));
	json_object_object_add(o, "flows", json_count(s->flows));
	json_object_object_add(o, "anomalous_flows", json_count(s->flows_anomalous));
	json_object_object_add(o, "devices", json_count(s->devices));
	json_object_object_add(o, "one_stream", json_object_new_boolean(s->one_stream));
	json_object_object_add(o, "incidents_count", json_count(s->incidents));
	json_object_object_add(o, "incidents", json_object_get(r->incidents));
	json_object_object_add(o, "anomalies_count", json_count(s->anomalies));
	json_object_object_add(o, "total_samples", json_count(s->windows));
	json_object_object_add(o, "percentage", json_number(scan_percentage(s->anomalies, s->windows), 4));
	json_object_object_add(o, "threshold", json_number(s->threshold, 9));
	json_object_object_add(o, "mean_error", json_number(s->error_mean, 9));
	json_object_object_add(o, "max_error", json_number(s->error_max, 9));
	json_move_members(o, report_to_json(s->input));
	json_object_object_add(o, "rows_read", json_count(s->input->rows));
	json_object_object_add(o, "rows_used", json_count(s->input->rows - s->input->rows_skipped));
	json_object_object_add(o, "rows_skipped", json_count(s->input->rows_skipped));
	json_object_object_add(o, "skipped", skipped_to_json(s->input));
	json_object_object_add(o, "bytes", json_count(s->input->bytes));
	json_object_object_add(o, "seconds", json_number(r->seconds, 6));
	json_object_object_add(o, "model", shown_json(r->model));
	json_object_object_add(o, "kernel", json_object_new_string(r->kernel));
	for (size_t i = 0; i < r->n; i++) {
		struct json_object *const a = anomaly_to_json(r->summary.detector->features, &r->list[i]);
		struct json_object *const why = scan_explanation_to_json(r->scan, &r->list[i]);

		if (why != NULL)
			json_object_object_add(a, "explanation", why);
		json_object_array_add(details, a);
	}
	json_object_object_add(o, "details", details);
	return o;
}

static void format_time(double ts, char *out, size_t cap)
{
	const int usable = isfinite(ts) && fabs(ts) < 1e11; /* what is no time of ours has no date */
	const time_t t = usable ? (time_t)ts : 0;
	struct tm tm;

	if (!usable || gmtime_r(&t, &tm) == NULL || strftime(out, cap, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(out, cap, "-");
}

void scan_print_input(FILE *f, const struct read_report *report)
{
	fprintf(f, "%s", report->format);
	if (report->dialect[0] != '\0')
		fprintf(f, " (%s)", report->dialect);
	if (report->packing[0] != '\0')
		fprintf(f, " out of %s", report->packing);
	if (report->packets > 0)
		fprintf(f, ", %" PRIu64 " packets", report->packets);
	fputs(", ", f);
}

static const char *text_of(struct json_object *o, const char *key)
{
	const char *const text = json_object_get_string(json_object_object_get(o, key));

	return text != NULL ? text : "-";
}

static void print_incidents(FILE *f, const struct scan_result *r)
{
	const size_t n = json_object_array_length(r->incidents);

	if (n > 0)
		fprintf(f, "\n%8s  %-8s  %-28s  %-20s  %8s  %s\n", "incident", "severity", "what", "from (UTC)", "flows", "why");
	for (size_t i = 0; i < n && i < INCIDENT_LINES; i++) {
		struct json_object *const o = json_object_array_get_idx(r->incidents, i);
		char when[32], why[SHOWN_NAME];

		format_time(json_object_get_double(json_object_object_get(o, "start")), when, sizeof(when));
		fprintf(f, "%8s  %-8s  %-28s  %-20s  %8s  %s\n", text_of(o, "id"), text_of(o, "severity"), text_of(o, "title"),
			when, text_of(o, "flows"), shown(why, sizeof(why), text_of(o, "sentence")));
	}
	if (r->summary.incidents > INCIDENT_LINES)
		fprintf(f, "... of %" PRIu64 " incidents; --format json shows more\n", r->summary.incidents);
}

/* The largest shares with what is usual, and what would be normal, in one line. */
static void print_explanation(FILE *f, const struct scan_result *r, const struct anomaly *a)
{
	const size_t steps = r->summary.detector->net.steps;
	struct usual_range usual[FEATURE_MAX];
	char text[RULE_SENTENCE], value[HUMANE_TEXT], range[HUMANE_RANGE];
	struct explanation x;
	size_t at[SHARES_SHOWN], n;

	if (scan_explanation(r->scan, a, &x, NULL) != 1)
		return;
	(void)scan_usual(r->scan, a, usual);
	n = explanation_largest(&x, at, SHARES_SHOWN);
	fprintf(f, "%12s%s", "", n == 0 ? "a rule decides: " : "");
	if (n == 0)
		fprintf(f, "%s", shown(text, sizeof(text), a->sentence));
	for (size_t i = 0; i < n; i++) {
		const struct feature *const feature = a->features->feature[at[i] % x.F];
		const struct usual_range *const u = &usual[at[i] % x.F];

		fprintf(f, "%s%.0f %% %s of flow %zu: %s", i > 0 ? ", " : "", 100 * (double)x.share[at[i]], feature->name,
			at[i] / x.F + 1, humane_quantity(value, feature->unit, x.value[at[i]], HUMANE_DIGITS));
		if (isfinite(u->low) && isfinite(u->high))
			fprintf(f, " (usual: %s)", humane_range(range, feature->unit, u->low, u->high));
	}
	if (x.change.found)
		fprintf(f, "; %s", phrase_change(text, &x.change, a->features, steps));
	else if (n > 0)
		fprintf(f, "; %s", x.no_change);
	fputc('\n', f);
	explanation_free(&x);
}

void scan_print_table(FILE *f, const struct scan_result *r)
{
	char name[SHOWN_NAME];
	const struct scan_summary *const s = &r->summary;
	const struct feature_set *const set = s->detector->features;

	fprintf(f,
		"%s: %" PRIu64 " incidents; %" PRIu64 " of %" PRIu64 " flows and %" PRIu64 " of %" PRIu64
		" windows are anomalous (%.3g %%); %s, threshold %.6g, mean %s %.6g, largest %.6g\n",
		shown(name, sizeof(name), r->name), s->incidents, s->flows_anomalous, s->flows, s->anomalies, s->windows,
		scan_percentage(s->anomalies, s->windows), scan_method_name(s->method), s->threshold,
		s->method == METHOD_HYBRID ? "score" : "error", s->error_mean, s->error_max);
	scan_print_input(f, s->input);
	fprintf(f, "%" PRIu64 " devices%s, %" PRIu64 " rows, %" PRIu64 " skipped, %.2f s, %s\n", s->devices,
		s->one_stream ? " (the file does not say whose flows they are: all are one stream)" : "", s->input->rows,
		s->input->rows_skipped, r->seconds, r->kernel);
	print_incidents(f, r);
	if (r->n == 0)
		return;
	fprintf(f, "\n%10s  %-8s  %11s  %19s  %-20s  %s\n", "window", "severity", "error", "rows", "last flow (UTC)",
		"most unusual");
	for (size_t i = 0; i < r->n; i++) {
		const struct anomaly *const a = &r->list[i];
		char when[32], rows[48];

		format_time(a->ts, when, sizeof(when));
		snprintf(rows, sizeof(rows), "%" PRIu64 "-%" PRIu64, a->row[0], a->row[1]);
		fprintf(f, "%10" PRIu64 "  %-8s  %11.6g  %19s  %-20s  %s = %.6g in flow %zu of %zu (%.0f %% of the error)\n",
			a->sequence_id, severity_name(a->severity), (double)a->error, rows, when, set->feature[a->feature]->name,
			a->value, a->step + 1, s->detector->net.steps, 100 * a->share);
		print_explanation(f, r, a);
	}
	if (r->n < s->anomalies)
		fprintf(f, "... the %zu worst of %" PRIu64 "; --top N or --all shows more\n", r->n, s->anomalies);
}

void scan_print_problems(FILE *f, const char *name, const struct read_report *report)
{
	char text[SHOWN_NAME];

	shown(text, sizeof(text), name);
	for (size_t i = 0; i < report->note_n; i++)
		fprintf(f, "%s: %s\n", text, report->note[i]);
	for (size_t i = 0; i < report->count_n; i++)
		fprintf(f, "%s%s %" PRIu64 " × %s%s", i == 0 ? text : "", i == 0 ? ": left out:" : ",", report->count[i].n,
			report->count[i].what, i + 1 == report->count_n ? "\n" : "");
	if (report->rows_skipped == 0)
		return;
	fprintf(f, "%s: %" PRIu64 " of %" PRIu64 " rows cannot be used:\n", text, report->rows_skipped, report->rows);
	for (size_t i = 0; i < report->problem_n; i++)
		fprintf(f, "  line %" PRIu64 "%s%s: %s\n", report->problem[i].line, report->problem[i].column[0] ? ", " : "",
			report->problem[i].column, report->problem[i].reason);
	if (report->problem_n < report->rows_skipped)
		fprintf(f, "  ... and %" PRIu64 " more\n", report->rows_skipped - report->problem_n);
}

void scan_print_stop(FILE *f, const char *name, const struct read_report *report)
{
	char text[SHOWN_NAME];

	if (report != NULL && report->rows > 0)
		fprintf(f, "%s: %" PRIu64 " rows were read of it\n", shown(text, sizeof(text), name), report->rows);
}
