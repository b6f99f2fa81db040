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

/* Without the rules; 1 where nothing else took part. */
static double networks_p(const double by[COMPONENTS])
{
	double sum = 0, weights = 0;

	for (int i = 0; i < COMPONENTS; i++)
		if (weight[i] > 0 && !isnan(by[i])) {
			sum += weight[i] * cauchy(by[i]);
			weights += weight[i];
		}
	if (weights == 0)
		return isnan(by[BY_RULES]) ? (double)NAN : 1;
	sum /= weights;
	return sum > 1e8 ? 1 / (sum * PI) : 0.5 - atan(sum) / PI;
}

double fuse_p(const double by[COMPONENTS])
{
	double p = networks_p(by);

	if (by[BY_RULES] < p)
		p = by[BY_RULES];
	return p < DBL_MIN ? DBL_MIN : p;
}

void fuse_shares(const double by[COMPONENTS], double share[COMPONENTS])
{
	double sum = 0, most = -INFINITY;
	int top = COMPONENTS;

	for (int i = 0; i < COMPONENTS; i++) {
		const int counts = weight[i] > 0 && !isnan(by[i]);
		const double term = counts ? weight[i] * cauchy(by[i]) : 0;

		if (counts && term > most) {
			most = term;
			top = i;
		}
		share[i] = fmax(term, 0);
		sum += share[i];
	}
	if (by[BY_RULES] < networks_p(by))
		top = BY_RULES;
	for (int i = 0; i < COMPONENTS; i++)
		share[i] = top == BY_RULES || sum == 0 ? i == top : share[i] / sum;
}

double fuse_rule_p(double strength)
{
	return RULE_P / fmax(strength, 1);
}

double fuse_score(double p)
{
	return p >= 1 ? 0 : -log10(p);
}
