/* budget: incidents counted by hand, and how many false ones fresh traffic then has. */
#include "detect/budget.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/cm.h"

#define DAY 86400.0

static struct threshold_result choose(const char *text, const struct threshold_input *in)
{
	struct threshold_result r;
	struct err e = { 0 };

	if (threshold_choose(text, in, &r, &e) != OK)
		fail_msg("%s: %s", text, e.msg);
	return r;
}

/* Two devices, twenty network-days; each case: how many incidents a network-day are asked for, and the threshold. */
static void neighbouring_exceedances_of_a_device_are_one_incident(void **state)
{
	/*                                  one incident of 3       apart by 601 s; the other device's is its own */
	static const double score[] = { 8, 9, 8, 1, 1, 1, 1, 5, 6, 7, 2, 2, 2, 3 };
	static const double ts[] = { 0, 600, 1200, 9000, 9001, 9002, 9003, 20000, 20601, 20000, 50000, 50001, 50002, 60000 };
	static const uint64_t device[] = { 4, 4, 4, 4, 4, 4, 4, 4, 4, 2, 4, 4, 4, 2 };
	const struct threshold_input in = { score, device, ts, 14, 20 * 20 * DAY, 0 };
	static const struct {
		const char *text;
		double value, rate;
	} cases[] = {
		{ "budget:0.05/day", 9, 1.0 / 20 }, /* none */
		{ "budget:0.1/day", 7, 2.0 / 20 },  /* the three at 8, 9 and 8 */
		{ "budget:0.15/day", 6, 3.0 / 20 },         { "budget:0.2/day", 5, 4.0 / 20 },
		{ "budget:0.25/day", 3, 5.0 / 20 },         { "budget:0.3/day", 2, 6.0 / 20 },
		{ "budget:0.35/day", 1, 7.0 / 20 },         { "budget:2.1/week", 2, 7 * 6.0 / 20 },
		{ "budget:0.0125/hour", 2, 6.0 / 20 / 24 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct threshold_result r = choose(cases[i].text, &in);

		if (r.value < cases[i].value || r.value > cases[i].value)
			fail_msg("%s gave %g, not %g", cases[i].text, r.value, cases[i].value);
		assert_float_equal(r.expected_rate, cases[i].rate, 1e-12);
		assert_string_equal(r.note, "");
	}
	assert_float_equal(choose("budget:1/day", &in).supported_rate, 0.05, 1e-12);
	assert_string_equal(choose("budget:1/day", &in).unit, "incidents a day in a network of 20 devices");
}

/* Above 8 the story of 9, 8, 9 falls in two: the lowest level with one incident is not where only one is above all higher levels. */
static void a_higher_threshold_that_splits_an_incident_counts(void **state)
{
	static const double score[] = { 9, 8, 9 }, ts[] = { 0, 400, 800 };
	const struct threshold_input in = { score, NULL, ts, 3, 2 * 20 * DAY, 0 };

	(void)state;
	assert_true(choose("budget:1/day", &in).value == 9);
	assert_true(choose("budget:1.5/day", &in).value == 8);
}

/* A home of 20 devices: bursts of unusual flows, an hour apart on average, whose heights have a heavy tail. */
static size_t make_traffic(double *score, uint64_t *device, double *ts, size_t devices, double days, uint64_t seed)
{
	struct rng g;
	size_t n = 0;

	rng_init(&g, seed);
	for (uint64_t d = 0; d < devices; d++)
		for (double t = 0; t < days * DAY;) {
			const double height = pow(1 - rng_uniform(&g), -0.3);
			const size_t flows = 1 + (size_t)rng_below(&g, 8);

			for (size_t i = 0; i < flows; i++) {
				score[n] = height * (0.5 + 0.5 * rng_uniform(&g));
				device[n] = d;
				ts[n++] = t + 60 * (double)i;
			}
			t += 1200 - 2400 * log(1 - rng_uniform(&g));
		}
	return n;
}

static size_t incidents(const double *score, const uint64_t *device, const double *ts, size_t n, double threshold)
{
	size_t count = 0;
	double last = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && device[i] != device[i - 1])
			last = -INFINITY;
		if (!(score[i] > threshold))
			continue;
		count += ts[i] - last > BUDGET_GAP;
		last = ts[i];
	}
	return count;
}

