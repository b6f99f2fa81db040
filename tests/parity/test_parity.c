/*
 * Our reference and our kernels against what Keras computed in double precision: outputs, scores, loss, every gradient, ten steps of
 * Adam. The vectors are made by make_vectors.py.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/vectors.h"

#include "nn/kernel.h"
#include "nn/plan.h"
#include "nn/reference.h"
#include "nn/trainer.h"

static const char *const cases[] = {
	"lstm_tanh",  "lstm_relu",  "lstm_one",   "lstm_two",       "lstm_vector",    "dense_sigmoid",
	"dense_tanh", "stack_tanh", "stack_relu", "reference_tanh", "reference_relu",
};
enum { CASE_N = sizeof(cases) / sizeof(cases[0]) };

/* A vector file with its tensors in the order of network_bind(). */
struct parity {
	struct vectors *v;
	struct network net;
	size_t n, tf, param_n;
	const float *x;
	const double *output, *score;
	double loss;
	double *params, *grad, *x_d;
	const float **window;
};

/* All tensors "<prefix>layers.<i>.<tensor>" one after the other; those of reference_* are stored as F32. */
static void collect(const struct parity *p, const char *prefix, int f32, double *to)
{
	for (size_t i = 0; i < p->net.layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols, n = 0;
			char name[80];

			layer_tensor_shape(&p->net.layer[i], k, &rows, &cols);
			if (rows == 0)
				continue;
			snprintf(name, sizeof(name), "%slayers.%zu.%s", prefix, i, layer_tensor_name(k));
			if (f32) {
				const float *const t = vectors_f32(p->v, name, &n);

				for (size_t j = 0; j < n; j++)
					to[j] = (double)t[j];
			} else {
				const double *const t = vectors_f64(p->v, name, &n);

				memcpy(to, t, n * sizeof(*to));
			}
			assert_int_equal(n, rows * cols);
			to += n;
		}
	}
}

static struct parity parity_open(const char *name)
{
	struct parity p = { .v = vectors_open(name) };
	size_t n;

	vectors_network(p.v, &p.net);
	p.tf = p.net.steps * p.net.features;
	p.param_n = network_param_n(&p.net);
	p.x = vectors_f32(p.v, "input", &n);
	p.n = n / p.tf;
	p.output = vectors_f64(p.v, "output", &n);
	assert_int_equal(n, p.n * p.tf);
	p.score = vectors_f64(p.v, "score", &n);
	assert_int_equal(n, p.n);
	p.loss = *vectors_f64(p.v, "loss", &n);
	p.params = malloc(p.param_n * sizeof(double));
	p.grad = malloc(p.param_n * sizeof(double));
	p.x_d = malloc(p.n * p.tf * sizeof(double));
	p.window = malloc(p.n * sizeof(*p.window));
	assert_true(p.params && p.grad && p.x_d && p.window);
	collect(&p, "", 1, p.params);
	collect(&p, "gradient.", strncmp(name, "reference", 9) == 0, p.grad);
	for (size_t i = 0; i < p.n * p.tf; i++)
		p.x_d[i] = (double)p.x[i];
	for (size_t i = 0; i < p.n; i++)
		p.window[i] = p.x + i * p.tf;
	return p;
}

static void parity_close(struct parity *p)
{
	free(p->params);
	free(p->grad);
	free(p->x_d);
	free(p->window);
	vectors_close(p->v);
}

static double largest(const double *a, size_t n)
{
	double m = 0;

	for (size_t i = 0; i < n; i++)
		m = fmax(m, fabs(a[i]));
	return m;
}

static void the_reference_computes_what_keras_computes(void **state)
{
	(void)state;
	for (size_t c = 0; c < CASE_N; c++) {
		struct parity p = parity_open(cases[c]);
		const int f32 = strncmp(cases[c], "reference", 9) == 0; /* gradients were rounded to float when stored */
		double *const out = malloc(p.n * p.tf * sizeof(double)), *const score = malloc(p.n * sizeof(double));
		double *const grad = malloc(p.param_n * sizeof(double)), max = largest(p.grad, p.param_n), loss;

		assert_int_equal(reference_run(&p.net, p.params, p.x_d, p.n, out, score, &loss, grad, NULL), OK);
		assert_true(fabs(loss - p.loss) <= 1e-13 * p.loss);
		for (size_t i = 0; i < p.n * p.tf; i++)
			assert_true(fabs(out[i] - p.output[i]) <= 1e-13 * fmax(1, fabs(p.output[i])));
		for (size_t i = 0; i < p.n; i++)
			assert_true(fabs(score[i] - p.score[i]) <= 1e-13 * fmax(1, p.score[i]));
		for (size_t i = 0; i < p.param_n; i++)
			assert_true(fabs(grad[i] - p.grad[i]) <= (f32 ? 1e-7 : 1e-12) * max);
		free(out);
		free(score);
		free(grad);
		parity_close(&p);
	}
}

