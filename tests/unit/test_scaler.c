/* scaler: what fitting promises, on random rows, and the form on disk. */
#include "feature/scaler.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/rng.h"

enum { ROWS = 1000, N = 5, TRIALS = 50 };

/* Rows like traffic: each column lognormal with its own middle and width, whole numbers. */
static double *random_rows(struct rng *r)
{
	double *rows = malloc(sizeof(double) * ROWS * N);

	assert_non_null(rows);
	for (size_t f = 0; f < N; f++) {
		const double middle = 12 * rng_uniform(r), width = 0.1 + 2 * rng_uniform(r);

		for (size_t i = 0; i < ROWS; i++)
			rows[i * N + f] = floor(exp(middle + width * rng_normal(r)));
	}
	return rows;
}

static void fit(struct scaler *s, enum scaler_kind kind, const double *rows, size_t row_n, size_t n)
{
	struct err e = { 0 };

	if (scaler_fit(s, kind, rows, row_n, n, &e) != OK)
		fail_msg("%s", e.msg);
}

static void near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%.17g is not %.17g within %g", got, want, tolerance);
}

static void scaler_standard_gives_mean_0_and_deviation_1(void **state)
{
	struct rng r;

	(void)state;
	rng_init(&r, 1);
	for (int t = 0; t < TRIALS; t++) {
		double *rows = random_rows(&r), sum[N] = { 0 }, squares[N] = { 0 };
		struct scaler s;
		float out[N];

		fit(&s, SCALER_STANDARD, rows, ROWS, N);
		for (size_t i = 0; i < ROWS; i++) {
			scaler_apply(&s, rows + i * N, out);
			for (size_t f = 0; f < N; f++) {
				sum[f] += (double)out[f];
				squares[f] += (double)out[f] * (double)out[f];
			}
		}
		for (size_t f = 0; f < N; f++) {
			near(sum[f] / ROWS, 0, 1e-6);
			near(squares[f] / ROWS, s.scale[f] == 1 && squares[f] == 0 ? 0 : 1, 1e-5);
		}
		free(rows);
	}
}

static void scaler_minmax_gives_0_to_1(void **state)
{
	struct rng r;

	(void)state;
	rng_init(&r, 2);
	for (int t = 0; t < TRIALS; t++) {
		double *rows = random_rows(&r);
		float out[N], least[N], most[N];
		struct scaler s;

		fit(&s, SCALER_MINMAX, rows, ROWS, N);
		scaler_apply(&s, rows, least);
		memcpy(most, least, sizeof(most));
		for (size_t i = 0; i < ROWS; i++) {
			scaler_apply(&s, rows + i * N, out);
			for (size_t f = 0; f < N; f++) {
				least[f] = fminf(least[f], out[f]);
				most[f] = fmaxf(most[f], out[f]);
			}
		}
		for (size_t f = 0; f < N; f++) {
			assert_true(least[f] == 0);
			assert_true(most[f] == 1 || s.scale[f] == 1);
		}
		free(rows);
	}
}

/* scikit-learn: StandardScaler().fit([[1,10],[2,10],[4,10],[9,10]]): mean_ [4, 10], scale_ [3.082207001484488, 1];
 * MinMaxScaler: [1, 10], [8, 1] */
static void scaler_agrees_with_scikit_learn(void **state)
{
	const double rows[] = { 1, 10, 2, 10, 4, 10, 9, 10 };
	struct scaler s;

	(void)state;
	fit(&s, SCALER_STANDARD, rows, 4, 2);
	near(s.center[0], 4, 1e-15);
	near(s.scale[0], 3.082207001484488, 1e-15);
	assert_true(s.center[1] == 10 && s.scale[1] == 1);
	assert_true(s.log1p == 0 && s.clip == 0 && s.n == 2 && s.kind == SCALER_STANDARD);
	fit(&s, SCALER_MINMAX, rows, 4, 2);
	assert_true(s.center[0] == 1 && s.scale[0] == 8 && s.center[1] == 10 && s.scale[1] == 1);
}

static void scaler_standard_sees_that_a_constant_is_one(void **state)
{
	double rows[999];
	struct scaler s;

	(void)state;
	for (int i = 0; i < 999; i++)
		rows[i] = 0.1;
	fit(&s, SCALER_STANDARD, rows, 999, 1);
	assert_true(s.center[0] == 0.1 && s.scale[0] == 1);
}

