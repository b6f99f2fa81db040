/*
 * calibration: from a score to how unusual it is: the share of benign flows that score as high or higher.
 *
 * In the body it is the conformal p-value (1 + #{calibration >= score}) / (n + 1) (Vovk et al. 2005; Bates et al. 2023, arXiv 2104.08279), exact
 * at the points that are kept and linear between them, which never says less than the exact one between neighbours.
 * In the tail, the largest 2 % but 30 to 250 scores (and at most half of them), a generalised Pareto distribution (Pickands 1975; as SPOT does,
 * Siffer et al. 2017; the fit: pareto.h) carries on, continuous with the body and strictly falling, so that scores beyond everything
 * seen keep their order. No more than 250, because that fits as well as it needs to, and scores that have an upper end (inputs are clipped)
 * then are told apart by counts for longer. Where more scores than that are alike at the top, the tail begins a little above them, at 1/(n+1).
 * It promises no less than 1/(n+1): what is below is an extrapolation, and calibration_floor() says where it begins.
 */
#ifndef DETECT_CALIBRATION_H
#define DETECT_CALIBRATION_H

#include <stddef.h>

#include <json-c/json.h>

#include "base/err.h"
#include "detect/pareto.h"

enum { CALIBRATION_POINTS = 256, CALIBRATION_LEAST = 20 };

struct calibration {
	size_t n;                         /* scores it was made of */
	size_t points;                    /* of the body, at least 2; the last is where the tail begins */
	double score[CALIBRATION_POINTS]; /* rising */
	double p[CALIBRATION_POINTS];     /* falling, from 1 */
	struct pareto tail;               /* of what is above the last point */
};

/*
 * score[n], finite, in any order, not changed. ERR_TOO_FEW: fewer than CALIBRATION_LEAST; ERR_NUMERIC: one is not finite, or beyond 1e300;
 * ERR_NOMEM.
 */
int calibration_fit(struct calibration *c, const double *score, size_t n, struct err *e);

/* The same for scores that are -log10 of p-values: with the tail that such have. */
int calibration_fit_log10(struct calibration *c, const double *score, size_t n, struct err *e);

/* In (0, 1]; falling in score; +infinity, or no number, gives DBL_MIN, never 0. */
double calibration_p(const struct calibration *c, double score);

/* The inverse: the score whose p-value is p; the least score for p >= 1, +infinity for p <= 0. */
double calibration_score(const struct calibration *c, double p);

/* The least p that the data support: 1/(n+1). */
double calibration_floor(const struct calibration *c);

/* {"n":…,"score":[…],"p":[…],"tail":{"scale":…,"shape":…}}, bit for bit the same when read again. The caller's; NULL: memory is out. */
struct json_object *calibration_to_json(const struct calibration *c);

/* *c is filled on success only. ERR_FORMAT, ERR_RANGE: what it says cannot have been written by calibration_to_json(). */
int calibration_from_json(struct calibration *c, struct json_object *obj, struct err *e);

#endif
