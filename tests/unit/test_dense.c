/* dense: what a network that is trained on the rows it scores must not fall for. */
#include "detect/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "detect/dense_fence.h"
#include "judge/ranking.h"
#include "lib/cm.h"

enum { N = 4000, C = 8 };

static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h" };

/* Eight readings that follow two hidden values. */
static void reading(struct rng *r, double *row)
{
	const double x = rng_normal(r), y = rng_normal(r);

	for (int i = 0; i < C; i++) {
		const double noise = rng_normal(r);

		row[i] = 20 + x * (1 + i) + y * (C - i) + 0.3 * noise;
	}
}

/* attacks of N rows, spread over the table, are a group of its own around `where`. */
static double *make_rows(uint64_t seed, size_t attacks, double where, uint8_t *attack)
{
	double *const row = calloc((size_t)N * C, sizeof(*row));
	struct rng r;

	assert_non_null(row);
	rng_init(&r, seed);
	for (size_t i = 0; i < N; i++) {
		const int odd = attacks > 0 && i % (N / attacks) == 0;

		reading(&r, row + i * C);
		if (attack != NULL)
			attack[i] = (uint8_t)odd;
		for (int c = 0; odd && c < C; c += 2) {
			const double noise = rng_normal(&r);

			row[i * C + (size_t)c] = where + noise;
		}
	}
	return row;
}

static struct dense *train(const double *row, size_t n, double trim, size_t rows_max)
{
	const struct dense_options o = { C, names, rows_max, 0, trim, 5, kernel_select(NULL, NULL) };
	struct dense *d = NULL;

