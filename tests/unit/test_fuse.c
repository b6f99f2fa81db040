/* fuse: the combination of p-values is one, and keeps their order. */
#include "detect/fuse.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "lib/cm.h"

static double fused(double sequence, double profile)
{
	return fuse_p((const double[COMPONENTS]){ sequence, profile, NAN, NAN });
}

static double with_rule(double sequence, double profile, double rule)
{
	return fuse_p((const double[COMPONENTS]){ sequence, profile, NAN, rule });
}

static double uniform_of_normal(double z)
{
	return 0.5 * erfc(z / sqrt(2));
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

enum { DRAWS = 100000 };

/* p-values of two normals with this correlation, fused, in rising order; the caller's. */
static double *draws(double correlation, uint64_t seed)
{
	double *const p = malloc(DRAWS * sizeof(*p));
	struct rng r;

	assert_non_null(p);
	rng_init(&r, seed);
	for (int i = 0; i < DRAWS; i++) {
		const double a = rng_normal(&r), b = rng_normal(&r);

		p[i] = fused(uniform_of_normal(a), uniform_of_normal(correlation * a + sqrt(1 - correlation * correlation) * b));
		assert_true(p[i] > 0 && p[i] <= 1);
	}
	qsort(p, DRAWS, sizeof(*p), compare_doubles);
	return p;
}

/* Exactly uniform where they are independent or the same: Kolmogorov and Smirnov's distance of 10^5 draws is below 0.0062 in 99.9 of 100. */
static void of_independent_and_of_equal_p_values_it_is_uniform(void **state)
{
	static const double correlations[] = { 0, 1 };

	(void)state;
	for (int k = 0; k < 2; k++) {
		double *const p = draws(correlations[k], 11);
		double most = 0;

		for (int i = 0; i < DRAWS; i++)
			most = fmax(most, fmax(fabs(p[i] - (double)i / DRAWS), fabs(p[i] - (double)(i + 1) / DRAWS)));
		if (most > 0.0062)
			fail_msg("correlation %g: distance %g", correlations[k], most);
		free(p);
	}
}

/* What a threshold is about: small p-values come no more often than they say, whatever the dependence. */
static void small_p_values_are_as_rare_as_they_say_whatever_the_dependence(void **state)
{
	static const double correlations[] = { -1, -0.9, -0.5, 0, 0.3, 0.6, 0.9, 0.99, 1 };

	(void)state;
	for (size_t k = 0; k < sizeof(correlations) / sizeof(correlations[0]); k++) {
		double *const p = draws(correlations[k], 20 + k);

		for (double level = 1e-3; level < 0.02; level *= 10) {
			const double expected = level * DRAWS, sd = sqrt(expected);
			size_t below = 0;

			while (p[below] <= level)
				below++;
			if ((double)below > 1.15 * expected + 4 * sd || (double)below < 0.6 * expected - 4 * sd)
				fail_msg("correlation %g: %zu of %d below %g", correlations[k], below, DRAWS, level);
		}
		free(p);
	}
}

static void a_smaller_part_never_makes_a_larger_p(void **state)
{
	static const double grid[] = { DBL_MIN, 1e-300, 1e-100, 1e-20, 9.9e-9,   1e-8,     1.01e-8,  1e-5,
				       1e-3,    0.1,    0.5,    0.9,   1 - 1e-7, 1 - 1e-8, 1 - 1e-9, 1 };
	enum { N = sizeof(grid) / sizeof(grid[0]) };

	(void)state;
	for (int i = 0; i < N; i++)
		for (int k = 0; k < N; k++) {
			const double p = fused(grid[i], grid[k]), score = fuse_score(p);

			assert_true(p >= DBL_MIN && p <= 1 && score >= 0 && isfinite(score));
			if (i > 0)
				assert_true(fused(grid[i - 1], grid[k]) <= p * (1 + 1e-7));
			if (k > 0)
				assert_true(fused(grid[i], grid[k - 1]) <= p * (1 + 1e-7));
		}
}

static void far_beyond_everything_the_order_is_kept(void **state)
{
	double last = 1;

	(void)state;
	for (int i = 1; i < 300; i++) {
		const double p = fused(0.5, pow(10, -i));

		assert_true(p < last);
		last = p;
	}
	assert_true(fabs(fuse_score(fused(0.5, 1e-200)) - 200 + log10(4. / 3)) < 1e-6); /* the profile has three parts of four */
	assert_true(fabs(fuse_score(fused(1e-200, 0.5)) - 200 + log10(4)) < 1e-6);
}

static void one_part_alone_is_itself(void **state)
{
	static const double values[] = { 1e-300, 1e-12, 1e-8, 1e-3, 0.3, 0.5, 0.7, 0.999 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_true(fabs(fused(NAN, values[i]) / values[i] - 1) < 1e-6);
		assert_true(fabs(fused(values[i], NAN) / values[i] - 1) < 1e-6);
		assert_true(fabs(fused(values[i], values[i]) / values[i] - 1) < 1e-6);
	}
	assert_true(fused(NAN, 1) <= 1 && fused(NAN, 1) > 0.999);
	assert_true(isnan(fused(NAN, NAN)));
	assert_true(isnan(fuse_score((double)NAN)));
	assert_true(fused(0, 0.5) == DBL_MIN);
}

static void an_alarm_lowers_p_and_never_raises_it(void **state)
{
	(void)state;
	assert_true(with_rule(0.5, 0.5, 1e-6) == 1e-6);
	assert_true(with_rule(1e-100, 0.5, 1e-6) == fused(1e-100, 0.5));
	assert_true(with_rule(NAN, NAN, 1e-7) == 1e-7);
	assert_true(fuse_rule_p(1) == 1e-6 && fuse_rule_p(100) == 1e-8);
	assert_true(fuse_rule_p(0) == 1e-6 && fuse_rule_p(-5) == 1e-6 && fuse_rule_p(NAN) == 1e-6);
	assert_true(with_rule(0.5, 0.5, fuse_rule_p(INFINITY)) == DBL_MIN);
}

static void shares_sum_to_one_and_go_to_what_decides(void **state)
{
	static const double grid[] = { DBL_MIN, 1e-10, 1e-3, 0.4, 0.6, 1, NAN };
	enum { N = sizeof(grid) / sizeof(grid[0]) };
	double share[COMPONENTS];

	(void)state;
	for (int i = 0; i < N * N * N; i++) {
		const double by[COMPONENTS] = { grid[i % N], grid[i / N % N], NAN, 1e-6 * grid[i / N / N] };
		const int any = !isnan(by[BY_SEQUENCE]) || !isnan(by[BY_PROFILE]) || !isnan(by[BY_RULES]);
		double sum = 0;

		fuse_shares(by, share);
		for (int k = 0; k < COMPONENTS; k++) {
			assert_true(share[k] >= 0 && (!isnan(by[k]) || share[k] == 0));
			sum += share[k];
		}
		if (fabs(sum - any) > 1e-12)
			fail_msg("%g %g %g: shares sum to %g", by[0], by[1], by[3], sum);
	}
	fuse_shares((const double[COMPONENTS]){ 1e-3, 1e-9, NAN, 1e-6 }, share);
	assert_true(share[BY_PROFILE] > 0.999 && share[BY_RULES] == 0);
	fuse_shares((const double[COMPONENTS]){ 1e-3, 1e-3, NAN, 1e-6 }, share);
	assert_true(share[BY_RULES] == 1 && share[BY_PROFILE] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_independent_and_of_equal_p_values_it_is_uniform),
		cmocka_unit_test(small_p_values_are_as_rare_as_they_say_whatever_the_dependence),
		cmocka_unit_test(a_smaller_part_never_makes_a_larger_p),
		cmocka_unit_test(far_beyond_everything_the_order_is_kept),
		cmocka_unit_test(one_part_alone_is_itself),
		cmocka_unit_test(an_alarm_lowers_p_and_never_raises_it),
		cmocka_unit_test(shares_sum_to_one_and_go_to_what_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
