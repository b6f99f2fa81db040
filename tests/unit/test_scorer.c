/* scorer: the same scores in the same order on any number of threads, and an orderly end whatever happens. */
#include "nn/scorer.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "base/carve.h"
#include "base/rng.h"
#include "lib/nets.h"

static const size_t thread_counts[] = { 1, 2, 3, 7 };
enum { THREAD_COUNTS = sizeof(thread_counts) / sizeof(thread_counts[0]) };

/* A small network, because a block has thousands of windows. */
struct bench {
	struct net_case c;
	struct plan *plan;
	size_t T, F, n;
	float *row;   /* (n,F) */
	float *score; /* by plan_score(), one call for each window */
	float *recon;
};

static struct bench bench_make(const char *layers, size_t T, size_t F, size_t n)
{
	struct bench b = { .c = net_make(layers, T, F, 0, 5), .T = T, .F = F, .n = n };
	const size_t windows = n >= T ? n - T + 1 : 0;
	struct err e;
	struct rng r;
	void *scratch;

	assert_int_equal(plan_new(&b.plan, &b.c.net, kernel_select(NULL, NULL), &e), OK);
	b.row = malloc((n + 1) * F * sizeof(*b.row));
	b.score = malloc((windows + 1) * sizeof(*b.score));
	b.recon = malloc((windows + 1) * T * F * sizeof(*b.recon));
	scratch = aligned_alloc(CARVE_ALIGN, plan_scratch_bytes(b.plan));
	assert_non_null(b.row);
	assert_non_null(b.score);
	assert_non_null(b.recon);
	assert_non_null(scratch);
	rng_init(&r, 77);
	for (size_t i = 0; i < n * F; i++)
		b.row[i] = (float)rng_normal(&r);
	for (size_t w = 0; w < windows; w++) {
		const float *const window = b.row + w * F;

		plan_score(b.plan, scratch, &window, 1, b.score + w, b.recon + w * T * F);
	}
	free(scratch);
	return b;
}

static void bench_drop(struct bench *b)
{
	plan_del(b->plan);
	net_drop(&b->c);
	free(b->row);
	free(b->score);
	free(b->recon);
}

/* What the sink checks and when it stops. */
struct sink {
	const struct bench *b;
	uint64_t next;
	uint64_t stop_at; /* UINT64_MAX: never */
	pthread_t thread;
	const char *wrong;
};

static int take(void *arg, const struct scored *w)
{
	struct sink *const s = arg;
	const size_t tf = s->b->T * s->b->F;

	if (w->window != s->next)
		s->wrong = "out of order";
	else if (memcmp(&w->score, s->b->score + w->window, sizeof(w->score)) != 0)
		s->wrong = "another score than plan_score()";
	else if (memcmp(w->input, s->b->row + w->window * s->b->F, tf * sizeof(float)) != 0)
		s->wrong = "another input";
	else if (memcmp(w->recon, s->b->recon + w->window * tf, tf * sizeof(float)) != 0)
		s->wrong = "another reconstruction";
	else if (!pthread_equal(pthread_self(), s->thread))
		s->wrong = "called on another thread";
	if (s->next++ == s->stop_at)
		return ERR_RANGE;
	return OK;
}

static struct scorer *start(struct sink *s, const struct bench *b, size_t threads, uint64_t stop_at)
{
	struct scorer *scorer = NULL;
	struct err e = { 0 };

	*s = (struct sink){ .b = b, .stop_at = stop_at, .thread = pthread_self() };
	if (scorer_new(&scorer, b->plan, threads, take, s, &e) < 0)
		fail_msg("%s", e.msg);
	return scorer;
}

/* The window that begins at row i. */
static int push(struct scorer *s, const struct bench *b, size_t i, struct err *e)
{
	memcpy(scorer_slot(s), b->row + i * b->F, b->T * b->F * sizeof(float));
	return scorer_push(s, e);
}

static void all_windows(const struct bench *b, size_t n, size_t threads)
{
	struct err e = { 0 };
	struct sink s;
	struct scorer *const scorer = start(&s, b, threads, UINT64_MAX);

	for (size_t i = 0; i + b->T <= n; i++)
		assert_int_equal(push(scorer, b, i, &e), OK);
	assert_int_equal(scorer_finish(scorer, &e), OK);
	if (s.wrong != NULL || s.next != (n >= b->T ? n - b->T + 1 : 0))
		fail_msg("%zu rows on %zu threads: %s, %llu windows", n, threads, s.wrong ? s.wrong : "in order",
			 (unsigned long long)s.next);
	scorer_del(scorer);
}

static void scorer_gives_the_scores_of_plan_score_in_order(void **state)
{
	struct bench b = bench_make("lstm:6,lstm:3,repeat,lstm:6,dense", 10, 4, 40000);

	(void)state;
	for (size_t t = 0; t < THREAD_COUNTS; t++)
		all_windows(&b, b.n, thread_counts[t]);
	bench_drop(&b);
}

