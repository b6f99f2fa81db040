/* plan: packs a network once, runs it for blocks of windows or for one. */
#include "nn/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/carve.h"
#include "base/sealed.h"
#include "nn/kernel_ops.h"
#include "nn/pack.h"

enum { SCRATCH_BUDGET = 1 << 20 }; /* bytes that a block may use: it has to stay in the L2 cache of common processors */

struct plan_layer {
	struct layer l; /* without weights */
	const float *quads, *wide;
	int x_once; /* the input is one step, the same for all T: the repeat before it is not carried out */
};

struct plan {
	const struct kernel_ops *k;
	size_t T, F;
	size_t nv; /* vectors of a full block */
	size_t layer_n;
	struct plan_layer layer[NETWORK_MAX_LAYERS];
	float *weights; /* one block; quads and wide point into it, or into its sealed copy: then this is NULL */
	const void *shared;
	size_t weights_bytes;
};

/* Offsets in the scratch of a pass over b windows (block) or one (one). */
struct layout {
	struct carve size;
	size_t x, seq[2], c, z, zx;
	size_t stride; /* one: floats of the longest padded row */
};

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

static size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* What both layouts need: the longest sequence with rows padded to `pad` floats and the most units. */
static void extent(const struct plan *p, size_t pad, size_t *seq, size_t *units)
{
	*seq = 0;
	*units = 0;
	for (size_t i = 0; i < p->layer_n; i++) {
		const struct layer *l = &p->layer[i].l;

		/* An LSTM writes all its steps, also when only the last is handed on. */
		*seq = max_size(*seq, max_size(l->in_t, l->out_t) * round_up(l->out_w, pad));
		if (l->kind != LAYER_REPEAT)
			*units = max_size(*units, round_up(l->units, pad));
	}
}

static struct layout layout_block(const struct plan *p, size_t nv)
{
	const size_t b = nv * p->k->lanes;
	struct layout o = { 0 };
	size_t seq, units;

	extent(p, 1, &seq, &units);
	o.x = carve_add(&o.size, p->T * p->F * b, sizeof(float));
	o.seq[0] = carve_add(&o.size, seq * b, sizeof(float));
	o.seq[1] = carve_add(&o.size, seq * b, sizeof(float));
	o.c = carve_add(&o.size, units * b, sizeof(float));
	o.zx = carve_add(&o.size, 4 * units * b, sizeof(float));
	return o;
}

static struct layout layout_one(const struct plan *p)
{
	const size_t lanes = p->k->lanes;
	struct layout o = { 0 };
	size_t seq, units;

	extent(p, lanes, &seq, &units);
	o.seq[0] = carve_add(&o.size, seq, sizeof(float));
	o.seq[1] = carve_add(&o.size, seq, sizeof(float));
	o.c = carve_add(&o.size, units, sizeof(float));
	o.z = carve_add(&o.size, 4 * units + 2 * lanes, sizeof(float));
	o.zx = carve_add(&o.size, 4 * units + 2 * lanes, sizeof(float));
	return o;
}

static float *at(void *scratch, size_t offset)
{
	return (float *)((unsigned char *)scratch + offset);
}

