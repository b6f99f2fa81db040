/* explain: shares are the score, what was made odd is named, and the counterfactual holds when it is fed back. */
#include "detect/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "lib/nets.h"
#include "lib/traffic.h"

enum { T = TRAFFIC_T, F = TRAFFIC_F, N = TRAFFIC_N, ROWS = TRAFFIC_ROWS, TRIALS = 300 };

static struct traffic made;

static double score_of(const double *raw)
{
	float window[N];

	return traffic_score(&made, raw, window, NULL);
}

static int setup(void **state)
{
	(void)state;
	return traffic_make(&made);
}

static int teardown(void **state)
{
	(void)state;
	traffic_drop(&made);
	return 0;
}

/* A window of new traffic with one value `times` what it was. Returns the element. */
static size_t odd_window(struct rng *g, double times, double raw[N])
{
	const size_t at = (size_t)rng_below(g, N);

	for (size_t s = 0; s < T; s++)
		traffic_draw(g, raw + s * F);
	raw[at] = floor(raw[at] * times);
	return at;
}

static struct explanation explain(const double *raw, double limit)
{
	struct explanation x;
	struct err e;

	if (explain_window(&x, &made.detector, made.plan, raw, limit, &e) < 0)
		fail_msg("%s", e.msg);
	return x;
}

static void shares_sum_to_one_and_times_the_score_give_the_parts(void **state)
{
	struct rng g;

	(void)state;
	rng_init(&g, 20);
	for (int i = 0; i < TRIALS; i++) {
		float window[N], recon[N];
		double raw[N], sum = 0, score;
		struct explanation x;

		(void)odd_window(&g, 20, raw);
		score = traffic_score(&made, raw, window, recon);
		x = explain(raw, made.detector.threshold);
		assert_true(x.T == T && x.F == F && x.score == score);
		assert_memory_equal(x.value, raw, sizeof(raw));
		for (size_t k = 0; k < N; k++) {
			const double d = (double)window[k] - (double)recon[k];

			sum += (double)x.share[k];
			assert_float_equal((double)x.share[k] * score * N, d * d, 1e-5 * (1 + d * d));
		}
		assert_float_equal(sum, 1, 1e-6);
		explanation_free(&x);
	}
}

static void what_was_made_odd_is_named_first(void **state)
{
	static const double times[] = { 30, 200, 5000 };
	struct rng g;

	(void)state;
	rng_init(&g, 21);
	for (size_t k = 0; k < sizeof(times) / sizeof(*times); k++) {
		size_t named = 0;

		for (int i = 0; i < TRIALS; i++) {
			double raw[N];
			const size_t at = odd_window(&g, times[k], raw);
			struct explanation x = explain(raw, made.detector.threshold);
			size_t most = 0;

			for (size_t j = 1; j < N; j++)
				if (x.share[j] > x.share[most])
					most = j;
			named += most == at;
			explanation_free(&x);
		}
		print_message("explain: times %g, named first in %.1f %%\n", times[k], 100.0 * (double)named / TRIALS);
		assert_true(named >= TRIALS * 95 / 100);
	}
}

/* Puts v in place of the changed value: is the window normal then? */
static int normal_with(const double *raw, const struct counterfactual *c, double v)
{
	double changed[N];

	memcpy(changed, raw, sizeof(changed));
	changed[c->step * F + c->feature] = v;
	return score_of(changed) <= made.detector.threshold;
}

static void the_counterfactual_makes_it_normal_and_a_bit_less_would_not(void **state)
{
	static const double times[] = { 5, 30, 1000, 0 };
	size_t alarms = 0, found = 0, beyond = 0, same = 0;
	struct rng g;

	(void)state;
	rng_init(&g, 22);
	for (int i = 0; i < 4 * TRIALS; i++) {
		double raw[N], bit;
		const size_t at = odd_window(&g, times[i % 4], raw);
		struct explanation x = explain(raw, made.detector.threshold);
		const struct counterfactual *const c = &x.change;

		assert_true(x.passes <= 1 + (size_t)EXPLAIN_TRIED * EXPLAIN_PASSES);
		if (x.score <= made.detector.threshold) {
			assert_int_equal(c->found, 0);
			assert_int_equal(x.passes, 1);
		} else if (alarms++, c->found) {
			found++;
			same += c->step * F + c->feature == at;
			assert_true(c->from == raw[c->step * F + c->feature] && c->to != c->from);
			assert_true(c->to >= 0 && c->to == floor(c->to));
			assert_true(normal_with(raw, c, c->to));
			bit = fmax(1, ceil(0.01 * c->to));
			bit = c->to < c->from ? fmin(c->to + bit, c->from) : fmax(c->to - bit, c->from);
			beyond += normal_with(raw, c, bit);
		}
		explanation_free(&x);
	}
	print_message("explain: %zu alarms, a change for %zu, of what was made odd for %zu; %zu not minimal\n", alarms, found, same,
		      beyond);
	assert_true(alarms > TRIALS);
	assert_true(found > alarms * 9 / 10 && same > found * 9 / 10);
	assert_int_equal(beyond, 0);
}

