/* curve: a file of any length in few points that keep its mean and its peaks, stored and looked at again. */
#include "detect/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "base/rng.h"

static struct curve_view view, again;

/* Errors that are no round numbers, the same for the same n. */
static struct curve *make(uint64_t n)
{
	struct curve *const c = curve_new();
	struct rng g;

	assert_non_null(c);
	rng_init(&g, n);
	for (uint64_t i = 0; i < n; i++)
		curve_add(c, (float)rng_uniform(&g));
	return c;
}

static void keeps_every_window_while_there_is_room(void **state)
{
	struct curve *const c = curve_new();

	(void)state;
	for (int i = 0; i < CURVE_BASE; i++)
		curve_add(c, (float)i);
	assert_int_equal(curve_per_point(c), 1);
	assert_int_equal(curve_look(c, 40000, 42000, CURVE_VIEW, &view, NULL), OK);
	assert_int_equal(view.n, 2000);
	assert_int_equal(view.per_point, 1);
	for (size_t i = 0; i < view.n; i++)
		assert_true(view.point[i].min == (float)(40000 + i) && view.point[i].max == (float)(40000 + i) &&
			    view.point[i].mean == (float)(40000 + i));
	curve_del(c);
}

static void keeps_count_mean_and_peak_of_long_files(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 5000000; n = n * 3 + 1) {
		struct curve *const c = curve_new();
		double sum = 0;
		float min = INFINITY, max = 0;

		for (uint64_t i = 0; i < n; i++)
			curve_add(c, i == n / 2 ? 1000.0F : 1.0F);
		assert_int_equal(curve_windows(c), n);
		assert_int_equal(curve_look(c, 0, n, 512, &view, NULL), OK);
		assert_true(view.n <= 512 && (n < 512 || view.n >= 256));
		assert_true((view.n - 1) * view.per_point < n && view.n * view.per_point >= n);
		for (size_t i = 0; i < view.n; i++) {
			const uint64_t windows = i + 1 < view.n ? view.per_point : n - i * view.per_point;

			sum += (double)view.point[i].mean * (double)windows;
			min = fminf(min, view.point[i].min);
			max = fmaxf(max, view.point[i].max);
		}
		assert_true(fabs(sum / ((double)(n - 1) + 1000) - 1) < 1e-6 && max == 1000 && (n == 1 || min == 1));
		curve_del(c);
	}
}

/* Any range of any length, against the windows themselves. */
static void a_range_shows_least_mean_and_largest_of_its_windows(void **state)
{
	enum { N = 200001, EACH = 4 };
	static float error[N];
	struct curve *const c = curve_new();
	struct rng g;

	(void)state;
	rng_init(&g, 7);
	for (size_t i = 0; i < N; i++)
		curve_add(c, error[i] = (float)rng_uniform(&g));
	assert_int_equal(curve_per_point(c), EACH);
	for (int t = 0; t < 200; t++) {
		uint64_t from = rng_below(&g, N), to = rng_below(&g, N) + 1, at;
		const size_t points = 1 + rng_below(&g, CURVE_VIEW);

		if (from > to) {
			at = from;
			from = to;
			to = at;
		}
		assert_int_equal(curve_look(c, from, to, points, &view, NULL), OK);
		if (from == to) {
			assert_int_equal(view.n, 0);
			continue;
		}
		assert_true(view.n > 0 && view.n <= points && view.from <= from && view.to >= to);
		assert_true(from - view.from < EACH && view.to - to < EACH);
		at = view.from;
		for (size_t i = 0; i < view.n; i++) {
			float min = INFINITY, max = -INFINITY;
			double sum = 0;
			uint64_t n = 0;

			for (; n < view.per_point && at < view.to; n++, at++) {
				min = fminf(min, error[at]);
				max = fmaxf(max, error[at]);
				sum += (double)error[at];
			}
			assert_true(view.point[i].min == min && view.point[i].max == max);
			assert_true(fabs((double)view.point[i].mean - sum / (double)n) < 1e-6);
		}
		assert_int_equal(at, view.to);
	}
	curve_del(c);
}

