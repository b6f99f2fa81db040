/* baseline: the table, what its rows share, and the best single feature. */
#include "judge/baseline.h"

#include <math.h>
#include <stdlib.h>

#include "judge/baselines.h"
#include "judge/ranking.h"

static const struct baseline table[] = {
	{ "boxplot", "box plot on log1p features", baseline_boxplot },
	{ "iforest", "isolation forest", baseline_iforest },
	{ "pca", "PCA reconstruction", baseline_pca },
};

const struct baseline *baseline_get(size_t i)
{
	return i < sizeof(table) / sizeof(*table) ? &table[i] : NULL;
}

double baseline_level(double x)
{
	return isfinite(x) ? copysign(log1p(fabs(x)), x) : 0;
}

int baseline_levels(const struct samples *s, double **out, struct err *e)
{
	double *v;

	if (s->n == 0 || s->F == 0)
		return err_set(e, ERR_TOO_FEW, "there are no benign rows for the baselines to learn from");
	v = malloc(s->n * s->F * sizeof(*v));
	if (v == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows of a baseline", s->n);
	for (size_t i = 0; i < s->n * s->F; i++)
		v[i] = baseline_level(s->row[i]);
	*out = v;
	return OK;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

void baseline_column(const double *row, size_t n, size_t F, size_t f, double *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = row[i * F + f];
	qsort(out, n, sizeof(*out), ascending);
}

double baseline_quantile(const double *v, size_t n, double q)
{
	const double rank = (double)(n - 1) * q;
	const size_t low = (size_t)rank, high = low + 1 < n ? low + 1 : low;

	return v[low] + (v[high] - v[low]) * (rank - (double)low);
}

double baseline_deviation(const double *v, size_t n)
{
	double mean = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		mean += v[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (v[i] - mean) * (v[i] - mean) / (double)n;
	return sqrt(squares);
}

/* The area under the curve of one feature over the rows that choose. */
static int feature_auc(const struct samples *s, size_t f, const uint8_t *attack, const uint8_t *use, double *value, uint8_t *truth,
		       double *auc, struct err *e)
{
	struct ranking *r = NULL;
	size_t n = 0;
	int code;

	for (size_t i = 0; i < s->n; i++) {
		if (use != NULL && !use[i])
			continue;
		value[n] = baseline_level(s->row[i * s->F + f]);
		truth[n++] = attack[i];
	}
	if ((code = ranking_new(&r, value, truth, n, e)) < 0)
		return code;
	*auc = ranking_roc_auc(r, NULL);
	ranking_del(r);
	return OK;
}

int baseline_feature(struct best_feature *b, const struct samples *s, const uint8_t *attack, const uint8_t *use, double *score,
		     struct err *e)
{
	uint8_t *const truth = malloc(s->n + 1);
	double *const value = malloc((s->n + 1) * sizeof(*value));
	int r = OK;

	*b = (struct best_feature){ .auc = NAN };
	if (truth == NULL || value == NULL)
		r = err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", s->n);
	for (size_t f = 0; f < s->F && r == OK; f++) {
		double auc = NAN;

		if ((r = feature_auc(s, f, attack, use, value, truth, &auc, e)) == OK && !isnan(auc) &&
		    (isnan(b->auc) || fmax(auc, 1 - auc) > b->auc))
			*b = (struct best_feature){ f, auc < 0.5, fmax(auc, 1 - auc) };
	}
	for (size_t i = 0; i < s->n && r == OK; i++) {
		const double v = isnan(b->auc) ? 0 : baseline_level(s->row[i * s->F + b->feature]);

		score[i] = b->inverted ? -v : v;
	}
	free(truth);
	free(value);
	return r;
}

int baseline_threshold(const double *score, size_t n, double fpr, double *threshold, struct err *e)
{
	const double above = floor(fpr * (double)(n + 1) * (1 + 1e-12)) - 1; /* calibration scores that may lie above */
	double *v;

	if (above < 0 || n == 0) {
		*threshold = INFINITY;
		return OK;
	}
	if ((v = malloc(n * sizeof(*v))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a threshold from %zu scores", n);
	baseline_column(score, n, 1, 0, v);
	*threshold = above >= (double)n ? -INFINITY : v[n - 1 - (size_t)above];
	free(v);
	return OK;
}
