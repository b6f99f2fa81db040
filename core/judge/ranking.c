/* ranking: sorted once; each measure is one pass over the groups of equal scores. */
#include "judge/ranking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

struct item {
	double score;
	uint32_t at; /* place among the scores that were given */
	uint8_t attack;
};

struct ranking {
	size_t n, attacks, groups;
	struct item *item;
	uint32_t *group_end; /* [groups]: items before it belong to this group or an earlier one */
	uint32_t *tp;        /* [groups]: attacks before it */
};

static int highest_first(const void *a, const void *b)
{
	const struct item *const x = a, *const y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->at < y->at ? -1 : 1;
}

static void group(struct ranking *r)
{
	uint32_t tp = 0;

	for (size_t i = 0; i < r->n; i++) {
		tp += r->item[i].attack;
		if (i + 1 < r->n && r->item[i + 1].score == r->item[i].score)
			continue;
		r->group_end[r->groups] = (uint32_t)i + 1;
		r->tp[r->groups++] = tp;
	}
	r->attacks = tp;
}

int ranking_new(struct ranking **out, const double *score, const uint8_t *attack, size_t n, struct err *e)
{
	struct ranking *const r = calloc(1, sizeof(*r));

	if (n >= UINT32_MAX) {
		free(r);
		return err_set(e, ERR_RANGE, "%zu scores are more than can be judged at once", n);
	}
	if (r != NULL) {
		r->item = malloc((n + 1) * sizeof(*r->item));
		r->group_end = malloc((n + 1) * sizeof(*r->group_end));
		r->tp = malloc((n + 1) * sizeof(*r->tp));
	}
	if (r == NULL || r->item == NULL || r->group_end == NULL || r->tp == NULL) {
		ranking_del(r);
		return err_set(e, ERR_NOMEM, "out of memory for judging %zu scores", n);
	}
	r->n = n;
	for (size_t i = 0; i < n; i++) {
		if (isnan(score[i])) {
			ranking_del(r);
			return err_set(e, ERR_RANGE, "score %zu is no number", i);
		}
		r->item[i] = (struct item){ score[i], (uint32_t)i, attack[i] != 0 };
	}
	qsort(r->item, n, sizeof(*r->item), highest_first);
	group(r);
	*out = r;
	return OK;
}

void ranking_del(struct ranking *r)
{
	if (r == NULL)
		return;
	free(r->item);
	free(r->group_end);
	free(r->tp);
	free(r);
}

size_t ranking_n(const struct ranking *r)
{
	return r->n;
}

size_t ranking_attacks(const struct ranking *r)
{
	return r->attacks;
}

size_t ranking_points(const struct ranking *r)
{
	return r->groups;
}

struct ranking_point ranking_point(const struct ranking *r, size_t i)
{
	return (struct ranking_point){ r->item[r->group_end[i] - 1].score, r->tp[i], r->group_end[i] - r->tp[i] };
}

/* Weight of the attacks and of the rest. */
struct mass {
	double attack, rest;
};

/* Of the i-th group; *from is where it begins and moves to where the next does. */
static struct mass group_mass(const struct ranking *r, const double *weight, size_t i, size_t *from)
{
	struct mass m = { 0, 0 };

	if (weight == NULL) {
		const double attacks = r->tp[i] - (i > 0 ? r->tp[i - 1] : 0), all = r->group_end[i] - *from;

		m = (struct mass){ attacks, all - attacks };
	}
	for (size_t k = *from; weight != NULL && k < r->group_end[i]; k++)
		*(r->item[k].attack ? &m.attack : &m.rest) += weight[r->item[k].at];
	*from = r->group_end[i];
	return m;
}

static struct mass total(const struct ranking *r, const double *weight)
{
	struct mass m = { 0, 0 };

	if (weight == NULL)
		return (struct mass){ (double)r->attacks, (double)(r->n - r->attacks) };
	for (size_t k = 0; k < r->n; k++)
		*(r->item[k].attack ? &m.attack : &m.rest) += weight[r->item[k].at];
	return m;
}

double ranking_roc_auc(const struct ranking *r, const double *weight)
{
	const struct mass all = total(r, weight);
	double area = 0, tp = 0;
	size_t from = 0;

	if (!(all.attack > 0 && all.rest > 0))
		return NAN;
	for (size_t i = 0; i < r->groups; i++) {
		const struct mass m = group_mass(r, weight, i, &from);

		area += m.rest * (tp + m.attack / 2);
		tp += m.attack;
	}
	return area / (all.attack * all.rest);
}

double ranking_pr_auc(const struct ranking *r, const double *weight)
{
	const struct mass all = total(r, weight);
	double area = 0, tp = 0, flagged = 0;
	size_t from = 0;

	if (!(all.attack > 0))
		return NAN;
	for (size_t i = 0; i < r->groups; i++) {
		const struct mass m = group_mass(r, weight, i, &from);

		tp += m.attack;
		flagged += m.attack + m.rest;
		if (m.attack > 0)
			area += m.attack * tp / flagged;
	}
	return area / all.attack;
}

double ranking_tpr_at(const struct ranking *r, const double *weight, double fpr)
{
	const struct mass all = total(r, weight);
	double tp = 0, fp = 0, best = 0;
	size_t from = 0;

	if (!(all.attack > 0 && all.rest > 0))
		return NAN;
	for (size_t i = 0; i < r->groups && fp <= fpr * all.rest; i++) {
		const struct mass m = group_mass(r, weight, i, &from);

		tp += m.attack;
		fp += m.rest;
		if (fp <= fpr * all.rest)
			best = tp / all.attack;
	}
	return best;
}

double ranking_measure_roc(const struct ranking *r, const double *weight, double unused)
{
	(void)unused;
	return ranking_roc_auc(r, weight);
}

double ranking_measure_pr(const struct ranking *r, const double *weight, double unused)
{
	(void)unused;
	return ranking_pr_auc(r, weight);
}

/* Knuth's method; the mean is 1. */
static double poisson(struct rng *g)
{
	const double limit = 0.36787944117144233; /* exp(-1) */
	double p = rng_uniform(g);
	unsigned n = 0;

	for (; p > limit; n++)
		p *= rng_uniform(g);
	return n;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int ranking_interval(const struct ranking *r, ranking_measure m, double arg, size_t block, size_t replicates, uint64_t seed,
		     struct interval *out, struct err *e)
{
	double *const weight = malloc((r->n + 1) * sizeof(*weight)), *const value = malloc((replicates + 1) * sizeof(*value));
	struct rng g;
	size_t n = 0;

	if (weight == NULL || value == NULL) {
		free(weight);
		free(value);
		return err_set(e, ERR_NOMEM, "out of memory for %zu replicates of %zu scores", replicates, r->n);
	}
	rng_init(&g, seed);
	for (size_t k = 0; k < replicates; k++) {
		double w = 0;

		for (size_t i = 0; i < r->n; i++) {
			if (i % block == 0)
				w = poisson(&g);
			weight[i] = w;
		}
		value[n] = m(r, weight, arg);
		n += !isnan(value[n]);
	}
	qsort(value, n, sizeof(*value), ascending);
	*out = (struct interval){ NAN, NAN };
	if (n > 0)
		*out = (struct interval){ value[(size_t)(0.025 * (double)(n - 1) + 0.5)],
					  value[(size_t)(0.975 * (double)(n - 1) + 0.5)] };
	free(weight);
	free(value);
	return OK;
}