/* By devices that were observed for so long, over twenty homes each: how many false incidents a day there are, asked for one. */
static void fresh_traffic_keeps_to_the_budget(void **state)
{
	static const struct {
		size_t devices;
		double days, least, most; /* false incidents a day and home */
		int extrapolated;
	} cases[] = {
		{ 20, 5, 0.5, 1.1, 0 },
		{ 20, 2, 0.2, 1.1, 0 },
		{ 4, 1, 0.2, 2, 1 },
		{ 1, 2, 0.2, 2, 1 },
	};
	enum { MOST = 200000, HOMES = 40 };
	double *const score = malloc(MOST * sizeof(*score)), *const ts = malloc(MOST * sizeof(*ts));
	uint64_t *const device = malloc(MOST * sizeof(*device));

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		double rate = 0;

		for (uint64_t home = 0; home < HOMES; home++) {
			size_t n = make_traffic(score, device, ts, cases[c].devices, cases[c].days, 2 * home);
			const struct threshold_input in = {
				score, device, ts, n, (double)cases[c].devices * cases[c].days * DAY, 0
			};
			const struct threshold_result r = choose("budget:1/day", &in);

			assert_int_equal(r.note[0] != '\0', cases[c].extrapolated);
			assert_true(r.expected_rate > 0 && r.expected_rate <= 1 + 1e-9);
			n = make_traffic(score, device, ts, 20, 10, 2 * home + 1);
			assert_true(n < MOST);
			rate += (double)incidents(score, device, ts, n, r.value) / 10 / HOMES;
		}
		print_message("%zu devices, %g days: %.2f a day\n", cases[c].devices, cases[c].days, rate);
		if (rate < cases[c].least || rate > cases[c].most)
			fail_msg("%zu devices observed for %g days: %g false incidents a day", cases[c].devices, cases[c].days,
				 rate);
	}
	free(score);
	free(ts);
	free(device);
}

static void what_the_data_cannot_show_is_said(void **state)
{
	static double score[1000], ts[1000];
	struct threshold_input in = { score, NULL, ts, 1000, 1.3 * DAY, 0 };
	struct threshold_result r;
	struct rng g;

	(void)state;
	rng_init(&g, 4);
	for (size_t i = 0; i < 1000; i++) {
		score[i] = -log(1 - rng_uniform(&g));
		ts[i] = (double)i * 1.3 * DAY / 1000;
	}
	r = choose("budget:1/day", &in);
	assert_float_equal(r.supported_rate, 20 / 1.3, 1e-9);
	assert_ptr_equal(strstr(r.note,
				"The calibration data (1.3 device-days) support no less than 15 incidents a day in a network of 20 "
				"devices; what is below is extrapolated from the peaks of "),
			 r.note);
	assert_float_equal(r.expected_rate, 1, 1e-9);
	assert_true(r.value > choose("budget:16/day", &in).value && r.value > choose("budget:2/day", &in).value);

	/* Ten minutes of one device are one incident. */
	for (size_t i = 0; i < 1000; i++)
		ts[i] = (double)i;
	in.device_seconds = 1000;
	r = choose("budget:1/day", &in);
	assert_non_null(strstr(r.note, "(0.0116 device-days)"));
	assert_non_null(strstr(r.note, "extrapolated from 1000 single scores."));
	assert_float_equal(r.expected_rate, 1, 1e-6);
}

/*
 * Of p-values the tail is known: of forty incidents above 1 to one in a hundred times as long is two decades further up. A Pareto tail would
 * be drawn to hundreds.
 */
