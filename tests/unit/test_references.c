/* references: what is known of the replaced algorithms, by construction. */
#include "detect/references.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "feature/scaler.h"
#include "nn/init.h"
#include "nn/network.h"
#include "lib/cm.h"

enum { N = 400, F = 4, T = 5 };

static void fill(double *row, size_t n, size_t odd_from, size_t odd_until, double factor)
{
	struct rng g;

	rng_init(&g, 3);
	for (size_t i = 0; i < n; i++) {
		const double size = 1 + rng_uniform(&g);

		for (size_t f = 0; f < F; f++)
			row[i * F + f] = (100 * (double)(f + 1)) * size * (i >= odd_from && i < odd_until ? factor : 1);
	}
}

static struct plan *network(float **params)
{
	struct network net = { .steps = T, .features = F };
	struct plan *p = NULL;

	assert_int_equal(network_parse(&net, "lstm:6,repeat,lstm:6,dense", NULL), OK);
	*params = malloc(network_param_n(&net) * sizeof(**params));
	assert_int_equal(init_weights(&net, 1, *params, NULL), OK);
	network_bind(&net, *params);
	assert_int_equal(plan_new(&p, &net, kernel_select(NULL, NULL), NULL), OK);
	return p;
}

/* The scaler is the upload's own: a file in other units gets the same scores, so that nothing is ever large or small. */
static void the_lstm_reference_forgets_the_size_of_things(void **state)
{
	static double a[N * F], b[N * F], sa[N], sb[N];
	double ta, tb, mean = 0, square = 0;
	float *params;
	struct plan *const p = network(&params);

	(void)state;
	fill(a, N, 0, 0, 1);
	for (size_t i = 0; i < N * F; i++)
		b[i] = 1000 * a[i];
	assert_int_equal(reference_lstm(p, a, N, sa, &ta, NULL), OK);
	assert_int_equal(reference_lstm(p, b, N, sb, &tb, NULL), OK);
	for (size_t i = 0; i < N; i++)
		assert_float_equal(sa[i], sb[i], 1e-4);
	for (size_t i = 0; i + 1 < T; i++)
		assert_true(sa[i] == sa[T - 1]);
	for (size_t i = T - 1; i < N; i++)
		mean += sa[i] / (N - T + 1);
	for (size_t i = T - 1; i < N; i++)
		square += (sa[i] - mean) * (sa[i] - mean) / (N - T + 1);
	assert_float_equal(ta, mean + 3 * sqrt(square), 1e-6);
	plan_del(p);
	free(params);
}

/* A window's score is its network's error on the rows scaled by the file's own mean and deviation. */
static void a_row_has_the_error_of_the_window_that_ends_with_it(void **state)
{
	static double row[N * F], score[N];
	static float scaled[N * F];
	const float *window = scaled + 7 * F;
	struct scaler s;
	double threshold;
	float *params, error;
	struct plan *const p = network(&params);
	void *const scratch = aligned_alloc(64, (plan_scratch_bytes(p) + 63) / 64 * 64);

	(void)state;
	fill(row, N, 100, 120, 30);
	assert_int_equal(scaler_fit(&s, SCALER_STANDARD, row, N, F, NULL), OK);
	for (size_t i = 0; i < N; i++)
		scaler_apply(&s, row + i * F, scaled + i * F);
	plan_score(p, scratch, &window, 1, &error, NULL);
	assert_int_equal(reference_lstm(p, row, N, score, &threshold, NULL), OK);
	assert_true((double)error == score[7 + T - 1]);
	assert_int_equal(reference_lstm(p, row, T - 1, score, &threshold, NULL), ERR_TOO_FEW);
	free(scratch);
	plan_del(p);
	free(params);
}

static void the_dense_reference_flags_a_twentieth_of_any_file(void **state)
{
	static double row[N * F], score[N], again[N];
	double t, t2;

	(void)state;
	for (int odd = 0; odd < 2; odd++) {
		size_t above = 0;

		fill(row, N, 0, odd ? N / 4 : 0, 30);
		assert_int_equal(reference_dense(kernel_select("generic", NULL), 1, row, N, F, score, &t, NULL), OK);
		for (size_t i = 0; i < N; i++)
			above += score[i] > t;
		assert_int_equal(above, N / 20);
	}
	assert_int_equal(reference_dense(kernel_select("generic", NULL), 1, row, N, F, again, &t2, NULL), OK);
	for (size_t i = 0; i < N; i++)
		assert_true(score[i] == again[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lstm_reference_forgets_the_size_of_things),
		cmocka_unit_test(a_row_has_the_error_of_the_window_that_ends_with_it),
		cmocka_unit_test(the_dense_reference_flags_a_twentieth_of_any_file),
	};

	return cmocka_run_group_tests_name("references", tests, NULL, NULL);
}
