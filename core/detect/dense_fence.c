/* dense_fence: what stands out of the scores. */
#include "detect/dense_fence.h"

#include <math.h>

static const double FENCE_EXPECTED = 0.02, VALLEY = 7, GROUP_MAX = 0.4, BETWEEN_MAX = 0.1, STEP = 1.04, LEAST_EXCESS = 0.15;
static const double TINY = 1e-12; /* a score of 0 has no logarithm */

enum { LEAST_TAIL = 30 };

static double log_score(double s)
{
	return log(s + TINY);
}

static double tail_fence(const double *score, size_t n)
{
	const double from = log_score(score[(size_t)(0.80 * (double)(n - 1))]),
		     to = log_score(score[(size_t)(0.95 * (double)(n - 1))]);
	const double slope = (to - from) / log(4); /* 20 % above the one, 5 % above the other */

	return exp(to + slope * fmax(0, log(0.05 * (double)n / FENCE_EXPECTED)));
}

/* Rows with a score above s. */
static size_t above(const double *score, size_t n, double s)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (score[mid] > s)
			hi = mid;
		else
			lo = mid + 1;
	}
	return n - lo;
}

/*
 * The far side of the valley above the score of rank `last`, at least `least`, which most of the rows beyond must be above; +infinity: there is
 * none. log_sum[i]: of the logarithms before i.
 */
static double valley_above(const double *score, const double *log_sum, size_t n, size_t last, double least)
{
	const size_t twentieth = (last + 1) / 20, tail = twentieth > LEAST_TAIL ? twentieth : LEAST_TAIL;
	double excess, far;
	size_t beyond, between;

	if (last < 2 * tail)
		return INFINITY;
	excess = (log_sum[last + 1] - log_sum[last + 1 - tail]) / (double)tail - log_score(score[last - tail]);
	excess = fmax(excess, LEAST_EXCESS); /* many rows may be the same */
	far = exp(log_score(score[last]) + VALLEY * excess);
	beyond = above(score, n, far);
	between = n - 1 - last - beyond;
	if (beyond == 0 || (double)between > BETWEEN_MAX * (double)beyond || 2 * above(score, n, fmax(far, least)) < beyond)
		return INFINITY;
	return fmax(far, least);
}

double dense_fence(const double *score, double *log_sum, size_t n, double least)
{
	double fence = tail_fence(score, n), group = GROUP_MAX * (double)n;

	log_sum[0] = 0;
	for (size_t i = 0; i < n; i++)
		log_sum[i + 1] = log_sum[i] + log_score(score[i]);
	while (group >= 1) {
		const double far = valley_above(score, log_sum, n, n - 1 - (size_t)group, least);

		if (far < INFINITY) {
			fence = fmin(fence, far);
			break;
		}
		group /= STEP;
	}
	return fmax(fence, least);
}
