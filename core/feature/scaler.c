/*
 * scaler: fitting, applying, and the form on disk.
 *
 * Scale of the robust kind: 1.4826 MAD, which estimates the standard deviation. Where more than half of the values
 * are the same, MAD is 0: then 1.2533 times the mean absolute deviation from the median takes its place, which
 * estimates the same (Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers). It is at least ROBUST_FLOOR, a
 * change of 1 %, unless all values are equal: then 1, a change by the factor e. With floors of the caller those take the place of both.
 */
#include "feature/scaler.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"

static const double MAD_TO_SD = 1.4826;
static const double MEAN_AD_TO_SD = 1.2533;
static const double ROBUST_FLOOR = 0.01;

/* Find center and scale of v[n], n >= 1, which may be reordered. A scale of 0 says that all values are equal. */
typedef void (*fit_function)(double *v, size_t n, double floor, double *center, double *scale);

static void fit_standard(double *v, size_t n, double floor, double *center, double *scale)
{
	const double base = v[0]; /* differences from it are exactly 0 for a constant, and small for most others */
	double sum = 0, rest = 0, squares = 0, mean;

	(void)floor;
	for (size_t i = 0; i < n; i++)
		sum += v[i] - base;
	mean = sum / (double)n;
	for (size_t i = 0; i < n; i++) {
		const double d = v[i] - base - mean;

		rest += d;
		squares += d * d;
	}
	squares -= rest * rest / (double)n; /* rest is what rounding left in the mean: Chan, Golub & LeVeque 1983 */
	*center = base + mean;
	*scale = sqrt((squares < 0 ? 0 : squares) / (double)n);
}

static double median(double *v, size_t n)
{
	array_sort_doubles(v, n);
	return n % 2 ? v[n / 2] : v[n / 2 - 1] + (v[n / 2] - v[n / 2 - 1]) / 2;
}

static void fit_robust(double *v, size_t n, double floor, double *center, double *scale)
{
	const double middle = median(v, n);
	double sum = 0;

	*center = middle;
	for (size_t i = 0; i < n; i++) {
		v[i] = fabs(v[i] - middle);
		sum += v[i];
	}
	*scale = MAD_TO_SD * median(v, n);
	if (*scale < floor && (sum > 0 || floor > ROBUST_FLOOR))
		*scale = fmax(MEAN_AD_TO_SD * (sum / (double)n), floor);
}

static void fit_minmax(double *v, size_t n, double floor, double *center, double *scale)
{
	double least = v[0], most = v[0];

	(void)floor;
	for (size_t i = 1; i < n; i++) {
		least = fmin(least, v[i]);
		most = fmax(most, v[i]);
	}
	*center = least;
	*scale = most - least;
}

static const struct {
	const char *name;
	fit_function fit;
	int log1p;
	double clip;
} kinds[] = {
	[SCALER_STANDARD] = { "standard", fit_standard, 0, 0 },
	[SCALER_ROBUST] = { "robust", fit_robust, 1, 8 },
	[SCALER_MINMAX] = { "minmax", fit_minmax, 0, 0 },
};

static double squeeze(double x)
{
	return copysign(log1p(fabs(x)), x);
}

int scaler_kind_find(const char *name, enum scaler_kind *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].name, name) == 0) {
			*kind = (enum scaler_kind)i;
			return OK;
		}
	return ERR_UNSUPPORTED;
}

const char *scaler_kind_name(enum scaler_kind kind)
{
	return kinds[kind].name;
}

int scaler_fit_floored(struct scaler *s, enum scaler_kind kind, const double *floor, const double *rows, size_t row_n, size_t n,
		       struct err *e)
{
	struct scaler fit = { .kind = kind, .n = n, .log1p = kinds[kind].log1p, .clip = kinds[kind].clip };
	double *column;
	int r = OK;

