/* profile: Mahalanobis' distance against closed forms, and the form on disk. */
#include "detect/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/cm.h"

static const double RIDGE = 1. / 36;

static int near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

/* (+-a, 0) and (0, +-b): mean 0, variances a^2/2 and b^2/2, no covariance. */
static void of_independent_features_it_is_the_sum_of_squares_over_the_variances(void **state)
{
	const double a = 2, b = 5;
	const float x[] = { 2, 0, -2, 0, 0, 5, 0, -5 }, at[] = { 3, -1 };
	double part[2];
	struct profile p;

	(void)state;
	assert_int_equal(profile_fit(&p, x, NULL, 4, 2, NULL), OK);
	assert_true(p.n == 2 && p.mean[0] == 0 && p.mean[1] == 0);
	assert_true(near(profile_score(&p, at, part), 0.5 * (9 / (a * a / 2 + 2 * RIDGE) + 1 / (b * b / 2 + 2 * RIDGE))));
	assert_true(near(part[0], 0.5 * 9 / (a * a / 2 + 2 * RIDGE)));
	assert_true(near(profile_score(&p, (const float[]){ 0, 0 }, NULL), 0));
}

/* The covariance [[v, c], [c, v]] has the inverse [[v, -c], [-c, v]] / (v^2 - c^2). */
static void of_correlated_features_it_is_the_inverse_covariance(void **state)
{
	const float x[] = { 1, 1, 3, 3, 1, 3, 3, 1, 1, 1, 3, 3 }, at[] = { 3, 1 }, along[] = { 3, 3 };
	const double v = 1 + 2 * RIDGE, c = 1. / 3, det = v * v - c * c;
	struct profile p;

	(void)state;
	assert_int_equal(profile_fit(&p, x, NULL, 6, 2, NULL), OK);
	assert_true(near(p.mean[0], 2) && near(p.mean[1], 2));
	assert_true(near(profile_score(&p, at, NULL), 0.5 * (2 * v + 2 * c) / det));
	assert_true(near(profile_score(&p, along, NULL), 0.5 * (2 * v - 2 * c) / det));
}

static void a_weight_is_as_many_rows(void **state)
{
	const float x[] = { 1, 4, 2, 2, 5, 1 }, twice[] = { 1, 4, 1, 4, 1, 4, 2, 2, 5, 1, 5, 1 }, at[] = { 0, 9 };
	const double w[] = { 3, 1, 2 };
	struct profile weighed, repeated;

	(void)state;
	assert_int_equal(profile_fit(&weighed, x, w, 3, 2, NULL), OK);
	assert_int_equal(profile_fit(&repeated, twice, NULL, 6, 2, NULL), OK);
	assert_true(near(profile_score(&weighed, at, NULL), profile_score(&repeated, at, NULL)));
}

/* n rows of F features that depend on each other; some are always 0, as flags are. */
static float *rows(size_t n, size_t F, uint64_t seed)
{
	float *const x = malloc(n * F * sizeof(*x));
	struct rng r;

	assert_non_null(x);
	rng_init(&r, seed);
	for (size_t i = 0; i < n; i++)
		for (size_t f = 0; f < F; f++) {
			const double v = rng_normal(&r);

			x[i * F + f] = f % 7 == 3 ? 0 : (float)(f > 0 ? v + 0.9 * (double)x[i * F + f - 1] : v);
		}
	return x;
}

static void parts_sum_to_the_score_and_no_score_is_negative(void **state)
{
	static const size_t sizes[] = { 1, 4, 36, FEATURE_MAX };

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		const size_t F = sizes[k];
		float *const x = rows(500, F, F);
		double part[FEATURE_MAX], mean = 0;
		struct profile p;

		assert_int_equal(profile_fit(&p, x, NULL, 400, F, NULL), OK);
		for (size_t i = 0; i < 500; i++) {
			const double score = profile_score(&p, x + i * F, part);
			double sum = 0;

			for (size_t f = 0; f < F; f++)
				sum += part[f];
			assert_true(score >= 0 && near(sum, score));
			mean += score / 500;
		}
		assert_true(mean > 0.2 && mean < 2); /* about 1: a feature has the square of its own deviation */
		free(x);
	}
}

static void a_feature_that_never_varied_still_counts_when_it_does(void **state)
{
	const float x[] = { 1, 0, 2, 0, 3, 0, 4, 0 };
	struct profile p;

	(void)state;
	assert_int_equal(profile_fit(&p, x, NULL, 4, 2, NULL), OK);
	assert_true(near(profile_score(&p, (const float[]){ 2.5f, 1 }, NULL), 0.5 / (2 * RIDGE)));
}

