/* fuse: Cauchy's combination. */
#include "detect/fuse.h"

#include <float.h>
#include <math.h>

static const double PI = 3.14159265358979323846;
static const double RULE_P = 1e-6;

static const double weight[COMPONENTS] = { [BY_SEQUENCE] = 1, [BY_PROFILE] = 3, [BY_DENSE] = 1 };

/* tan((1/2 - p) pi) without the cancellation near 0 and the pole at 1. */
static double cauchy(double p)
{
	if (p < 1e-8)
		return 1 / (p * PI);
	return p > 1 - 1e-8 ? -1 / (1e-8 * PI) : tan((0.5 - p) * PI);
}

double fuse_p(const double by[COMPONENTS])
{
	double sum = 0, weights = 0, p;

	for (int i = 0; i < COMPONENTS; i++)
		if (weight[i] > 0 && !isnan(by[i])) {
			sum += weight[i] * cauchy(by[i]);
			weights += weight[i];
		}
	if (weights > 0) {
		sum /= weights;
		p = sum > 1e8 ? 1 / (sum * PI) : 0.5 - atan(sum) / PI;
	} else {
		p = isnan(by[BY_RULES]) ? (double)NAN : 1;
	}
	if (by[BY_RULES] < p)
		p = by[BY_RULES];
	return p < DBL_MIN ? DBL_MIN : p;
}

double fuse_rule_p(double strength)
{
	return RULE_P / fmax(strength, 1);
}

double fuse_score(double p)
{
	return p >= 1 ? 0 : -log10(p);
}
