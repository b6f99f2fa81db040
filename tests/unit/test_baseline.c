/* baselines: on data whose answer is known without them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "judge/baseline.h"
#include "judge/baselines.h"
#include "judge/ranking.h"
#include "lib/cm.h"

enum { N = 2000, F = 4, ODD = 50 };

/* Levels around 5 with two dependent features; the last ODD rows are far off in one of them. */
static void home(double *row, size_t n, size_t odd, uint64_t seed, double far)
{
	struct rng g;

	rng_init(&g, seed);
	for (size_t i = 0; i < n; i++) {
		double *const x = row + i * F;
		const double a = rng_normal(&g), b = rng_normal(&g), c = rng_normal(&g), d = rng_normal(&g);

		x[0] = expm1(5 + 0.5 * a);
		x[1] = expm1(5 + 0.5 * a + 0.02 * b);
		x[2] = expm1(5 + 0.5 * c);
		x[3] = expm1(5 + 0.5 * c + 0.02 * d);
		if (i + odd >= n)
			x[i % F] = expm1(5 + far);
	}
}

static double auc(const double *score, size_t n, size_t odd)
{
	uint8_t *const attack = calloc(n, 1);
	struct ranking *r = NULL;
	double a;

	for (size_t i = n - odd; i < n; i++)
		attack[i] = 1;
	assert_int_equal(ranking_new(&r, score, attack, n, NULL), OK);
	a = ranking_roc_auc(r, NULL);
	ranking_del(r);
	free(attack);
	return a;
}

static double baseline_auc(const char *name, double far, double *score)
{
	static double train[N * F], test[N * F];

	home(train, N, 0, 1, 0);
	home(test, N, ODD, 2, far);
	for (size_t i = 0; baseline_get(i) != NULL; i++) {
		if (strcmp(baseline_get(i)->name, name) != 0)
			continue;
		assert_int_equal(
			baseline_get(i)->score(&(struct samples){ N, F, train }, &(struct samples){ N, F, test }, 7, score, NULL),
			OK);
		return auc(score, N, ODD);
	}
	fail();
	return 0;
}

static void all_find_what_is_far_away(void **state)
{
	static double score[N];

	(void)state;
	assert_true(baseline_auc("boxplot", 4, score) > 0.999);
	assert_true(baseline_auc("iforest", 4, score) > 0.85); /* one odd feature of four: most splits are of others */
	assert_true(baseline_auc("pca", 4, score) > 0.999);
}

/* A value in the middle of its range that does not go with its neighbour: no box sees it, the directions do. */
static void only_pca_sees_what_breaks_a_dependence(void **state)
{
	static double score[N];

	(void)state;
	assert_true(baseline_auc("pca", 0.4, score) > 0.9);
	assert_true(baseline_auc("boxplot", 0.4, score) < 0.7);
}

static void the_box_counts_in_heights_of_the_box(void **state)
{
	const double train[] = { expm1(1), expm1(2), expm1(3), expm1(4), expm1(5) }; /* quartiles 2 and 4 on the log scale */
	const double test[] = { expm1(3), expm1(7), expm1(1), 0, NAN };
	const double want[] = { 0, 1.5, 0.5, 1, 1 };
	double score[5];

	(void)state;
	assert_int_equal(baseline_boxplot(&(struct samples){ 5, 1, train }, &(struct samples){ 5, 1, test }, 0, score, NULL), OK);
	for (size_t i = 0; i < 5; i++)
		assert_float_equal(score[i], want[i], 1e-9);
}

/* One feature, two values: every split parts them, so the only odd row of 256 is alone at depth 1, and the others are a leaf of 255. */
static void the_forest_has_the_path_lengths_of_the_paper(void **state)
{
	const double c255 = 2 * (log(254) + 0.57721566490153286) - 2 * 254.0 / 255,
		     c256 = 2 * (log(255) + 0.57721566490153286) - 2 * 255.0 / 256;
	double train[256] = { 0 }, score[256];

	(void)state;
	train[17] = 5;
	assert_int_equal(baseline_iforest(&(struct samples){ 256, 1, train }, &(struct samples){ 256, 1, train }, 3, score, NULL),
			 OK);
	assert_float_equal(score[17], exp2(-1 / c256), 1e-12);
	assert_float_equal(score[0], exp2(-(1 + c255) / c256), 1e-12);
}

