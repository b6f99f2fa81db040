/* The reference against central differences, the kernels' gradients against the reference, and training on top of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/nets.h"

#include "base/rng.h"
#include "nn/kernel_ops.h"
#include "nn/reference.h"
#include "nn/train.h"
#include "nn/trainer.h"

static double loss_at(const struct net_case *c)
{
	double loss = NAN;

	assert_int_equal(reference_run(&c->net, c->params_d, c->x_d, c->window_n, NULL, NULL, &loss, NULL, NULL), OK);
	return loss;
}

/* dLoss/dp against (L(p+h) - L(p-h)) / 2h for up to 400 weights of the network, spread over all of them. */
static void check_differences(const char *layers, size_t T, size_t F, size_t windows, uint64_t seed)
{
	struct net_case c = net_make(layers, T, F, windows, seed);
	double *const grad = malloc(c.param_n * sizeof(*grad)), max = 0;
	const size_t step = c.param_n / 400 + 1;

	assert_int_equal(reference_run(&c.net, c.params_d, c.x_d, windows, NULL, NULL, NULL, grad, NULL), OK);
	for (size_t i = 0; i < c.param_n; i++)
		max = fmax(max, fabs(grad[i]));
	assert_true(max > 0);
	for (size_t i = 0; i < c.param_n; i += step) {
		const double h = 1e-6, was = c.params_d[i];
		double up, down;

		c.params_d[i] = was + h;
		up = loss_at(&c);
		c.params_d[i] = was - h;
		down = loss_at(&c);
		c.params_d[i] = was;
		if (!(fabs((up - down) / (2 * h) - grad[i]) <= 1e-7 * max + 1e-9))
			fail_msg("%s: weight %zu: %.10g by differences, %.10g by the way back", layers, i, (up - down) / (2 * h),
				 grad[i]);
	}
	free(grad);
	net_drop(&c);
}

static void each_layer_passes_the_difference_check(void **state)
{
	(void)state;
	check_differences("lstm:3", 4, 3, 3, 1);
	check_differences("lstm:4:relu,dense", 4, 3, 3, 2);
	check_differences("dense", 2, 3, 3, 3);
	check_differences("dense:5:relu,dense", 1, 3, 3, 4);
	check_differences("dense:5:sigmoid,dense:tanh", 2, 3, 3, 5);
	check_differences("lstm:5,repeat,dense", 4, 2, 3, 6);
	check_differences("repeat,lstm:4,dense", 1, 3, 3, 7);
}

static void whole_networks_pass_the_difference_check(void **state)
{
	(void)state;
	check_differences(REFERENCE_TANH, 10, 4, 2, 8);
	check_differences(REFERENCE_RELU, 10, 4, 2, 9);
	check_differences("dense:12:relu,dense:6:relu,dense:12:relu,dense:sigmoid", 1, 40, 5, 10);
	for (size_t s = 2; s < net_shape_n; s++)
		if (net_shapes[s].T * net_shapes[s].F < 100)
			check_differences(net_shapes[s].layers, net_shapes[s].T, net_shapes[s].F, 2, s);
}

/* Every gradient of a batch of n, relative to the largest one of the network. */
static double gradient_error(const char *layers, size_t T, size_t F, size_t n, uint64_t seed, const struct kernel_ops *k)
{
	struct net_case c = net_make(layers, T, F, n, seed);
	double *const want = malloc(c.param_n * sizeof(*want)), loss, want_loss, max = 0, worst = 0;
	float *const got = malloc(c.param_n * sizeof(*got));
	struct trainer *t;

	assert_int_equal(reference_run(&c.net, c.params_d, c.x_d, n, NULL, NULL, &want_loss, want, NULL), OK);
	assert_int_equal(trainer_new(&t, &c.net, k, n, &adam_defaults, NULL), OK);
	assert_int_equal(trainer_gradient(t, c.window, n, &loss, got, NULL), OK);
	assert_true(fabs(loss - want_loss) <= 1e-6 * fmax(1, want_loss));
	for (size_t i = 0; i < c.param_n; i++)
		max = fmax(max, fabs(want[i]));
	for (size_t i = 0; i < c.param_n; i++)
		if (!(fabs((double)got[i] - want[i]) <= worst * max))
			worst = fabs((double)got[i] - want[i]) / max;
	trainer_del(t);
	free(want);
	free(got);
	net_drop(&c);
	return worst;
}

