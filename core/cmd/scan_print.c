/* scan_print: one result, two renderings. */
#include "cmd/scan_print.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "cmd/shown.h"

/* Numbers as short as they can be without losing what was measured: 9 digits for a float, 15 for what came from a file. */
static struct json_object *number(double v, const char *format)
{
	char text[40];

	if (!isfinite(v))
		return NULL; /* JSON has no infinity: null */
	snprintf(text, sizeof(text), format, v);
	return json_object_new_double_s(v, text);
}

static struct json_object *count(uint64_t n)
{
	return json_object_new_int64((int64_t)n);
}

static struct json_object *sample_to_json(const struct feature_set *set, const double *sample)
{
	struct json_object *const o = json_object_new_object();

	for (size_t i = 0; i < set->n; i++)
		json_object_object_add(o, set->feature[i]->name, number(sample[i], "%.15g"));
	return o;
}

static struct json_object *anomaly_to_json(const struct scan_result *r, const struct anomaly *a)
{
	struct json_object *const o = json_object_new_object(), *const rows = json_object_new_array(),
				  *const why = json_object_new_object();
	const struct feature_set *const set = r->detector->features;

	json_object_array_add(rows, count(a->row[0]));
	json_object_array_add(rows, count(a->row[1]));
	json_object_object_add(o, "sequence_id", count(a->sequence_id));
	json_object_object_add(o, "rows", rows);
	if (!isnan(a->ts))
		json_object_object_add(o, "ts", number(a->ts, "%.15g"));
	json_object_object_add(o, "error", number((double)a->error, "%.9g"));
	if (!isfinite(a->error))
		json_object_object_add(
			o, "note", json_object_new_string("the input is so far from normal that the network has no finite error"));
	json_object_object_add(o, "threshold", number(a->threshold, "%.9g"));
	json_object_object_add(o, "severity", json_object_new_string(severity_name(a->severity)));
	json_object_object_add(why, "feature", json_object_new_string(set->feature[a->feature]->name));
	json_object_object_add(why, "step", count(a->step));
	json_object_object_add(why, "share", number(a->share, "%.4g"));
	json_object_object_add(why, "value", number(a->value, "%.15g"));
	json_object_object_add(o, "most_unusual", why);
	json_object_object_add(o, "sample_data", sample_to_json(set, a->sample));
	return o;
}

static struct json_object *skipped_to_json(const struct csv_report *c)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < c->problem_n; i++) {
		struct json_object *const o = json_object_new_object();

		json_object_object_add(o, "line", count(c->problem[i].line));
		json_object_object_add(o, "column", json_object_new_string(c->problem[i].column));
		json_object_object_add(o, "reason", json_object_new_string(c->problem[i].reason));
		json_object_array_add(list, o);
	}
	return list;
}

static double percentage(const struct scan_summary *s)
{
	return s->windows ? 100 * (double)s->anomalies / (double)s->windows : 0;
}

struct json_object *scan_to_json(const struct scan_result *r)
{
	const struct scan_summary *const s = &r->summary;
	struct json_object *const o = json_object_new_object(), *const details = json_object_new_array();

	json_object_object_add(o, "file", shown_json(r->name));
	json_object_object_add(o, "anomalies_count", count(s->anomalies));
	json_object_object_add(o, "total_samples", count(s->windows));
	json_object_object_add(o, "percentage", number(percentage(s), "%.4g"));
	json_object_object_add(o, "threshold", number(s->threshold, "%.9g"));
	json_object_object_add(o, "mean_error", number(s->error_mean, "%.9g"));
	json_object_object_add(o, "max_error", number(s->error_max, "%.9g"));
	json_object_object_add(o, "rows_read", count(s->input->rows));
	json_object_object_add(o, "rows_used", count(s->input->rows - s->input->rows_skipped));
	json_object_object_add(o, "rows_skipped", count(s->input->rows_skipped));
	json_object_object_add(o, "skipped", skipped_to_json(s->input));
	json_object_object_add(o, "bytes", count(s->input->bytes));
	json_object_object_add(o, "seconds", number(r->seconds, "%.6f"));
	json_object_object_add(o, "model", shown_json(r->model));
	json_object_object_add(o, "kernel", json_object_new_string(r->kernel));
	for (size_t i = 0; i < r->n; i++)
		json_object_array_add(details, anomaly_to_json(r, &r->list[i]));
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

void scan_print_table(FILE *f, const struct scan_result *r)
{
	char name[SHOWN_NAME];
	const struct scan_summary *const s = &r->summary;
	const struct feature_set *const set = r->detector->features;

	fprintf(f,
		"%s: %" PRIu64 " of %" PRIu64 " windows are anomalous (%.3g %%); threshold %.6g, mean error %.6g, largest %.6g\n",
		shown(name, sizeof(name), r->name), s->anomalies, s->windows, percentage(s), s->threshold, s->error_mean,
		s->error_max);
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

void scan_print_problems(FILE *f, const char *name, const struct csv_report *report)
{
	char text[SHOWN_NAME];

	if (report->rows_skipped == 0)
		return;
	fprintf(f, "%s: %" PRIu64 " of %" PRIu64 " rows cannot be used:\n", shown(text, sizeof(text), name), report->rows_skipped,
		report->rows);
	for (size_t i = 0; i < report->problem_n; i++)
		fprintf(f, "  line %" PRIu64 "%s%s: %s\n", report->problem[i].line, report->problem[i].column[0] ? ", " : "",
			report->problem[i].column, report->problem[i].reason);
	if (report->problem_n < report->rows_skipped)
		fprintf(f, "  ... and %" PRIu64 " more\n", report->rows_skipped - report->problem_n);
}
