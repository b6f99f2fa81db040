/* usual: quantiles against sorted ones, what is remembered and forgotten, the form on disk, and what it costs. */
#include "detect/usual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"

#ifdef __SANITIZE_ADDRESS__
enum { SLOWER = 50 };
#else
enum { SLOWER = 1 };
#endif
enum { F = 4, FLOWS = 20000 };

/* Features of one kind, without getters: rows are made here. */
static const struct feature any_count = { .name = "count", .unit = "", .kind = FEATURE_COUNT };
static const struct feature any_signed = { .name = "signed", .unit = "", .kind = FEATURE_SIGNED };
static const struct feature any_flag = { .name = "flag", .unit = "", .kind = FEATURE_FLAG };
static const struct feature_set counts[] = {
	[1] = { .n = 1, .feature = { &any_count } },
	[2] = { .n = 2, .feature = { &any_count, &any_count } },
	[F] = { .n = F, .feature = { &any_count, &any_count, &any_count, &any_count } },
};
static const struct feature_set kinds = { .n = 3, .feature = { &any_signed, &any_flag, &any_count } };

static struct usual *make(const struct feature_set *set, size_t devices_max, const struct usual_range *otherwise)
{
	struct usual *u = NULL;
	struct err e;

	if (usual_new(&u, &(struct usual_options){ .set = set, .otherwise = otherwise, .devices_max = devices_max }, &e) < 0)
		fail_msg("%s", e.msg);
	return u;
}

static double constant(struct rng *g)
{
	(void)g;
	return 4123;
}

static double lognormal(struct rng *g)
{
	return floor(exp(8 + 2 * rng_normal(g)));
}

static double seconds(struct rng *g)
{
	return -log(1 - rng_uniform(g)) * 0.3 + 0.01;
}

static double pareto(struct rng *g)
{
	return floor(40 * pow(1 - rng_uniform(g), -1.2));
}

static double few_values(struct rng *g)
{
	static const double list[] = { 76, 76, 76, 76, 152, 152, 1500, 60000 };

	return list[rng_below(g, 8)];
}

static double mostly_nothing(struct rng *g)
{
	return rng_below(g, 10) == 0 ? 1 + (double)rng_below(g, 1000) : 0;
}

static int rising(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void near(double v, const double *sorted, size_t n, double part)
{
	const double want = sorted[(size_t)ceil(part * (double)n) - 1];

	if (!(fabs(v - want) <= 0.05 * want))
		fail_msg("quantile %g is %g and not within 5 %% of %g", part, v, want);
}

static void quantiles_are_within_five_percent_whatever_the_distribution(void **state)
{
	static double (*const draw[])(struct rng * g) = { constant, lognormal, seconds, pareto, few_values, mostly_nothing };
	static const size_t sizes[] = { USUAL_FLOWS, 41, 500, FLOWS, 3 * FLOWS };
	static double sorted[3 * FLOWS];
	struct rng g;

	(void)state;
	rng_init(&g, 5);
	for (size_t k = 0; k < sizeof(draw) / sizeof(*draw); k++)
		for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
			struct usual *const u = make(&counts[1], 0, NULL);
			struct usual_range range;

			for (size_t i = 0; i < sizes[s]; i++) {
				sorted[i] = draw[k](&g);
				assert_int_equal(usual_add(u, 7, &sorted[i]), OK);
			}
			qsort(sorted, sizes[s], sizeof(*sorted), rising);
			assert_int_equal(usual_get(u, 7, &range), 1);
			near(range.low, sorted, sizes[s], 0.025);
			near(range.middle, sorted, sizes[s], 0.5);
			near(range.high, sorted, sizes[s], 0.975);
			usual_del(u);
		}
}