static void kernels_give_the_gradients_of_the_reference(void **state)
{
	static const size_t batches[] = { 1, 5, 16, 32, 33, 100 };
	double worst = 0;

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		for (size_t s = 0; s < net_shape_n; s++) {
			for (size_t b = 0; b < sizeof(batches) / sizeof(batches[0]); b++) {
				const double d = gradient_error(net_shapes[s].layers, net_shapes[s].T, net_shapes[s].F, batches[b],
								s, kernel_get(i));

				if (!(d <= 2e-5))
					fail_msg("%s, %s, batch %zu: %g", kernel_get(i)->name, net_shapes[s].layers, batches[b], d);
				worst = fmax(worst, d);
			}
		}
		for (uint64_t seed = 0; seed < 30; seed++) {
			char layers[256];
			size_t T, F;

			net_random(seed, layers, sizeof(layers), &T, &F);
			assert_true(gradient_error(layers, T, F, 1 + seed, seed, kernel_get(i)) <= 2e-5);
		}
	}
	print_message("worst gradient error: %.2g of the largest gradient\n", worst);
}

/* Smooth windows that a small network can learn, (n,T,F) as overlapping rows. */
struct waves {
	float *rows;
	const float **window;
	size_t n;
};

static struct waves waves_make(size_t n, size_t T, size_t F)
{
	struct waves w = { .rows = malloc((n + T) * F * sizeof(float)), .window = malloc(n * sizeof(float *)), .n = n };
	struct rng r;

	rng_init(&r, 4);
	for (size_t i = 0; i < (n + T) * F; i++)
		w.rows[i] = (float)(sin((double)i * 0.11) + 0.05 * rng_normal(&r));
	for (size_t i = 0; i < n; i++)
		w.window[i] = w.rows + i * F;
	return w;
}

static void waves_drop(struct waves *w)
{
	free(w->rows);
	free(w->window);
}

struct log {
	size_t n;
	double loss[64], val_loss[64];
	volatile sig_atomic_t *stop;
	size_t stop_at;
};

static void log_epoch(void *arg, const struct train_epoch *ep)
{
	struct log *log = arg;

	log->loss[log->n] = ep->loss;
	log->val_loss[log->n++] = ep->val_loss;
	if (log->stop != NULL && log->n == log->stop_at)
		*log->stop = 1;
}

static struct train_options options(size_t epochs)
{
	return (struct train_options){ .epochs = epochs, .batch = 32, .seed = 7, .adam = adam_defaults };
}

static void training_learns_and_is_reproducible(void **state)
{
	struct waves w = waves_make(400, 6, 2);
	const struct train_options o = options(30);

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		struct net_case a = net_make("lstm:12,repeat,lstm:12,dense", 6, 2, 0, 3),
				b = net_make("lstm:12,repeat,lstm:12,dense", 6, 2, 0, 3);
		struct train_result ra, rb;
		struct log la = { 0 }, lb = { 0 };

		assert_int_equal(train_run(&a.net, kernel_get(i), w.window, 320, w.window + 330, 70, &o, log_epoch, &la, a.params,
					   &ra, NULL),
				 OK);
		assert_int_equal(train_run(&b.net, kernel_get(i), w.window, 320, w.window + 330, 70, &o, log_epoch, &lb, b.params,
					   &rb, NULL),
				 OK);
		assert_true(ra.best_loss < 0.15 * la.val_loss[0]);
		assert_memory_equal(a.params, b.params, a.param_n * sizeof(float));
		assert_memory_equal(la.loss, lb.loss, sizeof(la.loss));
		net_drop(&a);
		net_drop(&b);
	}
	waves_drop(&w);
}

static void kernels_train_to_the_same_losses_up_to_rounding(void **state)
{
	struct waves w = waves_make(200, 6, 2);
	const struct train_options o = options(5);
	struct log log[4] = { 0 };

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		struct net_case c = net_make("lstm:12,repeat,lstm:12,dense", 6, 2, 0, 3);
		struct train_result r;

		assert_int_equal(
			train_run(&c.net, kernel_get(i), w.window, 200, NULL, 0, &o, log_epoch, &log[i], c.params, &r, NULL), OK);
		for (size_t k = 0; k < 5; k++)
			assert_true(fabs(log[i].loss[k] - log[0].loss[k]) <= 1e-4 * log[0].loss[0]);
		net_drop(&c);
	}
	waves_drop(&w);
}

static void the_best_weights_are_kept_and_patience_ends_the_training(void **state)
{
	struct waves w = waves_make(60, 6, 2);
	struct train_options o = options(60);
	struct net_case c = net_make("lstm:12,repeat,lstm:12,dense", 6, 2, 0, 3);
	struct train_result r;
	struct log log = { 0 };
	double best = INFINITY, sum = 0;
	float score[20];

	(void)state;
	o.patience = 3;
	o.adam.learning_rate = 0.1; /* restless on purpose: the last epoch is not the best */
	assert_int_equal(train_run(&c.net, kernel_get(0), w.window, 30, w.window + 40, 20, &o, log_epoch, &log, c.params, &r, NULL),
			 OK);
	assert_true(log.n < 60);
	assert_int_equal(log.n, r.best_epoch + 3);
	for (size_t i = 0; i < log.n; i++)
		best = fmin(best, log.val_loss[i]);
	assert_true(r.best_loss == best && log.val_loss[r.best_epoch - 1] == best);
	c.window_n = 20;
	free(c.window);
	c.window = malloc(20 * sizeof(*c.window));
	for (size_t i = 0; i < 20; i++)
		c.window[i] = w.window[40 + i];
	net_score(&c, kernel_get(0), 20, score, NULL);
	for (size_t i = 0; i < 20; i++)
		sum += (double)score[i];
	assert_true(fabs(sum / 20 - best) <= 1e-12);
	net_drop(&c);
	waves_drop(&w);
}

