/* evaluate_file: the contestants of one file, their measures, and what is wrong with the comparison. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/evaluate.h"
#include "detect/references.h"

static struct contestant *add(struct evaluated *f, const char *name, const char *title, struct err *e)
{
	struct contestant *const c = &f->c[f->n];

	*c = (struct contestant){ .title = title, .threshold = NAN };
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->answer = malloc((f->test.n + 1) * sizeof(*c->answer));
	if (f->n == CONTESTANT_MAX || c->answer == NULL) {
		free(c->answer);
		err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", f->test.n);
		return NULL;
	}
	f->n++;
	return c;
}

static void answer_all(struct contestant *c, const double *score, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c->answer[i] = (struct answer){ .score = score[i], .p = NAN, .alarm = score[i] > c->threshold };
}

/* The rows of f->all that are judged, in order: what stands at test row i. */
static int is_judged(const struct evaluation *ev, const struct evaluated *f, size_t i)
{
	return ev->protocol != PROTOCOL_TIME || f->part[i] == PART_TEST;
}

static int add_ours(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	static const char *const titles[METHOD_N] = {
		[METHOD_LSTM] = "our LSTM autoencoder, error of each flow",
		[METHOD_DENSE] = "our dense autoencoder, trained on the upload",
		[METHOD_HYBRID] = "our detector: network, profile and rules together",
	};
	static const int order[METHOD_N] = { METHOD_HYBRID, METHOD_LSTM, METHOD_DENSE };

	for (size_t k = 0; k < METHOD_N; k++) {
		const int m = order[k];
		struct contestant *c;
		size_t n = 0;

		if (!ev->method[m])
			continue;
		if ((c = add(f, scan_method_name((enum scan_method)m), titles[m], e)) == NULL)
			return ERR_NOMEM;
		c->ours = 1;
		c->incidents = m != METHOD_DENSE;
		c->threshold = f->threshold[m];
		for (size_t i = 0; i < f->all.n; i++)
			if (is_judged(ev, f, i))
				c->answer[n++] = f->ours[m][i];
		if (f->retrained.plan != NULL && m != METHOD_DENSE)
			snprintf(c->note, sizeof(c->note), "trained anew on what the protocol lets it learn from");
		if (m == METHOD_DENSE)
			snprintf(c->note, sizeof(c->note), "is trained on the file itself, attacks included: that is how it works");
	}
	return OK;
}

/* The split of the one feature with the best F1: as its choice, an upper bound. */
static int best_split(struct evaluated *f, struct contestant *c, const double *score, struct err *e)
{
	struct ranking *r = NULL;
	double best = 0;
	int code;

	c->threshold = INFINITY;
	answer_all(c, score, f->test.n);
	if ((code = measure_ranking(&r, &f->test, c->answer, e)) < 0)
		return code;
	for (size_t i = 0; i < ranking_points(r); i++) {
		const struct ranking_point p = ranking_point(r, i);
		const double f1 = 2 * (double)p.tp / (double)(p.tp + p.fp + ranking_attacks(r));

		if (f1 <= best)
			continue;
		best = f1;
		c->threshold = nextafter(p.threshold, -INFINITY);
	}
	ranking_del(r);
	answer_all(c, score, f->test.n);
	return OK;
}

static int add_best_feature(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	uint8_t *const attack = malloc(f->test.n + 1), *const use = malloc(f->test.n + 1);
	double *const score = malloc((f->test.n + 1) * sizeof(*score));
	struct contestant *const c = add(f, "best_feature", "best single feature", e);
	int r = c != NULL && attack != NULL && use != NULL && score != NULL ? OK : err_set(e, ERR_NOMEM, "out of memory");

	for (size_t i = 0; i < f->test.n && r == OK; i++) {
		attack[i] = f->test.flow[i].truth == TRUTH_ATTACK;
		use[i] = f->test.flow[i].truth != TRUTH_NONE;
	}
	if (r == OK)
		r = baseline_feature(&f->best, &(struct samples){ f->test.n, f->test.F, f->test.feature }, attack, use, score, e);
	if (r == OK && (r = best_split(f, c, score, e)) == OK) {
		snprintf(c->note, sizeof(c->note),
			 "an upper bound: %s, %s meaning attack, and its split were chosen by the judged rows",
			 ev->features->feature[f->best.feature]->name, f->best.inverted ? "low" : "high");
		if (isnan(f->best.auc))
			snprintf(c->note, sizeof(c->note), "there is nothing to choose by");
	}
	free(attack);
	free(use);
	free(score);
	return r;
}

