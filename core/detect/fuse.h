/*
 * fuse: one p-value out of several, and the score that is made of it.
 *
 * The networks' p-values are combined by Cauchy's distribution (Liu & Xie 2020, doi 10.1080/01621459.2018.1554485): the weighted mean of
 * tan((1/2 - p) pi) is Cauchy again, nearly whatever their dependence, so the result is a p-value. The weights: WEIGHT_PROFILE, WEIGHT_SEQUENCE.
 * An alarm of a rule lowers p to RULE_P / strength at most: a rule is a condition that benign traffic does not meet, but no measured rate
 * stands behind that number. A hint lowers nothing.
 */
#ifndef DETECT_FUSE_H
#define DETECT_FUSE_H

#include "detect/verdict.h"

/* A threshold above it would silence rules: their alarms score 6 or more. */
#define FUSE_THRESHOLD_MOST 5.9

/* by[]: p-values, NaN where a component took no part. In (0, 1]; NaN when all are. */
double fuse_p(const double by[COMPONENTS]);

/* The p-value that an alarm of this strength stands for. */
double fuse_rule_p(double strength);

/*
 * What part each component has in the fused p, hence in the score: >= 0, they sum to 1 (all 0 when no component took part). An alarm that
 * lowers p has all; else each the weighted tangent that is summed, negative ones 0; where none is positive, the largest has all.
 */
void fuse_shares(const double by[COMPONENTS], double share[COMPONENTS]);

/* -log10(p); larger is more unusual. */
double fuse_score(double p);

#endif