static void comes_back_from_bytes_as_it_was(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 2, 1000, CURVE_BASE, CURVE_BASE + 1, 300000 };

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct curve *const c = make(sizes[k]);
		struct text bytes = { 0 };

		assert_int_equal(curve_save(c, &bytes, NULL), OK);
		assert_true(bytes.n < 32 + 12 * CURVE_BASE + 8192);
		for (size_t points = 1; points <= CURVE_VIEW; points += 333) {
			assert_int_equal(curve_look(c, 5, 290000, points, &view, NULL), OK);
			assert_int_equal(curve_view(bytes.p, bytes.n, 5, 290000, points, &again, NULL), OK);
			assert_true(view.n == again.n && view.from == again.from && view.to == again.to &&
				    view.per_point == again.per_point && view.windows == again.windows);
			assert_memory_equal(view.point, again.point, view.n * sizeof(*view.point));
		}
		text_free(&bytes);
		curve_del(c);
	}
}

static void what_is_not_finite_comes_back_too(void **state)
{
	struct curve *const c = curve_new();
	struct text bytes = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		curve_add(c, i % 50000 < 2 ? NAN : 2);
	assert_int_equal(curve_save(c, &bytes, NULL), OK);
	assert_int_equal(curve_view(bytes.p, bytes.n, 0, 4, 2, &view, NULL), OK);
	assert_true(view.n == 2 && isnan(view.point[0].min) && isnan(view.point[0].mean) && isinf(view.point[0].max));
	assert_true(view.point[1].min == 2 && view.point[1].mean == 2 && view.point[1].max == 2);
	assert_int_equal(curve_view(bytes.p, bytes.n, 0, 4, 1, &view, NULL), OK);
	assert_true(view.point[0].min == 2 && view.point[0].mean == 2 && isinf(view.point[0].max));
	text_free(&bytes);
	curve_del(c);
}

static void bytes_of_a_stranger_do_no_harm(void **state)
{
	struct curve *const c = make(70000);
	struct text bytes = { 0 };
	struct err e;
	struct rng g;
	int refused = 0;

	(void)state;
	assert_int_equal(curve_save(c, &bytes, NULL), OK);
	for (size_t n = 0; n < bytes.n; n += n < 64 ? 1 : 999) {
		char *const cut = malloc(n + 1);

		assert_non_null(cut);
		memcpy(cut, bytes.p, n);
		assert_int_equal(curve_view(cut, n, 0, UINT64_MAX, 100, &view, &e), ERR_FORMAT);
		free(cut);
	}
	rng_init(&g, 1);
	for (int t = 0; t < 400; t++) {
		const size_t at = rng_below(&g, t < 300 ? 48 : bytes.n);
		const char was = bytes.p[at];
		int r;

		bytes.p[at] = (char)(bytes.p[at] ^ (char)(1 + rng_below(&g, 255)));
		r = curve_view(bytes.p, bytes.n, 0, UINT64_MAX, CURVE_VIEW, &view, &e);
		assert_true(r == OK || r == ERR_FORMAT);
		refused += r != OK;
		bytes.p[at] = was;
	}
	assert_true(refused > 200);
	assert_int_equal(curve_view(bytes.p, bytes.n, 0, 10, 0, &view, &e), ERR_RANGE);
	assert_int_equal(curve_view(bytes.p, bytes.n, 0, 10, CURVE_VIEW + 1, &view, &e), ERR_RANGE);
	assert_int_equal(curve_view(bytes.p, bytes.n, 10, 9, 1, &view, &e), ERR_RANGE);
	text_free(&bytes);
	curve_del(c);
}

static void shows_what_is_not_finite_as_null(void **state)
{
	struct curve *const c = curve_new();
	struct json_object *o;

	(void)state;
	curve_add(c, 1);
	curve_add(c, INFINITY);
	o = curve_to_json(c, 0.5);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
			    "{\"windows_per_point\":1,\"min\":[1,null],\"mean\":[1,null],\"max\":[1,null],\"threshold\":0.5}");
	json_object_put(o);
	assert_int_equal(curve_look(c, 0, 1, 9, &view, NULL), OK);
	o = curve_view_to_json(&view);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
			    "{\"windows\":2,\"from\":0,\"to\":1,\"windows_per_point\":1,\"min\":[1],\"mean\":[1],\"max\":[1]}");
	json_object_put(o);
	curve_del(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_every_window_while_there_is_room),
		cmocka_unit_test(keeps_count_mean_and_peak_of_long_files),
		cmocka_unit_test(a_range_shows_least_mean_and_largest_of_its_windows),
		cmocka_unit_test(comes_back_from_bytes_as_it_was),
		cmocka_unit_test(what_is_not_finite_comes_back_too),
		cmocka_unit_test(bytes_of_a_stranger_do_no_harm),
		cmocka_unit_test(shows_what_is_not_finite_as_null),
	};

	return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
