/* explain: flows that are judged by a fused p-value: what decided, exact shares, and the change that would make them normal. */
#include "detect/explain.h"

#include <math.h>
#include <string.h>

#include "lib/cm.h"

#include "detect/fuse.h"
#include "detect/share.h"
#include "lib/traffic.h"

enum { T = TRAFFIC_T, F = TRAFFIC_F, N = TRAFFIC_N, TRIALS = 300 };

static struct traffic made;

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

/* New traffic in which one value of a flow is `times` what it was; that flow's step, and the element. */
static size_t odd_flow(struct rng *g, double times, double raw[N], size_t *element)
{
	const size_t step = (size_t)rng_below(g, 3) == 0 ? (size_t)rng_below(g, T) : T - 1;

	for (size_t s = 0; s < T; s++)
		traffic_draw(g, raw + s * F);
	*element = step * F + (size_t)rng_below(g, F);
	raw[*element] = floor(raw[*element] * times);
	return step;
}

static struct explanation explain(const double *raw, size_t step, double rule_p, double limit)
{
	const struct explain_case c = { .raw = raw, .fused = 1, .step = step, .rule_p = rule_p };
	struct explanation x;
	struct err e;

	if (explain_case(&x, &made.detector, made.plan, &c, limit, &e) < 0)
		fail_msg("%s", e.msg);
	return x;
}

static void the_parts_of_a_fused_score_are_exact_and_sum_to_it(void **state)
{
	struct rng g;

	(void)state;
	rng_init(&g, 30);
	for (int i = 0; i < TRIALS; i++) {
		double raw[N], by[COMPONENTS], share[COMPONENTS], part[F], sum = 0, squares = 0, parts = 0;
		float window[N], recon[N];
		size_t odd;
		const size_t step = odd_flow(&g, i % 2 ? 20 : 400, raw, &odd), at = step * F;
		const double score = traffic_fused(&made, raw, step, by);
		struct explanation x = explain(raw, step, NAN, made.detector.hybrid_threshold);

		assert_true(x.score == score);
		fuse_shares(by, share);
		assert_float_equal(share[BY_SEQUENCE] + share[BY_PROFILE], 1, 1e-12);
		for (int k = 0; k < COMPONENTS; k++)
			assert_true(x.by[k].share == share[k] && (x.by[k].p == by[k] || isnan(by[k])));
		(void)traffic_score(&made, raw, window, recon);
		profile_score(&made.detector.profile, window + at, part);
		for (size_t f = 0; f < F; f++) {
			squares += pow((double)window[at + f] - (double)recon[at + f], 2);
			parts += fmax(part[f], 0);
		}
		for (size_t k = 0; k < N; k++) {
			const size_t f = k % F;
			const double own = pow((double)window[k] - (double)recon[k], 2) / squares * share[BY_SEQUENCE] +
					   fmax(part[f], 0) / parts * share[BY_PROFILE];

			assert_float_equal(((double)x.share[k]), (k / F == step ? own : 0), 1e-6);
			sum += (double)x.share[k];
		}
		assert_float_equal(sum, 1, 1e-6);
		explanation_free(&x);
	}
}

static void what_was_made_odd_in_a_flow_is_named_first(void **state)
{
	static const double times[] = { 30, 200, 5000 };
	struct rng g;

	(void)state;
	rng_init(&g, 31);
	for (size_t k = 0; k < sizeof(times) / sizeof(*times); k++) {
		size_t named = 0;

		for (int i = 0; i < TRIALS; i++) {
			double raw[N];
			size_t odd, first;
			const size_t step = odd_flow(&g, times[k], raw, &odd);
			struct explanation x = explain(raw, step, NAN, made.detector.hybrid_threshold);

			named += explanation_largest(&x, &first, 1) == 1 && first == odd;
			explanation_free(&x);
		}
		print_message("explain: times %g, named first in %.1f %%\n", times[k], 100.0 * (double)named / TRIALS);
		assert_true(named >= TRIALS * 95 / 100);
	}
}

static int normal_with(const double *raw, size_t step, const struct counterfactual *c, double v)
{
	double changed[N];

	memcpy(changed, raw, sizeof(changed));
	changed[c->step * F + c->feature] = v;
	return traffic_fused(&made, changed, step, NULL) <= made.detector.hybrid_threshold;
}

static void the_change_makes_the_flow_normal_and_a_bit_less_would_not(void **state)
{
	static const double times[] = { 5, 30, 1000, 0 };
	size_t alarms = 0, found = 0, same = 0;
	struct rng g;

	(void)state;
	rng_init(&g, 32);
	for (int i = 0; i < 4 * TRIALS; i++) {
		double raw[N], bit;
		size_t odd;
		const size_t step = odd_flow(&g, times[i % 4], raw, &odd);
		struct explanation x = explain(raw, step, NAN, made.detector.hybrid_threshold);
		const struct counterfactual *const c = &x.change;

		assert_true((x.no_change == NULL) == c->found);
		if (x.score <= made.detector.hybrid_threshold) {
			assert_string_equal(x.no_change, "it is normal");
		} else if (alarms++, c->found) {
			found++;
			same += c->step * F + c->feature == odd;
			assert_int_equal(c->step, step);
			assert_true(normal_with(raw, step, c, c->to));
			bit = fmax(1, ceil(0.01 * c->to));
			bit = c->to < c->from ? fmin(c->to + bit, c->from) : fmax(c->to - bit, c->from);
			assert_false(normal_with(raw, step, c, bit));
		}
		explanation_free(&x);
	}
	print_message("explain: %zu alarms, a change for %zu, of what was made odd for %zu\n", alarms, found, same);
	assert_true(alarms > TRIALS && found > alarms * 9 / 10 && same > found * 9 / 10);
}