/* Calibration and test rows go through a baseline together, so that it learns once. */
static int add_baselines(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	const size_t cal = f->calibrate.n, n = cal + f->test.n, F = f->test.F;
	double *const row = malloc((n * F + 1) * sizeof(*row)), *const score = malloc((n + 1) * sizeof(*score));
	int r = row == NULL || score == NULL ? err_set(e, ERR_NOMEM, "out of memory for the baselines") : OK;

	if (r == OK && cal > 0)
		memcpy(row, f->calibrate.feature, cal * F * sizeof(*row));
	if (r == OK)
		memcpy(row + cal * F, f->test.feature, f->test.n * F * sizeof(*row));
	for (size_t i = 0; r == OK && f->train.n > 0 && baseline_get(i) != NULL; i++) {
		const struct baseline *const b = baseline_get(i);
		struct contestant *const c = add(f, b->name, b->title, e);

		r = c == NULL ? ERR_NOMEM
			      : b->score(&(struct samples){ f->train.n, F, f->train.feature }, &(struct samples){ n, F, row },
					 ev->seed, score, e);
		if (r == OK && (r = baseline_threshold(score, cal, ev->fpr, &c->threshold, e)) == OK) {
			answer_all(c, score + cal, f->test.n);
			snprintf(c->note, sizeof(c->note),
				 "its threshold is for a false-alarm rate of %g, from %zu calibration flows", ev->fpr, cal);
		}
	}
	free(row);
	free(score);
	return r;
}

/* Scores for all rows of the file become those of the judged ones. */
static void answer_judged(const struct evaluation *ev, struct evaluated *f, struct contestant *c, double *score)
{
	size_t n = 0;

	for (size_t i = 0; i < f->all.n; i++)
		if (is_judged(ev, f, i))
			score[n++] = score[i];
	answer_all(c, score, n);
}

/* The rows of a file by the features of the model, in the order of the file. The caller's. */
static int model_rows(struct evaluation *ev, struct evaluated *f, const struct feature_set *set, double **out, struct err *e)
{
	struct rowset s = { .features = set, .input = ev->input };
	struct judged j = { .F = set->n };
	int r = rowset_read_as(&s, evaluated_path(f), f->name, NULL, e);

	for (size_t i = 0; i < s.n && r == OK; i++)
		r = judged_add(&j, &(struct judged_flow){ .row = s.about[i].row }, NULL, &(struct answer){ 0 }, s.row + i * set->n,
			       e);
	rowset_free(&s);
	if (r == OK)
		r = judged_sort(&j, e);
	if (r == OK) {
		*out = j.feature;
		j.feature = NULL;
	}
	judged_free(&j);
	return r;
}

static int add_references(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	const struct model *const like = f->used == &ev->plain ? &ev->plain : &ev->model;
	double *const score = malloc((f->all.n + 1) * sizeof(*score)), *row = NULL;
	struct contestant *c;
	int r = score == NULL ? err_set(e, ERR_NOMEM, "out of memory for the references") : OK;

	if (r == OK && f->all.n >= plan_steps(like->plan)) {
		if ((c = add(f, "reference_lstm", "reference 1: LSTM, scaler refitted on the upload, sigma:3 of its own errors",
			     e)) == NULL)
			r = ERR_NOMEM;
		else if ((r = model_rows(ev, f, like->detector.features, &row, e)) == OK)
			r = reference_lstm(like->plan, row, f->all.n, score, &c->threshold, e);
		if (r == OK) {
			answer_judged(ev, f, c, score);
			snprintf(c->note, sizeof(c->note), "its scaler and its threshold saw the judged rows");
		}
	}
	if (r == OK) {
		if ((c = add(f, "reference_dense", "reference 2: dense autoencoder on the upload, 95th percentile of the same file",
			     e)) == NULL)
			r = ERR_NOMEM;
		else
			r = reference_dense(ev->kernel, ev->seed, f->all.feature, f->all.n, f->all.F, score, &c->threshold, e);
		if (r == OK) {
			answer_judged(ev, f, c, score);
			snprintf(c->note, sizeof(c->note), "its training, its scaler and its threshold saw the judged rows");
		}
	}
	free(row);
	free(score);
	return r;
}

