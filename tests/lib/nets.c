/* nets: networks and windows for tests. */
#include "lib/nets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "base/rng.h"
#include "nn/init.h"
#include "nn/plan.h"

const struct net_shape net_shapes[] = {
	{ REFERENCE_TANH, 10, 4 },
	{ REFERENCE_RELU, 10, 4 },
	{ "lstm:1", 1, 1 },
	{ "lstm:1:relu", 7, 1 },
	{ "lstm:3,dense", 1, 2 },
	{ "lstm:17,lstm:9,repeat,lstm:9,lstm:17,dense", 7, 3 },
	{ "lstm:16:relu,repeat,lstm:15:relu,dense:31:sigmoid,dense:tanh", 5, 6 },
	{ "repeat,lstm:33,dense", 1, 5 },
	{ "repeat,repeat:1,dense:7:relu,dense", 1, 3 },
	{ "lstm:5,repeat,dense:9:tanh,dense", 4, 2 },
	{ "lstm:5,repeat:1,repeat,lstm:2,dense", 6, 2 },
	{ "dense:12:relu,dense:6:relu,dense:12:relu,dense:sigmoid", 1, 40 },
	{ "dense:12:relu,dense:6:relu,dense:12:relu,dense:sigmoid", 1, 3 },
	{ "dense:1:sigmoid,dense", 3, 65 },
	{ "lstm:130,dense", 3, 2 },
	{ "lstm:7,dense", 120, 1 },
};
const size_t net_shape_n = sizeof(net_shapes) / sizeof(net_shapes[0]);

struct net_case net_make(const char *layers, size_t T, size_t F, size_t windows, uint64_t seed)
{
	struct net_case c = { .net = { .steps = T, .features = F }, .window_n = windows };
	const size_t tf = T * F;
	struct rng r;
	struct err e;

	if (network_parse(&c.net, layers, &e) < 0)
		fail_msg("%s: %s", layers, e.msg);
	c.param_n = network_param_n(&c.net);
	c.params = malloc(c.param_n * sizeof(*c.params));
	c.params_d = malloc(c.param_n * sizeof(*c.params_d));
	c.x = malloc((windows * tf + 1) * sizeof(*c.x));
	c.x_d = malloc((windows * tf + 1) * sizeof(*c.x_d));
	c.window = malloc((windows + 1) * sizeof(*c.window));
	assert_non_null(c.params);
	assert_non_null(c.params_d);
	assert_non_null(c.x);
	assert_non_null(c.x_d);
	assert_non_null(c.window);
	assert_int_equal(init_weights(&c.net, seed, c.params, &e), OK);
	rng_init(&r, seed + 1);
	for (size_t i = 0; i < c.param_n; i++) {
		c.params[i] += 0.1f * (float)rng_normal(&r);
		c.params_d[i] = (double)c.params[i];
	}
	for (size_t i = 0; i < windows * tf; i++) {
		c.x[i] = (float)rng_normal(&r);
		c.x_d[i] = (double)c.x[i];
	}
	for (size_t i = 0; i < windows; i++)
		c.window[i] = c.x + i * tf;
	network_bind(&c.net, c.params);
	return c;
}

void net_drop(struct net_case *c)
{
	free(c->params);
	free(c->params_d);
	free(c->x);
	free(c->x_d);
	free(c->window);
	memset(c, 0, sizeof(*c));
}

void net_random(uint64_t seed, char *text, size_t cap, size_t *T, size_t *F)
{
	static const char *const lstm_acts[] = { "", ":relu" }, *const dense_acts[] = { "", ":relu", ":sigmoid", ":tanh" };
	struct rng r;
	size_t n = 0;

	rng_init(&r, seed);
	*T = 1 + rng_below(&r, 12);
	*F = 1 + rng_below(&r, 9);
	text[0] = '\0';
	for (size_t i = rng_below(&r, 3); i > 0; i--)
		n += (size_t)snprintf(text + n, cap - n, "lstm:%d%s,", (int)(1 + rng_below(&r, 40)), lstm_acts[rng_below(&r, 2)]);
	if (rng_below(&r, 2) && n > 0)
		n += (size_t)snprintf(text + n, cap - n, "repeat,lstm:%d%s,", (int)(1 + rng_below(&r, 40)),
				      lstm_acts[rng_below(&r, 2)]);
	if (rng_below(&r, 2))
		n += (size_t)snprintf(text + n, cap - n, "dense:%d%s,", (int)(1 + rng_below(&r, 40)), dense_acts[rng_below(&r, 4)]);
	snprintf(text + n, cap - n, "dense%s", dense_acts[rng_below(&r, 4)]);
}

void net_score(const struct net_case *c, const struct kernel_ops *k, size_t batch, float *score, float *recon)
{
	const size_t tf = c->net.steps * c->net.features;
	struct plan *p = NULL;
	struct err e = { 0 };
	void *scratch;

	if (plan_new(&p, &c->net, k, &e) < 0)
		fail_msg("plan_new: %s", e.msg);
	scratch = aligned_alloc(64, plan_scratch_bytes(p));
	assert_non_null(scratch);
	memset(scratch, 0xff, plan_scratch_bytes(p)); /* NaNs: nothing may be read before it is written */
	for (size_t i = 0; i < c->window_n; i += batch) {
		const size_t left = c->window_n - i;

		plan_score(p, scratch, c->window + i, left < batch ? left : batch, score + i, recon ? recon + i * tf : NULL);
	}
	free(scratch);
	plan_del(p);
}
