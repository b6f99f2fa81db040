/* dense_column: quantiles decide. */
#include "detect/dense_column.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"

/*
 * Deviations from the median in units of the inner quarter's: 3.8 for a normal distribution at 99.5 %, 6.6 for an exponential one; above
 * HEAVY it is something that spans orders of magnitude.
 */
static const double HEAVY = 7, SIGMAS = 4;

enum { LEAST_VALUES = 20 };

static double quantile(const double *v, size_t n, double q)
{
	return v[(size_t)(q * (double)(n - 1) + 0.5)];
}

/* Do values lie far outside of what the inner half of them says? v[n] is sorted. */
static int is_heavy(const double *v, size_t n)
{
	const double middle = quantile(v, n, 0.5);
	const double up = quantile(v, n, 0.75) - middle, down = middle - quantile(v, n, 0.25), inner = fmax(up, down);

	return quantile(v, n, 0.995) - middle > HEAVY * inner || middle - quantile(v, n, 0.005) > HEAVY * inner;
}

/* The logarithm's unit is the 10th percentile of the distances that are not 0: below it, it is linear. */
static void fit_log(struct dense_column *c, const double *v, double *d, size_t n)
{
	size_t k = 0;

	c->centre = v[0] >= 0 ? 0 : quantile(v, n, 0.5);
	for (size_t i = 0; i < n; i++)
		if (v[i] != c->centre)
			d[k++] = fabs(v[i] - c->centre);
	array_sort_doubles(d, k);
	if (k >= LEAST_VALUES) {
		c->unit = fmax(quantile(d, k, 0.1), 1e-30);
		/* where most are the same, the others say whether they span orders of magnitude */
		c->log = is_heavy(v, n) && quantile(d, k, 0.95) > 10 * c->unit;
	}
}

static double transform(const struct dense_column *c, double x)
{
	const double d = x - c->centre;

	return c->log ? copysign(log1p(fabs(d) / c->unit), d) : x;
}

/* How far the range reaches to one side: side 1 up, -1 down. */
static double reach(const struct dense_column *c, const double *v, size_t n, int side)
{
	static const struct {
		double quantile, sigmas;
	} level[] = { { 0.25, 0.674 }, { 0.1, 1.282 }, { 0.05, 1.645 }, { 0.01, 2.326 }, { 0, 4 } };
	const double middle = transform(c, quantile(v, n, 0.5));
	const double end = fabs(transform(c, side > 0 ? v[n - 1] : v[0]) - middle);

	for (size_t i = 0; i < sizeof(level) / sizeof(*level); i++) {
		const double q = side > 0 ? 1 - level[i].quantile : level[i].quantile;
		const double d = fabs(transform(c, quantile(v, n, q)) - middle);

		if (d > 0)
			return fmin(end, d * SIGMAS / level[i].sigmas);
	}
	return 0;
}

void dense_column_fit(struct dense_column *c, double *value, double *scratch, size_t n, size_t rows)
{
	double up, down;

	*c = (struct dense_column){ .unit = 1, .usual = { NAN, NAN, NAN } };
	if (n == 0)
		return;
	array_sort_doubles(value, n);
	for (int i = 0; i < 3; i++)
		c->usual[i] = quantile(value, n, (double[]){ 0.05, 0.5, 0.95 }[i]);
	if (n < LEAST_VALUES || n < rows / 100 || value[0] == value[n - 1])
		return;
	fit_log(c, value, scratch, n);
	up = reach(c, value, n, 1);
	down = reach(c, value, n, -1);
	c->low = transform(c, c->usual[1]) - down;
	c->range = up + down;
	c->used = c->range > 0 && isfinite(c->low) && isfinite(c->range);
}

float dense_column_scale(const struct dense_column *c, double x)
{
	const double y = (transform(c, x) - c->low) / c->range;

	return (float)fmin(fmax(y, -COLUMN_BEYOND), 1 + COLUMN_BEYOND);
}