static void a_stop_keeps_what_was_learned(void **state)
{
	volatile sig_atomic_t stop = 0;
	struct waves w = waves_make(200, 6, 2);
	struct train_options o = options(50);
	struct net_case c = net_make("lstm:12,repeat,lstm:12,dense", 6, 2, 0, 3);
	struct log log = { .stop = &stop, .stop_at = 4 };
	struct train_result r;

	(void)state;
	o.stop = &stop;
	assert_int_equal(
		train_run(&c.net, kernel_get(0), w.window, 150, w.window + 150, 50, &o, log_epoch, &log, c.params, &r, NULL), OK);
	assert_int_equal(r.epochs, 4);
	assert_int_equal(r.best_epoch, 4);
	net_drop(&c);
	waves_drop(&w);
}

static void a_loss_that_is_not_finite_stops_with_an_error(void **state)
{
	struct waves w = waves_make(64, 6, 2);
	struct train_options o = options(5);
	struct net_case c = net_make("lstm:12,repeat,lstm:12,dense", 6, 2, 0, 3);
	struct log log = { 0 };
	struct train_result r;
	struct err e = { 0 };

	(void)state;
	w.rows[50] = NAN;
	assert_int_equal(train_run(&c.net, kernel_get(0), w.window, 64, NULL, 0, &o, log_epoch, &log, c.params, &r, &e),
			 ERR_NUMERIC);
	assert_non_null(strstr(e.msg, "epoch 1: the loss is not a finite number"));
	w.rows[50] = 0;
	o.adam.learning_rate = 1e30;
	assert_int_equal(train_run(&c.net, kernel_get(0), w.window, 64, NULL, 0, &o, log_epoch, &log, c.params, &r, &e),
			 ERR_NUMERIC);
	for (size_t i = 0; i < c.param_n; i++)
		assert_true(isfinite(c.params[i]));
	net_drop(&c);
	waves_drop(&w);
}

static void clipping_bounds_the_step_of_a_runaway_gradient(void **state)
{
	struct net_case c = net_make("lstm:8:relu,dense", 6, 2, 16, 3);
	struct adam_options clipped = adam_defaults;
	float *const grad = malloc(c.param_n * sizeof(*grad)), *const a = malloc(c.param_n * sizeof(*a)),
		     *const b = malloc(c.param_n * sizeof(*b));
	struct trainer *t;
	double loss, norm = 0;

	(void)state;
	/* With epsilon large, a step of Adam is proportional to the gradient, so the scale shows. */
	clipped.epsilon = 1e6;
	assert_int_equal(trainer_new(&t, &c.net, kernel_get(0), 16, &clipped, NULL), OK);
	assert_int_equal(trainer_gradient(t, c.window, 16, &loss, grad, NULL), OK);
	for (size_t i = 0; i < c.param_n; i++)
		norm += (double)grad[i] * (double)grad[i];
	norm = sqrt(norm);
	trainer_del(t);
	for (int clip = 0; clip < 2; clip++) {
		float *const w = clip ? b : a;

		clipped.clip_norm = clip ? norm / 10 : norm * 1.01;
		clipped.learning_rate = 1e9;
		assert_int_equal(trainer_new(&t, &c.net, kernel_get(0), 16, &clipped, NULL), OK);
		assert_int_equal(trainer_step(t, c.window, 16, &loss, NULL), OK);
		trainer_weights(t, w);
		trainer_del(t);
	}
	for (size_t i = 0; i < c.param_n; i++) {
		const double full = (double)a[i] - c.params_d[i], tenth = (double)b[i] - c.params_d[i];

		assert_true(fabs(tenth - full / 10) <= 1e-3 * fabs(full) + 2e-6);
	}
	free(grad);
	free(a);
	free(b);
	net_drop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_layer_passes_the_difference_check),
		cmocka_unit_test(whole_networks_pass_the_difference_check),
		cmocka_unit_test(kernels_give_the_gradients_of_the_reference),
		cmocka_unit_test(training_learns_and_is_reproducible),
		cmocka_unit_test(kernels_train_to_the_same_losses_up_to_rounding),
		cmocka_unit_test(the_best_weights_are_kept_and_patience_ends_the_training),
		cmocka_unit_test(a_stop_keeps_what_was_learned),
		cmocka_unit_test(a_loss_that_is_not_finite_stops_with_an_error),
		cmocka_unit_test(clipping_bounds_the_step_of_a_runaway_gradient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