static void scaler_robust_is_the_median_and_mad_of_log1p(void **state)
{
	const double rows[] = { exp(2) - 1, exp(7) - 1, exp(1) - 1, exp(4) - 1, exp(100) - 1 };
	const double even[] = { exp(1) - 1, exp(2) - 1, exp(4) - 1, exp(8) - 1 };
	struct scaler s;
	float out;

	(void)state;
	fit(&s, SCALER_ROBUST, rows, 5, 1);
	near(s.center[0], 4, 1e-12);
	near(s.scale[0], 1.4826 * 3, 1e-12); /* deviations 2, 3, 3, 0, 96 */
	assert_true(s.log1p == 1 && s.clip == 8);
	scaler_apply(&s, &rows[1], &out);
	near((double)out, 1 / 1.4826, 1e-6);
	scaler_apply(&s, &rows[4], &out);
	assert_true(out == 8);
	fit(&s, SCALER_ROBUST, even, 4, 1);
	near(s.center[0], 3, 1e-12);
	near(s.scale[0], 1.4826 * 1.5, 1e-12); /* deviations 2, 1, 1, 5 */
}

static void scaler_robust_has_a_floor_for_values_that_are_mostly_one(void **state)
{
	double rows[100] = { 0 };
	struct scaler s;

	(void)state;
	fit(&s, SCALER_ROBUST, rows, 100, 1);
	assert_true(s.center[0] == 0 && s.scale[0] == 1);
	rows[7] = exp(50) - 1;
	fit(&s, SCALER_ROBUST, rows, 100, 1);
	near(s.scale[0], 1.2533 * 0.5, 1e-12);
	rows[7] = exp(0.1) - 1;
	fit(&s, SCALER_ROBUST, rows, 100, 1);
	near(s.scale[0], 0.01, 1e-15);
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Where m of n values change, the median can move by m ranks at most, and so can the median of the deviations, besides
 * the shift of the middle. Checked for column f; returns 0 where too many values are equal for MAD to be used.
 */
static int check_bounds(const double *rows, size_t f, size_t m, const struct scaler *before, const struct scaler *after)
{
	const double shift = fabs(after->center[f] - before->center[f]);
	double v[ROWS], low, high;

	for (size_t i = 0; i < ROWS; i++)
		v[i] = log1p(rows[i * N + f]);
	qsort(v, ROWS, sizeof(*v), compare_doubles);
	assert_true(after->center[f] >= v[ROWS / 2 - 1 - m] && after->center[f] <= v[ROWS / 2 + m]);
	for (size_t i = 0; i < ROWS; i++)
		v[i] = fabs(v[i] - before->center[f]);
	qsort(v, ROWS, sizeof(*v), compare_doubles);
	low = 1.4826 * (v[ROWS / 2 - 1 - m] - shift);
	high = 1.4826 * (v[ROWS / 2 + m] + shift);
	if (low < 0.01)
		return 0;
	assert_true(after->scale[f] >= low * (1 - 1e-12) && after->scale[f] <= high * (1 + 1e-12));
	return 1;
}

static void scaler_robust_hardly_moves_when_a_tenth_of_the_rows_explodes(void **state)
{
	struct rng r;
	size_t checked = 0;

	(void)state;
	rng_init(&r, 3);
	for (int t = 0; t < TRIALS; t++) {
		double *rows = random_rows(&r), *changed = malloc(sizeof(double) * ROWS * N);
		struct scaler before, after;

		assert_non_null(changed);
		for (size_t i = 0; i < ROWS * N; i++)
			changed[i] = rows[i] * (i / N % 10 == 0 ? 1e6 : 1);
		fit(&before, SCALER_ROBUST, rows, ROWS, N);
		fit(&after, SCALER_ROBUST, changed, ROWS, N);
		for (size_t f = 0; f < N; f++)
			checked += (size_t)check_bounds(rows, f, ROWS / 10, &before, &after);
		free(rows);
		free(changed);
	}
	assert_true(checked > TRIALS * N / 2);
}

static void scaler_does_not_mind_the_order_of_the_rows(void **state)
{
	struct rng r;
	uint32_t idx[ROWS];
	double *mixed = malloc(sizeof(double) * ROWS * N);

	(void)state;
	rng_init(&r, 4);
	for (uint32_t i = 0; i < ROWS; i++)
		idx[i] = i;
	for (int t = 0; t < TRIALS; t++)
		for (int kind = SCALER_STANDARD; kind <= SCALER_MINMAX; kind++) {
			double *rows = random_rows(&r);
			struct scaler a, b;

			rng_shuffle(&r, idx, ROWS);
			for (size_t i = 0; i < ROWS; i++)
				memcpy(mixed + i * N, rows + idx[i] * N, sizeof(double) * N);
			fit(&a, (enum scaler_kind)kind, rows, ROWS, N);
			fit(&b, (enum scaler_kind)kind, mixed, ROWS, N);
			for (size_t f = 0; f < N; f++) {
				near(b.center[f], a.center[f], 1e-12 * (fabs(a.center[f]) + a.scale[f]));
				near(b.scale[f], a.scale[f], 1e-12 * a.scale[f]);
			}
			free(rows);
		}
	free(mixed);
}

static void scaler_squeezes_negative_values_like_positive_ones(void **state)
{
	const struct scaler s = { .kind = SCALER_ROBUST, .n = 2, .log1p = 1, .clip = 8, .center = { 0, 0 }, .scale = { 1, 1 } };
	const double row[] = { -100, 100 };
	float out[2];

	(void)state;
	scaler_apply(&s, row, out);
	assert_true(out[1] == (float)log1p(100) && out[0] == -out[1]);
}

static void scaler_output_is_a_float_or_nan_whatever_comes(void **state)
{
	struct scaler s = { .kind = SCALER_STANDARD, .n = 3, .center = { 0 }, .scale = { 1e-300, 1e-300, 1 } };
	const double row[] = { 1e300, -INFINITY, NAN };
	float out[3];

	(void)state;
	scaler_apply(&s, row, out);
	assert_true(out[0] == FLT_MAX && out[1] == -FLT_MAX && isnan(out[2]));
	s.clip = 8;
	scaler_apply(&s, row, out);
	assert_true(out[0] == 8 && out[1] == -8 && isnan(out[2])); /* never in the range of normal values */
}

static void scaler_refuses_rows_it_cannot_fit(void **state)
{
	double rows[] = { 1, 2, 3, NAN };
	const double huge[] = { 1e200, -1e200, -1e200, 3e200 };
	const double wide[] = { DBL_MAX, -DBL_MAX };
	struct scaler s = { .n = 42 };
	struct err e = { 0 };

	(void)state;
	for (int kind = SCALER_STANDARD; kind <= SCALER_MINMAX; kind++) {
		const enum scaler_kind k = (enum scaler_kind)kind;

		assert_int_equal(scaler_fit(&s, k, rows, 0, 2, &e), ERR_RANGE);
		assert_int_equal(scaler_fit(&s, k, rows, 2, 0, &e), ERR_RANGE);
		assert_int_equal(scaler_fit(&s, k, rows, 1, FEATURE_MAX + 1, &e), ERR_RANGE);
		rows[3] = NAN;
		assert_int_equal(scaler_fit(&s, k, rows, 2, 2, &e), ERR_NUMERIC);
		assert_string_equal(e.msg, "scaler: row 1, feature 1: not a finite number");
		rows[3] = INFINITY;
		assert_int_equal(scaler_fit(&s, k, rows, 2, 2, &e), ERR_NUMERIC);
	}
	assert_int_equal(scaler_fit(&s, SCALER_STANDARD, huge, 4, 1, &e), ERR_NUMERIC);
	assert_int_equal(scaler_fit(&s, SCALER_STANDARD, wide, 2, 1, &e), ERR_NUMERIC);
	assert_int_equal(scaler_fit(&s, SCALER_MINMAX, wide, 2, 1, &e), ERR_NUMERIC);
	assert_int_equal(s.n, 42);
}

static int read_json(struct scaler *s, const char *text, struct err *e)
{
	struct json_object *obj = NULL;
	int r;

	if (json_read(&obj, text, strlen(text), e) != OK)
		fail_msg("%s: %s", text, e->msg);
	r = scaler_from_json(s, obj, e);
	json_object_put(obj);
	return r;
}

static double random_double(struct rng *r, int positive)
{
	double v;

	do {
		uint64_t u = rng_next(r);

		memcpy(&v, &u, sizeof(v));
	} while (!isfinite(v) || (positive && v == 0));
	return positive ? fabs(v) : v;
}

static void scaler_survives_json_bit_for_bit(void **state)
{
	struct rng r;

	(void)state;
	rng_init(&r, 6);
	for (int t = 0; t < 500; t++) {
		struct scaler a = { .kind = (enum scaler_kind)(t % 3), .n = 1 + (size_t)(t % FEATURE_MAX), .log1p = t & 1 }, b;
		struct err e = { 0 };
		struct json_object *obj;

		a.clip = t & 2 ? random_double(&r, 1) : 0;
		for (size_t f = 0; f < a.n; f++) {
			a.center[f] = f % 8 == 1 ? -0.0 : f % 8 == 2 ? floor(1e16 * rng_uniform(&r)) : random_double(&r, 0);
			a.scale[f] = f % 8 == 1 ? 1 : random_double(&r, 1);
		}
		obj = scaler_to_json(&a);
		assert_non_null(obj);
		memset(&b, 0xff, sizeof(b));
		if (read_json(&b, json_object_to_json_string(obj), &e) != OK)
			fail_msg("%s: %s", json_object_to_json_string(obj), e.msg);
		assert_true(a.kind == b.kind && a.n == b.n && a.log1p == b.log1p);
		assert_memory_equal(&a.clip, &b.clip, sizeof(a.clip));
		assert_memory_equal(a.center, b.center, a.n * sizeof(double));
		assert_memory_equal(a.scale, b.scale, a.n * sizeof(double));
		json_object_put(obj);
	}
}

static void scaler_reads_whole_numbers_too(void **state)
{
	struct scaler s;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
		read_json(&s, "{\"kind\":\"standard\",\"log1p\":false,\"clip\":0,\"center\":[1,-2.5],\"scale\":[3,1e-3]}", &e), OK);
	assert_true(s.kind == SCALER_STANDARD && s.n == 2 && s.center[1] == -2.5 && s.scale[0] == 3 && s.clip == 0);
}

