/* table_scan: rows wait for the training, then they are judged in their order. */
#include "detect/table_scan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/dense.h"
#include "feature/feature.h"
#include "detect/table_column.h"
#include "detect/threshold.h"
#include "detect/whatif.h"

enum { ROWS_MAX = 200000, ROWS_FIRST = 1024, JUDGED_AT_ONCE = 256, OTHER = TABLE_ATTACKS };

/* What a kept row has besides its numbers. */
struct truth {
	uint64_t row;
	uint8_t label, attack; /* index into attack names */
};

struct table_scan {
	struct table_scan_options o;
	struct reader *reader;
	struct read_report own;    /* its notes are ours */
	struct read_report report; /* the reader's, with our notes */
	char *strategy;
	struct dense *dense;
	int trained;
	struct err *e; /* of the call that is going on */

	size_t columns;
	char *name[TABLE_MAX];
	struct table_column column[TABLE_MAX];
	double part[TABLE_MAX];
	size_t kept, cap;
	struct truth *truth; /* [kept] */
	size_t attack_n;
	char attack[TABLE_ATTACKS + 1][FLOW_ATTACK];

	double threshold;
	uint64_t judged, anomalies, incidents;
	double score_sum, score_max;
	struct table_incident open; /* id 0: none */
	struct context *context;    /* of a file of flows */
	const struct feature_set *set;
	struct whatif *whatif; /* NULL: none */
};

static int take_row(void *arg, const struct table_row *r);
static int take_flow(void *arg, const struct flow *f);

int table_scan_new(struct table_scan **out, const struct table_scan_options *o, struct err *e)
{
	const struct sinks sinks = { .flow = take_flow, .table = take_row, .table_first = 1 };
	struct table_scan *const s = calloc(1, sizeof(*s));
	struct sinks mine = sinks;
	int r;

	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	s->o = *o;
	s->o.rows_max = o->rows_max ? o->rows_max : ROWS_MAX;
	snprintf(s->attack[OTHER], sizeof(s->attack[OTHER]), "other");
	s->attack_n = 1; /* the first is "" */
	mine.arg = s;
	if (o->threshold != NULL && (r = threshold_check(o->threshold, e)) < 0)
		goto fail;
	if (o->threshold != NULL && (s->strategy = strdup(o->threshold)) == NULL) {
		r = err_set(e, ERR_NOMEM, "out of memory for a scan");
		goto fail;
	}
	if ((r = reader_new(&s->reader, &o->input, &mine, e)) < 0)
		goto fail;
	*out = s;
	return OK;
fail:
	table_scan_del(s);
	return r;
}

void table_scan_del(struct table_scan *s)
{
	if (s == NULL)
		return;
	reader_del(s->reader);
	dense_del(s->dense);
	context_del(s->context);
	for (size_t i = 0; i < s->columns; i++)
		free(s->name[i]);
	free(s->strategy);
	free(s->truth);
	whatif_del(s->whatif);
	free(s);
}

static int begin(struct table_scan *s, const struct table_row *r)
{
	struct dense_options o = { .columns = r->n, .name = r->name, .trim = -1, .seed = s->o.seed, .kernel = s->o.kernel };
	const size_t fit = s->o.bytes_max / ((r->n > 0 ? r->n : 1) * sizeof(float));

	if (s->o.bytes_max > 0 && fit < s->o.rows_max)
		s->o.rows_max = fit > DENSE_LEAST ? fit : DENSE_LEAST;
	o.rows_max = s->o.rows_max;

	for (size_t i = 0; i < r->n; i++) {
		if ((s->name[i] = strdup(r->name[i])) == NULL)
			return err_set(s->e, ERR_NOMEM, "out of memory for %zu columns", r->n);
		s->columns++;
		table_column_init(&s->column[i], r->name[i]);
	}
	return dense_new(&s->dense, &o, s->e);
}

static uint8_t attack_find(struct table_scan *s, const char *attack)
{
	for (size_t i = 0; i < s->attack_n; i++)
		if (strcmp(s->attack[i], attack) == 0)
			return (uint8_t)i;
	if (s->attack_n == OTHER)
		return OTHER;
	snprintf(s->attack[s->attack_n], FLOW_ATTACK, "%s", attack);
	return (uint8_t)s->attack_n++;
}

static int keep(struct table_scan *s, const struct table_row *r)
{
	if (s->kept == s->cap) {
		const size_t cap = s->cap ? 2 * s->cap : ROWS_FIRST;
		struct truth *const p = reallocarray(s->truth, cap, sizeof(*p));

		if (p == NULL)
			return err_set(s->e, ERR_NOMEM, "out of memory for row %" PRIu64, r->row);
		s->truth = p;
		s->cap = cap;
	}
	for (size_t i = 0; i < r->n; i++)
		table_column_add(&s->column[i], r->value[i]);
	s->truth[s->kept++] = (struct truth){ r->row, (uint8_t)r->label, attack_find(s, r->attack) };
	return dense_add(s->dense, r->value, s->e);
}

