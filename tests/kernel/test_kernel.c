/* Every kernel against the double-precision reference and against itself. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/nets.h"

#include "base/rng.h"
#include "nn/kernel_ops.h"
#include "nn/plan.h"
#include "nn/reference.h"

enum { WINDOWS = 71, RANDOM_NETS = 60 };
#define HASH_TANH 0xd556aa51b2e15ea7u
#define HASH_RELU 0x16f96a862ff11c7eu

static double worst_score_error(const struct net_case *c, const struct kernel_ops *k)
{
	const size_t tf = c->net.steps * c->net.features;
	double *const want = malloc(c->window_n * sizeof(*want)), *const out = malloc(c->window_n * tf * sizeof(*out));
	float *const got = malloc(c->window_n * sizeof(*got)), *const recon = malloc(c->window_n * tf * sizeof(*recon));
	double worst = 0;
	struct err e;

	assert_int_equal(reference_run(&c->net, c->params_d, c->x_d, c->window_n, out, want, NULL, NULL, &e), OK);
	net_score(c, k, c->window_n, got, recon);
	for (size_t i = 0; i < c->window_n; i++) {
		/* Float has 24 bits: the bound is absolute for scores up to 1 and relative above. */
		const double d = fabs((double)got[i] - want[i]) / fmax(1, want[i]);

		if (!(d <= worst))
			worst = d;
	}
	for (size_t i = 0; i < c->window_n * tf; i++)
		assert_true(fabs((double)recon[i] - out[i]) <= 5e-6 * fmax(1, fabs(out[i])));
	free(want);
	free(out);
	free(got);
	free(recon);
	return worst;
}

static void scores_are_within_1e_6_of_the_reference(void **state)
{
	double worst = 0;

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		for (size_t s = 0; s < net_shape_n; s++) {
			struct net_case c = net_make(net_shapes[s].layers, net_shapes[s].T, net_shapes[s].F, WINDOWS, s);
			const double d = worst_score_error(&c, kernel_get(i));

			if (!(d <= 1e-6))
				fail_msg("%s, %s: %g", kernel_get(i)->name, net_shapes[s].layers, d);
			worst = fmax(worst, d);
			net_drop(&c);
		}
	}
	print_message("worst score error: %.2g\n", worst);
}

static void random_networks_agree_with_the_reference(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < RANDOM_NETS; seed++) {
		char layers[256];
		size_t T, F;
		struct net_case c;

		net_random(seed, layers, sizeof(layers), &T, &F);
		c = net_make(layers, T, F, 1 + seed % 40, seed);
		for (size_t i = 0; kernel_get(i) != NULL; i++) {
			const double d = worst_score_error(&c, kernel_get(i));

			if (!(d <= 1e-6))
				fail_msg("%s, %s of (%zu,%zu): %g", kernel_get(i)->name, layers, T, F, d);
		}
		net_drop(&c);
	}
}

static void a_score_has_the_same_bits_in_any_batch_and_place(void **state)
{
	static const size_t batches[] = { 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 200 };
	enum { N = 200 };

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		for (size_t s = 0; s < net_shape_n; s++) {
			struct net_case c = net_make(net_shapes[s].layers, net_shapes[s].T, net_shapes[s].F, N, 5);
			const size_t tf = c.net.steps * c.net.features;
			float first[N], other[N];
			float *const recon = malloc(N * tf * sizeof(*recon)), *const recon2 = malloc(N * tf * sizeof(*recon));

			net_score(&c, kernel_get(i), N, first, recon);
			for (size_t b = 0; b < sizeof(batches) / sizeof(batches[0]); b++) {
				net_score(&c, kernel_get(i), batches[b], other, recon2);
				if (memcmp(first, other, sizeof(first)) != 0 || memcmp(recon, recon2, N * tf * sizeof(*recon)) != 0)
					fail_msg("%s, %s: batches of %zu differ", kernel_get(i)->name, net_shapes[s].layers,
						 batches[b]);
			}
			free(recon);
			free(recon2);
			net_drop(&c);
		}
	}
}

