/* threshold: each strategy against numbers worked out elsewhere. */
#include "detect/threshold.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, const float *error, size_t n, double want)
{
	struct err e = { 0 };
	double got = NAN;

	if (threshold_find(text, error, n, &got, &e) != OK || !(fabs(got - want) <= 1e-12 * fabs(want)))
		fail_msg("%s gave %.17g, not %.17g: %s", text, got, want, e.msg);
}

/* numpy: e = float32([.1 .2 .4 .8 1.6 .05 .3]); percentile(e.astype(float64), P), mean() + K * std() */
static void threshold_agrees_with_numpy(void **state)
{
	const float error[] = { .1f, .2f, .4f, .8f, 1.6f, .05f, .3f };

	(void)state;
	expect("percentile:0", error, 7, 0.05000000074505806);
	expect("percentile:50", error, 7, 0.30000001192092896);
	expect("percentile:95", error, 7, 1.3600000202655786);
	expect("percentile:12.5", error, 7, 0.0875000013038516);
	expect("percentile:100", error, 7, 1.600000023841858);
	expect("sigma:0", error, 7, 0.49285715126565527);
	expect("sigma:3", error, 7, 2.01504008432096);
	expect("sigma:0.5", error, 7, 0.7465543067748727);
}

static void threshold_of_one_error_is_that_error(void **state)
{
	const float error[] = { .25f };

	(void)state;
	expect("percentile:0", error, 1, .25);
	expect("percentile:37", error, 1, .25);
	expect("percentile:100", error, 1, .25);
	expect("sigma:3", error, 1, .25);
}

static void threshold_sigma_of_equal_errors_is_exact(void **state)
{
	float error[1000];
	double got = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		error[i] = .1f;
	assert_int_equal(threshold_find("sigma:1000000", error, 1000, &got, NULL), OK);
	assert_true(fabs(got - (double).1f) < 1e-6);
}

static void threshold_leaves_the_errors_as_they_were(void **state)
{
	const float before[] = { 3, 1, 2 };
	float error[3];
	double out;

	(void)state;
	memcpy(error, before, sizeof(error));
	assert_int_equal(threshold_find("percentile:50", error, 3, &out, NULL), OK);
	assert_true(out == 2);
	assert_memory_equal(error, before, sizeof(error));
}

static void threshold_number_needs_no_errors(void **state)
{
	struct err e = { 0 };
	double out = 7;

	(void)state;
	expect("0.14", NULL, 0, 0.14);
	expect("0", NULL, 0, 0);
	assert_int_equal(threshold_find("sigma:3", NULL, 0, &out, &e), ERR_RANGE);
	assert_int_equal(threshold_find("percentile:3", NULL, 0, &out, &e), ERR_RANGE);
	assert_true(out == 7);
}

static void threshold_refuses_unknown_strategies_with_the_list(void **state)
{
	static const char *const bad[] = { "",         "sigma",          "sigma:",        "sigma:-1",    "sigma:nan",
					   "sigma:3x", "percentile:101", "percentile:-1", "percentile:", "median",
					   "SIGMA:3",  "-0.1",           "inf",           "1e999",       "sigma:1e300" };
	struct err e;
	double out = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const float error[] = { 1 };

		e = (struct err){ 0 };
		assert_int_equal(threshold_check(bad[i], &e), ERR_USAGE);
		assert_non_null(strstr(e.msg, "sigma:K"));
		assert_non_null(strstr(e.msg, "percentile:P"));
		assert_int_equal(threshold_find(bad[i], error, 1, &out, NULL), ERR_USAGE);
	}
	assert_true(out == 7);
	assert_int_equal(threshold_check("sigma:3", NULL), OK);
	assert_int_equal(threshold_check("percentile:99.9", NULL), OK);
	assert_int_equal(threshold_check("0.5", NULL), OK);
}

static void threshold_is_never_infinite(void **state)
{
	const float error[] = { 1, INFINITY, 2 };
	struct err e = { 0 };
	double out = 7;

	(void)state;
	assert_int_equal(threshold_find("sigma:3", error, 3, &out, &e), ERR_NUMERIC);
	assert_int_equal(threshold_find("percentile:100", error, 3, &out, &e), ERR_NUMERIC);
	assert_true(out == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threshold_agrees_with_numpy),
		cmocka_unit_test(threshold_of_one_error_is_that_error),
		cmocka_unit_test(threshold_sigma_of_equal_errors_is_exact),
		cmocka_unit_test(threshold_leaves_the_errors_as_they_were),
		cmocka_unit_test(threshold_number_needs_no_errors),
		cmocka_unit_test(threshold_refuses_unknown_strategies_with_the_list),
		cmocka_unit_test(threshold_is_never_infinite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