static void budget_of_p_values_goes_on_by_decades(void **state)
{
	double mean = 0, least = INFINITY, most = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		static double score[400], ts[400];
		const struct threshold_input in = { score, NULL, ts, 400, 20 * DAY, 1 };
		struct rng g;
		double x;

		rng_init(&g, seed);
		for (size_t i = 0; i < 400; i++) {
			score[i] = -log10(1 - rng_uniform(&g));
			ts[i] = 1000 * (double)i;
		}
		x = choose("budget:0.4/day", &in).value;
		mean += x / 50;
		least = fmin(least, x);
		most = fmax(most, x);
	}
	if (!(mean > 2.7 && mean < 3.4 && least > 2 && most < 6))
		fail_msg("mean %g, %g to %g: should be about 3", mean, least, most);
}

static void without_times_there_is_no_budget(void **state)
{
	static double score[30], ts[30];
	struct threshold_result r;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(threshold_choose("budget:1/day", &(struct threshold_input){ .score = score, .n = 30 }, &r, &e), ERR_RANGE);
	assert_string_equal(
		e.msg,
		"threshold budget:1/day: a budget needs to know when each flow was, and the data do not say: fpr:X does without");
	assert_int_equal(threshold_choose("budget:1/day", &(struct threshold_input){ .score = score, .ts = ts, .n = 30 }, &r, NULL),
			 ERR_RANGE);
	ts[3] = NAN;
	assert_int_equal(threshold_choose("budget:1/day", &(struct threshold_input){ score, NULL, ts, 30, DAY, 0 }, &r, &e),
			 ERR_RANGE);
	assert_non_null(strstr(e.msg, "not all have one"));
	ts[3] = 0;
	assert_int_equal(threshold_choose("budget:1/day", &(struct threshold_input){ score, NULL, ts, 19, DAY, 0 }, &r, &e),
			 ERR_TOO_FEW);
}

/* The order of the file is not that of time. */
static void the_order_of_the_scores_does_not_matter(void **state)
{
	enum { N = 500 };
	static double score[2][N], ts[2][N];
	static uint64_t device[2][N];
	uint32_t order[N];
	struct rng g;

	(void)state;
	rng_init(&g, 8);
	for (uint32_t i = 0; i < N; i++) {
		score[0][i] = rng_normal(&g);
		score[0][i] = fabs(floor(10 * score[0][i]));
		ts[0][i] = floor(rng_uniform(&g) * 50) * 500;
		device[0][i] = rng_below(&g, 3);
		order[i] = i;
	}
	rng_shuffle(&g, order, N);
	for (size_t i = 0; i < N; i++) {
		score[1][i] = score[0][order[i]];
		ts[1][i] = ts[0][order[i]];
		device[1][i] = device[0][order[i]];
	}
	for (int k = 0; k < 2; k++) {
		static const char *const text[] = { "budget:0.01/day", "budget:1/day", "budget:100/day", "budget:2000/day" };

		for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
			const struct threshold_input a = { score[0], device[0], ts[0], N, k ? DAY : 400 * DAY, 0 },
						     b = { score[1], device[1], ts[1], N, k ? DAY : 400 * DAY, 0 };
			const double x = choose(text[i], &a).value, y = choose(text[i], &b).value;

			assert_memory_equal(&x, &y, sizeof(x));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbouring_exceedances_of_a_device_are_one_incident),
		cmocka_unit_test(a_higher_threshold_that_splits_an_incident_counts),
		cmocka_unit_test(fresh_traffic_keeps_to_the_budget),
		cmocka_unit_test(what_the_data_cannot_show_is_said),
		cmocka_unit_test(budget_of_p_values_goes_on_by_decades),
		cmocka_unit_test(without_times_there_is_no_budget),
		cmocka_unit_test(the_order_of_the_scores_does_not_matter),
	};

	return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
