/* fit: the order of things, and the folds. */
#include "detect/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "nn/init.h"
#include "nn/plan.h"

static const double TRIM = 0.1; /* of the rows of a profile */
static const double floors[] = { [FEATURE_COUNT] = 0.3, [FEATURE_SIGNED] = 0.3, [FEATURE_FLAG] = 0.15 };

enum { NO_FOLD = -1 };

/* One network being made: of all folds, or of all but one. */
struct making {
	const struct rowset *s;
	const struct fit_options *o;
	const uint32_t *group; /* [file_n] */
	size_t group_n;
	int without;     /* the fold that is left out; NO_FOLD */
	int scaler_kept; /* the scaler is the caller's */
	double validation;
	struct detector *d;
	float *params;
	float *scaled; /* (s->n, F) */
	struct windows w;
};

static int in_fold(const struct making *m, size_t stream_row)
{
	const uint32_t g = m->group[m->s->about[stream_row].file];

	return m->without != NO_FOLD && (int)(g % m->o->folds) == m->without;
}

static void no_report(void *arg, const struct train_epoch *epoch)
{
	(void)arg;
	(void)epoch;
}

/* Take every k-th item of a group, so that no more than group_rows are taken. count: the group's items; seen: those before this one. */
static int chosen(const struct fit_options *o, size_t count, size_t seen)
{
	return o->group_rows == 0 || count <= o->group_rows || seen * o->group_rows / count != (seen + 1) * o->group_rows / count;
}

/* Rows to fit scaler and profile to: index[], into the set; returns how many. */
static size_t choose_rows(const struct making *m, size_t *index, size_t *count, size_t *seen)
{
	size_t n = 0;

	memset(count, 0, m->group_n * sizeof(*count));
	memset(seen, 0, m->group_n * sizeof(*seen));
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0, start = 0; i < m->s->stream_n; start = m->s->stream_end[i++]) {
			const size_t end =
				start < m->s->stream_end[i] ? rowset_cut(start, m->s->stream_end[i], m->validation) : start;
			const uint32_t g = end > start ? m->group[m->s->about[start].file] : 0;

			if (end <= start || in_fold(m, start))
				continue;
			for (size_t k = start; k < end; k++) {
				if (pass == 0)
					count[g]++;
				else if (chosen(m->o, count[g], seen[g]++))
					index[n++] = k;
			}
		}
	}
	return n;
}

