/* trainer: forward, backward and Adam over blocks of a batch. Weights stay packed in quads from the first step to the last. */
#include "nn/trainer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/carve.h"
#include "nn/kernel_ops.h"
#include "nn/pack.h"

const struct adam_options adam_defaults = { .learning_rate = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7 };

/* A layer of one block, kept for the way back. LSTM: y is h of all steps. */
struct train_layer {
	struct layer l;
	int x_once; /* the repeat before it is not carried out */
	size_t at;  /* its quads in the arrays of weights */
	float *y, *c, *gates;
};

struct trainer {
	const struct kernel_ops *k;
	size_t T, F, param_n, batch_max;
	size_t nv_max; /* most vectors of a block */
	struct adam_options adam;
	double beta1_t, beta2_t; /* beta^steps so far */
	size_t layer_n;
	struct train_layer layer[NETWORK_MAX_LAYERS];
	size_t quad_n; /* floats of each of the next four, padded to whole vectors */
	float *p, *g, *m, *v;
	float *x;     /* (T,F,b) */
	float *dy[2]; /* gradients between layers */
	float *dz, *dzsum, *dc, *dh, *zx;
	void *block; /* holds all arrays */
};

static size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Room for everything: arrays of weights, and activations of one block of the widest kind. */
static int allocate(struct trainer *t, struct err *e)
{
	struct {
		float **to;
		size_t at;
	} part[8 + 4 + 3 * NETWORK_MAX_LAYERS];
	const size_t b = t->nv_max * t->k->lanes;
	size_t n = 0, seq = t->T * t->F, units = 0, steps = 0, quads = 0;
	struct carve c = { 0 };

#define PART(field, count) (part[n].to = &(field), part[n++].at = carve_add(&c, (count), sizeof(float)))
	for (size_t i = 0; i < t->layer_n; i++) {
		struct train_layer *tl = &t->layer[i];
		const struct layer *l = &tl->l;
		const size_t rows = max_size(l->in_t, l->out_t);

		tl->at = quads;
		quads += (pack_quads_n(l) + KERNEL_LANES_MAX - 1) / KERNEL_LANES_MAX * KERNEL_LANES_MAX;
		seq = max_size(seq, rows * max_size(l->in_w, l->out_w));
		PART(tl->y, rows * l->out_w * b);
		if (l->kind != LAYER_LSTM)
			continue;
		units = max_size(units, l->units);
		steps = max_size(steps, l->in_t * l->units);
		PART(tl->c, rows * l->units * b);
		PART(tl->gates, 5 * rows * l->units * b);
	}
	t->quad_n = quads;
	PART(t->p, quads);
	PART(t->g, quads);
	PART(t->m, quads);
	PART(t->v, quads);
	PART(t->x, t->T * t->F * b);
	PART(t->dy[0], seq * b);
	PART(t->dy[1], seq * b);
	PART(t->dz, 4 * steps * b);
	PART(t->dzsum, 4 * units * b);
	PART(t->dc, units * b);
	PART(t->dh, units * b);
	PART(t->zx, 4 * units * b);
#undef PART
	t->block = carve_alloc(&c);
	if (t->block == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu MB of training state", c.bytes >> 20);
	for (size_t i = 0; i < n; i++)
		*part[i].to = (float *)((unsigned char *)t->block + part[i].at);
	return OK;
}

int trainer_new(struct trainer **out, const struct network *net, const struct kernel_ops *k, size_t batch_max,
		const struct adam_options *adam, struct err *e)
{
	struct trainer *t;
	int r;

	if (batch_max < 1)
		return err_set(e, ERR_RANGE, "a batch must hold at least one window");
	if ((r = network_is_autoencoder(net, e)) < 0)
		return r;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a trainer");
	t->k = k;
	t->T = net->steps;
	t->F = net->features;
	t->param_n = network_param_n(net);
	t->batch_max = batch_max;
	t->nv_max = (batch_max + k->lanes - 1) / k->lanes;
	if (t->nv_max > k->nv_max)
		t->nv_max = k->nv_max;
	t->adam = *adam;
	t->beta1_t = t->beta2_t = 1;
	t->layer_n = net->layer_n;
	for (size_t i = 0; i < net->layer_n; i++) {
		t->layer[i].l = net->layer[i];
		t->layer[i].x_once = network_x_once(net, i);
	}
	if ((r = allocate(t, e)) < 0) {
		trainer_del(t);
		return r;
	}
	for (size_t i = 0; i < net->layer_n; i++)
		pack_quads(&net->layer[i], 0, t->p + t->layer[i].at);
	*out = t;
	return OK;
}

void trainer_del(struct trainer *t)
{
	if (t == NULL)
		return;
	free(t->block);
	free(t);
}

static int repeat_is_implied(const struct trainer *t, size_t i)
{
	return t->layer[i].l.kind == LAYER_REPEAT && i + 1 < t->layer_n && t->layer[i + 1].x_once;
}

static struct lstm_block lstm_args(const struct trainer *t, const struct train_layer *tl, const float *x, size_t nv)
{
	return (struct lstm_block){
		.T = tl->l.in_t,
		.X = tl->l.in_w,
		.H = tl->l.units,
		.nv = nv,
		.relu = tl->l.act == ACT_RELU,
		.x_once = tl->x_once,
		.pack = t->p + tl->at,
		.x = x,
		.h = tl->y,
		.c = tl->c,
		.zx = t->zx,
		.gates = tl->gates,
	};
}

static struct dense_block dense_args(const struct trainer *t, const struct train_layer *tl, const float *x, size_t nv)
{
	return (struct dense_block){
		.n = tl->l.in_t,
		.X = tl->l.in_w,
		.H = tl->l.units,
		.nv = nv,
		.act = tl->l.act,
		.pack = t->p + tl->at,
		.x = x,
		.y = tl->y,
	};
}

/* What layer i hands on: an LSTM whose last step alone counts keeps all of them in y. */
static const float *layer_output(const struct trainer *t, size_t i, size_t b)
{
	const struct train_layer *tl = &t->layer[i];

	return tl->l.last_only ? tl->y + (tl->l.in_t - 1) * tl->l.units * b : tl->y;
}

/* The input of layer i: an implied repeat is passed by. */
static const float *layer_input(const struct trainer *t, size_t i, size_t b)
{
	if (i > 0 && repeat_is_implied(t, i - 1))
		i--;
	return i == 0 ? t->x : layer_output(t, i - 1, b);
}

static void forward(struct trainer *t, size_t nv)
{
	const size_t b = nv * t->k->lanes;

	for (size_t i = 0; i < t->layer_n; i++) {
		const struct train_layer *tl = &t->layer[i];
		const float *const x = layer_input(t, i, b);

		if (tl->l.kind == LAYER_LSTM) {
			const struct lstm_block a = lstm_args(t, tl, x, nv);

			t->k->lstm_train(&a);
		} else if (tl->l.kind == LAYER_DENSE) {
			const struct dense_block a = dense_args(t, tl, x, nv);

			t->k->dense_block(&a);
		} else if (!repeat_is_implied(t, i)) {
			for (size_t s = 0; s < tl->l.out_t; s++)
				memcpy(tl->y + s * tl->l.out_w * b, x, tl->l.out_w * b * sizeof(*x));
		}
	}
}

/* dx = sum of the copies' gradients. */
static void repeat_back(const struct layer *l, const float *dy, float *dx, size_t b)
{
	const size_t n = l->out_w * b;

	memcpy(dx, dy, n * sizeof(*dx));
	for (size_t s = 1; s < l->out_t; s++)
		for (size_t i = 0; i < n; i++)
			dx[i] += dy[s * n + i];
}

/* From dy[0], the gradient of the output, to the gradients of all weights, which are added to t->g. */
static void backward(struct trainer *t, size_t nv)
{
	const size_t b = nv * t->k->lanes;
	int now = 0;

	for (size_t i = t->layer_n; i-- > 0;) {
		const struct train_layer *tl = &t->layer[i];
		const float *const x = layer_input(t, i, b);
		float *const dx = i == 0 ? NULL : t->dy[!now];

		if (repeat_is_implied(t, i))
			continue;
		if (tl->l.kind == LAYER_LSTM) {
			const struct lstm_block a = lstm_args(t, tl, x, nv);
			const struct lstm_back g = {
				.fwd = &a,
				.dy = t->dy[now],
				.last_only = tl->l.last_only,
				.dz = t->dz,
				.dc = t->dc,
				.dh = t->dh,
				.dzsum = t->dzsum,
				.dx = dx,
				.grad = t->g + tl->at,
			};

			t->k->lstm_back(&g);
		} else if (tl->l.kind == LAYER_DENSE) {
			const struct dense_block a = dense_args(t, tl, x, nv);
			const struct dense_back g = { .fwd = &a, .dy = t->dy[now], .dx = dx, .grad = t->g + tl->at };

			t->k->dense_back(&g);
		} else if (dx != NULL) {
			repeat_back(&tl->l, t->dy[now], dx, b);
		}
		now = !now;
	}
}

/* Windows first..first+n-1 of the batch into t->x; lanes without a window are 0. */
static void gather(struct trainer *t, const float *const *window, size_t n, size_t b)
{
	const size_t tf = t->T * t->F;

	for (size_t w = 0; w < b; w++)
		for (size_t i = 0; i < tf; i++)
			t->x[i * b + w] = w < n ? window[w][i] : 0;
}

/* Sum of squared errors of the block's n windows; dy[0] = 2 (y - x) / (batch T F), 0 in lanes without a window. */
static double loss_and_slope(struct trainer *t, size_t n, size_t b, size_t batch)
{
	const float *const y = layer_output(t, t->layer_n - 1, b);
	const size_t tf = t->T * t->F;
	const float factor = (float)(2.0 / ((double)batch * (double)tf));
	double sum = 0;

	for (size_t i = 0; i < tf; i++) {
		float row = 0;

		for (size_t w = 0; w < b; w++) {
			const float d = w < n ? y[i * b + w] - t->x[i * b + w] : 0;

			row += d * d;
			t->dy[0][i * b + w] = factor * d;
		}
		sum += (double)row;
	}
	return sum;
}

/* Gradients of the batch into t->g. The batch is cut into blocks of nearly the same number of vectors. */
static int gradients(struct trainer *t, const float *const *window, size_t n, double *loss, struct err *e)
{
	const size_t lanes = t->k->lanes, vectors = (n + lanes - 1) / lanes, blocks = (vectors + t->nv_max - 1) / t->nv_max;
	const size_t nv = blocks > 0 ? (vectors + blocks - 1) / blocks : 0, b = nv * lanes;
	double sum = 0;

	assert(n >= 1 && n <= t->batch_max);
	memset(t->g, 0, t->quad_n * sizeof(*t->g));
	for (size_t i = 0; i < n; i += b) {
		const size_t take = n - i < b ? n - i : b;

		gather(t, window + i, take, b);
		forward(t, nv);
		sum += loss_and_slope(t, take, b, n);
		backward(t, nv);
	}
	sum /= (double)n * (double)(t->T * t->F);
	if (!isfinite(sum))
		return err_set(e, ERR_NUMERIC,
			       "the loss is not a finite number: lower the learning rate, clip gradients, or check the input");
	*loss = sum;
	return OK;
}

static double norm(const float *g, size_t n)
{
	double sum[8] = { 0 }; /* independent sums: the additions overlap */

	for (size_t i = 0; i < n; i += 8) /* n is a multiple of KERNEL_LANES_MAX */
		for (size_t k = 0; k < 8; k++)
			sum[k] += (double)g[i + k] * (double)g[i + k];
	return sqrt(((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])));
}

