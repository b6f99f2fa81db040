/* calibration: p-values of fresh scores, their order, and what is stored. */
#include "detect/calibration.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"
#include "lib/cm.h"

typedef double (*draw)(struct rng *g);

static double exponential(struct rng *g)
{
	return -log(1 - rng_uniform(g));
}

static double log_normal(struct rng *g)
{
	return exp(1.5 * rng_normal(g));
}

static double normal(struct rng *g)
{
	return rng_normal(g);
}

/* Whole numbers: most are alike. */
static double rounded(struct rng *g)
{
	return floor(exponential(g));
}

/* Nine of ten are the same number, within the others. */
static double spiked(struct rng *g)
{
	const double x = exponential(g);

	return rng_below(g, 10) > 0 ? 0.7 : x;
}

/* The largest is also the most frequent. */
static double capped(struct rng *g)
{
	return fmin(exponential(g), 0.5);
}

static double constant(struct rng *g)
{
	(void)g;
	return 3;
}

static const struct {
	const char *name;
	draw draw;
	int smooth; /* no ties: the share is alpha, not just at most alpha */
} kinds[] = {
	{ "exponential", exponential, 1 }, { "log-normal", log_normal, 1 }, { "normal", normal, 1 },     { "rounded", rounded, 0 },
	{ "spiked", spiked, 0 },           { "capped", capped, 0 },         { "constant", constant, 0 },
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static void calibrate(struct calibration *c, draw d, size_t n, uint64_t seed)
{
	double *const score = malloc(n * sizeof(*score));
	struct err e = { 0 };
	struct rng g;

	assert_non_null(score);
	rng_init(&g, seed);
	for (size_t i = 0; i < n; i++)
		score[i] = d(&g);
	if (calibration_fit(c, score, n, &e) != OK)
		fail_msg("%s", e.msg);
	free(score);
}

/* Marginally over calibration and fresh data: P(p <= alpha) is alpha for scores without ties and at most alpha with them. */
static void fresh_scores_have_uniform_p_values(void **state)
{
	static const double alpha[] = { 0.9, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.004 };
	enum { ALPHAS = sizeof(alpha) / sizeof(*alpha), ROUNDS = 400, FRESH = 500, N = 1000 };

	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		size_t hit[ALPHAS] = { 0 };
		struct rng g;

		rng_init(&g, 77);
		for (uint64_t round = 0; round < ROUNDS; round++) {
			struct calibration c;

			calibrate(&c, kinds[k].draw, N, 1000 * round + k);
			for (size_t i = 0; i < FRESH; i++) {
				const double p = calibration_p(&c, kinds[k].draw(&g));

				for (size_t a = 0; a < ALPHAS; a++)
					hit[a] += p <= alpha[a];
			}
		}
		for (size_t a = 0; a < ALPHAS; a++) {
			const double share = (double)hit[a] / (ROUNDS * FRESH),
				     slack = 5 * sqrt(alpha[a] / (ROUNDS * FRESH) * (1 + (double)FRESH / N));

			if (share > alpha[a] * 1.05 + slack || (kinds[k].smooth && share < alpha[a] * 0.9 - slack))
				fail_msg("%s: p <= %g of %g of the scores", kinds[k].name, alpha[a], share);
		}
	}
}

static void p_falls_as_the_score_rises_without_a_jump(void **state)
{
	static const size_t sizes[] = { 20, 21, 60, 61, 500, 1499, 10000 };

	(void)state;
	for (size_t k = 0; k < KINDS; k++)
		for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
			struct calibration c;
			double join, last = 1;

			calibrate(&c, kinds[k].draw, sizes[s], s);
			assert_in_range(c.points, 2, CALIBRATION_POINTS);
			for (size_t i = 0; i < c.points; i++) {
				double p = calibration_p(&c, c.score[i]);

				assert_true(p == c.p[i]);
				if (i > 0) {
					p = calibration_p(&c, c.score[i - 1] + 0.3 * (c.score[i] - c.score[i - 1]));
					assert_true(p < c.p[i - 1] && p > c.p[i]);
				}
			}
			join = c.score[c.points - 1];
			assert_float_equal(calibration_p(&c, join), calibration_p(&c, nextafter(join, 1e9)), 1e-6);
			assert_float_equal(calibration_p(&c, join), calibration_p(&c, nextafter(join, -1e9)), 1e-6);
			for (double x = join; x < 1e9; x += fmax(1e-3 * fabs(x), 1e-3)) {
				const double p = calibration_p(&c, x);

				assert_true(p > 0 && (p < last || x == join));
				last = p;
			}
		}
}