static void every_magnitude_is_within_five_percent_and_a_constant_is_exact(void **state)
{
	(void)state;
	for (double v = 0.001; v < 1.7e10; v *= 1.003) {
		struct usual *const u = make(&counts[1], 1, NULL);
		struct usual_range range;
		const double around[3] = { v / 4, v, v * 4 };

		for (size_t i = 0; i < 60; i++)
			assert_int_equal(usual_add(u, 0, &around[i % 3]), OK);
		assert_int_equal(usual_get(u, 0, &range), 1);
		assert_true(fabs(range.middle - v) <= 0.046 * v);
		usual_del(u);
	}
	for (int i = 0; i < 5; i++) {
		static const double v[] = { 0, 3.5, 1234.5, 1e12, 1e-5 };
		struct usual *const u = make(&counts[1], 1, NULL);
		struct usual_range range;

		for (size_t k = 0; k < USUAL_FLOWS; k++)
			assert_int_equal(usual_add(u, 0, &v[i]), OK);
		assert_int_equal(usual_get(u, 0, &range), 1);
		assert_true(range.low == v[i] && range.middle == v[i] && range.high == v[i]);
		usual_del(u);
	}
}

static void signed_features_and_flags_have_ranges_too(void **state)
{
	struct usual *const u = make(&kinds, 0, NULL);
	struct usual_range range[3];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		const double v = i % 10 == 0 ? -5000 : i % 10 == 1 ? 0 : i % 10 < 8 ? 40 : 70000;

		assert_int_equal(usual_add(u, 3, (double[]){ v, i % 50 == 0, 1e9 + i }), OK);
	}
	assert_int_equal(usual_get(u, 3, range), 1);
	assert_true(range[0].low == -5000);
	assert_float_equal(range[0].middle, 40, 2);
	assert_float_equal(range[0].high, 70000, 3150);
	assert_true(range[1].low == 0 && range[1].middle == 0 && range[1].high == 0);
	assert_true(range[2].low >= 1e9 && range[2].high <= 1e9 + 999);
	for (size_t f = 0; f < 3; f++) {
		struct usual_range one;

		assert_int_equal(usual_get_one(u, 3, f, &one), 1);
		assert_memory_equal(&one, &range[f], sizeof(one));
		assert_int_equal(usual_get_one(u, 5, f, &one), 0);
		assert_true(isnan(one.low) && isnan(one.high));
	}
	for (int i = 0; i < 40; i++)
		assert_int_equal(usual_add(u, 4, (double[]){ i % 2 ? -300 : -0.4, i % 2, 0 }), OK);
	assert_int_equal(usual_get(u, 4, range), 1);
	assert_float_equal(range[0].low, -300, 14);
	assert_float_equal(range[0].high, -0.4, 0.02);
	assert_true(range[1].low == 0 && range[1].high == 1);
	assert_true(range[2].low == 0 && range[2].high == 0);
	usual_del(u);
}

/* More than any counter holds: the shape stays. */
static void counters_that_are_full_do_not_change_the_answer(void **state)
{
	struct usual *const u = make(&counts[1], 1, NULL);
	struct usual_range range;
	struct rng g;

	(void)state;
	rng_init(&g, 6);
	for (size_t i = 0; i < 400000; i++) {
		const double v = rng_below(&g, 100) < 5 ? 100000 : rng_below(&g, 100) < 5 ? 10 : 1000;

		assert_int_equal(usual_add(u, 0, &v), OK);
	}
	assert_int_equal(usual_get(u, 0, &range), 1);
	assert_true(range.low == 10);
	assert_float_equal(range.middle, 1000, 46);
	assert_float_equal(range.high, 100000, 4600);
	usual_del(u);
}

