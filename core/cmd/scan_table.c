/* scan_table: one pass, the worst rows kept. */
#include "cmd/scan_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/pieces.h"
#include "cmd/scan_print.h"
#include "base/shown.h"
#include "detect/scan.h"
#include "detect/scan_json.h"
#include "detect/table_scan.h"

enum { INCIDENTS_SHOWN = 1000 };

struct pass {
	const struct scan_table_job *j;
	struct table_result *list;
	size_t n, cap;
	struct table_incident *incident;
	size_t incident_n, incident_cap;
	int failed; /* memory is out, or --scores could not be written */
};

static int worst_first(const void *a, const void *b)
{
	const struct table_result *const x = a, *const y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->row > y->row) - (x->row < y->row);
}

static int take_result(void *arg, const struct table_result *r)
{
	struct pass *const p = arg;
	FILE *const f = p->j->scores;

	if (f != NULL) {
		fprintf(f, "%" PRIu64 ",%.9g,%.6g,%d,%s,", r->row, r->score, r->p, r->anomalous, r->anomalous ? "unusual" : "");
		if (r->incident != 0)
			fprintf(f, "%" PRIu64, r->incident);
		fputc('\n', f);
		if (ferror(f)) {
			p->failed = ERR_IO;
			return ERR_IO;
		}
	}
	if (!r->anomalous || (!p->j->all && p->j->top == 0))
		return OK;
	if (!p->j->all && p->n >= 2 * p->j->top) { /* the worse half stays */
		qsort(p->list, p->n, sizeof(*p->list), worst_first);
		p->n = p->j->top;
	}
	if (!array_room((void **)&p->list, p->n, &p->cap, sizeof(*p->list), 256)) {
		p->failed = ERR_NOMEM;
		return ERR_NOMEM;
	}
	p->list[p->n++] = *r;
	return OK;
}

static int take_incident(void *arg, const struct table_incident *i)
{
	struct pass *const p = arg;

	if (p->incident_n == INCIDENTS_SHOWN)
		return OK;
	if (!array_room((void **)&p->incident, p->incident_n, &p->incident_cap, sizeof(*p->incident), 256)) {
		p->failed = ERR_NOMEM;
		return ERR_NOMEM;
	}
	p->incident[p->incident_n++] = *i;
	return OK;
}

static int take_piece(void *arg, const void *data, size_t n, struct err *e)
{
	return table_scan_feed(arg, data, n, e);
}

static struct json_object *part_to_json(const struct table_part *t)
{
	struct json_object *const o = json_object_new_object(), *const usual = json_object_new_array();

	json_object_object_add(o, "feature", shown_json(t->name));
	json_object_object_add(o, "share", json_number(t->share, 4));
	json_object_object_add(o, "value", json_number(t->value, 15));
	for (int i = 0; i < 3; i++)
		json_object_array_add(usual, json_number(t->usual[i], 9));
	json_object_object_add(o, "usual", usual);
	return o;
}

static struct json_object *rows_to_json(uint64_t first, uint64_t last)
{
	struct json_object *const rows = json_object_new_array();

	json_object_array_add(rows, json_count(first));
	json_object_array_add(rows, json_count(last));
	return rows;
}

static struct json_object *result_to_json(const struct table_result *r, double threshold)
{
	struct json_object *const o = json_object_new_object(), *const sample = json_object_new_object();

	json_object_object_add(o, "sequence_id", json_count(r->row));
	json_object_object_add(o, "rows", rows_to_json(r->row, r->row));
	json_object_object_add(o, "error", json_number(r->score, 9));
	json_object_object_add(o, "p_value", json_number(r->p, 6));
	json_object_object_add(o, "threshold", json_number(threshold, 9));
	json_object_object_add(o, "severity", json_object_new_string(severity_name(severity_of(r->score, threshold))));
	json_object_object_add(o, "incident", json_count(r->incident));
	json_object_object_add(o, "most_unusual", part_to_json(&r->part[0]));
	for (size_t i = 0; i < r->part_n; i++)
		json_object_object_add(sample, r->part[i].name, json_number(r->part[i].value, 15));
	json_object_object_add(o, "sample_data", sample);
	return o;
}

static struct json_object *incident_to_json_of_table(const struct table_incident *i)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "id", json_count(i->id));
	json_object_object_add(o, "rows", rows_to_json(i->first_row, i->last_row));
	json_object_object_add(o, "anomalous_rows", json_count(i->rows));
	json_object_object_add(o, "peak_row", json_count(i->peak_row));
	json_object_object_add(o, "peak_score", json_number(i->peak_score, 9));
	json_object_object_add(o, "p_value", json_number(i->least_p, 6));
	json_object_object_add(o, "severity", json_object_new_string(severity_name(i->severity)));
	json_object_object_add(o, "most_unusual", part_to_json(&i->part));
	json_object_object_add(o, "sentence", shown_json(i->sentence));
	return o;
}

static struct json_object *table_to_json(const struct pass *p, const char *name, const struct table_summary *s, double seconds)
{
	struct json_object *const o = json_object_new_object(), *const details = json_object_new_array(),
				  *const incidents = json_object_new_array();

