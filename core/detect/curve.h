/*
 * curve: the error over a file of unknown length in a fixed number of points: mean and largest error of equally many consecutive windows.
 * When all points are used, neighbours are merged and each stands for twice as many windows.
 */
#ifndef DETECT_CURVE_H
#define DETECT_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

enum { CURVE_POINTS = 512 };

struct curve_point {
	double sum; /* of the finite errors */
	double max; /* +infinity when one was not finite */
	uint64_t finite;
};

/* Caller's memory; start with curve_init(). */
struct curve {
	uint64_t per_point; /* windows of a point; the last may have fewer */
	uint64_t in_last;   /* windows so far in point n - 1 */
	size_t n;
	struct curve_point point[CURVE_POINTS];
};

void curve_init(struct curve *c);
void curve_add(struct curve *c, float error);

/* {"windows_per_point":1,"mean":[...],"max":[...],"threshold":0.14}; null where there is no finite number. Owned by the caller. */
struct json_object *curve_to_json(const struct curve *c, double threshold);

#endif