static void the_models_ranges_stand_in_until_there_are_enough_flows(void **state)
{
	const struct usual_range otherwise[2] = { { 1, 2, 3 }, { NAN, NAN, NAN } };
	struct usual *const u = make(&counts[2], 0, otherwise);
	struct usual_range range[2];

	(void)state;
	for (size_t i = 0; i < USUAL_FLOWS; i++) {
		assert_int_equal(usual_get(u, 9, range), 0);
		assert_memory_equal(&range[0], &otherwise[0], sizeof(range[0]));
		assert_true(isnan(range[1].low) && isnan(range[1].middle) && isnan(range[1].high));
		assert_int_equal(usual_flows(u, 9), i);
		assert_int_equal(usual_add(u, 9, (double[]){ 50, i == 3 ? NAN : i == 4 ? INFINITY : 0.5 }), OK);
	}
	assert_int_equal(usual_get(u, 9, range), 1);
	assert_true(range[0].low == 50 && range[0].high == 50);
	assert_true(range[1].low == 0.5 && range[1].high == 0.5);
	assert_int_equal(usual_get(u, 8, range), 0);
	usual_del(u);
}

/* Against a list of the devices in the order of their last flows. */
static void the_device_that_was_silent_for_longest_is_forgotten_first(void **state)
{
	enum { ROOM = 5, DEVICES = 9, STEPS = 5000 };
	struct usual *const u = make(&counts[1], ROOM, NULL);
	uint64_t order[ROOM + 1], flows[DEVICES] = { 0 };
	size_t n = 0;
	struct rng g;

	(void)state;
	rng_init(&g, 8);
	for (size_t i = 0; i < STEPS; i++) {
		const uint64_t device = rng_below(&g, DEVICES);
		size_t at = 0;

		while (at < n && order[at] != device)
			at++;
		if (at == n)
			n++;
		memmove(order + 1, order, at * sizeof(*order));
		order[0] = device;
		flows[device]++;
		if (n > ROOM)
			flows[order[--n]] = 0;
		assert_int_equal(usual_add(u, device << 40, &(double){ (double)device }), OK);
		for (uint64_t d = 0; d < DEVICES; d++)
			assert_int_equal(usual_flows(u, d << 40), flows[d]);
		assert_int_equal(usual_devices(u), n);
	}
	usual_del(u);
}

static void memory_is_bounded_by_bytes_as_well_as_by_devices(void **state)
{
	struct usual *u = NULL;
	const double row[F] = { 1, 2, 3, 4 };

	(void)state;
	assert_int_equal(usual_new(&u, &(struct usual_options){ .set = &counts[F], .bytes_max = 100000 }, NULL), OK);
	for (uint64_t d = 0; d < 1000; d++)
		assert_int_equal(usual_add(u, d, row), OK);
	assert_in_range(usual_devices(u), 20, 40);
	assert_int_equal(usual_flows(u, 999), 1);
	usual_del(u);
	u = make(&counts[F], 0, NULL);
	for (uint64_t d = 0; d < 10000; d++)
		assert_int_equal(usual_add(u, d, row), OK);
	assert_int_equal(usual_devices(u), USUAL_DEVICES);
	usual_del(u);
	assert_int_equal(usual_new(&u, &(struct usual_options){ .set = &counts[F], .devices_max = SIZE_MAX }, NULL), ERR_RANGE);
	assert_int_equal(usual_new(&u, &(struct usual_options){ .set = &(struct feature_set){ .n = 0 } }, NULL), ERR_RANGE);
}

static void ranges_survive_the_way_to_json_and_back(void **state)
{
	const struct usual_range range[3] = { { 0, 1.0 / 3, 4e9 }, { NAN, NAN, NAN }, { -1, -1, -1 } };
	struct usual_range back[3];
	struct json_object *const list = usual_to_json(range, 3);
	const char *const text = json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN);
	struct json_object *read = NULL;

	(void)state;
	assert_int_equal(json_read(&read, text, strlen(text), NULL), OK);
	assert_int_equal(usual_from_json(back, 3, read, NULL), OK);
	assert_memory_equal(&back[0], &range[0], sizeof(range[0]));
	assert_true(isnan(back[1].low) && isnan(back[1].middle) && isnan(back[1].high));
	assert_memory_equal(&back[2], &range[2], sizeof(range[2]));
	assert_int_equal(usual_from_json(back, 2, read, NULL), ERR_FORMAT);
	json_object_put(read);
	json_object_put(list);
}