static int fit_scaler(struct making *m, const size_t *index, size_t n, struct err *e)
{
	const size_t F = m->s->features->n;
	double floor[FEATURE_MAX];
	double *const part = malloc((n * F + 1) * sizeof(*part));
	int r;

	if (part == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows", n);
	for (size_t i = 0; i < n; i++)
		memcpy(part + i * F, m->s->row + index[i] * F, F * sizeof(*part));
	for (size_t f = 0; f < F; f++)
		floor[f] = floors[m->s->features->feature[f]->kind];
	r = scaler_fit_floored(&m->d->scaler, m->o->scaler_kind, floor, part, n, F, e);
	m->d->has_scaler = r == OK;
	free(part);
	return r;
}

/* What is usual is kept of the rows that scaler and profile are made of; too few of them say nothing, which is no error. */
static int fit_usual(struct making *m, const size_t *index, size_t n, struct err *e)
{
	const size_t F = m->s->features->n;
	double *part;
	int r;

	if (n < USUAL_FLOWS)
		return OK;
	if ((part = malloc(n * F * sizeof(*part))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows", n);
	for (size_t i = 0; i < n; i++)
		memcpy(part + i * F, m->s->row + index[i] * F, F * sizeof(*part));
	r = usual_fit(m->d->usual, m->s->features, part, n, e);
	m->d->has_usual = r == OK;
	free(part);
	return r;
}

/* Twice: of all, then of those that are not the most unusual tenth. */
static int fit_profile(struct making *m, const size_t *index, size_t n, struct err *e)
{
	const size_t F = m->s->features->n;
	float *const x = malloc((n * F + 1) * sizeof(*x));
	double *const score = malloc(2 * (n + 1) * sizeof(*score)), limit;
	size_t kept = 0;
	int r = x == NULL || score == NULL ? err_set(e, ERR_NOMEM, "out of memory for %zu rows", n) : OK;

	for (size_t i = 0; r == OK && i < n; i++)
		memcpy(x + i * F, m->scaled + index[i] * F, F * sizeof(*x));
	if (r < 0 || (r = profile_fit(&m->d->profile, x, NULL, n, F, e)) < 0)
		goto out;
	for (size_t i = 0; i < n; i++)
		score[i] = score[n + i] = profile_score(&m->d->profile, x + i * F, NULL);
	array_sort_doubles(score + n, n);
	limit = score[n + (size_t)((double)(n - 1) * (1 - TRIM))];
	for (size_t i = 0; i < n; i++)
		if (score[i] <= limit)
			memmove(x + kept++ * F, x + i * F, F * sizeof(*x));
	r = kept < 2 ? OK : profile_fit(&m->d->profile, x, NULL, kept, F, e);
out:
	free(x);
	free(score);
	return r;
}

/* No more than group_rows windows of a group, evenly spread; those of the fold that is left out, none. */
static void choose_windows(const struct making *m, const float **window, size_t *window_n, size_t *count, size_t *seen)
{
	const size_t F = m->s->features->n;
	size_t n = 0;

	memset(count, 0, m->group_n * sizeof(*count));
	memset(seen, 0, m->group_n * sizeof(*seen));
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < *window_n; i++) {
			const size_t row = (size_t)(window[i] - m->scaled) / F;
			const uint32_t g = m->group[m->s->about[row].file];

			if (in_fold(m, row))
				continue;
			if (pass == 0)
				count[g]++;
			else if (chosen(m->o, count[g], seen[g]++))
				window[n++] = window[i];
		}
	*window_n = n;
}

static int too_few(const struct making *m, struct err *e)
{
	return err_set(
		e, ERR_RANGE,
		"%zu %srows are too few: a window takes %zu neighbouring rows of one device in one file, and %.0f %% of each is "
		"set aside for validation",
		m->s->n, m->s->benign_only ? "benign " : "", m->d->net.steps, 100 * m->validation);
}

/* Scaler (unless there is one), profile, usual ranges, windows and weights. */
static int make(struct making *m, const struct train_options *train, train_report report, void *arg, struct train_result *result,
		struct err *e)
{
	const size_t F = m->s->features->n;
	size_t *const index = malloc((m->s->n + 1) * sizeof(*index));
	size_t *const count = malloc(2 * (m->group_n + 1) * sizeof(*count));
	size_t *seen;
	size_t n;
	int r = OK;

	m->scaled = malloc((m->s->n * F + 1) * sizeof(*m->scaled));
	if (index == NULL || count == NULL || m->scaled == NULL) {
		r = err_set(e, ERR_NOMEM, "out of memory for %zu rows", m->s->n);
		goto out;
	}
	seen = count + m->group_n;
	n = choose_rows(m, index, count, seen);
	if (n < 2) {
		r = too_few(m, e);
		goto out;
	}
	if (!m->d->has_scaler && (r = fit_scaler(m, index, n, e)) < 0)
		goto out;
	for (size_t i = 0; i < m->s->n; i++)
		scaler_apply(&m->d->scaler, m->s->row + i * F, m->scaled + i * F);
	if ((r = fit_profile(m, index, n, e)) < 0 || (m->without == NO_FOLD && (r = fit_usual(m, index, n, e)) < 0) ||
	    (r = windows_make(&m->w, m->s, m->scaled, m->d->net.steps, m->validation, e)) < 0)
		goto out;
	choose_windows(m, m->w.train, &m->w.train_n, count, seen);
	choose_windows(m, m->w.val, &m->w.val_n, count, seen);
	r = m->w.train_n == 0 ? too_few(m, e)
			      : train_run(&m->d->net, m->o->k, m->w.train, m->w.train_n, m->w.val, m->w.val_n, train,
					  report != NULL ? report : no_report, arg, m->params, result, e);
out:
	free(index);
	free(count);
	return r;
}

static void making_free(struct making *m)
{
	windows_free(&m->w);
	free(m->scaled);
}

/* Scores of the rows that calibrate: of the fold, or of the validation parts (all rows where there are none). */
static int score_held_out(const struct making *m, struct fit_scores *scores, struct err *e)
{
	struct plan *plan = NULL;
	int r = plan_new(&plan, &m->d->net, m->o->k, e);

	for (size_t i = 0, start = 0; i < m->s->stream_n && r == OK; start = m->s->stream_end[i++]) {
		const size_t end = m->s->stream_end[i];
		size_t from = start;

		if (m->without == NO_FOLD && m->validation > 0)
			from = rowset_cut(start, end, m->validation);
		if (from < end && (m->without == NO_FOLD || in_fold(m, start)))
			r = fit_score_rows(scores, m->d, plan, m->s, from, end, e);
	}
	plan_del(plan);
	return r;
}

/* A network without the fold, and its scores on it. Features that are there and a scaler of the caller's are kept as they are. */
static int run_fold(const struct making *whole, size_t fold, struct fit_scores *scores, struct err *e)
{
	struct detector d = { .net = whole->d->net, .features = whole->d->features };
	struct making m = *whole;
	struct train_options train = whole->o->train;
	struct train_result result;
	int r;

	if (whole->scaler_kept) {
		d.has_scaler = 1;
		d.scaler = whole->d->scaler;
	}
	m.without = (int)fold;
	m.validation = 0;
	m.d = &d;
	m.scaled = NULL;
	m.w = (struct windows){ 0 };
	m.params = malloc(network_param_n(&d.net) * sizeof(*m.params));
	if (m.params == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the weights");
	train.epochs = whole->o->fold_epochs ? whole->o->fold_epochs : train.epochs;
	network_bind(&d.net, m.params);
	if ((r = init_weights(&d.net, train.seed, m.params, e)) == OK && (r = make(&m, &train, NULL, NULL, &result, e)) == OK)
		r = score_held_out(&m, scores, e);
	if (r < 0)
		err_prefix(e, "without the rows of one fold");
	making_free(&m);
	free(m.params);
	return r;
}

/* The threshold of method lstm: of windows that were not trained on, where there are any. */
static int window_threshold(struct making *m, struct fit_result *out, struct err *e)
{
	const int held = m->w.val_n > 0;
	const float *const *const window = held ? m->w.val : m->w.train;
	const size_t n = held ? m->w.val_n : m->w.train_n;
	float *const error = malloc((n + 1) * sizeof(*error));
	struct plan *plan = NULL;
	void *scratch = NULL;
	int r = plan_new(&plan, &m->d->net, m->o->k, e);

	if (r == OK && ((scratch = aligned_alloc(64, plan_scratch_bytes(plan))) == NULL || error == NULL))
		r = err_set(e, ERR_NOMEM, "out of memory for the threshold");
	if (r == OK) {
		plan_score(plan, scratch, window, n, error, NULL);
		r = threshold_find(m->o->threshold, error, n, &m->d->threshold, e);
	}
	out->train_windows = m->w.train_n;
	out->val_windows = m->w.val_n;
	free(scratch);
	free(error);
	plan_del(plan);
	return r;
}

static int stopped(const struct fit_options *o)
{
	return o->train.stop != NULL && *o->train.stop;
}

int fit_detector(struct detector *d, float *params, const struct rowset *s, const struct fit_options *o, struct fit_result *out,
		 struct err *e)
{
	struct making m = { .s = s,
			    .o = o,
			    .without = NO_FOLD,
			    .validation = o->validation,
			    .scaler_kept = d->has_scaler,
			    .d = d,
			    .params = params };
	struct fit_scores scores = { 0 };
	uint32_t *const own = malloc((s->file_n + 1) * sizeof(*own));
	size_t folds;
	int r;

	if (own == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the groups");
	*out = (struct fit_result){ 0 };
	for (size_t i = 0; i < s->file_n; i++) {
		own[i] = o->group != NULL ? o->group[i] : (uint32_t)i;
		m.group_n = own[i] >= m.group_n ? own[i] + 1 : m.group_n;
	}
	m.group = own;
	folds = o->folds >= 2 && m.group_n >= o->folds ? o->folds : 0;
	if ((r = make(&m, &o->train, o->report, o->arg, &out->train, e)) < 0 || out->train.best_epoch == 0 ||
	    (r = window_threshold(&m, out, e)) < 0)
		goto out;
	for (size_t f = 0; f < folds && r == OK && !stopped(o); f++)
		r = run_fold(&m, f, &scores, e);
	if (r == OK && folds > 0 && stopped(o)) { /* networks that were hardly trained calibrate nothing */
		fit_scores_free(&scores);
		folds = 0;
	}
	if (r == OK && folds == 0)
		r = score_held_out(&m, &scores, e);
	if (r == OK)
		r = fit_calibrate(d, &scores, o->hybrid, &out->hybrid, e);
	out->folds = folds;
	out->calibration_n = scores.n;
	out->device_seconds = scores.device_seconds;
out:
	fit_scores_free(&scores);
	making_free(&m);
	free(own);
	return r;
}
