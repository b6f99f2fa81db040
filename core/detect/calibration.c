/* calibration: sorted scores, thinned to points whose p-values fall by equal factors, and a Pareto tail. */
#include "detect/calibration.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"

enum { TAIL_LEAST = 30, TAIL_MOST = 250, TAIL_PERCENT = 2 };
static const double score_most = 1e300; /* so that differences are finite */

/* Conformal p-value of a score that `above` of n reach. */
static double conformal(size_t above, size_t n)
{
	return ((double)above + 1) / ((double)n + 1);
}

/* Index behind the last score equal to x[i]. */
static size_t next_value(const double *x, size_t n, size_t i)
{
	const double v = x[i];

	while (i < n && x[i] <= v)
		i++;
	return i;
}

/*
 * The points of the body: of x[0..end), rising, those after which p would fall below `factor` times that of the last point kept. So two points
 * are either neighbours among the values or close in p. Returns how many; more than room were not written.
 */
static size_t thin(struct calibration *c, const double *x, size_t n, size_t end, size_t room, double factor)
{
	size_t points = 0;
	double last = 1;

	for (size_t i = 0, next; i < end; i = next) {
		const double p = conformal(n - i, n);

		next = next_value(x, n, i);
		if (i > 0 && conformal(n - next, n) >= factor * last)
			continue;
		if (points < room) {
			c->score[points] = x[i];
			c->p[points] = p;
		}
		points++;
		last = p;
	}
	return points;
}

static double spread(const double *x, size_t n)
{
	double mean = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - mean) / (double)n * (x[i] - mean);
	return isfinite(squares) ? sqrt(squares) : fmax(fabs(x[0]), fabs(x[n - 1]));
}

/* x[n] rising; x is changed. */
static void fit_sorted(struct calibration *c, double *x, size_t n, int log10_p)
{
	const size_t share = n * TAIL_PERCENT / 100, half = n / 2;
	const size_t least_k = TAIL_LEAST < half ? TAIL_LEAST : half;
	const size_t k = share < least_k ? least_k : share > TAIL_MOST ? TAIL_MOST : share;
	const double largest = fmax(fabs(x[0]), fabs(x[n - 1]));
	/* What a score may differ by without meaning anything; where few differ at the top, that is all that is known of their spread. */
	double least = fmax(1e-6 * largest, 1e-12);
	double from, p, factor;
	size_t at = n - k, steps = CALIBRATION_POINTS;

	if (x[at - 1] >= x[at])
		at = next_value(x, n, at);
	if (at == n || n - next_value(x, n, at) < PARETO_FEW)
		least = fmax(spread(x, n), least);
	from = at < n ? x[at] : x[n - 1] + least;
	p = conformal(n - at, n);
	c->n = n;
	do {
		factor = pow(p, 1 / (double)steps);
		c->points = thin(c, x, n, at, CALIBRATION_POINTS - 1, factor);
		steps -= steps / 8;
	} while (c->points > CALIBRATION_POINTS - 1);
	c->score[c->points] = from;
	c->p[c->points++] = p;
	for (size_t i = c->points; i < CALIBRATION_POINTS; i++) /* left from a try with more points */
		c->score[i] = c->p[i] = 0;
	for (size_t i = at; i < n; i++)
		x[i] -= from;
	c->tail = log10_p ? pareto_fit_log10(x + at, n - at) : pareto_fit(x + at, n - at, least);
}