/* Where each value is a point of its own, p is the count. */
static void p_is_the_conformal_one_in_the_body(void **state)
{
	double score[100];
	struct calibration c;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		score[i] = (double)((37 * i) % 100 / 10); /* ten times each of 0..9 */
	assert_int_equal(calibration_fit(&c, score, 100, NULL), OK);
	for (int v = 0; v < 7; v++)
		assert_float_equal(calibration_p(&c, v), (1 + 100 - 10.0 * v) / 101, 1e-15);
	assert_true(calibration_p(&c, -INFINITY) == 1);
	assert_float_equal(calibration_floor(&c), 1.0 / 101, 1e-15);
}

/* Of an exponential distribution the p-values are known everywhere. */
static void p_beyond_all_scores_carries_on_as_the_tail_began(void **state)
{
	double mean = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++) {
		struct calibration c;

		calibrate(&c, exponential, 20000, seed);
		mean += log10(calibration_p(&c, -log(1e-6))) / 40;
	}
	if (!(mean > -6.2 && mean < -5))
		fail_msg("p = 1e-6 was found as 1e%.2f", mean);
}

/* Inputs are clipped, so scores have an end, which no Pareto tail of shape 0 or more can know: it only has the last 250 of them. */
static void scores_with_an_upper_end_are_told_apart_nearly_to_the_end(void **state)
{
	struct calibration c;

	(void)state;
	calibrate(&c, rng_uniform, 100000, 3);
	assert_float_equal(calibration_p(&c, 0.99), 0.01, 0.0015);
	assert_float_equal(calibration_p(&c, 0.995), 0.005, 0.001);
	assert_true(calibration_p(&c, 1) < 1e-3);
}

static void what_is_not_finite_is_never_normal_and_never_0(void **state)
{
	struct calibration c;

	(void)state;
	calibrate(&c, exponential, 100, 5);
	assert_true(calibration_p(&c, INFINITY) == DBL_MIN);
	assert_true(calibration_p(&c, NAN) == DBL_MIN);
	assert_true(calibration_p(&c, DBL_MAX) >= DBL_MIN);
	assert_true(calibration_score(&c, 0) == INFINITY);
}

static void the_inverse_finds_the_score_again(void **state)
{
	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		struct calibration c;

		calibrate(&c, kinds[k].draw, 3000, 9);
		assert_true(calibration_score(&c, 1) == c.score[0]);
		for (double p = 0.999; p > 1e-12; p *= 0.93)
			assert_float_equal(calibration_p(&c, calibration_score(&c, p)) / p, 1, 1e-6);
	}
}

static void too_few_or_infinite_scores_are_refused(void **state)
{
	struct calibration c = { .n = 7 };
	double score[20] = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(calibration_fit(&c, score, 19, &e), ERR_TOO_FEW);
	assert_string_equal(e.msg, "19 scores are too few to calibrate by: 20 are needed");
	score[3] = NAN;
	assert_int_equal(calibration_fit(&c, score, 20, &e), ERR_NUMERIC);
	score[3] = INFINITY;
	assert_int_equal(calibration_fit(&c, score, 20, &e), ERR_NUMERIC);
	assert_string_equal(e.msg, "score 3 is not finite");
	assert_int_equal(c.n, 7);
	score[3] = 1e300;
	score[4] = -1e300;
	assert_int_equal(calibration_fit(&c, score, 20, NULL), OK);
	assert_true(calibration_p(&c, 0) < 1 && calibration_p(&c, 2e300) > 0);
}

static struct json_object *parsed(const char *text)
{
	struct json_object *o = NULL;
	struct err e = { 0 };

	if (json_read(&o, text, strlen(text), &e) != OK)
		fail_msg("%s", e.msg);
	return o;
}

static void json_gives_it_back_bit_for_bit(void **state)
{
	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		struct calibration c, back;
		struct json_object *o, *again;

		memset(&back, 0xa5, sizeof(back));
		calibrate(&c, kinds[k].draw, 2000, k);
		o = calibration_to_json(&c);
		assert_non_null(o);
		again = parsed(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
		assert_int_equal(calibration_from_json(&back, again, NULL), OK);
		assert_memory_equal(&back, &c, sizeof(c));
		json_object_put(o);
		json_object_put(again);
	}
}

