/*
 * baseline: simple detectors that ours is held against, in the same table, on the same rows, by the same protocol.
 *
 * name      learns from training rows                               score of a row
 * boxplot   quartiles of each feature (Tukey 1977)                  largest distance of a feature from its box, in IQRs (fences: 1.5)
 * iforest   100 trees of 256 rows (Liu, Ting & Zhou, ICDM 2008)     2^(-E(path length) / c(256))
 * pca       components with 95 % of the variance (Jolliffe 2002)    squared length of what they leave unexplained
 * All see log1p of the features (the sign kept); pca also scales them by median and MAD. What is no number counts as 0.
 */
#ifndef JUDGE_BASELINE_H
#define JUDGE_BASELINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct samples {
	size_t n, F;
	const double *row; /* (n,F), raw features */
};

struct baseline {
	const char *name, *title;
	/* score[test->n]; the same seed gives the same scores. ERR_TOO_FEW: no training rows; ERR_NOMEM. */
	int (*score)(const struct samples *train, const struct samples *test, uint64_t seed, double *score, struct err *e);
};

/* The i-th; NULL past the last. */
const struct baseline *baseline_get(size_t i);

/* sign(x) log1p(|x|); 0 for what is no finite number. */
double baseline_level(double x);

/* baseline_level() of all of s as a new (n,F) array. ERR_TOO_FEW: s is empty. */
int baseline_levels(const struct samples *s, double **out, struct err *e);

/*
 * The single feature that ranks attacks best, found on the judged rows themselves with both directions tried: no detector but an upper
 * bound of what one number can do, and to be called so. score[s->n] is that feature, turned so that higher means attack. attack[] is 0 or
 * 1; rows with use[] == 0 do not choose, use may be NULL. *auc is NaN (and scores 0) when there are no attacks or nothing else.
 */
struct best_feature {
	size_t feature;
	int inverted; /* low values mean attack */
	double auc;
};
int baseline_feature(struct best_feature *b, const struct samples *s, const uint8_t *attack, const uint8_t *use, double *score,
		     struct err *e);

/*
 * The least threshold whose false-alarm rate n benign scores support: above it the conformal p-value (1 + #{score >= s}) / (n + 1) is at most fpr
 * (Vovk, Gammerman & Shafer 2005). Infinity when n is too small for fpr.
 */
int baseline_threshold(const double *score, size_t n, double fpr, double *threshold, struct err *e);

#endif