static void rows_that_are_no_numbers_or_too_few_make_no_profile(void **state)
{
	float x[] = { 1, 2, 3, 4, 5, 6 };
	struct profile p = { .n = 77 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(profile_fit(&p, x, NULL, 1, 2, &e), ERR_TOO_FEW);
	x[3] = NAN;
	assert_int_equal(profile_fit(&p, x, NULL, 3, 2, &e), ERR_NUMERIC);
	assert_int_equal(e.code, ERR_NUMERIC);
	x[3] = INFINITY;
	assert_int_equal(profile_fit(&p, x, NULL, 3, 2, &e), ERR_NUMERIC);
	x[3] = 4;
	assert_int_equal(profile_fit(&p, x, (const double[]){ 0, 0, 0 }, 3, 2, &e), ERR_NUMERIC);
	assert_int_equal(p.n, 77);
}

static void it_is_the_same_bit_for_bit_when_read_again(void **state)
{
	float *const x = rows(300, 36, 3);
	struct profile *const p = calloc(2, sizeof(*p));
	struct json_object *o, *again;

	(void)state;
	assert_non_null(p);
	assert_int_equal(profile_fit(&p[0], x, NULL, 300, 36, NULL), OK);
	o = profile_to_json(&p[0]);
	again = json_tokener_parse(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	assert_int_equal(profile_from_json(&p[1], again, NULL), OK);
	assert_int_equal(p[1].n, 36);
	assert_memory_equal(p[0].mean, p[1].mean, 36 * sizeof(double));
	assert_memory_equal(p[0].precision, p[1].precision, 36 * 36 * sizeof(double));
	json_object_put(o);
	json_object_put(again);
	free(p);
	free(x);
}

static void what_no_fit_can_have_written_is_refused(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"{\"mean\":[],\"precision\":[]}",
		"{\"mean\":[1],\"precision\":[]}",
		"{\"mean\":[1],\"precision\":[1,2]}",
		"{\"mean\":[1,2],\"precision\":[1,2,3]}",
		"{\"mean\":1,\"precision\":[1]}",
		"{\"mean\":[\"1\"],\"precision\":[1]}",
		"{\"mean\":[NaN],\"precision\":[1]}",
		"{\"mean\":[1],\"precision\":[Infinity]}",
		"{\"mean\":[1],\"precision\":[1e999]}",
		"{\"mean\":[1],\"precision\":null}",
		"{\"mean\":[1],\"precision\":[[1]]}",
		"{\"mean\":[1],\"precision\":[-1]}",
		"{\"mean\":[1],\"precision\":[0]}",
		"{\"mean\":[0,0],\"precision\":[1,2,3,4]}",
		"{\"mean\":[0,0],\"precision\":[1,2,2,1]}",
		"{\"mean\":[0,0],\"precision\":[1e308,0,0,-1]}",
	};
	struct profile p = { .n = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct json_object *const o = json_tokener_parse(texts[i]);
		struct err e = { 0 };

		if (profile_from_json(&p, o, &e) >= 0)
			fail_msg("taken: %s", texts[i]);
		assert_true(e.msg[0] != '\0');
		json_object_put(o);
	}
	assert_int_equal(p.n, 77);
}

static void more_features_than_a_row_has_are_refused(void **state)
{
	struct json_object *const o = json_object_new_object(), *const mean = json_object_new_array();
	struct profile p = { .n = 77 };
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i <= FEATURE_MAX; i++)
		json_object_array_add(mean, json_object_new_double(0));
	json_object_object_add(o, "mean", mean);
	json_object_object_add(o, "precision", json_object_new_array());
	assert_int_equal(profile_from_json(&p, o, &e), ERR_RANGE);
	assert_int_equal(p.n, 77);
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_independent_features_it_is_the_sum_of_squares_over_the_variances),
		cmocka_unit_test(of_correlated_features_it_is_the_inverse_covariance),
		cmocka_unit_test(a_weight_is_as_many_rows),
		cmocka_unit_test(parts_sum_to_the_score_and_no_score_is_negative),
		cmocka_unit_test(a_feature_that_never_varied_still_counts_when_it_does),
		cmocka_unit_test(rows_that_are_no_numbers_or_too_few_make_no_profile),
		cmocka_unit_test(it_is_the_same_bit_for_bit_when_read_again),
		cmocka_unit_test(what_no_fit_can_have_written_is_refused),
		cmocka_unit_test(more_features_than_a_row_has_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