/* Hash (FNV-1a) of the scores of a network whose weights and inputs come from integer arithmetic alone. */
static uint64_t score_hash(const char *layers, const struct kernel_ops *k)
{
	struct net_case c = net_make(layers, 10, 4, WINDOWS, 1);
	uint64_t hash = 0xcbf29ce484222325u;
	float score[WINDOWS];
	struct rng r;

	rng_init(&r, 2);
	for (size_t i = 0; i < c.param_n; i++)
		c.params[i] = (float)(rng_uniform(&r) - 0.5) * 0.4f;
	for (size_t i = 0; i < WINDOWS * 40; i++)
		c.x[i] = (float)(rng_uniform(&r) - 0.5) * 4;
	net_score(&c, k, WINDOWS, score, NULL);
	for (size_t i = 0; i < sizeof(score); i++)
		hash = (hash ^ ((const unsigned char *)score)[i]) * 0x100000001b3u;
	net_drop(&c);
	return hash;
}

/* What avx512, avx2 and neon all give, whoever made the processor. generic rounds products before it adds them. */
static void kernels_with_fma_give_the_same_bits_on_every_machine(void **state)
{
	static const char *const names[] = { "avx512", "avx2", "neon" };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct kernel_ops *const k = kernel_select(names[i], NULL);

		if (k == NULL)
			continue;
		print_message("%s: %016llx %016llx\n", names[i], (unsigned long long)score_hash(REFERENCE_TANH, k),
			      (unsigned long long)score_hash(REFERENCE_RELU, k));
		assert_true(score_hash(REFERENCE_TANH, k) == HASH_TANH);
		assert_true(score_hash(REFERENCE_RELU, k) == HASH_RELU);
		n++;
	}
	if (n == 0) {
		print_message("skipped: this processor has no kernel with fused multiply-add\n");
		skip();
	}
}

static void nothing_is_written_outside(void **state)
{
	enum { GUARD = 64 };

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		for (size_t n = 0; n <= 67; n++) {
			struct net_case c = net_make("lstm:9,repeat,lstm:5,dense", 3, 3, n, n);
			float score[GUARD + 67 + GUARD], recon[GUARD + 67 * 9 + GUARD];
			struct plan *p;
			unsigned char *scratch;
			size_t bytes;

			for (size_t g = 0; g < sizeof(score) / sizeof(*score); g++)
				score[g] = -77;
			for (size_t g = 0; g < sizeof(recon) / sizeof(*recon); g++)
				recon[g] = -77;
			assert_int_equal(plan_new(&p, &c.net, kernel_get(i), NULL), OK);
			bytes = plan_scratch_bytes(p);
			scratch = aligned_alloc(64, bytes + 64);
			memset(scratch, 0xa5, bytes + 64);
			plan_score(p, scratch, c.window, n, score + GUARD, recon + GUARD);
			for (size_t g = 0; g < GUARD; g++) {
				assert_true(score[g] == -77 && score[GUARD + n + g] == -77);
				assert_true(recon[g] == -77 && recon[GUARD + 9 * n + g] == -77);
				assert_int_equal(scratch[bytes + g], 0xa5);
			}
			for (size_t w = 0; w < n; w++)
				assert_true(isfinite(score[GUARD + w]));
			free(scratch);
			plan_del(p);
			net_drop(&c);
		}
	}
}

static void nan_and_infinity_never_score_as_normal(void **state)
{
	static const float bad[] = { NAN, INFINITY, -INFINITY };
	float score[WINDOWS];

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		for (size_t k = 0; k < 3; k++) {
			for (size_t s = 0; s < net_shape_n; s++) {
				struct net_case c = net_make(net_shapes[s].layers, net_shapes[s].T, net_shapes[s].F, WINDOWS, s);

				c.x[3 * c.net.steps * c.net.features] = bad[k];
				c.x[70 * c.net.steps * c.net.features + c.net.steps * c.net.features - 1] = bad[k];
				net_score(&c, kernel_get(i), WINDOWS, score, NULL);
				for (size_t w = 0; w < WINDOWS; w++)
					assert_int_equal(w == 3 || w == 70, !(score[w] < 1e30f));
				net_drop(&c);
			}
		}
	}
}

