/*
 * curve: the error over a file of unknown length: least, mean and largest error of equally many consecutive windows, in at most CURVE_BASE points.
 * When all points are used, neighbours are merged and each stands for twice as many windows. From these any range is
 * drawn in as many points as a picture has room for, so that no peak is lost and a million windows cost no more than a few thousand.
 *
 * As bytes, little endian:
 *   0  4  "GCRV"          4  4  version, 1
 *   8  8  windows        16  8  windows of a point; the last may have fewer
 *  24  4  points         28  4  planes: 1 (a point is one window: least, mean and largest are the same) or 3 (least, mean, largest)
 *  32     one Zstandard frame: plane after plane of float32, of each plane first all lowest bytes, then all second ones, … (packs better)
 * A point without finite errors has NaN as least and mean; the largest is +infinity when an error was not finite. Bytes of a database are read
 * as bytes of a stranger.
 */
#ifndef DETECT_CURVE_H
#define DETECT_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"
#include "base/text.h"

enum {
	CURVE_BASE = 1 << 16, /* points kept: 1.5 MiB of memory at most, 768 KiB as bytes */
	CURVE_VIEW = 2000,    /* points of a view, at most */
	CURVE_POINTS = 512,   /* points of curve_to_json() */
};

struct curve;

struct curve *curve_new(void); /* NULL: memory is out */
void curve_del(struct curve *c);

/* The error of the next window. When memory is out the curve is lost, which curve_save(), curve_look() and curve_to_json() tell. */
void curve_add(struct curve *c, float error);
uint64_t curve_windows(const struct curve *c);
uint64_t curve_per_point(const struct curve *c); /* windows of a base point */

/* Appended to out. ERR_NOMEM. */
int curve_save(const struct curve *c, struct text *out, struct err *e);

struct curve_point {
	float min, mean, max; /* min, mean of the finite errors, NaN: there is none; max: +infinity when one was not finite */
};

struct curve_view {
	uint64_t windows;   /* of the whole curve */
	uint64_t from, to;  /* windows that the points show: those asked for, out to the borders of base points */
	uint64_t per_point; /* windows of a point; the last may have fewer */
	size_t n;
	struct curve_point point[CURVE_VIEW];
};

/*
 * Windows [from, to) in at most `points` points; to beyond the end means the end; of an empty range n is 0. ERR_RANGE: points outside
 * 1..CURVE_VIEW, from > to; ERR_FORMAT: the bytes are no such curve; ERR_NOMEM.
 */
int curve_view(const void *data, size_t len, uint64_t from, uint64_t to, size_t points, struct curve_view *out, struct err *e);

/* The same of a curve that is still being made. ERR_RANGE, ERR_NOMEM. */
int curve_look(const struct curve *c, uint64_t from, uint64_t to, size_t points, struct curve_view *out, struct err *e);

/* {"windows","from","to","windows_per_point","min":[…],"mean":[…],"max":[…]}; null where there is no finite number. The caller's. */
struct json_object *curve_view_to_json(const struct curve_view *v);

/* {"windows_per_point":1,"min":[…],"mean":[…],"max":[…],"threshold":0.14}: all of it in at most CURVE_POINTS points, as the
 * seed's route shows it. The caller's; NULL: memory is out. */
struct json_object *curve_to_json(const struct curve *c, double threshold);

#endif