/* One note for each reason: there are few places. */
static void leave_out(struct table_scan *s)
{
	static const char *const reason[] = { COLUMN_TIME, COLUMN_ADDRESS, COLUMN_PORT, COLUMN_NUMBER };

	for (size_t k = 0; k < sizeof(reason) / sizeof(*reason); k++) {
		char list[100] = "";

		for (size_t i = 0; i < s->columns; i++) {
			const char *const why = table_column_verdict(&s->column[i]);
			const size_t at = strlen(list);

			if (why == NULL || strcmp(why, reason[k]) != 0)
				continue;
			dense_leave_out(s->dense, i);
			snprintf(list + at, sizeof(list) - at, "%s%s", at ? ", " : "", s->name[i]);
		}
		if (list[0] != '\0')
			report_note(&s->own, "left out, as %s: %s", reason[k], list);
	}
}

/* A strategy by name, from the scores of the rows that were kept. */
static int choose_threshold(struct table_scan *s)
{
	const double own = dense_threshold(s->dense);
	struct threshold_input in = { 0 };
	struct threshold_result found;
	double *score;
	int all, r;

	s->threshold = own;
	if (s->strategy == NULL)
		return OK;
	if ((score = calloc(s->kept, sizeof(*score))) == NULL)
		return err_set(s->e, ERR_NOMEM, "out of memory for the scores of %zu rows", s->kept);
	all = strncmp(s->strategy, "sigma", 5) == 0 || strncmp(s->strategy, "percentile", 10) == 0;
	dense_score_kept(s->dense, 0, s->kept, score);
	for (size_t i = 0; i < s->kept; i++)
		if (all || score[i] <= own)
			score[in.n++] = score[i];
	in.score = score;
	if ((r = threshold_choose(s->strategy, &in, &found, s->e)) == OK) {
		s->threshold = found.value;
		if (found.note[0] != '\0')
			report_note(&s->own, "%s", found.note);
	}
	free(score);
	return r;
}

/* The TABLE_TOP largest parts of the score. */
static void explain(struct table_scan *s, const double *row, struct table_result *out)
{
	const double sum = dense_score(s->dense, row, s->part);

	while (out->part_n < TABLE_TOP && out->part_n < s->columns) {
		size_t best = 0;

		for (size_t i = 1; i < s->columns; i++)
			if (s->part[i] > s->part[best])
				best = i;
		if (!(s->part[best] > 0) && out->part_n > 0)
			return;
		out->part[out->part_n] =
			(struct table_part){ best, s->name[best], row[best], sum > 0 ? s->part[best] / sum : 0, { 0 } };
		memcpy(out->part[out->part_n++].usual, dense_usual(s->dense, best), 3 * sizeof(double));
		s->part[best] = 0;
	}
}

static int incident_end(struct table_scan *s)
{
	struct table_incident *const i = &s->open;
	int r = OK;

	if (i->id == 0)
		return OK;
	i->severity = severity_of(i->peak_score, s->threshold);
	snprintf(i->sentence, sizeof(i->sentence),
		 "%" PRIu64 " unlike the others: %.60s = %.6g in row %" PRIu64 "; usual are %.6g to %.6g", i->rows, i->part.name,
		 i->part.value, i->peak_row, i->part.usual[0], i->part.usual[2]);
	if (s->o.incidents != NULL)
		r = s->o.incidents(s->o.arg, i);
	i->id = 0;
	return r;
}

/* An anomalous row joins the open incident, or begins one. */
static int incident_add(struct table_scan *s, struct table_result *row)
{
	struct table_incident *const i = &s->open;
	int r;

	if (i->id != 0 && row->row - i->last_row > TABLE_GAP && (r = incident_end(s)) < 0)
		return r;
	if (i->id == 0)
		*i = (struct table_incident){ .id = ++s->incidents, .first_row = row->row, .peak_score = -1, .least_p = 1 };
	i->last_row = row->row;
	i->rows++;
	if (row->score > i->peak_score) {
		i->peak_score = row->score;
		i->peak_row = row->row;
		i->least_p = row->p;
		i->part = row->part[0];
	}
	row->incident = i->id;
	return OK;
}

static int judge(struct table_scan *s, const double *row, double score, const struct truth *t)
{
	struct table_result out = {
		.row = t->row, .score = score, .label = (enum flow_label)t->label, .attack = s->attack[t->attack]
	};
	int r;

	out.p = calibration_p(dense_calibration(s->dense), score);
	out.anomalous = score > s->threshold;
	s->judged++;
	s->score_sum += score;
	s->score_max = fmax(s->score_max, score);
	if (out.anomalous) {
		s->anomalies++;
		explain(s, row, &out);
		if ((r = incident_add(s, &out)) < 0)
			return r;
	}
	if (s->whatif != NULL)
		whatif_row(s->whatif, &out);
	return s->o.results != NULL ? s->o.results(s->o.arg, &out) : OK;
}

