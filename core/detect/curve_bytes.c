/* curve_bytes: a curve as it is stored. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "detect/curve_points.h"

enum { HEAD = 32, VERSION = 1, FLOAT = 4, LEVEL = 3 };

static const char magic[4] = "GCRV";

static void put_number(unsigned char *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t get_number(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = n; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

/* Byte k of value i of a plane is at k * n + i. */
static void put_value(unsigned char *plane, size_t n, size_t i, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	for (size_t k = 0; k < FLOAT; k++)
		plane[k * n + i] = (unsigned char)(bits >> 8 * k);
}

static float get_value(const unsigned char *plane, size_t n, size_t i)
{
	uint32_t bits = 0;
	float value;

	for (size_t k = 0; k < FLOAT; k++)
		bits |= (uint32_t)plane[k * n + i] << 8 * k;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static size_t planes_of(uint64_t per_point)
{
	return per_point == 1 ? 1 : 3;
}

int curve_save(const struct curve *c, struct text *out, struct err *e)
{
	const size_t n = curve_base_n(c), planes = planes_of(curve_per_point(c)), bytes = planes * n * FLOAT;
	const size_t room = ZSTD_compressBound(bytes);
	struct curve_point *point = NULL;
	unsigned char *const raw = malloc(bytes + 1), *to = (unsigned char *)text_room(out, HEAD + room);
	size_t packed;
	int r = ERR_NOMEM;

	if (raw == NULL || to == NULL || curve_base(c, &point) < 0)
		goto out;
	for (size_t i = 0; i < n; i++) {
		put_value(raw, n, i, planes == 1 ? point[i].max : point[i].min);
		if (planes == 1)
			continue;
		put_value(raw + n * FLOAT, n, i, point[i].mean);
		put_value(raw + 2 * n * FLOAT, n, i, point[i].max);
	}
	memcpy(to, magic, sizeof(magic));
	put_number(to + 4, VERSION, 4);
	put_number(to + 8, curve_windows(c), 8);
	put_number(to + 16, curve_per_point(c), 8);
	put_number(to + 24, n, 4);
	put_number(to + 28, planes, 4);
	packed = ZSTD_compress(to + HEAD, room, raw, bytes, LEVEL);
	if (ZSTD_isError(packed))
		goto out;
	text_took(out, HEAD + packed);
	r = OK;
out:
	free(point);
	free(raw);
	return r == OK ? OK : err_set(e, r, "out of memory for a curve");
}

static int bad(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "the stored curve is damaged: %s", what);
}

/* The head, checked against itself: nothing in it can ask for more than CURVE_BASE points. */
static int read_head(struct curve_points *b, size_t *planes, const unsigned char *p, size_t len, struct err *e)
{
	if (len < HEAD || memcmp(p, magic, sizeof(magic)) != 0)
		return bad(e, "it does not begin as one");
	if (get_number(p + 4, 4) != VERSION)
		return bad(e, "it is of another version");
	*b = (struct curve_points){ get_number(p + 8, 8), get_number(p + 16, 8), (size_t)get_number(p + 24, 4), NULL };
	*planes = (size_t)get_number(p + 28, 4);
	if (b->n > CURVE_BASE || b->per_point < 1 || *planes != planes_of(b->per_point))
		return bad(e, "its head");
	if (b->n != (b->windows == 0 ? 0 : (b->windows - 1) / b->per_point + 1))
		return bad(e, "the number of its points");
	return OK;
}

static void unpack(struct curve_point *out, const unsigned char *raw, size_t n, size_t planes)
{
	for (size_t i = 0; i < n; i++) {
		const float first = get_value(raw, n, i);

		if (planes == 1)
			out[i] = isfinite(first) ? (struct curve_point){ first, first, first }
						 : (struct curve_point){ NAN, NAN, INFINITY };
		else
			out[i] = (struct curve_point){ first, get_value(raw + n * FLOAT, n, i),
						       get_value(raw + 2 * n * FLOAT, n, i) };
	}
}

int curve_view(const void *data, size_t len, uint64_t from, uint64_t to, size_t points, struct curve_view *out, struct err *e)
{
	const unsigned char *const p = data;
	struct curve_points b = { 0 };
	struct curve_point *point = NULL;
	unsigned char *raw = NULL;
	size_t planes = 0, bytes;
	int r;

	if ((r = read_head(&b, &planes, p, len, e)) < 0)
		return r;
	bytes = planes * b.n * FLOAT;
	if (ZSTD_getFrameContentSize(p + HEAD, len - HEAD) != bytes)
		return bad(e, "its size");
	point = calloc(b.n + 1, sizeof(*point));
	raw = malloc(bytes + 1);
	if (point == NULL || raw == NULL) {
		r = err_set(e, ERR_NOMEM, "out of memory for a curve");
		goto out;
	}
	if (ZSTD_decompress(raw, bytes, p + HEAD, len - HEAD) != bytes) {
		r = bad(e, "its data");
		goto out;
	}
	unpack(point, raw, b.n, planes);
	b.point = point;
	r = curve_points_view(&b, from, to, points, out, e);
out:
	free(point);
	free(raw);
	return r;
}