static void rows_of_a_training_give_the_ranges_of_a_model(void **state)
{
	static double rows[1000][2];
	struct usual_range range[2] = { { 5, 6, 7 } };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		rows[i][0] = (double)i;
		rows[i][1] = 8;
	}
	assert_int_equal(usual_fit(range, &counts[2], rows[0], USUAL_FLOWS - 1, &e), ERR_TOO_FEW);
	assert_true(range[0].low == 5 && e.msg[0] != '\0');
	assert_int_equal(usual_fit(range, &counts[2], rows[0], 1000, &e), OK);
	assert_float_equal(range[0].low, 24, 24 * 0.05);
	assert_float_equal(range[0].middle, 499, 499 * 0.05);
	assert_float_equal(range[0].high, 974, 974 * 0.05);
	assert_true(range[1].low == 8 && range[1].middle == 8 && range[1].high == 8);
}

static void ranges_that_cannot_be_meant_are_refused(void **state)
{
	static const char *const list[] = { "{}",        "[]",  "[1]", "[[1,2]]", "[[3,2,1]]", "[[1,2,null]]", "[[1,2,\"3\"]]",
					    "[[1,3,2]]", "null" };

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct usual_range range = { 5, 6, 7 };
		struct json_object *o = NULL;
		struct err e = { 0 };

		assert_int_equal(json_read(&o, list[i], strlen(list[i]), NULL), OK);
		assert_int_equal(usual_from_json(&range, 1, o, &e), ERR_FORMAT);
		assert_true(range.low == 5 && e.msg[0] != '\0');
		json_object_put(o);
	}
}

/* 0.2 us a flow is the budget; the limit here leaves room for a busy machine. */
static void learning_costs_a_fraction_of_a_microsecond(void **state)
{
	enum { ROWS = 4096, DEVICES = 30, TIMES = 2000000 / SLOWER };
	static double rows[ROWS][F];
	struct usual *const u = make(&counts[F], 0, NULL);
	double best = INFINITY;
	struct rng g;

	(void)state;
	rng_init(&g, 9);
	for (size_t i = 0; i < ROWS; i++)
		for (size_t f = 0; f < F; f++)
			rows[i][f] = lognormal(&g);
	for (int round = 0; round < 3; round++) {
		const double start = clock_seconds();

		for (size_t i = 0; i < TIMES; i++)
			(void)usual_add(u, i * 7 % DEVICES, rows[i % ROWS]);
		best = fmin(best, (clock_seconds() - start) / TIMES);
	}
	print_message("usual: %.3f us a flow of %d features\n", 1e6 * best, F);
	assert_true(best < 1e-6 * SLOWER);
	usual_del(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_within_five_percent_whatever_the_distribution),
		cmocka_unit_test(every_magnitude_is_within_five_percent_and_a_constant_is_exact),
		cmocka_unit_test(signed_features_and_flags_have_ranges_too),
		cmocka_unit_test(counters_that_are_full_do_not_change_the_answer),
		cmocka_unit_test(the_models_ranges_stand_in_until_there_are_enough_flows),
		cmocka_unit_test(the_device_that_was_silent_for_longest_is_forgotten_first),
		cmocka_unit_test(memory_is_bounded_by_bytes_as_well_as_by_devices),
		cmocka_unit_test(ranges_survive_the_way_to_json_and_back),
		cmocka_unit_test(rows_of_a_training_give_the_ranges_of_a_model),
		cmocka_unit_test(ranges_that_cannot_be_meant_are_refused),
		cmocka_unit_test(learning_costs_a_fraction_of_a_microsecond),
	};

	return cmocka_run_group_tests_name("usual", tests, NULL, NULL);
}