/* Around T, and around a block of 4096 windows and a second one. */
static void scorer_counts_windows_at_every_border(void **state)
{
	static const size_t rows[] = { 0, 1, 9, 10, 11, 4096, 4104, 4105, 4106, 8191, 8192, 8200, 8201, 8202, 12296, 12297, 12298 };
	struct bench b = bench_make("lstm:3,repeat,dense", 10, 2, 12298);

	(void)state;
	for (size_t t = 0; t < THREAD_COUNTS; t++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			all_windows(&b, rows[i], thread_counts[t]);
	bench_drop(&b);
}

static void scorer_takes_windows_of_one_row(void **state)
{
	struct bench b = bench_make("dense:3:relu,dense", 1, 5, 9000);

	(void)state;
	for (size_t t = 0; t < THREAD_COUNTS; t++)
		all_windows(&b, b.n, thread_counts[t]);
	bench_drop(&b);
}

/* Reconstructions of 2000 x 8 floats a window: a block has few windows, fewer than the rows of one. */
static void scorer_takes_windows_longer_than_a_block(void **state)
{
	struct bench b = bench_make("dense:2:tanh,dense", 2000, 8, 2300);

	(void)state;
	for (size_t t = 0; t < THREAD_COUNTS; t++) {
		all_windows(&b, 1999, thread_counts[t]);
		all_windows(&b, 2000, thread_counts[t]);
		all_windows(&b, b.n, thread_counts[t]);
	}
	bench_drop(&b);
}

/* Nothing is delivered after the sink said no, every later call repeats its answer, and no thread is left waiting. */
static void scorer_stops_when_the_sink_says_so(void **state)
{
	static const uint64_t stops[] = { 0, 5, 4095, 4096, 20000, 39990 };
	struct bench b = bench_make("lstm:3,repeat,dense", 10, 2, 40000);

	(void)state;
	for (size_t t = 0; t < THREAD_COUNTS; t++) {
		for (size_t k = 0; k < sizeof(stops) / sizeof(stops[0]); k++) {
			struct err e = { 0 };
			struct sink s;
			struct scorer *const scorer = start(&s, &b, thread_counts[t], stops[k]);
			int r = OK;

			for (size_t i = 0; i + b.T <= b.n && r == OK; i++)
				r = push(scorer, &b, i, &e);
			if (r == OK)
				r = scorer_finish(scorer, &e);
			assert_int_equal(r, ERR_RANGE);
			assert_int_equal(push(scorer, &b, 0, &e), ERR_RANGE);
			assert_int_equal(scorer_finish(scorer, &e), ERR_RANGE);
			assert_null(s.wrong);
			assert_int_equal(s.next, stops[k] + 1);
			scorer_del(scorer);
		}
	}
	bench_drop(&b);
}

static void scorer_may_be_dropped_at_any_time(void **state)
{
	static const size_t rows[] = { 0, 5, 4105, 4106, 9000, 30000 };
	struct bench b = bench_make("lstm:3,repeat,dense", 10, 2, 30000);

	(void)state;
	for (size_t t = 0; t < THREAD_COUNTS; t++) {
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
			struct err e = { 0 };
			struct sink s;
			struct scorer *const scorer = start(&s, &b, thread_counts[t], UINT64_MAX);

			for (size_t i = 0; i + b.T <= rows[k]; i++)
				assert_int_equal(push(scorer, &b, i, &e), OK);
			scorer_del(scorer);
			assert_null(s.wrong);
		}
	}
	scorer_del(NULL);
	bench_drop(&b);
}

static void scorer_scores_input_that_is_not_finite_as_infinite(void **state)
{
	struct bench bad = bench_make("lstm:3,repeat,dense", 10, 2, 100);
	void *const scratch = aligned_alloc(CARVE_ALIGN, plan_scratch_bytes(bad.plan));

	(void)state;
	assert_non_null(scratch);
	bad.row[50 * 2] = INFINITY;
	bad.row[51 * 2 + 1] = NAN;
	for (size_t w = 0; w <= 90; w++) {
		const float *const window = bad.row + w * 2;

		plan_score(bad.plan, scratch, &window, 1, bad.score + w, bad.recon + w * 20);
		assert_true(isinf(bad.score[w]) == (w >= 41 && w <= 51));
	}
	for (size_t t = 0; t < THREAD_COUNTS; t++)
		all_windows(&bad, bad.n, thread_counts[t]);
	free(scratch);
	bench_drop(&bad);
}

static void scorer_refuses_thread_counts_out_of_range(void **state)
{
	struct bench b = bench_make("dense", 1, 1, 0);
	struct scorer *scorer = NULL;
	struct err e = { 0 };
	struct sink s;

	(void)state;
	assert_int_equal(scorer_new(&scorer, b.plan, 0, take, &s, &e), ERR_RANGE);
	assert_string_equal(e.msg, "0 threads are outside 1..256");
	assert_int_equal(scorer_new(&scorer, b.plan, 257, take, &s, &e), ERR_RANGE);
	assert_null(scorer);
	bench_drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scorer_gives_the_scores_of_plan_score_in_order),
		cmocka_unit_test(scorer_counts_windows_at_every_border),
		cmocka_unit_test(scorer_takes_windows_of_one_row),
		cmocka_unit_test(scorer_takes_windows_longer_than_a_block),
		cmocka_unit_test(scorer_stops_when_the_sink_says_so),
		cmocka_unit_test(scorer_may_be_dropped_at_any_time),
		cmocka_unit_test(scorer_scores_input_that_is_not_finite_as_infinite),
		cmocka_unit_test(scorer_refuses_thread_counts_out_of_range),
	};

	if (getenv("GUARDIAN_TEST_QUICK") != NULL)
		cmocka_set_test_filter("scorer_takes_windows_of_one_row");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