	json_object_object_add(o, "file", shown_json(name));
	json_object_object_add(o, "method", json_object_new_string("dense"));
	json_object_object_add(o, "anomalies_count", json_count(s->anomalies));
	json_object_object_add(o, "total_samples", json_count(s->rows));
	json_object_object_add(o, "percentage", json_number(scan_percentage(s->anomalies, s->rows), 4));
	json_object_object_add(o, "threshold", json_number(s->threshold, 9));
	json_object_object_add(o, "mean_error", json_number(s->mean_score, 9));
	json_object_object_add(o, "max_error", json_number(s->max_score, 9));
	json_object_object_add(o, "incidents_count", json_count(s->incidents));
	json_move_members(o, report_to_json(s->input));
	json_object_object_add(o, "rows_read", json_count(s->input->rows));
	json_object_object_add(o, "rows_used", json_count(s->rows));
	json_object_object_add(o, "rows_skipped", json_count(s->input->rows_skipped));
	json_object_object_add(o, "skipped", skipped_to_json(s->input));
	json_object_object_add(o, "columns", json_count(s->columns));
	json_object_object_add(o, "columns_used", json_count(s->columns_used));
	json_object_object_add(o, "bytes", json_count(s->input->bytes));
	json_object_object_add(o, "seconds", json_number(seconds, 6));
	json_object_object_add(o, "kernel", json_object_new_string(kernel_name(p->j->kernel)));
	for (size_t i = 0; i < p->incident_n; i++)
		json_object_array_add(incidents, incident_to_json_of_table(&p->incident[i]));
	json_object_object_add(o, "incidents", incidents);
	for (size_t i = 0; i < p->n; i++)
		json_object_array_add(details, result_to_json(&p->list[i], s->threshold));
	json_object_object_add(o, "details", details);
	return o;
}

static void print_table(FILE *f, const struct pass *p, const char *name, const struct table_summary *s, double seconds)
{
	char text[SHOWN_NAME];

	fprintf(f,
		"%s: %" PRIu64 " of %" PRIu64 " rows are anomalous (%.3g %%) in %" PRIu64
		" incidents; threshold %.6g, mean error %.6g, largest %.6g\n",
		shown(text, sizeof(text), name), s->anomalies, s->rows, scan_percentage(s->anomalies, s->rows), s->incidents,
		s->threshold, s->mean_score, s->max_score);
	scan_print_input(f, s->input);
	fprintf(f, "%" PRIu64 " rows, %" PRIu64 " skipped, %zu of %zu columns, %.2f s, %s\n", s->input->rows,
		s->input->rows_skipped, s->columns_used, s->columns, seconds, kernel_name(p->j->kernel));
	for (size_t i = 0; i < p->incident_n; i++)
		fprintf(f, "%s%8" PRIu64 "  %-8s  rows %" PRIu64 "-%" PRIu64 ": %s\n", i == 0 ? "\n" : "", p->incident[i].id,
			severity_name(p->incident[i].severity), p->incident[i].first_row, p->incident[i].last_row,
			shown(text, sizeof(text), p->incident[i].sentence));
	if (p->n > 0)
		fprintf(f, "\n%10s  %-8s  %11s  %10s  %8s  %s\n", "row", "severity", "error", "p", "incident", "most unusual");
	for (size_t i = 0; i < p->n; i++) {
		const struct table_result *const r = &p->list[i];

		fprintf(f,
			"%10" PRIu64 "  %-8s  %11.6g  %10.3g  %8" PRIu64
			"  %s = %.6g (%.0f %% of the error; usual are %.6g to %.6g)\n",
			r->row, severity_name(severity_of(r->score, s->threshold)), r->score, r->p, r->incident,
			shown(text, sizeof(text), r->part[0].name), r->part[0].value, 100 * r->part[0].share, r->part[0].usual[0],
			r->part[0].usual[2]);
	}
	if (p->n < s->anomalies)
		fprintf(f, "... the %zu worst of %" PRIu64 "; --top N or --all shows more\n", p->n, s->anomalies);
}

int scan_table_file(const struct scan_table_job *j, const char *name, struct json_object *array, struct err *e)
{
	struct pass p = { .j = j };
	const struct table_scan_options o = {
		.kernel = j->kernel,
		.seed = j->seed,
		.threshold = j->threshold,
		.input = j->input,
		.results = take_result,
		.incidents = take_incident,
		.arg = &p,
	};
	const double start = clock_seconds();
	struct table_summary summary;
	struct table_scan *s = NULL;
	int r;

	if ((r = table_scan_new(&s, &o, e)) < 0)
		return r;
	if ((r = pieces_read(name, take_piece, s, e)) == OK)
		r = table_scan_finish(s, e);
	if (p.failed == ERR_NOMEM)
		r = err_set(e, ERR_NOMEM, "out of memory for the list of results");
	else if (p.failed)
		r = err_set(e, ERR_IO, "the scores cannot be written");
	table_scan_summary(s, &summary);
	scan_print_problems(stderr, name, summary.input);
	if (r < 0) {
		scan_print_stop(stderr, name, summary.input);
		goto out;
	}
	if (!j->all && p.n > 0) {
		qsort(p.list, p.n, sizeof(*p.list), worst_first);
		p.n = p.n < j->top ? p.n : j->top;
	}
	if (array != NULL)
		json_object_array_add(array, table_to_json(&p, name, &summary, clock_seconds() - start));
	else
		print_table(stdout, &p, name, &summary, clock_seconds() - start);
out:
	table_scan_del(s);
	free(p.list);
	free(p.incident);
	return r;
}