static void where_a_rule_decides_no_number_has_a_share(void **state)
{
	struct rng g;
	double raw[N], share[COMPONENTS];
	size_t odd, step;
	struct explanation x;

	(void)state;
	rng_init(&g, 33);
	step = odd_flow(&g, 1, raw, &odd);
	x = explain(raw, step, 1e-7, made.detector.hybrid_threshold);
	assert_float_equal(x.score, 7, 1e-9);
	assert_string_equal(explain_by(&x), "rule");
	assert_true(x.by[BY_RULES].share == 1 && x.by[BY_SEQUENCE].share == 0 && x.by[BY_PROFILE].share == 0);
	assert_int_equal(explanation_largest(&x, &odd, 1), 0);
	assert_non_null(strstr(x.no_change, "a rule raised an alarm"));
	assert_int_equal(x.passes, 1);
	explanation_free(&x);

	/* The networks are surer than the rule: they decide, but no number helps against the rule. */
	x = explain(raw, step, 0.9, 1e-6);
	assert_true(x.by[BY_RULES].share == 0 && !x.change.found);
	assert_string_not_equal(explain_by(&x), "rule");
	assert_non_null(strstr(x.no_change, "a rule raised an alarm"));
	explanation_free(&x);

	fuse_shares((const double[]){ NAN, NAN, NAN, 1e-3 }, share);
	assert_true(share[BY_RULES] == 1 && share[BY_SEQUENCE] == 0);
	fuse_shares((const double[]){ NAN, NAN, NAN, NAN }, share);
	for (int k = 0; k < COMPONENTS; k++)
		assert_true(share[k] == 0);
}

/* Whatever the p-values, the parts are none below 0 and make the whole. */
static void parts_of_any_p_values_make_the_whole(void **state)
{
	static const double p[] = { NAN, 2.3e-308, 1e-12, 0.01, 0.4999, 0.5, 0.9, 1 };
	enum { P = sizeof(p) / sizeof(*p) };

	(void)state;
	for (size_t a = 0; a < P; a++)
		for (size_t b = 1; b < P; b++)
			for (size_t c = 0; c < P; c++) {
				const double by[COMPONENTS] = { p[a], p[b], NAN, p[c] };
				double share[COMPONENTS], sum = 0;

				fuse_shares(by, share);
				for (int k = 0; k < COMPONENTS; k++) {
					assert_true(share[k] >= 0 && share[k] <= 1 && (share[k] == 0 || !isnan(by[k])));
					sum += share[k];
				}
				assert_float_equal(sum, 1, 1e-12);
			}
}

/* Numbers that the network cannot cope with are still split, and the one that is to blame leads. */
static void a_step_without_a_finite_error_is_split_by_what_is_far_from_normal(void **state)
{
	const double part[COMPONENTS] = { [BY_SEQUENCE] = 0.5, [BY_PROFILE] = 0.5 };
	static const float odd[] = { NAN, INFINITY, -INFINITY, 3e38F };
	const float y[F] = { NAN, NAN, NAN, NAN };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		const float x[F] = { 1, -2, odd[i], 0 };
		double share[F], sum = 0;

		assert_true(isinf(share_step_error(x, y, F, 1)));
		share_flow(&made.detector, part, x, y, share);
		for (size_t f = 0; f < F; f++) {
			assert_true(share[f] >= 0);
			sum += share[f];
		}
		assert_float_equal(sum, 1, 1e-9);
		assert_int_equal(share_largest(share, F), 2);
	}
}

static void a_model_without_calibration_says_so(void **state)
{
	struct detector bare = made.detector;
	const struct explain_case c = { .raw = made.rows[0], .fused = 1, .step = T - 1, .rule_p = NAN };
	struct explanation x;
	struct err e = { 0 };

	(void)state;
	bare.calibrated = 0;
	assert_int_equal(explain_case(&x, &bare, made.plan, &c, 3, &e), ERR_RANGE);
	assert_string_equal(e.msg, "the model has no calibration: nothing can be explained");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parts_of_a_fused_score_are_exact_and_sum_to_it),
		cmocka_unit_test(what_was_made_odd_in_a_flow_is_named_first),
		cmocka_unit_test(the_change_makes_the_flow_normal_and_a_bit_less_would_not),
		cmocka_unit_test(where_a_rule_decides_no_number_has_a_share),
		cmocka_unit_test(parts_of_any_p_values_make_the_whole),
		cmocka_unit_test(a_step_without_a_finite_error_is_split_by_what_is_far_from_normal),
		cmocka_unit_test(a_model_without_calibration_says_so),
	};

	return cmocka_run_group_tests_name("explain_flow", tests, setup, teardown);
}
