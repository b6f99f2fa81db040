/* share: two splits, added. */
#include "detect/share.h"

#include <math.h>

static const double ENOUGH = 1e150; /* what is larger would not add up */

double share_step_error(const float *x, const float *y, size_t F, float score)
{
	double sum = 0;

	for (size_t f = 0; f < F; f++) {
		const double d = (double)x[f] - (double)y[f];

		sum += d * d;
	}
	return isfinite(sum) && isfinite(score) ? sum / (double)F : INFINITY;
}

/* share[] += part, split by weight[]; evenly where all weigh nothing. */
static void split(double part, const double *weight, size_t n, double *share)
{
	double sum = 0;

	for (size_t f = 0; f < n; f++)
		sum += weight[f];
	for (size_t f = 0; f < n; f++)
		share[f] += sum > 0 ? part * (weight[f] / sum) : part / (double)n;
}

static double at_most(double v)
{
	return v < ENOUGH ? fmax(v, 0) : ENOUGH; /* NaN too */
}

void share_flow(const struct detector *d, const double part[COMPONENTS], const float *x, const float *y, double *share)
{
	const size_t F = d->net.features;
	double weight[FEATURE_MAX];

	for (size_t f = 0; f < F; f++)
		share[f] = 0;
	if (part[BY_SEQUENCE] > 0) {
		const int finite = isfinite(share_step_error(x, y, F, 0));

		for (size_t f = 0; f < F; f++) {
			const double v = (double)x[f] - (finite ? (double)y[f] : 0);

			weight[f] = at_most(v * v);
		}
		split(part[BY_SEQUENCE], weight, F, share);
	}
	if (part[BY_PROFILE] > 0) {
		profile_score(&d->profile, x, weight);
		for (size_t f = 0; f < F; f++)
			weight[f] = at_most(weight[f]);
		split(part[BY_PROFILE], weight, F, share);
	}
}

size_t share_largest(const double *share, size_t n)
{
	size_t at = 0;

	for (size_t i = 1; i < n; i++)
		if (share[i] > share[at])
			at = i;
	return at;
}