#define TAIL ",\"tail\":{\"scale\":1,\"shape\":0.1}"

static void json_that_no_calibration_wrote_is_refused(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "[]", "\"n\" is looked for in what is not a JSON object" },
		{ "{\"n\":19,\"score\":[1,2],\"p\":[1,0.5]" TAIL "}", "\"n\" is 19 and should be at least 20" },
		{ "{\"n\":-20,\"score\":[1,2],\"p\":[1,0.5]" TAIL "}", "\"n\" is -20, which is outside 0..9007199254740991" },
		{ "{\"n\":20,\"score\":[1],\"p\":[1]" TAIL "}", "\"score\" has 1 numbers and should have 2 to 256" },
		{ "{\"n\":20,\"score\":[],\"p\":[]" TAIL "}", "\"score\" has 0 numbers and should have 2 to 256" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1]" TAIL "}", "\"p\" has 1 numbers and should have 2" },
		{ "{\"n\":20,\"score\":[1,null],\"p\":[1,0.5]" TAIL "}", "\"score\"[1] is not a finite number" },
		{ "{\"n\":20,\"score\":[2,2],\"p\":[1,0.5]" TAIL "}", "\"score\"[1] is 2: scores have to rise, within 1e300" },
		{ "{\"n\":20,\"score\":[2,1e301],\"p\":[1,0.5]" TAIL "}",
		  "\"score\"[1] is 1e+301: scores have to rise, within 1e300" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[0.9,0.5]" TAIL "}",
		  "\"p\"[0] is 0.9: p-values have to fall, from 1, and stay above 0" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1,0]" TAIL "}",
		  "\"p\"[1] is 0: p-values have to fall, from 1, and stay above 0" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1,1]" TAIL "}",
		  "\"p\"[1] is 1: p-values have to fall, from 1, and stay above 0" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1,0.5]}", "\"tail\" is missing; it should be the scale and shape of the tail" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1,0.5],\"tail\":3}", "\"scale\" is looked for in what is not a JSON object" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1,0.5],\"tail\":{\"scale\":0,\"shape\":0}}",
		  "\"scale\" is 0 and should be above 0" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1,0.5],\"tail\":{\"scale\":1,\"shape\":-0.1}}",
		  "\"shape\" is -0.1 and should be within 0..1" },
		{ "{\"n\":20,\"score\":[1,2],\"p\":[1,0.5],\"tail\":{\"scale\":1,\"shape\":2}}",
		  "\"shape\" is 2 and should be within 0..1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct json_object *const o = parsed(bad[i].text);
		struct calibration c = { .n = 7 };
		struct err e = { 0 };

		assert_true(calibration_from_json(&c, o, &e) < 0);
		assert_string_equal(e.msg, bad[i].want);
		assert_int_equal(c.n, 7);
		json_object_put(o);
	}
}

/* A thousand times what was measured is still caught: a search through all scores instead of the points. */
static void a_p_value_takes_nanoseconds(void **state)
{
	enum { TIMES = 1000000 };
	struct calibration c;
	double start, sum = 0, ns;

	(void)state;
	calibrate(&c, exponential, 100000, 1);
	start = clock_seconds();
	for (size_t i = 0; i < TIMES; i++)
		sum += calibration_p(&c, (double)(i * 7919 % 65536) / 8192); /* a quarter of them in the tail */
	ns = (clock_seconds() - start) * 1e9 / TIMES;
	print_message("calibration_p: %.1f ns\n", ns);
	assert_true(sum > 0 && ns < 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_scores_have_uniform_p_values),
		cmocka_unit_test(p_falls_as_the_score_rises_without_a_jump),
		cmocka_unit_test(p_is_the_conformal_one_in_the_body),
		cmocka_unit_test(p_beyond_all_scores_carries_on_as_the_tail_began),
		cmocka_unit_test(scores_with_an_upper_end_are_told_apart_nearly_to_the_end),
		cmocka_unit_test(what_is_not_finite_is_never_normal_and_never_0),
		cmocka_unit_test(the_inverse_finds_the_score_again),
		cmocka_unit_test(too_few_or_infinite_scores_are_refused),
		cmocka_unit_test(json_gives_it_back_bit_for_bit),
		cmocka_unit_test(json_that_no_calibration_wrote_is_refused),
		cmocka_unit_test(a_p_value_takes_nanoseconds),
	};

	return cmocka_run_group_tests_name("calibration", tests, NULL, NULL);
}