/* Odd everywhere: one number cannot mend it, and it does not pretend. */
static void where_no_single_change_helps_none_is_given(void **state)
{
	struct rng g;

	(void)state;
	rng_init(&g, 23);
	for (int i = 0; i < 20; i++) {
		double raw[N];
		struct explanation x;

		(void)odd_window(&g, 1, raw);
		for (size_t k = 0; k < N; k++)
			raw[k] = floor(raw[k] * (k % 3 == 0 ? 5000 : 40));
		x = explain(raw, made.detector.threshold);
		assert_true(x.score > made.detector.threshold);
		assert_int_equal(x.change.found, 0);
		assert_true(x.passes > EXPLAIN_TRIED && x.passes <= 1 + (size_t)EXPLAIN_TRIED * EXPLAIN_PASSES);
		explanation_free(&x);
	}
}

/* A value that is no number: no shares, and what can be changed by a number is not that. */
static void scores_that_are_not_finite_have_no_shares(void **state)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY };
	struct rng g;

	(void)state;
	rng_init(&g, 24);
	for (size_t i = 0; i < 3; i++) {
		double raw[N];
		struct explanation x;

		(void)odd_window(&g, 1, raw);
		raw[17] = odd[i];
		x = explain(raw, made.detector.threshold);
		assert_true(x.score > made.detector.threshold);
		for (size_t k = 0; k < N && isinf(x.score); k++)
			assert_true(x.share[k] == 0);
		assert_int_equal(isinf(x.score) != 0, isnan(odd[i]) != 0);
		assert_true(isnan(odd[i]) == 0 || x.change.found == 0);
		explanation_free(&x);
	}
}

static void without_scaler_or_threshold_it_says_so(void **state)
{
	struct detector bare = made.detector;
	struct explanation x;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(explain_window(&x, &made.detector, made.plan, made.rows[0], NAN, &e), ERR_RANGE);
	assert_string_equal(e.msg, "the model has no threshold: nothing can be explained");
	bare.has_scaler = 0;
	assert_int_equal(explain_window(&x, &bare, made.plan, made.rows[0], 1, &e), ERR_RANGE);
	assert_string_equal(e.msg, "the model has no scaler: nothing can be explained");
}

/* Every kind of scaler, and no threshold that anything reaches, or all do. */
static void every_scaler_and_every_threshold_ends_within_the_passes(void **state)
{
	static const enum scaler_kind kinds[] = { SCALER_STANDARD, SCALER_ROBUST, SCALER_MINMAX };
	static const double limits[] = { -1, 0, 1e-3, 0.5, 5, INFINITY };
	const struct scaler before = made.detector.scaler;
	struct rng g;

	(void)state;
	rng_init(&g, 25);
	for (size_t k = 0; k < 3; k++) {
		assert_int_equal(scaler_fit(&made.detector.scaler, kinds[k], &made.rows[0][0], ROWS, F, NULL), OK);
		for (size_t i = 0; i < 60; i++) {
			double raw[N];
			struct explanation x;

			(void)odd_window(&g, i % 7 == 0 ? 1e9 : 10, raw);
			x = explain(raw, limits[i % 6]);
			assert_true(x.passes <= 1 + (size_t)EXPLAIN_TRIED * EXPLAIN_PASSES);
			assert_true(limits[i % 6] >= 0 || !x.change.found);
			assert_true(!x.change.found || (x.change.to >= 0 && x.change.to == floor(x.change.to)));
			explanation_free(&x);
		}
	}
	made.detector.scaler = before;
}