/* A model whose scaler is, to the bit, the one that the file itself gives has seen the file. */
static int scaler_is_of(const struct evaluation *ev, const struct evaluated *f)
{
	const struct detector *const d = &f->used->detector;
	struct scaler s;

	if (!d->has_scaler || d->features != ev->features ||
	    scaler_fit(&s, d->scaler.kind, f->all.feature, f->all.n, f->all.F, NULL) < 0)
		return 0;
	return memcmp(s.center, d->scaler.center, s.n * sizeof(*s.center)) == 0 &&
	       memcmp(s.scale, d->scaler.scale, s.n * sizeof(*s.scale)) == 0;
}

/* Does the model's own account of its training have a file of this name? */
static int names_file(const char *training, const char *path)
{
	const char *const slash = strrchr(path, '/');
	char quoted[300];

	snprintf(quoted, sizeof(quoted), "\"%.250s\"", slash != NULL ? slash + 1 : path);
	return training != NULL && strstr(training, quoted) != NULL;
}

/* What the model itself tells of where it comes from. */
static void find_model_leaks(struct evaluation *ev, struct evaluated *f)
{
	const char *const training = f->used->detector.training;
	struct leaks *const l = &f->leaks;

	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->c[i].name, "hybrid") == 0) /* its threshold is -log10 of a rate */
			leak_calibration(l, f->used->detector.profile_p.n, "calibration flows of the model",
					 pow(10, -f->c[i].threshold));
	if (f->used == &f->retrained)
		return;
	if (training != NULL && strstr(training, f->digest) != NULL)
		leak_trained_on(l, "this very file, by its SHA-256");
	else if (names_file(training, f->name))
		leak_trained_on(l, "a file of this name");
	if (scaler_is_of(ev, f))
		leak_scaler(l, "the model");
}

static int find_leaks(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	struct leaks *const l = &f->leaks;
	int r;

	if ((r = leak_shared(l, &f->train, &f->test, ev->T, e)) < 0 || (r = leak_duplicates(l, &f->test, e)) < 0)
		return r;
	if (f->used != NULL)
		find_model_leaks(ev, f);
	leak_attacks(l, &f->all, &f->test);
	leak_training(l, &f->train);
	if (!isnan(f->best.auc))
		leak_feature(l, ev->features->feature[f->best.feature]->name, f->best.inverted, f->best.auc);
	leak_calibration(l, f->calibrate.n >= ev->T ? f->calibrate.n - ev->T + 1 : 0, "calibration windows", ev->fpr);
	return OK;
}

static int measure_all(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	const struct measure_options o = { .T = ev->T, .replicates = ev->replicates, .seed = ev->seed };
	int r = OK;

	for (size_t i = 0; i < f->n && r == OK; i++) {
		struct contestant *const c = &f->c[i];

		if ((r = measure_flows(&c->flow, &f->test, c->answer, &o, e)) < 0 ||
		    (r = measure_windows(&c->window, &f->test, c->answer, &o, e)) < 0 ||
		    (r = measure_labels(&c->label, &c->label_n, &f->test, c->answer, e)) < 0)
			break;
		if (c->incidents && (r = measure_incidents(&c->incident, &f->test, c->answer, e)) == OK)
			r = measure_confusion(&c->cell, &c->cell_n, &f->test, c->answer, e);
	}
	return r;
}

int evaluate_file(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	static const struct {
		int (*run)(struct evaluation *, struct evaluated *, struct err *);
		double share;
	} steps[] = {
		{ add_ours, 0 },         { add_best_feature, 0.02 }, { add_baselines, 0.18 },
		{ add_references, 0.22 }, { find_leaks, 0.2 },        { measure_all, 0.38 },
	};
	double done = 0;
	int r = OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && r == OK; i++) {
		r = steps[i].run(ev, f, e);
		evaluate_tell(ev, done += steps[i].share, 0);
	}
	return r;
}

void evaluation_free(struct evaluation *ev)
{
	for (size_t i = 0; i < ev->file_n; i++) {
		struct evaluated *const f = &ev->file[i];

		for (size_t k = 0; k < f->n; k++) {
			free(f->c[k].answer);
			free(f->c[k].label);
			free(f->c[k].cell);
		}
		for (size_t m = 0; m < METHOD_N; m++)
			free(f->ours[m]);
		judged_free(&f->all);
		judged_free(&f->train);
		judged_free(&f->calibrate);
		judged_free(&f->test);
		free(f->part);
		model_close(&f->retrained);
	}
	free(ev->file);
	judged_free(&ev->given);
	model_close(&ev->model);
	model_close(&ev->plain);
}