	if (n == 0 || n > FEATURE_MAX)
		return err_set(e, ERR_RANGE, "scaler: %zu features, 1 to %d are possible", n, FEATURE_MAX);
	if (row_n == 0)
		return err_set(e, ERR_RANGE, "scaler: no rows to fit to");
	if ((column = reallocarray(NULL, row_n, sizeof(*column))) == NULL)
		return err_set(e, ERR_NOMEM, "scaler: no memory for %zu rows", row_n);
	for (size_t f = 0; f < n && r == OK; f++) {
		for (size_t i = 0; i < row_n && r == OK; i++) {
			const double x = rows[i * n + f];

			if (!isfinite(x))
				r = err_set(e, ERR_NUMERIC, "scaler: row %zu, feature %zu: not a finite number", i, f);
			column[i] = fit.log1p ? squeeze(x) : x;
		}
		if (r != OK)
			break;
		kinds[kind].fit(column, row_n, floor != NULL ? floor[f] : ROBUST_FLOOR, &fit.center[f], &fit.scale[f]);
		if (fit.scale[f] == 0)
			fit.scale[f] = 1;
		if (!isfinite(fit.center[f]) || !isfinite(fit.scale[f]))
			r = err_set(e, ERR_NUMERIC, "scaler: feature %zu: the values are too large", f);
	}
	free(column);
	if (r == OK)
		*s = fit;
	return r;
}

int scaler_fit(struct scaler *s, enum scaler_kind kind, const double *rows, size_t row_n, size_t n, struct err *e)
{
	return scaler_fit_floored(s, kind, NULL, rows, row_n, n, e);
}

void scaler_apply(const struct scaler *s, const double *row, float *out)
{
	/* What no float can hold becomes the largest that can; NaN passes through all comparisons. */
	const double limit = s->clip > 0 && s->clip < (double)FLT_MAX ? s->clip : (double)FLT_MAX;

	for (size_t f = 0; f < s->n; f++) {
		const double x = s->log1p ? squeeze(row[f]) : row[f];
		double y = (x - s->center[f]) / s->scale[f];

		if (y > limit)
			y = limit;
		else if (y < -limit)
			y = -limit;
		out[f] = (float)y;
	}
}

double scaler_invert(const struct scaler *s, size_t feature, double y)
{
	const double x = s->center[feature] + y * s->scale[feature];

	return s->log1p ? copysign(expm1(fabs(x)), x) : x;
}

/* Add a member to obj, which then owns it. 0, or -1: memory is out, and v is freed. */
static int add(struct json_object *obj, const char *key, struct json_object *v)
{
	if (v != NULL && json_object_object_add(obj, key, v) == 0)
		return 0;
	json_object_put(v);
	return -1;
}

struct json_object *scaler_to_json(const struct scaler *s)
{
	struct json_object *obj = json_object_new_object();

	if (obj == NULL || add(obj, "kind", json_object_new_string(scaler_kind_name(s->kind))) != 0 ||
	    add(obj, "log1p", json_object_new_boolean(s->log1p)) != 0 || add(obj, "clip", json_exact(s->clip)) != 0 ||
	    add(obj, "center", json_exacts(s->center, s->n)) != 0 || add(obj, "scale", json_exacts(s->scale, s->n)) != 0) {
		json_object_put(obj);
		return NULL;
	}
	return obj;
}

int scaler_from_json(struct scaler *s, struct json_object *obj, struct err *e)
{
	struct scaler read = { 0 };
	struct json_object *center;
	const char *kind;
	int r;

	if ((r = json_get_string(obj, "kind", &kind, e)) < 0 || (r = json_get_bool(obj, "log1p", &read.log1p, e)) < 0 ||
	    (r = json_get_double(obj, "clip", &read.clip, e)) < 0 || (r = json_get_array(obj, "center", &center, e)) < 0)
		goto out;
	read.n = json_object_array_length(center);
	if ((r = scaler_kind_find(kind, &read.kind)) < 0) {
		err_set(e, r, "unknown kind \"%.40s\"", kind);
		goto out;
	}
	if (read.n == 0 || read.n > FEATURE_MAX) {
		r = err_set(e, ERR_RANGE, "%zu features, 1 to %d are possible", read.n, FEATURE_MAX);
		goto out;
	}
	if ((r = json_get_doubles(obj, "center", read.center, read.n, e)) < 0 ||
	    (r = json_get_doubles(obj, "scale", read.scale, read.n, e)) < 0)
		goto out;
	if (read.clip < 0)
		r = err_set(e, ERR_RANGE, "\"clip\" is negative");
	for (size_t f = 0; f < read.n && r == OK; f++)
		if (!(read.scale[f] > 0))
			r = err_set(e, ERR_RANGE, "\"scale\"[%zu] is not greater than 0", f);
out:
	if (r < 0)
		err_prefix(e, "scaler");
	else
		*s = read;
	return r;
}