static int fit(struct calibration *c, const double *score, size_t n, int log10_p, struct err *e)
{
	double *sorted;

	if (n < CALIBRATION_LEAST)
		return err_set(e, ERR_TOO_FEW, "%zu scores are too few to calibrate by: %d are needed", n, CALIBRATION_LEAST);
	for (size_t i = 0; i < n; i++)
		if (!(fabs(score[i]) <= score_most))
			return err_set(e, ERR_NUMERIC, "score %zu is not finite", i);
	if ((sorted = reallocarray(NULL, n, sizeof(*sorted))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu scores", n);
	for (size_t i = 0; i < n; i++)
		sorted[i] = score[i] + 0.0; /* -0 becomes 0 */
	array_sort_doubles(sorted, n);
	memset(c, 0, sizeof(*c));
	fit_sorted(c, sorted, n, log10_p);
	free(sorted);
	return OK;
}

int calibration_fit(struct calibration *c, const double *score, size_t n, struct err *e)
{
	return fit(c, score, n, 0, e);
}

int calibration_fit_log10(struct calibration *c, const double *score, size_t n, struct err *e)
{
	return fit(c, score, n, 1, e);
}

double calibration_p(const struct calibration *c, double score)
{
	const size_t last = c->points - 1;
	size_t low = 0, n = c->points;
	double t;

	if (score <= c->score[0])
		return 1;
	if (!(score < c->score[last])) {
		t = c->p[last] * pareto_above(&c->tail, score - c->score[last]);
		return isnan(score) || t < DBL_MIN ? DBL_MIN : t;
	}
	/* The last point below score. */
	while (n > 1) {
		const size_t half = n / 2;

		low = c->score[low + half] < score ? low + half : low;
		n -= half;
	}
	t = (c->score[low + 1] - score) / (c->score[low + 1] - c->score[low]);
	return fmin(c->p[low + 1] + (c->p[low] - c->p[low + 1]) * t, c->p[low]);
}

double calibration_score(const struct calibration *c, double p)
{
	size_t low = 0, high = c->points - 1;
	double t;

	if (p >= 1)
		return c->score[0];
	if (!(p > 0))
		return INFINITY;
	if (p <= c->p[high])
		return c->score[high] + pareto_at(&c->tail, p / c->p[high]);
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (c->p[middle] > p)
			low = middle;
		else
			high = middle;
	}
	t = (c->p[low] - p) / (c->p[low] - c->p[high]);
	return fmin(c->score[low] + (c->score[high] - c->score[low]) * t, c->score[high]);
}

double calibration_floor(const struct calibration *c)
{
	return conformal(0, c->n);
}

static struct json_object *numbers(const double *v, size_t n)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; list != NULL && i < n; i++)
		json_object_array_add(list, json_number(v[i], 17));
	return list;
}

struct json_object *calibration_to_json(const struct calibration *c)
{
	struct json_object *const o = json_object_new_object(), *const tail = json_object_new_object();
	struct json_object *const score = numbers(c->score, c->points), *const p = numbers(c->p, c->points);

	if (o == NULL || tail == NULL || score == NULL || p == NULL) {
		json_object_put(o);
		json_object_put(tail);
		json_object_put(score);
		json_object_put(p);
		return NULL;
	}
	json_object_object_add(tail, "scale", json_number(c->tail.scale, 17));
	json_object_object_add(tail, "shape", json_number(c->tail.shape, 17));
	json_object_object_add(o, "n", json_count(c->n));
	json_object_object_add(o, "score", score);
	json_object_object_add(o, "p", p);
	json_object_object_add(o, "tail", tail);
	return o;
}

static int check(const struct calibration *c, struct err *e)
{
	if (c->n < CALIBRATION_LEAST)
		return err_set(e, ERR_RANGE, "\"n\" is %zu and should be at least %d", c->n, CALIBRATION_LEAST);
	for (size_t i = 0; i < c->points; i++) {
		if (!(fabs(c->score[i]) <= 2 * score_most) || (i > 0 && !(c->score[i] > c->score[i - 1])))
			return err_set(e, ERR_RANGE, "\"score\"[%zu] is %g: scores have to rise, within 1e300", i, c->score[i]);
		if (i == 0 ? c->p[0] < 1 || c->p[0] > 1 : !(c->p[i] > 0 && c->p[i] < c->p[i - 1]))
			return err_set(e, ERR_RANGE, "\"p\"[%zu] is %g: p-values have to fall, from 1, and stay above 0", i,
				       c->p[i]);
	}
	if (!(c->tail.scale > 0))
		return err_set(e, ERR_RANGE, "\"scale\" is %g and should be above 0", c->tail.scale);
	if (!(c->tail.shape >= 0 && c->tail.shape <= 1))
		return err_set(e, ERR_RANGE, "\"shape\" is %g and should be within 0..1", c->tail.shape);
	return OK;
}

int calibration_from_json(struct calibration *c, struct json_object *obj, struct err *e)
{
	struct json_object *list, *tail;
	struct calibration made = { 0 };
	int r;

	if ((r = json_get_size(obj, "n", SIZE_MAX >> 11, &made.n, e)) < 0 || (r = json_get_array(obj, "score", &list, e)) < 0)
		return r;
	made.points = json_object_array_length(list);
	if (made.points < 2 || made.points > CALIBRATION_POINTS)
		return err_set(e, ERR_RANGE, "\"score\" has %zu numbers and should have 2 to %d", made.points, CALIBRATION_POINTS);
	if (!json_object_object_get_ex(obj, "tail", &tail))
		return err_set(e, ERR_FORMAT, "\"tail\" is missing; it should be the scale and shape of the tail");
	if ((r = json_get_doubles(obj, "score", made.score, made.points, e)) < 0 ||
	    (r = json_get_doubles(obj, "p", made.p, made.points, e)) < 0 ||
	    (r = json_get_double(tail, "scale", &made.tail.scale, e)) < 0 ||
	    (r = json_get_double(tail, "shape", &made.tail.shape, e)) < 0 || (r = check(&made, e)) < 0)
		return r;
	*c = made;
	return OK;
}
