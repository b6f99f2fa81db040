/* curve: points that merge when there are too many. */
#include "detect/curve.h"

#include <math.h>

#include "base/json.h"

void curve_init(struct curve *c)
{
	*c = (struct curve){ .per_point = 1 };
}

static void merge_neighbours(struct curve *c)
{
	for (size_t i = 0; i < CURVE_POINTS / 2; i++) {
		const struct curve_point *const a = &c->point[2 * i], *const b = a + 1;

		c->point[i] = (struct curve_point){ a->sum + b->sum, fmax(a->max, b->max), a->finite + b->finite };
	}
	c->n = CURVE_POINTS / 2;
	c->per_point *= 2;
	c->in_last = c->per_point;
}

void curve_add(struct curve *c, float error)
{
	struct curve_point *p;

	if (c->n == 0 || c->in_last == c->per_point) {
		if (c->n == CURVE_POINTS)
			merge_neighbours(c);
		c->point[c->n++] = (struct curve_point){ 0 };
		c->in_last = 0;
	}
	p = &c->point[c->n - 1];
	c->in_last++;
	if (isfinite(error)) {
		p->sum += (double)error;
		p->max = fmax(p->max, (double)error);
		p->finite++;
	} else {
		p->max = INFINITY;
	}
}

struct json_object *curve_to_json(const struct curve *c, double threshold)
{
	struct json_object *const o = json_object_new_object(), *const mean = json_object_new_array(),
				  *const max = json_object_new_array();

	for (size_t i = 0; i < c->n; i++) {
		const struct curve_point *const p = &c->point[i];

		json_object_array_add(mean, json_number(p->finite ? p->sum / (double)p->finite : INFINITY, 6));
		json_object_array_add(max, json_number(p->max, 6));
	}
	json_object_object_add(o, "windows_per_point", json_count(c->per_point));
	json_object_object_add(o, "mean", mean);
	json_object_object_add(o, "max", max);
	json_object_object_add(o, "threshold", json_number(threshold, 9));
	return o;
}
