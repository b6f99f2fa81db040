/* threshold: each strategy against numbers worked out elsewhere. */
#include "detect/threshold.h"
#include "detect/fuse.h"

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
	static const char *const bad[] = { "",
					   "sigma",
					   "sigma:",
					   "sigma:-1",
					   "sigma:nan",
					   "sigma:3x",
					   "percentile:101",
					   "percentile:-1",
					   "percentile:",
					   "median",
					   "SIGMA:3",
					   "-0.1",
					   "inf",
					   "1e999",
					   "sigma:1e300",
					   "fpr",
					   "fpr:0",
					   "fpr:1",
					   "fpr:",
					   "pot:",
					   "pot:0",
					   "pot:2",
					   "potx",
					   "pot:1e-4/day",
					   "budget",
					   "budget:1",
					   "budget:/day",
					   "budget:0/day",
					   "budget:1/month",
					   "budget:-1/day",
					   "fpr:0.01/day",
					   "fpr:0.0000000000000000000000000000001" };
	struct err e;
	double out = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const float error[] = { 1 };

		e = (struct err){ 0 };
		assert_int_equal(threshold_check(bad[i], &e), ERR_USAGE);
		assert_non_null(strstr(e.msg, "sigma:K"));
		assert_non_null(strstr(e.msg, "percentile:P"));
		assert_non_null(strstr(e.msg, "budget:1/day) or a number >= 0"));
		assert_int_equal(threshold_find(bad[i], error, 1, &out, NULL), ERR_USAGE);
	}
	assert_true(out == 7);
	assert_int_equal(threshold_check("sigma:3", NULL), OK);
	assert_int_equal(threshold_check("percentile:99.9", NULL), OK);
	assert_int_equal(threshold_check("0.5", NULL), OK);
	assert_int_equal(threshold_check("fpr:1e-3", NULL), OK);
	assert_int_equal(threshold_check("pot", NULL), OK);
	assert_int_equal(threshold_check("pot:0.001", NULL), OK);
	assert_int_equal(threshold_check("budget:0.5/week", NULL), OK);
}

static struct threshold_result choose(const char *text, const struct threshold_input *in)
{
	struct threshold_result r;
	struct err e = { 0 };

	if (threshold_choose(text, in, &r, &e) != OK)
		fail_msg("%s: %s", text, e.msg);
	assert_string_equal(r.strategy, text);
	return r;
}

/* Scores 1 to 99: five of a hundred are the four largest and one to come. */
static void threshold_of_a_false_alarm_rate_counts_the_flow_to_come(void **state)
{
	double score[99];
	const struct threshold_input in = { .score = score, .n = 99 };
	struct threshold_result r;

	(void)state;
	for (size_t i = 0; i < 99; i++)
		score[i] = (double)(i * 50 % 99 + 1);
	r = choose("fpr:0.05", &in);
	assert_true(r.value == 95);
	assert_float_equal(r.expected_rate, 0.05, 1e-12);
	assert_float_equal(r.supported_rate, 0.01, 1e-12);
	assert_string_equal(r.unit, "of the scores");
	assert_string_equal(r.note, "");
	assert_true(choose("fpr:0.01", &in).value == 99);
	assert_true(choose("fpr:0.29", &in).value == 71);
	assert_true(choose("fpr:0.999", &in).value == 1);
}

static void threshold_of_a_rate_that_the_data_cannot_show_is_extrapolated_and_says_so(void **state)
{
	double score[99];
	const struct threshold_input in = { .score = score, .n = 99 };
	struct threshold_result r;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 99; i++)
		score[i] = -log((double)(i + 1) / 100);
	r = choose("fpr:0.001", &in);
	assert_true(r.value > score[0] && r.value < 20);
	assert_float_equal(r.expected_rate, 0.001, 1e-9);
	assert_string_equal(
		r.note, "The calibration data (99 scores) support no less than 0.01 of the scores; what is below is extrapolated "
			"by a Pareto tail.");
	assert_true(choose("pot:0.001", &in).value == r.value);
	assert_true(choose("pot", &in).value > r.value);
	assert_int_equal(threshold_choose("fpr:0.001", &(struct threshold_input){ .score = score, .n = 19 }, &r, &e), ERR_TOO_FEW);
	assert_string_equal(e.msg, "threshold fpr:0.001: 19 scores are too few to calibrate by: 20 are needed");
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

/* -log10 of 999 p-values: one in a million is 6, give or take what three hundred times more than the data can show costs. */
static void threshold_of_p_values_has_an_exponential_tail(void **state)
{
	double score[999];
	const struct threshold_input in = { .score = score, .n = 999, .log10_p = 1 };
	struct threshold_result r;

	(void)state;
	for (size_t i = 0; i < 999; i++)
		score[i] = -log10((double)(i + 1) / 1000);
	r = choose("fpr:1e-6", &in);
	if (!(r.value > 5.7 && r.value < 6.3))
		fail_msg("%g", r.value);
	assert_non_null(strstr(r.note, "extrapolated by an exponential tail."));
	assert_true(choose("pot:1e-6", &in).value == r.value);
}

static void threshold_as_json_says_what_is_unknown(void **state)
{
	const struct threshold_input none = { 0 };
	struct threshold_result r;
	struct json_object *o;

	(void)state;
	assert_int_equal(threshold_choose("0.25", &none, &r, NULL), OK);
	o = threshold_to_json(&r);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
			    "{\"strategy\":\"manual\",\"value\":0.25,\"expected_rate\":null,\"supported_rate\":null,\"unit\":\"of "
			    "the scores\"}");
	json_object_put(o);
	assert_true(threshold_is_number("0.25") && !threshold_is_number("pot") && !threshold_is_number("x"));
}

/* Else no alarm of a rule would be one. */
static void threshold_of_p_values_stays_below_what_a_rule_scores(void **state)
{
	double score[400];
	struct threshold_input in = { .score = score, .n = 400, .log10_p = 1 };
	struct threshold_result r;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 400; i++)
		score[i] = i < 200 ? 1 : 40;
	assert_int_equal(threshold_choose("percentile:90", &in, &r, &e), OK);
	assert_true(r.value == FUSE_THRESHOLD_MOST && r.value < fuse_score(fuse_rule_p(1)));
	assert_non_null(strstr(r.note, "alarm of a rule"));
	in.log10_p = 0;
	assert_int_equal(threshold_choose("percentile:90", &in, &r, &e), OK);
	assert_true(r.value == 40);
	in.log10_p = 1;
	assert_int_equal(threshold_choose("40", &in, &r, &e), OK);
	assert_true(r.value == 40); /* who gives a number means it */
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
		cmocka_unit_test(threshold_of_a_false_alarm_rate_counts_the_flow_to_come),
		cmocka_unit_test(threshold_of_a_rate_that_the_data_cannot_show_is_extrapolated_and_says_so),
		cmocka_unit_test(threshold_of_p_values_has_an_exponential_tail),
		cmocka_unit_test(threshold_as_json_says_what_is_unknown),
		cmocka_unit_test(threshold_of_p_values_stays_below_what_a_rule_scores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