/* Flags stay flags, what is counted whole and not negative, and only what has a sign may be negative. */
static void what_is_proposed_is_a_value_that_the_feature_can_have(void **state)
{
	enum { STEPS = 3, ALL = 36 };
	const struct feature_set *const full = feature_set_find("full");
	struct net_case c = net_make("lstm:6,repeat,lstm:6,dense", STEPS, ALL, 0, 5);
	struct detector d = { .net = c.net, .features = full, .has_scaler = 1 };
	size_t found[3] = { 0 };
	struct plan *p = NULL;
	struct rng g;

	(void)state;
	rng_init(&g, 26);
	assert_int_equal(full->n, ALL);
	assert_int_equal(plan_new(&p, &c.net, kernel_select(NULL, NULL), NULL), OK);
	d.scaler = (struct scaler){ .kind = SCALER_ROBUST, .n = ALL, .log1p = 1, .clip = 8 };
	for (size_t f = 0; f < ALL; f++)
		d.scaler.scale[f] = full->feature[f]->kind == FEATURE_FLAG ? 0.1 : 1;
	for (int i = 0; i < TRIALS; i++) {
		const size_t odd = (size_t)rng_below(&g, STEPS * ALL);
		const enum feature_kind kind = full->feature[odd % ALL]->kind;
		const char *const unit = full->feature[odd % ALL]->unit;
		double raw[STEPS * ALL] = { 0 };
		struct explanation plain, x, again;
		double to;

		assert_int_equal(explain_window(&plain, &d, p, raw, INFINITY, NULL), OK);
		raw[odd] = kind == FEATURE_FLAG ? 1 : kind == FEATURE_SIGNED ? -5000 : 5000;
		assert_int_equal(explain_window(&x, &d, p, raw, plain.score + 0.02, NULL), OK);
		assert_int_equal(x.change.found, 1);
		assert_int_equal(x.change.step * ALL + x.change.feature, odd);
		to = x.change.to;
		assert_true(to >= 0 || kind == FEATURE_SIGNED);
		assert_true(kind != FEATURE_FLAG || to == 0);
		assert_true(to == floor(to) || strcmp(unit, "ms") == 0 || strcmp(unit, "packets/s") == 0);
		raw[odd] = to;
		assert_int_equal(explain_window(&again, &d, p, raw, plain.score + 0.02, NULL), OK);
		assert_true(again.score <= plain.score + 0.02);
		found[kind]++;
		explanation_free(&again);
		explanation_free(&plain);
		explanation_free(&x);
	}
	assert_true(found[FEATURE_COUNT] > 0 && found[FEATURE_SIGNED] > 0 && found[FEATURE_FLAG] > 0);
	plan_del(p);
	net_drop(&c);
}

#define PARTS_JSON                                                                                                                 \
	"{\"by\":\"profile\",\"components\":{\"sequence\":{\"p\":0.001,\"share\":0.25},\"profile\":{\"p\":0.0005,\"share\":0.75}," \
	"\"rules\":{\"p\":null,\"share\":0}},"

static void the_json_has_what_the_header_says(void **state)
{
	const struct usual_range usual[F] = { { 1, 2, 3 }, { NAN, NAN, NAN }, { 4, 5, 6 }, { 7, 8, 9 } };
	const struct counterfactual change = { 1, 1, 2, 4123456, 310000 };
	struct explanation x = { .T = 2, .F = F, .share = (float[]){ 0.25, 0, 0, 0, 0, 0, 0.75, 0 }, .change = change };
	struct json_object *o;

	x.by[BY_SEQUENCE] = (struct explained_part){ 0.001, 0.25 };
	x.by[BY_PROFILE] = (struct explained_part){ 0.0005, 0.75 };
	x.by[BY_RULES] = (struct explained_part){ NAN, 0 };

	(void)state;
	x.value = (double[]){ 1, 2, 3, 4, 5, 6, 4123456, NAN };
	o = explanation_to_json(&x, made.detector.features, usual);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), PARTS_JSON
			    "\"shares\":[[0.25,0,0,0],[0,0,0.75,0]],\"values\":[[1,2,3,4],[5,6,4123456,null]],"
			    "\"usual\":{\"orig_pkts\":[1.0,2.0,3.0],\"resp_pkts\":[null,null,null],\"orig_bytes\":[4.0,5.0,6.0],"
			    "\"resp_bytes\":[7.0,8.0,9.0]},"
			    "\"counterfactual\":{\"step\":1,\"feature\":\"orig_bytes\",\"from\":4123456,\"at_most\":310000}}");
	json_object_put(o);
	x.change.found = 0;
	x.no_change = "it is normal";
	x.T = 1;
	o = explanation_to_json(&x, made.detector.features, NULL);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
			    PARTS_JSON "\"shares\":[[0.25,0,0,0]],\"values\":[[1,2,3,4]],\"counterfactual\":null,"
				       "\"no_counterfactual\":\"it is normal\"}");
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_sum_to_one_and_times_the_score_give_the_parts),
		cmocka_unit_test(what_was_made_odd_is_named_first),
		cmocka_unit_test(the_counterfactual_makes_it_normal_and_a_bit_less_would_not),
		cmocka_unit_test(where_no_single_change_helps_none_is_given),
		cmocka_unit_test(scores_that_are_not_finite_have_no_shares),
		cmocka_unit_test(without_scaler_or_threshold_it_says_so),
		cmocka_unit_test(every_scaler_and_every_threshold_ends_within_the_passes),
		cmocka_unit_test(what_is_proposed_is_a_value_that_the_feature_can_have),
		cmocka_unit_test(the_json_has_what_the_header_says),
	};

	return cmocka_run_group_tests_name("explain", tests, setup, teardown);
}
