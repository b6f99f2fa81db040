/*
 * threshold: from the errors of traffic that is known to be normal to the error above which a window is an anomaly.
 *
 * Strategies by name, one table:  sigma:K        mean + K standard deviations (population)
 *                                 percentile:P   the P-th percentile, 0 <= P <= 100, linear between ranks (numpy's default)
 *                                 NUMBER         itself
 */
#ifndef DETECT_THRESHOLD_H
#define DETECT_THRESHOLD_H

#include <stddef.h>

#include "base/err.h"

/* Check that text names a strategy. ERR_USAGE with the list of what is known. */
int threshold_check(const char *text, struct err *e);

/* *out for the strategy in text, from error[n] (finite; not changed). ERR_USAGE as above; ERR_RANGE when n is 0 and errors are needed. */
int threshold_find(const char *text, const float *error, size_t n, double *out, struct err *e);

#endif