	assert_int_equal(dense_new(&d, &o, NULL), OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(dense_add(d, row + i * C, NULL), OK);
	assert_int_equal(dense_train(d, NULL), OK);
	return d;
}

static double auc_of(const double *row, const double *taught, const uint8_t *attack, double trim)
{
	struct dense *const d = train(taught, N, trim, 0);
	double *const score = calloc(N, sizeof(*score));
	struct ranking *r = NULL;
	double auc;

	assert_non_null(score);
	for (size_t i = 0; i < N; i++)
		score[i] = dense_score(d, row + i * C, NULL);
	assert_int_equal(ranking_new(&r, score, attack, N, NULL), OK);
	auc = ranking_roc_auc(r, NULL);
	ranking_del(r);
	free(score);
	dense_del(d);
	return auc;
}

static void attacks_in_the_training_data_do_not_become_normal(void **state)
{
	uint8_t attack[N];
	double *const clean = make_rows(1, 0, 0, NULL), *const row = make_rows(1, N / 20, 60, attack);
	const double best = auc_of(row, clean, attack, -1);

	(void)state;
	assert_true(best > 0.99);
	assert_true(auc_of(row, row, attack, -1) > best - 0.02);
	free(row);
	free(clean);
}

static void in_a_clean_table_next_to_nothing_is_above_the_threshold(void **state)
{
	(void)state;
	for (uint64_t seed = 20; seed < 23; seed++) {
		double *const row = make_rows(seed, 0, 0, NULL);
		struct dense *const d = train(row, N, -1, 0);
		size_t alarms = 0;

		for (size_t i = 0; i < N; i++)
			alarms += (size_t)(dense_score(d, row + i * C, NULL) > dense_threshold(d));
		assert_true(alarms <= 1);
		dense_del(d);
		free(row);
	}
}

static void the_same_rows_have_the_same_bits_and_kept_ones_too(void **state)
{
	double *const row = make_rows(3, 0, 0, NULL), *const kept = calloc(N, sizeof(*kept));
	struct dense *const a = train(row, N, -1, 0), *const b = train(row, N, -1, 0);

	(void)state;
	assert_non_null(kept);
	dense_score_kept(b, 0, N, kept);
	for (size_t i = 0; i < N; i++) {
		const double score = dense_score(a, row + i * C, NULL);

		assert_memory_equal(&score, &kept[i], sizeof(score));
	}
	assert_memory_equal(&(double){ dense_threshold(a) }, &(double){ dense_threshold(b) }, sizeof(double));
	dense_del(a);
	dense_del(b);
	free(kept);
	free(row);
}

static void parts_sum_to_the_score_and_the_largest_is_the_odd_column(void **state)
{
	double *const row = make_rows(4, 0, 0, NULL), part[C], sum = 0, score;
	struct dense *const d = train(row, N, -1, 0);

	(void)state;
	row[3] = 400;
	row[5] = NAN;
	score = dense_score(d, row, part);
	for (int i = 0; i < C; i++) {
		sum += part[i];
		assert_true(part[i] <= part[3]);
	}
	assert_float_equal(sum, score, 1e-12 * score);
	assert_true(part[5] == 0);
	assert_true(score > dense_threshold(d));
	dense_del(d);
	free(row);
}

static void constant_missing_huge_and_negative_values_do_no_harm(void **state)
{
	double *const row = make_rows(5, 0, 0, NULL);
	struct dense *d;
	double part[C];

	(void)state;
	for (size_t i = 0; i < N; i++) {
		double *const r = row + i * C;

		r[0] = 7;
		r[1] = NAN;
		r[2] = -r[2];
		if (i % 3 == 0)
			r[3] = NAN;
	}
	row[2] = -1e300;
	row[C + 2] = 1e300;
	row[2 * C + 2] = -INFINITY;
	d = train(row, N, -1, 0);
	assert_false(dense_uses(d, 0));
	assert_false(dense_uses(d, 1));
	assert_true(dense_uses(d, 2) && dense_uses(d, 3));
	for (size_t i = 0; i < N; i++) {
		const double score = dense_score(d, row + i * C, part);

		assert_true(isfinite(score) && score >= 0);
		assert_true(part[0] == 0 && part[1] == 0);
	}
	assert_true(dense_score(d, row, NULL) > dense_score(d, row + 3 * C, NULL));
	for (int i = 0; i < C; i++)
		row[i] = NAN;
	assert_true(dense_score(d, row, NULL) == 0);
	dense_del(d);
	free(row);
}

static void too_few_rows_and_nothing_but_constants_are_refused(void **state)
{
	const struct dense_options o = { C, names, 0, 0, -1, 1, kernel_select(NULL, NULL) };
	const double same[C] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct dense *d = NULL;
	struct err e;

	(void)state;
	assert_int_equal(dense_new(&d, &o, &e), OK);
	for (int i = 0; i < DENSE_LEAST - 1; i++)
		assert_int_equal(dense_add(d, same, &e), OK);
	assert_int_equal(dense_train(d, &e), ERR_TOO_FEW);
	assert_int_equal(dense_add(d, same, &e), OK);
	assert_int_equal(dense_train(d, &e), ERR_RANGE);
	dense_del(d);
}

static void beyond_the_limit_a_sample_is_kept_that_knows_the_whole_file(void **state)
{
	double *const row = make_rows(6, 0, 0, NULL);
	struct dense *const d = train(row, N, -1, 500);
	size_t late = 0;

	(void)state;
	assert_true(dense_sampled(d));
	assert_int_equal(dense_rows(d), N);
	assert_int_equal(dense_kept_n(d), 500);
	for (size_t i = 0; i < 500; i++) {
		size_t from = 0;

		while (from < N && (float)row[from * C] != dense_kept(d, i)[0])
			from++;
		assert_true(from < N);
		late += from >= N / 2;
	}
	assert_true(late > 200 && late < 300);
	dense_del(d);
	free(row);
}

static void a_long_tail_is_no_group_of_its_own(void **state)
{
	enum { SCORES = 10000 };
	double *const score = calloc(2 * SCORES + 1, sizeof(*score));

	(void)state;
	assert_non_null(score);
	for (int i = 0; i < SCORES; i++) /* Pareto, shape 2 */
		score[i] = pow(1 - (i + 0.5) / SCORES, -0.5);
	assert_true(dense_fence(score, score + SCORES, SCORES, 0) > score[SCORES - 1]);
	for (int i = SCORES * 7 / 10; i < SCORES; i++)
		score[i] = 1000 + i;
	for (int i = 0; i < SCORES * 7 / 10; i++)
		score[i] = 1 + i / 7000.0;
	assert_true(dense_fence(score, score + SCORES, SCORES, 0) < score[SCORES * 7 / 10]);
	assert_true(dense_fence(score, score + SCORES, SCORES, 1e6) >= 1e6);
	free(score);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attacks_in_the_training_data_do_not_become_normal),
		cmocka_unit_test(in_a_clean_table_next_to_nothing_is_above_the_threshold),
		cmocka_unit_test(the_same_rows_have_the_same_bits_and_kept_ones_too),
		cmocka_unit_test(parts_sum_to_the_score_and_the_largest_is_the_odd_column),
		cmocka_unit_test(constant_missing_huge_and_negative_values_do_no_harm),
		cmocka_unit_test(too_few_rows_and_nothing_but_constants_are_refused),
		cmocka_unit_test(beyond_the_limit_a_sample_is_kept_that_knows_the_whole_file),
		cmocka_unit_test(a_long_tail_is_no_group_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
