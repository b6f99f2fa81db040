/*
 * ranking: how well scores tell attacks from the rest, whatever the threshold: ROC, precision-recall, and how sure that is.
 *
 * A higher score means more suspicious; equal scores are one threshold, so no order among them flatters the detector. No
 * rebalancing, no point adjustment (Kim et al., "Towards a Rigorous Evaluation of Time-Series Anomaly Detection", AAAI 2022,
 * show that random scores win with it).
 */
#ifndef JUDGE_RANKING_H
#define JUDGE_RANKING_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* n items, sorted by score, highest first; ties are groups. */
struct ranking;

/* score[n], finite or infinite; attack[n] is 0 or 1. Copies both. ERR_RANGE: a NaN; ERR_NOMEM. */
int ranking_new(struct ranking **out, const double *score, const uint8_t *attack, size_t n, struct err *e);
void ranking_del(struct ranking *r);

size_t ranking_n(const struct ranking *r);
size_t ranking_attacks(const struct ranking *r);

/*
 * weight[n], in the order given to ranking_new(), how often each item counts; NULL: once. All are NaN where there are no attacks
 * or, but for the average precision, nothing else.
 */

/* The area under the ROC curve: the chance that an attack scores higher than another item, ties counting half (Mann-Whitney). */
double ranking_roc_auc(const struct ranking *r, const double *weight);

/* The area under the precision-recall curve as average precision: the sum over thresholds of the gained recall times the precision there. */
double ranking_pr_auc(const struct ranking *r, const double *weight);

/* The largest share of attacks found by a threshold that flags at most a share `fpr` of the rest. Not interpolated: such a threshold exists. */
double ranking_tpr_at(const struct ranking *r, const double *weight, double fpr);

/* A point of the curves: everything that scores `threshold` or higher is flagged. */
struct ranking_point {
	double threshold;
	size_t tp, fp;
};

/* The point behind the i-th group of equal scores, i < ranking_points(). */
size_t ranking_points(const struct ranking *r);
struct ranking_point ranking_point(const struct ranking *r, size_t i);

struct interval {
	double low, high;
};

/*
 * A 95 % interval of a measure by the bootstrap over blocks: neighbouring flows are alike, so blocks of `block` consecutive items
 * (in the order given to ranking_new()) are drawn, not items (Künsch 1989). Each replicate counts each block Poisson(1) times, which
 * for many blocks is drawing with replacement. Replicates in which the measure is NaN are left out; both ends NaN when all are.
 */
typedef double (*ranking_measure)(const struct ranking *r, const double *weight, double arg);
int ranking_interval(const struct ranking *r, ranking_measure m, double arg, size_t block, size_t replicates, uint64_t seed,
		     struct interval *out, struct err *e);

/* The measures in the shape that ranking_interval() takes. */
double ranking_measure_roc(const struct ranking *r, const double *weight, double unused);
double ranking_measure_pr(const struct ranking *r, const double *weight, double unused);

#endif