static void kernels_score_as_keras(void **state)
{
	(void)state;
	for (size_t k = 0; kernel_get(k) != NULL; k++) {
		double worst = 0;

		for (size_t c = 0; c < CASE_N; c++) {
			struct parity p = parity_open(cases[c]);
			float *const score = malloc(p.n * sizeof(float)), *const out = malloc(p.n * p.tf * sizeof(float));
			struct plan *plan;
			void *scratch;

			assert_int_equal(plan_new(&plan, &p.net, kernel_get(k), NULL), OK);
			scratch = aligned_alloc(64, plan_scratch_bytes(plan));
			plan_score(plan, scratch, p.window, p.n, score, out);
			for (size_t i = 0; i < p.n; i++) {
				const double d = fabs((double)score[i] - p.score[i]);

				if (!(d <= 1e-6))
					fail_msg("%s, %s, window %zu: %.9g, Keras %.9g", kernel_name(kernel_get(k)), cases[c], i,
						 (double)score[i], p.score[i]);
				worst = fmax(worst, d);
			}
			for (size_t i = 0; i < p.n * p.tf; i++)
				assert_true(fabs((double)out[i] - p.output[i]) <= 3e-6);
			free(scratch);
			free(score);
			free(out);
			plan_del(plan);
			parity_close(&p);
		}
		print_message("worst score error against Keras, %s: %.2g\n", kernel_name(kernel_get(k)), worst);
	}
}

static void kernels_give_the_gradients_of_keras(void **state)
{
	(void)state;
	for (size_t k = 0; kernel_get(k) != NULL; k++) {
		double worst = 0;

		for (size_t c = 0; c < CASE_N; c++) {
			struct parity p = parity_open(cases[c]);
			float *const grad = malloc(p.param_n * sizeof(float));
			const double max = largest(p.grad, p.param_n);
			struct trainer *t;
			double loss;

			assert_int_equal(trainer_new(&t, &p.net, kernel_get(k), p.n, &adam_defaults, NULL), OK);
			assert_int_equal(trainer_gradient(t, p.window, p.n, &loss, grad, NULL), OK);
			assert_true(fabs(loss - p.loss) <= 1e-6 * fmax(1, p.loss));
			for (size_t i = 0; i < p.param_n; i++) {
				const double d = fabs((double)grad[i] - p.grad[i]) / max;

				if (!(d <= 5e-6))
					fail_msg("%s, %s, weight %zu: %.9g, Keras %.9g", kernel_name(kernel_get(k)), cases[c], i,
						 (double)grad[i], p.grad[i]);
				worst = fmax(worst, d);
			}
			trainer_del(t);
			free(grad);
			parity_close(&p);
		}
		print_message("worst gradient error against Keras, %s: %.2g of the largest\n", kernel_name(kernel_get(k)), worst);
	}
}

static void ten_steps_of_adam_end_where_keras_ends(void **state)
{
	(void)state;
	for (size_t k = 0; kernel_get(k) != NULL; k++) {
		for (size_t c = 0; c < CASE_N; c++) {
			struct parity p = parity_open(cases[c]);
			double *const want = malloc(p.param_n * sizeof(double));
			float *const got = malloc(p.param_n * sizeof(float));
			struct trainer *t;
			const double *losses;
			size_t n;

			if (strncmp(cases[c], "reference", 9) != 0) {
				losses = vectors_f64(p.v, "adam.loss", &n);
				assert_int_equal(n, 10);
				collect(&p, "adam.", 0, want);
				assert_int_equal(trainer_new(&t, &p.net, kernel_get(k), p.n, &adam_defaults, NULL), OK);
				for (size_t i = 0; i < n; i++) {
					double loss;

					assert_int_equal(trainer_step(t, p.window, p.n, &loss, NULL), OK);
					assert_true(fabs(loss - losses[i]) <= 2e-6 * fmax(1, losses[i]));
				}
				trainer_weights(t, got);
				/*
				 * A step of Adam is lr * m / sqrt(v): where a gradient is nearly 0 its sign, which is rounding, decides the whole
				 * step. So nearly all weights agree closely, and none is off by more than the ten steps.
				 */
				n = 0;
				for (size_t i = 0; i < p.param_n; i++) {
					const double d = fabs((double)got[i] - want[i]);

					assert_true(d <= 0.01);
					n += d > 2e-5;
				}
				assert_true(n * 200 <= p.param_n);
				trainer_del(t);
			}
			free(want);
			free(got);
			parity_close(&p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reference_computes_what_keras_computes),
		cmocka_unit_test(kernels_score_as_keras),
		cmocka_unit_test(kernels_give_the_gradients_of_keras),
		cmocka_unit_test(ten_steps_of_adam_end_where_keras_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
