/*
 * pareto: the generalised Pareto distribution, which excesses over a high level come close to whatever they are drawn from (Pickands 1975).
 *
 *   P(X > x) = (1 + shape x / scale)^(-1/shape), x >= 0; exp(-x / scale) for shape 0
 */
#ifndef DETECT_PARETO_H
#define DETECT_PARETO_H

#include <stddef.h>

enum { PARETO_FEW = 6 };

struct pareto {
	double scale; /* > 0 */
	double shape; /* [0, 1]: never a shape below 0, whose distribution has an end, beyond which all were alike */
};

/*
 * Fit x[n], rising and >= 0; zeros are left out. Zhang & Stephens 2009 (Technometrics 51, 316: the likelihood, averaged over a grid), which
 * needs no starting point. The shape is drawn towards 0.5 as by 10 more observations (Vehtari et al. 2024, arXiv 1507.02646, appendix), because
 * from few of them it is mostly noise, and a tail that is too thin is what gives false alarms; it is kept within [0.05, 1]. The median stays.
 * With fewer than PARETO_FEW of them it has their mean and that least shape.
 * least: the scale is not below it; > 0.
 */
struct pareto pareto_fit(const double *x, size_t n, double least);

/*
 * The same for x that are above a level on a scale of -log10(p): were the p-values exact, they would be exponential with mean 1 / ln 10, and a
 * shape of more than 0 would be absurd: it says that p = 1e-30 happens. So shape 0, and their mean drawn to that as by 10 more observations.
 */
struct pareto pareto_fit_log10(const double *x, size_t n);

/* P(X > x); 1 for x <= 0; 0 when it is too small for a double. */
double pareto_above(const struct pareto *p, double x);

/* The x with P(X > x) = above, (0, 1]; +infinity for 0. */
double pareto_at(const struct pareto *p, double above);

#endif
