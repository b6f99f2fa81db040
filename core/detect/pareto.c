/* pareto: a fit in closed form on a grid of about sqrt(n) points. */
#include "detect/pareto.h"

#include <math.h>

enum { GRID_MAX = 128 };
static const double shape_least = 0.05, shape_most = 1, prior_shape = 0.5, prior_weight = 10, ln2 = 0.69314718055994530942,
		    ln10 = 2.30258509299404568402;

/* Mean of log(1 - theta x): the shape that is most likely for this theta = -shape / scale. */
static double mean_log(const double *x, size_t n, double theta)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += log1p(-theta * x[i]);
	return sum / (double)n;
}

/* Posterior mean of theta; equations 4 to 6 of the paper. x[n] > 0, rising. */
static double theta_mean(const double *x, size_t n)
{
	const size_t grid = 30 + (size_t)fmin(sqrt((double)n), GRID_MAX - 30);
	/* The lower quartile stands for the scale. */
	const double quarter = x[(size_t)((double)n / 4 + 0.5) - 1], top = x[n - 1];
	double theta[GRID_MAX], likelihood[GRID_MAX], best = -INFINITY, sum = 0, weighted = 0;

	for (size_t j = 0; j < grid; j++) {
		double k;

		theta[j] = 1 / top + (1 - sqrt((double)grid / ((double)j + 0.5))) / (3 * quarter);
		k = mean_log(x, n, theta[j]);
		likelihood[j] = (double)n * (log(-theta[j] / k) - k - 1);
		if (likelihood[j] > best)
			best = likelihood[j];
	}
	for (size_t j = 0; j < grid; j++) {
		const double weight = likelihood[j] > -INFINITY ? exp(likelihood[j] - best) : 0;

		sum += weight;
		weighted += weight * theta[j];
	}
	return weighted / sum;
}

struct pareto pareto_fit(const double *x, size_t n, double least)
{
	struct pareto p = { .scale = least, .shape = shape_least };
	double shape, theta, median, mean = 0;

	while (n > 0 && !(*x > 0)) {
		x++;
		n--;
	}
	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double)n;
	p.scale = fmax(mean * (1 - p.shape), least);
	if (n < PARETO_FEW)
		return p;
	theta = theta_mean(x, n);
	shape = mean_log(x, n, theta);
	if (!isfinite(shape) || !isfinite(theta) || !(-shape / theta > 0))
		return p;
	p.scale = -shape / theta;
	median = p.scale * (shape < 0 || shape > 0 ? expm1(shape * ln2) / shape : ln2);
	/* Another shape, the same median. */
	shape = ((double)n * shape + prior_weight * prior_shape) / ((double)n + prior_weight);
	p.shape = fmin(fmax(shape, shape_least), shape_most);
	p.scale = fmax(median * p.shape / expm1(p.shape * ln2), least);
	return p;
}

struct pareto pareto_fit_log10(const double *x, size_t n)
{
	double sum = prior_weight / ln10, weight = prior_weight;

	for (size_t i = 0; i < n; i++)
		if (x[i] > 0) {
			sum += x[i];
			weight++;
		}
	return (struct pareto){ .scale = sum / weight };
}

double pareto_above(const struct pareto *p, double x)
{
	const double z = x / p->scale;

	if (!(x > 0))
		return 1;
	return exp(p->shape > 0 ? -log1p(p->shape * z) / p->shape : -z);
}

double pareto_at(const struct pareto *p, double above)
{
	const double l = -log(above);

	return p->scale * (p->shape > 0 ? expm1(p->shape * l) / p->shape : l);
}
