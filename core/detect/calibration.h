/*
 * calibration: from a score to how unusual it is: the share of benign flows that score as high or higher.
 *
 * In the body it is the conformal p-value (1 + #{calibration >= score}) / (n + 1) (Vovk et al. 2005; Bates et al. 2023, arXiv 2104.08279).
 * In the tail, the largest 2 % but at least 30 scores, a generalised Pareto distribution (Pickands 1975; as SPOT does, Siffer et al. 2017)
 * carries on, continuous with the body and strictly falling, so that scores beyond everything seen keep their order.
 * It promises no less than 1/(n+1): what is below is an extrapolation, and calibration_floor() says where it begins.
 */
#ifndef DETECT_CALIBRATION_H
#define DETECT_CALIBRATION_H

#include <stddef.h>

#include <json-c/json.h>

#include "base/err.h"

enum { CALIBRATION_POINTS = 256 };

struct calibration {
	size_t n;      /* scores it was made of */
	size_t points; /* of the body: quantiles, rising */
	double score[CALIBRATION_POINTS];
	double p[CALIBRATION_POINTS];  /* falling, (0, 1] */
	double tail_from, tail_p;      /* where the tail begins and p there */
	double tail_scale, tail_shape; /* of the Pareto distribution; shape >= 0: an end would flatten what is beyond it */
};

/* score[n], finite, in any order, not changed. ERR_RANGE: fewer than 20; ERR_NUMERIC: one is not finite; ERR_NOMEM. */
int calibration_fit(struct calibration *c, const double *score, size_t n, struct err *e);

/* In (0, 1]; falling in score; +infinity gives DBL_MIN, never 0. */
double calibration_p(const struct calibration *c, double score);

/* The least p that the data support: 1/(n+1). */
double calibration_floor(const struct calibration *c);

struct json_object *calibration_to_json(const struct calibration *c); /* the caller's; NULL: memory is out */
int calibration_from_json(struct calibration *c, struct json_object *obj, struct err *e);

#endif
