/* curve: a file of any length in at most CURVE_POINTS points that keep its mean and its peaks. */
#include "detect/curve.h"

#include <math.h>

#include "lib/cm.h"

static void keeps_every_window_while_there_is_room(void **state)
{
	static struct curve c;

	(void)state;
	curve_init(&c);
	for (int i = 0; i < CURVE_POINTS; i++)
		curve_add(&c, (float)i);
	assert_int_equal(c.n, CURVE_POINTS);
	assert_int_equal(c.per_point, 1);
	for (int i = 0; i < CURVE_POINTS; i++)
		assert_true(c.point[i].max == i && c.point[i].sum == i);
}

static void keeps_count_mean_and_peak_of_long_files(void **state)
{
	static struct curve c;

	(void)state;
	for (uint64_t n = 1; n < 5000000; n = n * 3 + 1) {
		uint64_t finite = 0;
		double sum = 0, max = 0;

		curve_init(&c);
		for (uint64_t i = 0; i < n; i++)
			curve_add(&c, i == n / 2 ? 1000.0F : 1.0F);
		assert_true(c.n <= CURVE_POINTS && (n < CURVE_POINTS || c.n >= CURVE_POINTS / 2));
		for (size_t i = 0; i < c.n; i++) {
			finite += c.point[i].finite;
			sum += c.point[i].sum;
			max = fmax(max, c.point[i].max);
			if (i + 1 < c.n)
				assert_int_equal(c.point[i].finite, c.per_point);
		}
		assert_int_equal(finite, n);
		assert_true(sum == (double)(n - 1) + 1000 && max == 1000);
	}
}

static void shows_what_is_not_finite_as_null(void **state)
{
	static struct curve c;
	struct json_object *o;

	(void)state;
	curve_init(&c);
	curve_add(&c, 1);
	curve_add(&c, INFINITY);
	o = curve_to_json(&c, 0.5);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
			    "{\"windows_per_point\":1,\"mean\":[1,null],\"max\":[1,null],\"threshold\":0.5}");
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_every_window_while_there_is_room),
		cmocka_unit_test(keeps_count_mean_and_peak_of_long_files),
		cmocka_unit_test(shows_what_is_not_finite_as_null),
	};

	return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
