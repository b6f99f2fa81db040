/* threshold: the table of strategies. */
#include "detect/threshold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/number.h"

/* The threshold for the strategy's number k; error[n] may be reordered. */
typedef double (*threshold_function)(double k, float *error, size_t n);

static double sigma(double k, float *error, size_t n)
{
	double mean = 0, rest = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		mean += (double)error[i] / (double)n;
	for (size_t i = 0; i < n; i++) {
		const double d = (double)error[i] - mean;

		rest += d;
		squares += d * d;
	}
	squares -= rest * rest / (double)n;
	return mean + k * sqrt((squares < 0 ? 0 : squares) / (double)n);
}

static int compare_floats(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double percentile(double k, float *error, size_t n)
{
	const double rank = (double)(n - 1) * (k / 100);
	const size_t low = (size_t)rank, high = low + 1 < n ? low + 1 : n - 1;
	double a, b;

	qsort(error, n, sizeof(*error), compare_floats);
	a = (double)error[low];
	b = (double)error[high];
	return a + (b - a) * (rank - (double)low);
}

static double itself(double k, float *error, size_t n)
{
	(void)error;
	(void)n;
	return k;
}

static const struct strategy {
	const char *prefix;
	double max; /* of its number; the least is 0 */
	int needs_errors;
	threshold_function find;
} strategies[] = {
	{ "sigma:", 1e6, 1, sigma },
	{ "percentile:", 100, 1, percentile },
	{ "", HUGE_VAL, 0, itself },
};

static const struct strategy *parse(const char *text, double *k, struct err *e)
{
	for (size_t i = 0; i < sizeof(strategies) / sizeof(*strategies); i++) {
		const struct strategy *s = &strategies[i];
		const size_t n = strlen(s->prefix);

		if (strncmp(text, s->prefix, n) != 0)
			continue;
		if (number_parse(text + n, strlen(text + n), k) == 0 && *k >= 0 && *k <= s->max)
			return s;
		break;
	}
	err_set(e, ERR_USAGE,
		"threshold \"%.60s\" is unknown: give sigma:K (K >= 0, such as sigma:3), percentile:P "
		"(0 <= P <= 100, such as percentile:95) or a number >= 0",
		text);
	return NULL;
}

int threshold_check(const char *text, struct err *e)
{
	double k;

	return parse(text, &k, e) != NULL ? OK : ERR_USAGE;
}

int threshold_find(const char *text, const float *error, size_t n, double *out, struct err *e)
{
	double k, found;
	const struct strategy *s = parse(text, &k, e);
	float *copy = NULL;

	if (s == NULL)
		return ERR_USAGE;
	if (s->needs_errors) {
		if (n == 0)
			return err_set(e, ERR_RANGE, "threshold %.60s: there are no errors to find it from", text);
		if ((copy = reallocarray(NULL, n, sizeof(*copy))) == NULL)
			return err_set(e, ERR_NOMEM, "threshold: no memory for %zu errors", n);
		memcpy(copy, error, n * sizeof(*copy));
	}
	found = s->find(k, copy, n);
	free(copy);
	if (!isfinite(found))
		return err_set(e, ERR_NUMERIC, "threshold %.60s: an error is not finite", text);
	*out = found;
	return OK;
}
