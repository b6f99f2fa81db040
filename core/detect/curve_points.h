/* curve_points: the base points of a curve as plain numbers, whether they are still being made or come out of bytes. */
#ifndef DETECT_CURVE_POINTS_H
#define DETECT_CURVE_POINTS_H

#include "detect/curve.h"

struct curve_points {
	uint64_t windows, per_point;
	size_t n; /* all have per_point windows but the last */
	const struct curve_point *point;
};

size_t curve_base_n(const struct curve *c);
/* [curve_base_n()], the caller's. ERR_NOMEM, now or when it was made. */
int curve_base(const struct curve *c, struct curve_point **out);

/* curve_view() of these. */
int curve_points_view(const struct curve_points *b, uint64_t from, uint64_t to, size_t points, struct curve_view *out,
		      struct err *e);

#endif