int trainer_step(struct trainer *t, const float *const *window, size_t n, double *loss, struct err *e)
{
	const struct adam_options *o = &t->adam;
	const unsigned state = t->k->enter();
	const int r = gradients(t, window, n, loss, e);
	double length;

	if (r == OK) {
		struct adam_step a = {
			.n = t->quad_n,
			.p = t->p,
			.m = t->m,
			.v = t->v,
			.g = t->g,
			.g_scale = 1,
			.epsilon = (float)o->epsilon,
			.one_minus_beta1 = (float)(1 - o->beta1),
			.one_minus_beta2 = (float)(1 - o->beta2),
		};

		t->beta1_t *= o->beta1;
		t->beta2_t *= o->beta2;
		a.alpha = (float)(o->learning_rate * sqrt(1 - t->beta2_t) / (1 - t->beta1_t));
		if (o->clip_norm > 0 && (length = norm(t->g, t->quad_n)) > o->clip_norm)
			a.g_scale = (float)(o->clip_norm / length);
		t->k->adam(&a);
	}
	t->k->leave(state);
	return r;
}

static void unpack(const struct trainer *t, const float *quads, float *params)
{
	for (size_t i = 0; i < t->layer_n; i++) {
		unpack_quads(&t->layer[i].l, quads + t->layer[i].at, params);
		params += layer_param_n(&t->layer[i].l);
	}
}

int trainer_gradient(struct trainer *t, const float *const *window, size_t n, double *loss, float *grad, struct err *e)
{
	const unsigned state = t->k->enter();
	const int r = gradients(t, window, n, loss, e);

	t->k->leave(state);
	if (r == OK)
		unpack(t, t->g, grad);
	return r;
}

void trainer_weights(const struct trainer *t, float *params)
{
	unpack(t, t->p, params);
}
