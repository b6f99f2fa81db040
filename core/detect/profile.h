/*
 * profile: what single flows of benign traffic look like: mean and covariance of the scaled features, and how far a flow is from that:
 * Mahalanobis' distance with a ridge (Ledoit & Wolf 2004 shrink to the identity for the same reason: directions in which training shows
 * hardly any variance must not decide alone).
 *
 *   score = (1/F) (x - m)' (S + RIDGE F I)^-1 (x - m)
 *
 * Closed form: the same rows give the same profile, no seed and no epochs. F^2 multiplications a flow.
 */
#ifndef DETECT_PROFILE_H
#define DETECT_PROFILE_H

#include <stddef.h>

#include <json-c/json.h>

#include "base/err.h"
#include "feature/feature.h"

struct profile {
	size_t n; /* features */
	double mean[FEATURE_MAX];
	double precision[FEATURE_MAX * FEATURE_MAX]; /* (n,n), symmetric: the inverse above, divided by n */
};

/* From scaled rows x (row_n, n) with weights w[row_n] (NULL: all 1). ERR_TOO_FEW: fewer than 2 rows; ERR_NUMERIC; ERR_NOMEM. */
int profile_fit(struct profile *p, const float *x, const double *w, size_t row_n, size_t n, struct err *e);

/* >= 0; part[n], unless NULL: each feature's share, they sum to the score; one below 0 is less unusual than the others make expect. */
double profile_score(const struct profile *p, const float *x, double *part);

struct json_object *profile_to_json(const struct profile *p); /* the caller's; NULL: memory is out */

/* *p is filled on success only. ERR_FORMAT, ERR_RANGE: no profile_fit() can have made it. */
int profile_from_json(struct profile *p, struct json_object *obj, struct err *e);

#endif
