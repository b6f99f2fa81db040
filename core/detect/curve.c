/* curve: points that merge when there are too many. */
#include "detect/curve.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/json.h"
#include "detect/curve_points.h"

enum { FIRST = 1024, DIGITS = 6 };

/* What a base point is while windows come. */
struct base {
	double sum; /* of the finite errors */
	float min, max;
	uint32_t finite;
};

struct curve {
	uint64_t windows, per_point;
	uint64_t in_last; /* windows so far in point n - 1 */
	size_t n, cap;
	struct base *point;
	int failed; /* memory was out */
};

struct curve *curve_new(void)
{
	struct curve *const c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->per_point = 1;
	return c;
}

void curve_del(struct curve *c)
{
	if (c == NULL)
		return;
	free(c->point);
	free(c);
}

uint64_t curve_windows(const struct curve *c)
{
	return c->windows;
}

uint64_t curve_per_point(const struct curve *c)
{
	return c->per_point;
}

static void merge_neighbours(struct curve *c)
{
	for (size_t i = 0; i < c->n / 2; i++) {
		const struct base *const a = &c->point[2 * i], *const b = a + 1;

		c->point[i] = (struct base){ a->sum + b->sum, fminf(a->min, b->min), fmaxf(a->max, b->max), a->finite + b->finite };
	}
	c->n /= 2;
	c->per_point *= 2;
	c->in_last = c->per_point;
}

void curve_add(struct curve *c, float error)
{
	struct base *p;

	if (c->n == 0 || c->in_last == c->per_point) {
		void *points = c->point;

		if (c->n == CURVE_BASE)
			merge_neighbours(c);
		if (c->failed || !array_room(&points, c->n, &c->cap, sizeof(*c->point), FIRST)) {
			c->failed = 1;
			return;
		}
		c->point = points;
		c->point[c->n++] = (struct base){ .min = INFINITY, .max = -INFINITY };
		c->in_last = 0;
	}
	p = &c->point[c->n - 1];
	c->in_last++;
	c->windows++;
	if (!isfinite(error)) {
		p->max = INFINITY;
		return;
	}
	p->sum += (double)error;
	p->min = fminf(p->min, error);
	p->max = fmaxf(p->max, error);
	p->finite++;
}

int curve_base(const struct curve *c, struct curve_point **out)
{
	struct curve_point *const list = c->failed ? NULL : calloc(c->n + 1, sizeof(*list));

	if (list == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < c->n; i++) {
		const struct base *const p = &c->point[i];

		list[i] = (struct curve_point){ NAN, NAN, p->max };
		if (p->finite > 0) {
			list[i].min = p->min;
			list[i].mean = (float)(p->sum / (double)p->finite);
		}
	}
	*out = list;
	return OK;
}

size_t curve_base_n(const struct curve *c)
{
	return c->n;
}

/* Points [first, end) of base as one; the last of all has `in_last` windows. */
static struct curve_point join(const struct curve_points *b, size_t first, size_t end)
{
	struct curve_point p = { NAN, NAN, NAN };
	double sum = 0, weights = 0;

	for (size_t i = first; i < end; i++) {
		const struct curve_point *const x = &b->point[i];
		const double weight = (double)(i + 1 < b->n ? b->per_point : b->windows - (b->n - 1) * b->per_point);

		p.min = fminf(p.min, x->min); /* of a number and NaN: the number */
		p.max = fmaxf(p.max, x->max);
		if (!isfinite(x->mean))
			continue;
		sum += weight * (double)x->mean;
		weights += weight;
	}
	if (weights > 0)
		p.mean = fminf(fmaxf((float)(sum / weights), p.min), p.max);
	return p;
}

int curve_points_view(const struct curve_points *b, uint64_t from, uint64_t to, size_t points, struct curve_view *out,
		      struct err *e)
{
	size_t first, end, each;

	if (points < 1 || points > CURVE_VIEW)
		return err_set(e, ERR_RANGE, "%zu points are outside 1..%d", points, CURVE_VIEW);
	if (from > to)
		return err_set(e, ERR_RANGE, "the range begins behind its end");
	to = to < b->windows ? to : b->windows;
	out->windows = b->windows;
	out->n = 0;
	if (from >= to) {
		out->from = out->to = to;
		out->per_point = b->per_point;
		return OK;
	}
	first = (size_t)(from / b->per_point);
	end = (size_t)((to - 1) / b->per_point) + 1;
	each = (end - first + points - 1) / points;
	for (size_t i = first; i < end; i += each)
		out->point[out->n++] = join(b, i, i + each < end ? i + each : end);
	out->from = first * b->per_point;
	out->to = end == b->n ? b->windows : end * b->per_point;
	out->per_point = each * b->per_point;
	return OK;
}

int curve_look(const struct curve *c, uint64_t from, uint64_t to, size_t points, struct curve_view *out, struct err *e)
{
	struct curve_point *base;
	int r;

	if (curve_base(c, &base) < 0)
		return err_set(e, ERR_NOMEM, "out of memory for a curve");
	r = curve_points_view(&(struct curve_points){ c->windows, c->per_point, c->n, base }, from, to, points, out, e);
	free(base);
	return r;
}

static void add_points(struct json_object *o, const struct curve_view *v)
{
	struct json_object *const min = json_object_new_array(), *const mean = json_object_new_array(),
				  *const max = json_object_new_array();

	for (size_t i = 0; i < v->n; i++) {
		json_object_array_add(min, json_number((double)v->point[i].min, DIGITS));
		json_object_array_add(mean, json_number((double)v->point[i].mean, DIGITS));
		json_object_array_add(max, json_number((double)v->point[i].max, DIGITS));
	}
	json_object_object_add(o, "windows_per_point", json_count(v->per_point));
	json_object_object_add(o, "min", min);
	json_object_object_add(o, "mean", mean);
	json_object_object_add(o, "max", max);
}

struct json_object *curve_view_to_json(const struct curve_view *v)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "windows", json_count(v->windows));
	json_object_object_add(o, "from", json_count(v->from));
	json_object_object_add(o, "to", json_count(v->to));
	add_points(o, v);
	return o;
}

struct json_object *curve_to_json(const struct curve *c, double threshold)
{
	struct curve_view *const v = malloc(sizeof(*v));
	struct json_object *o = NULL;

	if (v != NULL && curve_look(c, 0, UINT64_MAX, CURVE_POINTS, v, NULL) == OK) {
		o = json_object_new_object();
		add_points(o, v);
		json_object_object_add(o, "threshold", json_number(threshold, 9));
	}
	free(v);
	return o;
}