static void scaler_refuses_json_that_is_none(void **state)
{
	static const char *const bad[] = {
		"[]",
		"{}",
		"{\"kind\":\"Standard\",\"log1p\":false,\"clip\":0,\"center\":[1],\"scale\":[1]}",
		"{\"kind\":3,\"log1p\":false,\"clip\":0,\"center\":[1],\"scale\":[1]}",
		"{\"log1p\":false,\"clip\":0,\"center\":[1],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":1,\"clip\":0,\"center\":[1],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"clip\":0,\"center\":[1],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":-1,\"center\":[1],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":\"8\",\"center\":[1],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"center\":[1],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[],\"scale\":[]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[1],\"scale\":[1,1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[1,2],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[1],\"scale\":[0]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[1],\"scale\":[-1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[\"1\"],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[null],\"scale\":[1]}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":1,\"scale\":1}",
		"{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"center\":[1]}",
	};
	struct scaler s = { .n = 42 };
	char many[600] = "{\"kind\":\"robust\",\"log1p\":true,\"clip\":8,\"scale\":[1],\"center\":[1";
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e = (struct err){ 0 };
		if (read_json(&s, bad[i], &e) >= 0 || e.code >= 0 || strncmp(e.msg, "scaler: ", 8) != 0)
			fail_msg("%s was taken (%d %s)", bad[i], e.code, e.msg);
	}
	for (int i = 0; i < FEATURE_MAX; i++)
		strcat(many, ",1");
	strcat(many, "]}");
	assert_int_equal(read_json(&s, many, &e), ERR_RANGE);
	assert_int_equal(s.n, 42);
}

