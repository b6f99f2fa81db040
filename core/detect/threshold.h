/*
 * threshold: from the scores of traffic that is known to be normal to the score above which something is an anomaly.
 *
 * Strategies by name, one table:  sigma:K        mean + K standard deviations (population)
 *                                 percentile:P   the P-th percentile, 0 <= P <= 100, linear between ranks (numpy's default)
 *                                 fpr:X          conformal quantile: the least score with (1 + #above) / (n + 1) <= X; where n is too small for X,
 *                                                by the Pareto tail, not below the largest score
 *                                 pot, pot:Q     peaks over threshold: exceeded with probability Q (1e-4) by the Pareto tail (Siffer et al. 2017)
 *                                 budget:N/day   about N false incidents a day (/hour, /week) in a home network, see budget.h
 *                                 NUMBER         itself
 */
#ifndef DETECT_THRESHOLD_H
#define DETECT_THRESHOLD_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"

enum { THRESHOLD_STRATEGY = 32 }; /* bytes for its name */

struct threshold_input {
	const double *score;    /* [n], finite */
	const uint64_t *device; /* [n] whose it is; NULL: all of one */
	const double *ts;       /* [n] seconds, in any order, or NaN; NULL: there are no times */
	size_t n;
	double device_seconds; /* how long each device was observed, summed; 0: unknown */
	int log10_p; /* scores are -log10 of p-values: their tails are exponential (see pareto.h), and a threshold that was found is
				  FUSE_THRESHOLD_MOST (fuse.h) at most */
};

/* What was found, and what the data can support. */
struct threshold_result {
	char strategy[THRESHOLD_STRATEGY]; /* as asked for; "manual": a number */
	double value;
	double expected_rate; /* of normal traffic above value; NaN: unknown */
	double supported_rate; /* the least rate that so much data can show; a smaller expected_rate is an extrapolation; NaN: there were no data */
	const char *unit; /* of both */
	char note[240];   /* for people, one sentence or two; "" when there is nothing to say */
};

/* Check that text names a strategy. ERR_USAGE with the list of what is known. */
int threshold_check(const char *text, struct err *e);

/* Whether text is one that says the threshold itself. */
int threshold_is_number(const char *text);

/*
 * *out for the strategy in text. ERR_USAGE as above; ERR_RANGE: there are no scores, or no times, and the strategy needs them; ERR_TOO_FEW: too few
 * for a tail; ERR_NUMERIC: a score is not finite.
 */
int threshold_choose(const char *text, const struct threshold_input *in, struct threshold_result *out, struct err *e);

/* The same from error[n] without devices and times, the value alone. */
int threshold_find(const char *text, const float *error, size_t n, double *out, struct err *e);

/* {"strategy","value","expected_rate","supported_rate","unit","note"?}; null: unknown. The caller's. */
struct json_object *threshold_to_json(const struct threshold_result *r);

#endif
