/*
 * dense_fence: the score above which a row is anomalous, from scores among which there may be anomalous ones, nobody knows how many.
 *
 * The lower of two:
 * tail    the survival function between the 80th and the 95th percentile, carried on as a power law (Pareto: heavier than what errors have, so that
 *         a long tail is no alarm) to where FENCE_EXPECTED of n rows are expected.
 * valley  the lowest score s with hardly any rows above it for VALLEY times the mean log excess of the rows just below it (Hill 1975, over the
 *         largest 5 % of the rows up to s), but ten times as many beyond, most of them above `least`: a group of its own, of up to 40 % of
 * the rows. Where the scores thin
 *         out steadily there is none, however heavy the tail.
 * Never below `least`: errors that look large only because most rows have next to none.
 */
#ifndef DETECT_DENSE_FENCE_H
#define DETECT_DENSE_FENCE_H

#include <stddef.h>

/* score[n], rising, finite, >= 0; n >= 1. log_sum[n + 1] is scratch. */
double dense_fence(const double *score, double *log_sum, size_t n, double least);

#endif