static void the_same_seed_gives_the_same_forest(void **state)
{
	static double a[N], b[N];

	(void)state;
	baseline_auc("iforest", 1, a);
	baseline_auc("iforest", 1, b);
	for (size_t i = 0; i < N; i++)
		assert_true(a[i] == b[i]);
}

static void eigenvectors_rebuild_the_matrix(void **state)
{
	enum { n = 7 };
	double m[n * n], a[n * n], value[n], vector[n * n];
	struct rng g;

	(void)state;
	rng_init(&g, 9);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k <= i; k++)
			m[i * n + k] = m[k * n + i] = rng_normal(&g);
	for (size_t i = 0; i < n * n; i++)
		a[i] = m[i];
	jacobi_eigen(a, n, value, vector);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			double sum = 0, dot = 0;

			for (size_t v = 0; v < n; v++) {
				sum += value[v] * vector[v * n + i] * vector[v * n + k];
				dot += vector[i * n + v] * vector[k * n + v];
			}
			assert_float_equal(sum, m[i * n + k], 1e-10);
			assert_float_equal(dot, i == k, 1e-10);
		}
		assert_true(i == 0 || value[i - 1] >= value[i]);
	}
	/* Known: (2 1; 1 2) has 3 and 1. */
	jacobi_eigen((double[]){ 2, 1, 1, 2 }, 2, value, vector);
	assert_float_equal(value[0], 3, 1e-12);
	assert_float_equal(value[1], 1, 1e-12);
	assert_float_equal(fabs(vector[0]), sqrt(0.5), 1e-12);
}

static void the_best_feature_is_found_in_either_direction(void **state)
{
	const double row[] = { 1, 9, 2, 8, 1, 1, 2, 2, 1, 1, 2, 0 }; /* (6,2): low second feature means attack, but for one */
	const uint8_t attack[] = { 0, 0, 1, 1, 1, 1 }, use[] = { 1, 1, 1, 1, 1, 0 };
	struct best_feature b;
	double score[6];

	(void)state;
	assert_int_equal(baseline_feature(&b, &(struct samples){ 6, 2, row }, attack, NULL, score, NULL), OK);
	assert_int_equal(b.feature, 1);
	assert_int_equal(b.inverted, 1);
	assert_float_equal(b.auc, 1, 1e-12);
	assert_true(score[5] > score[0]);
	assert_int_equal(baseline_feature(&b, &(struct samples){ 6, 2, row }, attack, use, score, NULL), OK);
	assert_float_equal(b.auc, 1, 1e-12);
	assert_int_equal(baseline_feature(&b, &(struct samples){ 6, 2, row }, (uint8_t[6]){ 0 }, NULL, score, NULL), OK);
	assert_true(isnan(b.auc) && score[0] == 0);
}

static void thresholds_hold_the_rate_that_was_asked_for(void **state)
{
	double score[99], t = 0;

	(void)state;
	for (size_t i = 0; i < 99; i++)
		score[i] = (double)((i * 37) % 99);
	assert_int_equal(baseline_threshold(score, 99, 0.05, &t, NULL), OK);
	assert_true(t == 94); /* 4 lie above: (1 + 4) / 100 */
	assert_int_equal(baseline_threshold(score, 99, 0.01, &t, NULL), OK);
	assert_true(t == 98);
	assert_int_equal(baseline_threshold(score, 99, 0.009, &t, NULL), OK);
	assert_true(isinf(t));
	assert_int_equal(baseline_threshold(NULL, 0, 0.5, &t, NULL), OK);
	assert_true(isinf(t));
}

static void without_training_rows_there_is_no_baseline(void **state)
{
	double score[1];
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; baseline_get(i) != NULL; i++)
		assert_int_equal(baseline_get(i)->score(&(struct samples){ 0, 1, NULL }, &(struct samples){ 1, 1, (double[]){ 1 } },
							1, score, &e),
				 ERR_TOO_FEW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_find_what_is_far_away),
		cmocka_unit_test(only_pca_sees_what_breaks_a_dependence),
		cmocka_unit_test(the_box_counts_in_heights_of_the_box),
		cmocka_unit_test(the_forest_has_the_path_lengths_of_the_paper),
		cmocka_unit_test(the_same_seed_gives_the_same_forest),
		cmocka_unit_test(eigenvectors_rebuild_the_matrix),
		cmocka_unit_test(the_best_feature_is_found_in_either_direction),
		cmocka_unit_test(thresholds_hold_the_rate_that_was_asked_for),
		cmocka_unit_test(without_training_rows_there_is_no_baseline),
	};

	return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}
