/* scan_print: one result, two renderings. */
#include "cmd/scan_print.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "base/json.h"
#include "cmd/shown.h"
#include "detect/scan_json.h"

struct json_object *scan_to_json(const struct scan_result *r)
{
	const struct scan_summary *const s = &r->summary;
	struct json_object *const o = json_object_new_object(), *const details = json_object_new_array();

	json_object_object_add(o, "file", shown_json(r->name));
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
	for (size_t i = 0; i < r->n; i++)
		json_object_array_add(details, anomaly_to_json(r->detector->features, &r->list[i]));
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

void scan_print_table(FILE *f, const struct scan_result *r)
{
	char name[SHOWN_NAME];
	const struct scan_summary *const s = &r->summary;
	const struct feature_set *const set = r->detector->features;

	fprintf(f,
		"%s: %" PRIu64 " of %" PRIu64 " windows are anomalous (%.3g %%); threshold %.6g, mean error %.6g, largest %.6g\n",
		shown(name, sizeof(name), r->name), s->anomalies, s->windows, scan_percentage(s->anomalies, s->windows),
		s->threshold, s->error_mean, s->error_max);
	scan_print_input(f, s->input);
	fprintf(f, "%" PRIu64 " rows, %" PRIu64 " skipped, %.2f s, %s\n", s->input->rows, s->input->rows_skipped, r->seconds,
		r->kernel);
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
			a->value, a->step + 1, r->detector->net.steps, 100 * a->share);
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