static void scaler_kinds_have_names(void **state)
{
	enum scaler_kind kind;

	(void)state;
	for (int k = SCALER_STANDARD; k <= SCALER_MINMAX; k++) {
		assert_int_equal(scaler_kind_find(scaler_kind_name((enum scaler_kind)k), &kind), OK);
		assert_int_equal(kind, k);
	}
	assert_int_equal(scaler_kind_find("", &kind), ERR_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scaler_standard_gives_mean_0_and_deviation_1),
		cmocka_unit_test(scaler_minmax_gives_0_to_1),
		cmocka_unit_test(scaler_agrees_with_scikit_learn),
		cmocka_unit_test(scaler_standard_sees_that_a_constant_is_one),
		cmocka_unit_test(scaler_robust_is_the_median_and_mad_of_log1p),
		cmocka_unit_test(scaler_robust_has_a_floor_for_values_that_are_mostly_one),
		cmocka_unit_test(scaler_robust_hardly_moves_when_a_tenth_of_the_rows_explodes),
		cmocka_unit_test(scaler_does_not_mind_the_order_of_the_rows),
		cmocka_unit_test(scaler_squeezes_negative_values_like_positive_ones),
		cmocka_unit_test(scaler_output_is_a_float_or_nan_whatever_comes),
		cmocka_unit_test(scaler_refuses_rows_it_cannot_fit),
		cmocka_unit_test(scaler_survives_json_bit_for_bit),
		cmocka_unit_test(scaler_reads_whole_numbers_too),
		cmocka_unit_test(scaler_refuses_json_that_is_none),
		cmocka_unit_test(scaler_kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
