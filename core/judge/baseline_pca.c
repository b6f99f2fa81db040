/* baseline_pca: what the main directions of benign rows do not explain. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baselines.h"

static const double least_scale = 0.05, clip = 8, explained = 0.95;

enum { SWEEPS = 64 };

/* Rotate rows and columns p, q of a and rows p, q of v so that a[p][q] vanishes. */
static void rotate(double *a, double *v, size_t n, size_t p, size_t q)
{
	const double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
	const double t = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;

	for (size_t k = 0; k < n; k++) {
		const double kp = a[k * n + p], kq = a[k * n + q];

		a[k * n + p] = c * kp - s * kq;
		a[k * n + q] = s * kp + c * kq;
	}
	for (size_t k = 0; k < n; k++) {
		const double pk = a[p * n + k], qk = a[q * n + k], vp = v[p * n + k], vq = v[q * n + k];

		a[p * n + k] = c * pk - s * qk;
		a[q * n + k] = s * pk + c * qk;
		v[p * n + k] = c * vp - s * vq;
		v[q * n + k] = s * vp + c * vq;
	}
}

static void swap_rows(double *v, size_t n, size_t a, size_t b)
{
	for (size_t k = 0; k < n; k++) {
		const double t = v[a * n + k];

		v[a * n + k] = v[b * n + k];
		v[b * n + k] = t;
	}
}

void jacobi_eigen(double *a, size_t n, double *value, double *vector)
{
	double norm = 0;

	memset(vector, 0, n * n * sizeof(*vector));
	for (size_t i = 0; i < n; i++)
		vector[i * n + i] = 1;
	for (size_t i = 0; i < n * n; i++)
		norm += a[i] * a[i];
	for (int sweep = 0; sweep < SWEEPS; sweep++) {
		double off = 0;

		for (size_t p = 0; p < n; p++)
			for (size_t q = p + 1; q < n; q++)
				off += a[p * n + q] * a[p * n + q];
		if (off <= 1e-28 * norm)
			break;
		for (size_t p = 0; p < n; p++)
			for (size_t q = p + 1; q < n; q++)
				if (a[p * n + q] != 0)
					rotate(a, vector, n, p, q);
	}
	for (size_t i = 0; i < n; i++)
		value[i] = a[i * n + i];
	for (size_t i = 0; i < n; i++) {
		size_t most = i;
		double t;

		for (size_t k = i + 1; k < n; k++)
			if (value[k] > value[most])
				most = k;
		t = value[i];
		value[i] = value[most];
		value[most] = t;
		swap_rows(vector, n, i, most);
	}
}

/* All of it in one block: (F,F) twice, then rows of F. */
struct pca {
	size_t F, kept;
	double *cov, *vector, *center, *scale, *mean, *value, *x;
};

static void scale_row(const struct pca *p, const double *level, double limit, double *x)
{
	for (size_t f = 0; f < p->F; f++)
		x[f] = fmax(-limit, fmin(limit, (level[f] - p->center[f]) / p->scale[f])) - p->mean[f];
}

static int fit_scale(struct pca *p, const double *level, size_t n, struct err *e)
{
	double *const column = malloc(n * sizeof(*column));

	if (column == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows of a baseline", n);
	for (size_t f = 0; f < p->F; f++) {
		double deviation;

		baseline_column(level, n, p->F, f, column);
		deviation = baseline_deviation(column, n);
		p->center[f] = baseline_quantile(column, n, 0.5);
		for (size_t i = 0; i < n; i++)
			column[i] = fabs(level[i * p->F + f] - p->center[f]);
		baseline_column(column, n, 1, 0, column);
		p->scale[f] = 1.4826 * baseline_quantile(column, n, 0.5);
		if (p->scale[f] <= 0) /* more than half alike, as with flags */
			p->scale[f] = deviation;
		p->scale[f] = fmax(p->scale[f], least_scale);
	}
	free(column);
	return OK;
}

static void fit_directions(struct pca *p, const double *level, size_t n)
{
	const size_t F = p->F;
	double all = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		scale_row(p, level + i * F, clip, p->x);
		for (size_t f = 0; f < F; f++)
			p->value[f] += p->x[f] / (double)n;
	}
	memcpy(p->mean, p->value, F * sizeof(*p->mean));
	for (size_t i = 0; i < n; i++) {
		scale_row(p, level + i * F, clip, p->x);
		for (size_t f = 0; f < F; f++)
			for (size_t k = 0; k < F; k++)
				p->cov[f * F + k] += p->x[f] * p->x[k] / (double)n;
	}
	jacobi_eigen(p->cov, F, p->value, p->vector);
	for (size_t f = 0; f < F; f++)
		all += p->value[f];
	while (p->kept < F && sum < explained * all)
		sum += p->value[p->kept++];
}

static double unexplained(const struct pca *p, const double *x)
{
	double rest = 0;

	for (size_t k = p->kept; k < p->F; k++) {
		double along = 0;

		for (size_t f = 0; f < p->F; f++)
			along += x[f] * p->vector[k * p->F + f];
		rest += along * along;
	}
	return rest;
}

int baseline_pca(const struct samples *train, const struct samples *test, uint64_t seed, double *score, struct err *e)
{
	const size_t F = train->F;
	double *level = NULL, *const block = calloc(2 * F * F + 5 * F + 1, sizeof(*block));
	struct pca p = { .F = F };
	int r;

	(void)seed;
	if (block == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a baseline");
	p.cov = block;
	p.vector = p.cov + F * F;
	p.center = p.vector + F * F;
	p.scale = p.center + F;
	p.mean = p.scale + F;
	p.value = p.mean + F;
	p.x = p.value + F;
	if ((r = baseline_levels(train, &level, e)) == OK && (r = fit_scale(&p, level, train->n, e)) == OK) {
		fit_directions(&p, level, train->n);
		free(level);
		level = NULL;
		r = test->n > 0 ? baseline_levels(test, &level, e) : OK;
	}
	for (size_t i = 0; i < test->n && r == OK; i++) {
		scale_row(&p, level + i * F, INFINITY, p.x);
		score[i] = unexplained(&p, p.x);
	}
	free(level);
	free(block);
	return r;
}