static void huge_inputs_saturate_tanh_networks(void **state)
{
	float score[WINDOWS];

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		struct net_case c = net_make(REFERENCE_TANH, 10, 4, WINDOWS, 1);

		for (size_t k = 0; k < WINDOWS * 40; k++)
			c.x_d[k] = (double)(c.x[k] *= 1e6f);
		net_score(&c, kernel_get(i), WINDOWS, score, NULL);
		for (size_t w = 0; w < WINDOWS; w++) {
			double want;

			assert_int_equal(reference_run(&c.net, c.params_d, c.x_d + 40 * w, 1, NULL, &want, NULL, NULL, NULL), OK);
			assert_true(fabs((double)score[w] - want) <= 1e-6 * want);
		}
		net_drop(&c);
	}
}

/*
 * Bounds over the whole range of float: every 251st bit pattern here, all of them by `make check-activations`.
 */
static void activations_are_exact_to_2e_7_everywhere(void **state)
{
	const char *const every = getenv("GUARDIAN_TEST_EVERY");
	const uint64_t step = every ? strtoull(every, NULL, 10) : 251;

	(void)state;
	for (size_t i = 0; kernel_get(i) != NULL; i++) {
		const struct kernel_ops *const k = kernel_get(i);
		double worst_sigmoid = 0, worst_tanh = 0;

		for (uint64_t bits = 0; bits < 1ull << 32; bits += step * 16) {
			float x[16], s[16], t[16];
			const unsigned state_was = k->enter();

			for (size_t j = 0; j < 16; j++) {
				const uint32_t pattern = (uint32_t)(bits + j * step);

				memcpy(&x[j], &pattern, sizeof(x[j]));
			}
			k->activation(ACT_SIGMOID, x, s, 16);
			k->activation(ACT_TANH, x, t, 16);
			k->leave(state_was);
			for (size_t j = 0; j < 16; j++) {
				const double v = (double)x[j];

				if (isnan(x[j])) {
					assert_true(isnan(s[j]) && isnan(t[j]));
				} else {
					const double ds = fabs((double)s[j] - 1 / (1 + exp(-v))), dt = fabs((double)t[j] - tanh(v));

					assert_true(ds <= 1.2e-7 && dt <= 2.4e-7); /* a NaN fails too */
					worst_sigmoid = fmax(worst_sigmoid, ds);
					worst_tanh = fmax(worst_tanh, dt);
				}
			}
		}
		print_message("%s: worst absolute error of sigmoid %.2g, of tanh %.2g\n", k->name, worst_sigmoid, worst_tanh);
	}
}

static void kernels_are_found_by_name(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_string_equal(kernel_name(kernel_select("generic", &e)), "generic");
	assert_ptr_equal(kernel_select(NULL, &e), kernel_get(0));
	assert_ptr_equal(kernel_select("auto", &e), kernel_get(0));
	assert_null(kernel_select("mmx", &e));
	assert_int_equal(e.code, ERR_UNSUPPORTED);
	assert_non_null(strstr(e.msg, "\"mmx\""));
}

static void a_long_window_gets_a_smaller_block(void **state)
{
	struct net_case c = net_make("lstm:64,dense", 600, 2, 3, 1);
	struct plan *p;

	(void)state;
	assert_int_equal(plan_new(&p, &c.net, kernel_get(0), NULL), OK);
	assert_true(plan_scratch_bytes(p) < (size_t)8 << 20);
	plan_del(p);
	assert_true(worst_score_error(&c, kernel_get(0)) <= 1e-6);
	net_drop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_are_found_by_name),
		cmocka_unit_test(activations_are_exact_to_2e_7_everywhere),
		cmocka_unit_test(scores_are_within_1e_6_of_the_reference),
		cmocka_unit_test(random_networks_agree_with_the_reference),
		cmocka_unit_test(a_score_has_the_same_bits_in_any_batch_and_place),
		cmocka_unit_test(kernels_with_fma_give_the_same_bits_on_every_machine),
		cmocka_unit_test(nothing_is_written_outside),
		cmocka_unit_test(nan_and_infinity_never_score_as_normal),
		cmocka_unit_test(huge_inputs_saturate_tanh_networks),
		cmocka_unit_test(a_long_window_gets_a_smaller_block),
	};

	if (getenv("TEST_FILTER") != NULL)
		cmocka_set_test_filter(getenv("TEST_FILTER"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