static int start_whatif(struct table_scan *s)
{
	const struct whatif_options o = { .method = METHOD_DENSE, .threshold = s->threshold, .flow_threshold = s->threshold };

	return s->o.whatif && isfinite(s->threshold) && s->threshold >= 0 ? whatif_new(&s->whatif, &o, s->e) : OK;
}

/* The rows that were kept are complete, or as many as fit: learn and judge them. */
static int train(struct table_scan *s)
{
	double score[JUDGED_AT_ONCE], row[TABLE_MAX];
	int r;

	s->trained = 1;
	leave_out(s);
	if ((r = dense_train(s->dense, s->e)) < 0 || (r = choose_threshold(s)) < 0 || (r = start_whatif(s)) < 0)
		return r;
	for (size_t i = 0; i < s->kept && r == OK; i++) {
		const size_t k = i % JUDGED_AT_ONCE, left = s->kept - i;
		const float *const raw = dense_kept(s->dense, i);

		if (k == 0)
			dense_score_kept(s->dense, i, left < JUDGED_AT_ONCE ? left : JUDGED_AT_ONCE, score);
		for (size_t c = 0; c < s->columns; c++)
			row[c] = (double)raw[c];
		r = judge(s, row, score[k], &s->truth[i]);
	}
	return r;
}

static int take_row(void *arg, const struct table_row *r)
{
	struct table_scan *const s = arg;
	struct truth truth;
	int code;

	if (s->dense == NULL && (code = begin(s, r)) < 0)
		return code;
	if (!s->trained && s->kept < s->o.rows_max)
		return keep(s, r);
	if (!s->trained) {
		report_note(&s->own,
			    "the network was trained on the first %zu rows; those behind them are judged by what it learned",
			    s->kept);
		if ((code = train(s)) < 0)
			return code;
	}
	truth = (struct truth){ r->row, (uint8_t)r->label, attack_find(s, r->attack) };
	return judge(s, r->value, dense_score(s->dense, r->value, NULL), &truth);
}

/* A file that has flows and no table of its own: their features are one. */
static int take_flow(void *arg, const struct flow *f)
{
	struct table_scan *const s = arg;
	const char *name[FEATURE_MAX];
	double value[FEATURE_MAX];
	struct flow_context context;

	if (s->context == NULL) {
		s->set = feature_set_find(flow_device(f, &s->o.input.home) != DEVICE_NONE && !isnan(f->ts) ? "full" : "basic");
		if ((s->context = context_new(&s->o.input.home)) == NULL)
			return err_set(s->e, ERR_NOMEM, "out of memory for a scan");
	}
	context_add(s->context, f, &context);
	feature_row(s->set, f, &context, value);
	for (size_t i = 0; i < s->set->n; i++)
		name[i] = s->set->feature[i]->name;
	return take_row(
		s, &(struct table_row){
			   .row = f->row, .n = s->set->n, .name = name, .value = value, .label = f->label, .attack = f->attack });
}

int table_scan_feed(struct table_scan *s, const void *data, size_t len, struct err *e)
{
	s->e = e;
	return reader_feed(s->reader, data, len, e);
}

int table_scan_finish(struct table_scan *s, struct err *e)
{
	int r;

	s->e = e;
	if ((r = reader_finish(s->reader, e)) < 0)
		return r;
	if (s->dense == NULL)
		return err_set(e, ERR_TOO_FEW, "the table has no rows that can be used");
	if (!s->trained && (r = train(s)) < 0)
		return r;
	if ((r = incident_end(s)) < 0)
		return r;
	return s->whatif != NULL ? whatif_finish(s->whatif, s->incidents, 0, e) : OK;
}

const struct whatif_table *table_scan_whatif(const struct table_scan *s)
{
	return s->whatif != NULL ? whatif_get(s->whatif) : NULL;
}

void table_scan_summary(struct table_scan *s, struct table_summary *out)
{
	s->report = *reader_report(s->reader);
	for (size_t i = 0; i < s->own.note_n; i++)
		report_note(&s->report, "%s", s->own.note[i]);
	*out = (struct table_summary){
		.rows = s->judged,
		.anomalies = s->anomalies,
		.incidents = s->incidents,
		.threshold = s->threshold,
		.mean_score = s->judged ? s->score_sum / (double)s->judged : 0,
		.max_score = s->score_max,
		.columns = s->columns,
		.trained = s->kept,
		.input = &s->report,
	};
	for (size_t i = 0; s->trained && i < s->columns; i++)
		out->columns_used += (size_t)dense_uses(s->dense, i);
}