static int pack_weights(struct plan *p, const struct network *net, struct err *e)
{
	const size_t lanes = p->k->lanes;
	size_t quads[NETWORK_MAX_LAYERS], wide[NETWORK_MAX_LAYERS];
	struct carve c = { 0 };

	for (size_t i = 0; i < net->layer_n; i++) {
		quads[i] = carve_add(&c, pack_quads_n(&net->layer[i]), sizeof(float));
		wide[i] = carve_add(&c, pack_wide_n(&net->layer[i], lanes), sizeof(float));
	}
	p->weights = carve_alloc(&c);
	if (p->weights == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu bytes of weights", c.bytes);
	p->weights_bytes = c.bytes;
	for (size_t i = 0; i < net->layer_n; i++) {
		float *const q = at(p->weights, quads[i]), *const w = at(p->weights, wide[i]);

		pack_quads(&net->layer[i], 1, q);
		pack_wide(&net->layer[i], lanes, w);
		p->layer[i].quads = q;
		p->layer[i].wide = w;
	}
	return OK;
}

int plan_new(struct plan **out, const struct network *net, const struct kernel_ops *k, struct err *e)
{
	struct plan *p;
	int r;

	if ((r = network_is_autoencoder(net, e)) < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a plan");
	p->k = k;
	p->T = net->steps;
	p->F = net->features;
	p->layer_n = net->layer_n;
	for (size_t i = 0; i < net->layer_n; i++) {
		struct plan_layer *l = &p->layer[i];

		l->l = net->layer[i];
		memset(l->l.weight, 0, sizeof(l->l.weight));
		l->x_once = network_x_once(net, i);
	}
	if ((r = pack_weights(p, net, e)) < 0) {
		plan_del(p);
		return r;
	}
	p->nv = k->nv_max;
	while (p->nv > 1 && layout_block(p, p->nv).size.bytes > SCRATCH_BUDGET)
		p->nv--;
	*out = p;
	return OK;
}

int plan_share(struct plan *p, struct err *e)
{
	const unsigned char *const from = (const unsigned char *)p->weights, *to;
	const void *copy;
	int r;

	if (p->shared != NULL || p->weights_bytes == 0)
		return OK;
	if ((r = sealed_copy(&copy, "guardian-weights", from, p->weights_bytes, e)) < 0)
		return r;
	to = copy;
	for (size_t i = 0; i < p->layer_n; i++) {
		p->layer[i].quads = (const float *)(const void *)(to + ((const unsigned char *)p->layer[i].quads - from));
		p->layer[i].wide = (const float *)(const void *)(to + ((const unsigned char *)p->layer[i].wide - from));
	}
	free(p->weights);
	p->weights = NULL;
	p->shared = copy;
	return OK;
}

void plan_del(struct plan *p)
{
	if (p == NULL)
		return;
	free(p->weights);
	sealed_free(p->shared, p->weights_bytes);
	free(p);
}

size_t plan_steps(const struct plan *p)
{
	return p->T;
}

size_t plan_features(const struct plan *p)
{
	return p->F;
}

size_t plan_block(const struct plan *p)
{
	return p->nv * p->k->lanes;
}

const char *plan_kernel(const struct plan *p)
{
	return p->k->name;
}

size_t plan_scratch_bytes(const struct plan *p)
{
	return max_size(layout_block(p, p->nv).size.bytes, layout_one(p).size.bytes);
}

/* Is the repeat at layer i carried out by the layer after it? */
static int repeat_is_implied(const struct plan *p, size_t i)
{
	return i + 1 < p->layer_n && p->layer[i + 1].x_once;
}

/*
 * Run the network on b = nv * lanes windows, x (T,F,b) in the scratch. Returns the output (T,F,b).
 */
static const float *forward_block(const struct plan *p, const struct layout *o, void *scratch, size_t nv)
{
	const size_t b = nv * p->k->lanes;
	const float *x = at(scratch, o->x);
	int next = 0;

	for (size_t i = 0; i < p->layer_n; i++) {
		const struct plan_layer *pl = &p->layer[i];
		const struct layer *l = &pl->l;
		float *const y = at(scratch, o->seq[next]);

		if (l->kind == LAYER_REPEAT) {
			if (repeat_is_implied(p, i))
				continue;
			for (size_t t = 0; t < l->out_t; t++)
				memcpy(y + t * l->out_w * b, x, l->out_w * b * sizeof(*y));
			x = y;
		} else if (l->kind == LAYER_LSTM) {
			const struct lstm_block a = {
				.T = l->in_t,
				.X = l->in_w,
				.H = l->units,
				.nv = nv,
				.relu = l->act == ACT_RELU,
				.x_once = pl->x_once,
				.pack = pl->quads,
				.x = x,
				.h = y,
				.c = at(scratch, o->c),
				.zx = at(scratch, o->zx),
			};

			p->k->lstm_block(&a);
			x = l->last_only ? y + (l->in_t - 1) * l->units * b : y;
		} else {
			const struct dense_block a = {
				.n = l->in_t,
				.X = l->in_w,
				.H = l->units,
				.nv = nv,
				.act = l->act,
				.pack = pl->quads,
				.x = x,
				.y = y,
			};

			p->k->dense_block(&a);
			x = y;
		}
		next = !next;
	}
	return x;
}

/* Run the network on one window (T,F). Returns the output, rows *stride floats apart. */
static const float *forward_one(const struct plan *p, const struct layout *o, void *scratch, const float *window, size_t *stride)
{
	const float *x = window;
	size_t xs = p->F;
	int next = 0;

	for (size_t i = 0; i < p->layer_n; i++) {
		const struct plan_layer *pl = &p->layer[i];
		const struct layer *l = &pl->l;
		const size_t S = round_up(l->out_w, p->k->lanes);
		float *const y = at(scratch, o->seq[next]);

		if (l->kind == LAYER_REPEAT) {
			if (repeat_is_implied(p, i))
				continue;
			for (size_t t = 0; t < l->out_t; t++)
				memcpy(y + t * S, x, l->out_w * sizeof(*y));
			x = y;
		} else if (l->kind == LAYER_LSTM) {
			const struct lstm_one a = {
				.T = l->in_t,
				.X = l->in_w,
				.H = l->units,
				.xs = xs,
				.S = S,
				.relu = l->act == ACT_RELU,
				.x_once = pl->x_once,
				.wide = pl->wide,
				.x = x,
				.h = y,
				.c = at(scratch, o->c),
				.z = at(scratch, o->z),
				.zx = at(scratch, o->zx),
			};

			p->k->lstm_one(&a);
			x = l->last_only ? y + (l->in_t - 1) * S : y;
		} else {
			const struct dense_one a = {
				.n = l->in_t,
				.X = l->in_w,
				.H = l->units,
				.xs = xs,
				.S = S,
				.act = l->act,
				.wide = pl->wide,
				.x = x,
				.y = y,
			};

			p->k->dense_one(&a);
			x = y;
		}
		xs = S;
		next = !next;
	}
	*stride = xs;
	return x;
}

/*
 * score[w] = (1/TF) sum of (x - y)^2 for b windows side by side: element (t,f) of window w is x[t*xt + f*b + w]. Summed in double: the
 * rounding of the sum must not add to that of the network. The same order for any b.
 */
static void mean_squares(const struct plan *p, const float *x, size_t xt, const float *y, size_t yt, size_t b, float *score)
{
	double sum[KERNEL_NV_MAX * KERNEL_LANES_MAX] = { 0 };

	for (size_t t = 0; t < p->T; t++) {
		for (size_t f = 0; f < p->F; f++) {
			const float *const xr = x + t * xt + f * b, *const yr = y + t * yt + f * b;

			for (size_t w = 0; w < b; w++) {
				const double d = (double)(xr[w] - yr[w]);

				sum[w] += d * d;
			}
		}
	}
	for (size_t w = 0; w < b; w++)
		score[w] = (float)(sum[w] / (double)(p->T * p->F));
}

static void score_block(const struct plan *p, void *scratch, size_t nv, const float *const *window, size_t n, float *score,
			float *recon)
{
	const struct layout o = layout_block(p, nv);
	const size_t b = nv * p->k->lanes, tf = p->T * p->F;
	float *const x = at(scratch, o.x);
	float s[KERNEL_NV_MAX * KERNEL_LANES_MAX];
	const float *y;

	for (size_t w = 0; w < b; w++) {
		const float *const from = window[w < n ? w : n - 1]; /* lanes without a window repeat the last one */

		for (size_t i = 0; i < tf; i++)
			x[i * b + w] = from[i];
	}
	y = forward_block(p, &o, scratch, nv);
	mean_squares(p, x, p->F * b, y, p->F * b, b, s);
	memcpy(score, s, n * sizeof(*score));
	if (recon == NULL)
		return;
	for (size_t w = 0; w < n; w++)
		for (size_t i = 0; i < tf; i++)
			recon[w * tf + i] = y[i * b + w];
}

static void score_one(const struct plan *p, void *scratch, const float *window, float *score, float *recon)
{
	const struct layout o = layout_one(p);
	size_t stride;
	const float *const y = forward_one(p, &o, scratch, window, &stride);

	mean_squares(p, window, p->F, y, stride, 1, score);
	if (recon == NULL)
		return;
	for (size_t t = 0; t < p->T; t++)
		memcpy(recon + t * p->F, y + t * stride, p->F * sizeof(*recon));
}

void plan_score(const struct plan *p, void *scratch, const float *const *window, size_t n, float *score, float *recon)
{
	const size_t lanes = p->k->lanes, block = plan_block(p), tf = p->T * p->F;
	const unsigned state = p->k->enter();

	for (size_t i = 0; i < n;) {
		const size_t left = n - i, one = left <= p->k->one_max;
		const size_t take = one ? 1 : left < block ? left : block;
		float *const r = recon ? recon + i * tf : NULL;

		if (one)
			score_one(p, scratch, window[i], score + i, r);
		else
			score_block(p, scratch, (take + lanes - 1) / lanes, window + i, take, score + i, r);
		i += take;
	}
	p->k->leave(state);
	for (size_t i = 0; i < n; i++)
		if (!isfinite(score[i]))
			score[i] = INFINITY;
}
