/* profile: covariance, its inverse by Cholesky's factors, and the form on disk. */
#include "detect/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static const double RIDGE = 1. / 36; /* for each feature; in the scaled features' own unit, a robust standard deviation */

/* a (n,n), symmetric and positive definite, becomes its lower factor L, a = L L'. */
static int cholesky(double *a, size_t n)
{
	for (size_t j = 0; j < n; j++) {
		for (size_t i = j; i < n; i++) {
			double sum = a[i * n + j];

			for (size_t k = 0; k < j; k++)
				sum -= a[i * n + k] * a[j * n + k];
			if (i > j)
				a[i * n + j] = sum / a[j * n + j];
			else if (sum > 0)
				a[j * n + j] = sqrt(sum);
			else
				return ERR_NUMERIC;
		}
	}
	return OK;
}

/* inverse (n,n) of L L', column by column. */
static void invert(const double *l, size_t n, double *inverse)
{
	for (size_t c = 0; c < n; c++) {
		double y[FEATURE_MAX] = { 0 };

		for (size_t i = 0; i < n; i++) {
			double sum = i == c ? 1 : 0;

			for (size_t k = 0; k < i; k++)
				sum -= l[i * n + k] * y[k];
			y[i] = sum / l[i * n + i];
		}
		for (size_t i = n; i-- > 0;) {
			double sum = y[i];

			for (size_t k = i + 1; k < n; k++)
				sum -= l[k * n + i] * inverse[k * n + c];
			inverse[i * n + c] = sum / l[i * n + i];
		}
	}
}

static void covariance(const struct profile *p, const float *x, const double *w, size_t row_n, double total, double *s)
{
	const size_t n = p->n;

	memset(s, 0, n * n * sizeof(*s));
	for (size_t r = 0; r < row_n; r++) {
		const double weight = (w != NULL ? w[r] : 1) / total;
		double d[FEATURE_MAX];

		for (size_t i = 0; i < n; i++)
			d[i] = (double)x[r * n + i] - p->mean[i];
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k <= i; k++)
				s[i * n + k] += weight * d[i] * d[k];
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			s[i * n + k] = s[k * n + i];
}

int profile_fit(struct profile *p, const float *x, const double *w, size_t row_n, size_t n, struct err *e)
{
	struct profile fit = { .n = n };
	double *s, total = 0;
	int r;

	if (row_n < 2)
		return err_set(e, ERR_TOO_FEW, "a profile needs 2 flows or more");
	if ((s = malloc(n * n * sizeof(*s))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the profile");
	for (size_t i = 0; i < row_n; i++)
		total += w != NULL ? w[i] : 1;
	for (size_t i = 0; i < row_n; i++)
		for (size_t f = 0; f < n; f++)
			fit.mean[f] += (w != NULL ? w[i] : 1) / total * (double)x[i * n + f];
	covariance(&fit, x, w, row_n, total, s);
	for (size_t f = 0; f < n; f++)
		s[f * n + f] += RIDGE * (double)n;
	r = cholesky(s, n);
	if (r == OK) {
		invert(s, n, fit.precision);
		for (size_t i = 0; i < n * n; i++)
			fit.precision[i] /= (double)n;
		*p = fit;
	} else {
		err_set(e, r, "the profile cannot be computed: a feature is not finite");
	}
	free(s);
	return r;
}

double profile_score(const struct profile *p, const float *x, double *part)
{
	const size_t n = p->n;
	double d[FEATURE_MAX], score = 0;

	for (size_t i = 0; i < n; i++)
		d[i] = (double)x[i] - p->mean[i];
	for (size_t i = 0; i < n; i++) {
		const double *const row = p->precision + i * n;
		double sum = 0;

		for (size_t k = 0; k < n; k++)
			sum += row[k] * d[k];
		if (part != NULL)
			part[i] = d[i] * sum;
		score += d[i] * sum;
	}
	return score;
}

struct json_object *profile_to_json(const struct profile *p)
{
	struct json_object *const o = json_object_new_object();
	struct json_object *const mean = json_exacts(p->mean, p->n), *const precision = json_exacts(p->precision, p->n * p->n);

	if (o == NULL || mean == NULL || precision == NULL) {
		json_object_put(o);
		json_object_put(mean);
		json_object_put(precision);
		return NULL;
	}
	json_object_object_add(o, "mean", mean);
	json_object_object_add(o, "precision", precision);
	return o;
}

/* Symmetric but for rounding, and positive definite: else a score could be below 0, and its parts mean nothing. */
static int check(const struct profile *p, struct err *e)
{
	const size_t n = p->n;
	double a[FEATURE_MAX * FEATURE_MAX];

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			const double v = p->precision[i * n + k], w = p->precision[k * n + i];

			if (!(fabs(v - w) <= 1e-6 * (fabs(v) + fabs(w)) + 1e-12))
				return err_set(e, ERR_RANGE, "\"precision\" is not symmetric: %g and %g", v, w);
		}
	memcpy(a, p->precision, n * n * sizeof(*a));
	if (cholesky(a, n) < 0)
		return err_set(e, ERR_RANGE, "\"precision\" is not positive definite");
	return OK;
}

int profile_from_json(struct profile *p, struct json_object *obj, struct err *e)
{
	struct profile read = { 0 };
	struct json_object *mean;
	int r;

	if ((r = json_get_array(obj, "mean", &mean, e)) < 0)
		return r;
	read.n = json_object_array_length(mean);
	if (read.n == 0 || read.n > FEATURE_MAX)
		return err_set(e, ERR_RANGE, "%zu features, 1 to %d are possible", read.n, FEATURE_MAX);
	if ((r = json_get_doubles(obj, "mean", read.mean, read.n, e)) < 0 ||
	    (r = json_get_doubles(obj, "precision", read.precision, read.n * read.n, e)) < 0 || (r = check(&read, e)) < 0)
		return r;
	*p = read;
	return OK;
}
