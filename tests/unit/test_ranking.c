/* ranking: ROC, precision-recall and their intervals. The numbers of the table were worked out by hand. */
#include "judge/ranking.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "lib/cm.h"

enum { N = 6 };

static void measures_are_what_the_definitions_say(void **state)
{
	static const struct {
		double score[N];
		uint8_t attack[N];
		double roc, pr, tpr; /* the last at 34 % false alarms */
	} cases[] = {
		{ { 6, 5, 4, 3, 2, 1 }, { 1, 1, 1, 0, 0, 0 }, 1, 1, 1 },
		{ { 1, 2, 3, 4, 5, 6 }, { 1, 1, 1, 0, 0, 0 }, 0, (1.0 / 4 + 2.0 / 5 + 3.0 / 6) / 3, 0 },
		{ { 1, 1, 1, 1, 1, 1 }, { 1, 0, 1, 0, 1, 0 }, 0.5, 0.5, 0 },
		{ { 6, 5, 4, 3, 2, 1 }, { 1, 0, 1, 0, 1, 0 }, 6.0 / 9, (1 + 2.0 / 3 + 3.0 / 5) / 3, 2.0 / 3 },
		{ { 2, 2, 1, 1, 1, 1 }, { 1, 0, 1, 0, 0, 0 }, (1 * 0.5 + 1 * 3 + 1 * 1.5) / 8, (0.5 + 2.0 / 6) / 2, 0.5 },
		{ { INFINITY, 1, 0, 0, 0, -INFINITY }, { 1, 0, 0, 0, 0, 0 }, 1, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ranking *r = NULL;

		assert_int_equal(ranking_new(&r, cases[i].score, cases[i].attack, N, NULL), OK);
		assert_float_equal(ranking_roc_auc(r, NULL), cases[i].roc, 1e-12);
		assert_float_equal(ranking_pr_auc(r, NULL), cases[i].pr, 1e-12);
		assert_float_equal(ranking_tpr_at(r, NULL, 0.34), cases[i].tpr, 1e-12);
		ranking_del(r);
	}
}

static void without_attacks_or_without_anything_else_there_is_no_answer(void **state)
{
	const double score[2] = { 1, 2 };
	struct ranking *r = NULL;
	struct err e = { 0 };

	(void)state;
	for (uint8_t attack = 0; attack < 2; attack++) {
		assert_int_equal(ranking_new(&r, score, (uint8_t[]){ attack, attack }, 2, NULL), OK);
		assert_true(isnan(ranking_roc_auc(r, NULL)));
		assert_true(isnan(ranking_tpr_at(r, NULL, 0.5)));
		assert_int_equal(isnan(ranking_pr_auc(r, NULL)), attack == 0);
		ranking_del(r);
	}
	assert_int_equal(ranking_new(&r, score, (uint8_t[]){ 0, 0 }, 0, NULL), OK);
	assert_int_equal(ranking_points(r), 0);
	assert_true(isnan(ranking_roc_auc(r, NULL)));
	ranking_del(r);
	assert_int_equal(ranking_new(&r, (double[]){ 1, NAN }, (uint8_t[]){ 0, 1 }, 2, &e), ERR_RANGE);
	assert_string_equal(e.msg, "score 1 is no number");
}

static void points_go_from_the_strictest_threshold_to_the_loosest(void **state)
{
	const double score[N] = { 3, 1, 3, 2, 1, 1 };
	const uint8_t attack[N] = { 1, 0, 0, 1, 0, 1 };
	struct ranking *r = NULL;
	struct ranking_point p;

	(void)state;
	assert_int_equal(ranking_new(&r, score, attack, N, NULL), OK);
	assert_int_equal(ranking_points(r), 3);
	p = ranking_point(r, 0);
	assert_true(p.threshold == 3 && p.tp == 1 && p.fp == 1);
	p = ranking_point(r, 1);
	assert_true(p.threshold == 2 && p.tp == 2 && p.fp == 1);
	p = ranking_point(r, 2);
	assert_true(p.threshold == 1 && p.tp == 3 && p.fp == 3);
	ranking_del(r);
}

/* Weights of 2 are the same as items that are there twice. */
static void weights_count_items_more_than_once(void **state)
{
	double score[2 * N];
	uint8_t attack[2 * N];
	double weight[N];
	struct rng g;

	(void)state;
	rng_init(&g, 3);
	for (int round = 0; round < 50; round++) {
		struct ranking *once = NULL, *twice = NULL;
		size_t n = N;

		for (size_t i = 0; i < N; i++) {
			score[i] = (double)rng_below(&g, 4);
			attack[i] = i < 2 || rng_below(&g, 3) == 0;
			if (i == 2)
				attack[i] = 0;
			weight[i] = 1 + (double)rng_below(&g, 2);
			if (weight[i] == 2) {
				score[n] = score[i];
				attack[n++] = attack[i];
			}
		}
		assert_int_equal(ranking_new(&once, score, attack, N, NULL), OK);
		assert_int_equal(ranking_new(&twice, score, attack, n, NULL), OK);
		assert_float_equal(ranking_roc_auc(once, weight), ranking_roc_auc(twice, NULL), 1e-12);
		assert_float_equal(ranking_pr_auc(once, weight), ranking_pr_auc(twice, NULL), 1e-12);
		assert_float_equal(ranking_tpr_at(once, weight, 0.4), ranking_tpr_at(twice, NULL, 0.4), 1e-12);
		ranking_del(once);
		ranking_del(twice);
	}
}

/* Two normal distributions, 1 apart: the area is Phi(1 / sqrt 2) = 0.7602. Of 95 % intervals about 95 % hold it. */
static void intervals_hold_the_truth_about_as_often_as_they_say(void **state)
{
	enum { ITEMS = 400, ROUNDS = 200 };
	static double score[ITEMS];
	static uint8_t attack[ITEMS];
	struct rng g;
	int held = 0;

	(void)state;
	rng_init(&g, 11);
	for (int round = 0; round < ROUNDS; round++) {
		struct ranking *r = NULL;
		struct interval i;

		for (size_t k = 0; k < ITEMS; k++) {
			attack[k] = k % 4 == 0;
			score[k] = rng_normal(&g) + attack[k];
		}
		assert_int_equal(ranking_new(&r, score, attack, ITEMS, NULL), OK);
		assert_int_equal(ranking_interval(r, ranking_measure_roc, 0, 1, 200, (uint64_t)round, &i, NULL), OK);
		assert_true(i.low < i.high && i.high - i.low < 0.2);
		held += i.low <= 0.7602 && 0.7602 <= i.high;
		ranking_del(r);
	}
	assert_in_range(held, 178, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures_are_what_the_definitions_say),
		cmocka_unit_test(without_attacks_or_without_anything_else_there_is_no_answer),
		cmocka_unit_test(points_go_from_the_strictest_threshold_to_the_loosest),
		cmocka_unit_test(weights_count_items_more_than_once),
		cmocka_unit_test(intervals_hold_the_truth_about_as_often_as_they_say),
	};

	return cmocka_run_group_tests_name("ranking", tests, NULL, NULL);
}
