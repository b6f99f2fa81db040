/*
 * scaler: from raw features to what the network is fed; fitted once, on training rows only, and stored with the model.
 *
 *   y = (x' - center) / scale, then clipped to [-clip, clip] when clip > 0;  x' = x, or log1p(x) when log1p is set
 *
 * kind       center   scale                               log1p  clip
 * standard   mean     population standard deviation       no     none   (scikit-learn's StandardScaler)
 * robust     median   1.4826 MAD, floored (see .c)        yes    8      (Leys et al. 2013, doi 10.1016/j.jesp.2013.03.013)
 * minmax     minimum  maximum - minimum                   no     none   (scikit-learn's MinMaxScaler)
 * A scale of 0 (a constant feature) becomes 1. log1p of a negative x is -log1p(-x).
 */
#ifndef FEATURE_SCALER_H
#define FEATURE_SCALER_H

#include <stddef.h>

#include <json-c/json.h>

#include "base/err.h"
#include "feature/feature.h"

enum scaler_kind { SCALER_STANDARD, SCALER_ROBUST, SCALER_MINMAX };

struct scaler {
	enum scaler_kind kind;
	size_t n; /* features */
	int log1p;
	double clip; /* 0: none */
	double center[FEATURE_MAX];
	double scale[FEATURE_MAX]; /* > 0 */
};

int scaler_kind_find(const char *name,
		     enum scaler_kind *kind); /* "standard", "robust", "minmax"; ERR_UNSUPPORTED without a message */
const char *scaler_kind_name(enum scaler_kind kind);

/* Fit on rows[row_n][n], row-major. ERR_RANGE: no rows, n out of range; ERR_NUMERIC: a value is not finite; ERR_NOMEM. */
int scaler_fit(struct scaler *s, enum scaler_kind kind, const double *rows, size_t row_n, size_t n, struct err *e);

/* The same; where the robust kind finds a scale below floor[f], the mean absolute deviation stands in, and floor[f] is the least. NULL: as above. */
int scaler_fit_floored(struct scaler *s, enum scaler_kind kind, const double *floor, const double *rows, size_t row_n, size_t n,
		       struct err *e);

/* Scale one row: out[n] from row[n]. */
void scaler_apply(const struct scaler *s, const double *row, float *out);

/* The raw value whose scaled one is y; where y was clipped, the nearest raw value that is. */
double scaler_invert(const struct scaler *s, size_t feature, double y);

/* {"kind":"standard","log1p":false,"clip":0,"center":[…],"scale":[…]}; numbers survive the round trip bit for bit. */
struct json_object *scaler_to_json(const struct scaler *s);
int scaler_from_json(struct scaler *s, struct json_object *obj, struct err *e);

#endif
