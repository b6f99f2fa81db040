/*
 * share: what part each feature of a flow has in its score, exactly.
 *
 * The sequence's part is split by the squared errors (x - y)^2 of the flow's own step, of which its error is the mean; the profile's by the
 * parts of its score (profile.h), negative ones 0. Where the network gave no finite answer there is no error to split: then by x^2.
 */
#ifndef DETECT_SHARE_H
#define DETECT_SHARE_H

#include <stddef.h>

#include "detect/detector.h"
#include "detect/verdict.h"

/* Mean squared error of F numbers and what the network made of them; +infinity when that, or the whole window's score, is not finite. */
double share_step_error(const float *x, const float *y, size_t F, float score);

/*
 * share[F], >= 0: the sum is part[BY_SEQUENCE] + part[BY_PROFILE], within rounding. x[F] scaled, y[F] reconstructed; y may be NULL where
 * part[BY_SEQUENCE] is 0. A detector without profile has no part[BY_PROFILE].
 */
void share_flow(const struct detector *d, const double part[COMPONENTS], const float *x, const float *y, double *share);

/* The place of the largest of share[n], the first of equals. */
size_t share_largest(const double *share, size_t n);

#endif
