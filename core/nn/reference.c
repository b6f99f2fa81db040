/* reference: forward and backward of each layer side by side. */
#include "nn/reference.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a layer leaves behind for its way back; all for one window. */
struct trace {
	double *y;     /* (out_t,out_w); an LSTM's h of all steps is in h */
	double *h, *c; /* LSTM: (T,H) */
	double *gates; /* LSTM: (T,4H), i f g o after their activation */
	double *dy;    /* dLoss/dy */
};

static double activate(enum activation act, double z)
{
	switch (act) {
	case ACT_RELU:
		return z > 0 ? z : 0;
	case ACT_SIGMOID:
		return 1 / (1 + exp(-z));
	case ACT_TANH:
		return tanh(z);
	default:
		return z;
	}
}

/* a'(z), from y = a(z). */
static double slope(enum activation act, double y)
{
	switch (act) {
	case ACT_RELU:
		return y > 0;
	case ACT_SIGMOID:
		return y * (1 - y);
	case ACT_TANH:
		return 1 - y * y;
	default:
		return 1;
	}
}

static enum activation gate_act(const struct layer *l, size_t gate)
{
	return gate == 2 ? l->act : ACT_SIGMOID;
}

static void lstm_forward(const struct layer *l, const double *const w[LAYER_MAX_TENSORS], const double *x, struct trace *s)
{
	const size_t X = l->in_w, H = l->units;

	assert(H > 0);
	for (size_t t = 0; t < l->in_t; t++) {
		double *const z = s->gates + t * 4 * H, *const h = s->h + t * H, *const c = s->c + t * H;

		for (size_t k = 0; k < 4 * H; k++) {
			z[k] = w[BIAS][k];
			for (size_t j = 0; j < X; j++)
				z[k] += x[t * X + j] * w[KERNEL][j * 4 * H + k];
			for (size_t j = 0; t > 0 && j < H; j++)
				z[k] += (h - H)[j] * w[RECURRENT][j * 4 * H + k];
			z[k] = activate(gate_act(l, k / H), z[k]);
		}
		for (size_t u = 0; u < H; u++) {
			c[u] = (t > 0 ? z[H + u] * (c - H)[u] : 0) + z[u] * z[2 * H + u];
			h[u] = z[3 * H + u] * activate(l->act, c[u]);
		}
	}
	memcpy(s->y, s->h + (l->in_t - l->out_t) * H, l->out_t * H * sizeof(*s->y));
}

static void lstm_backward(const struct layer *l, const double *const w[LAYER_MAX_TENSORS], const double *x, struct trace *s,
			  double *dx, double *const dw[LAYER_MAX_TENSORS], double *work)
{
	const size_t X = l->in_w, H = l->units;
	double *const dh = work, *const dc = work + H, *const dz = work + 2 * H;

	assert(H > 0);
	memset(work, 0, 6 * H * sizeof(*work));
	for (size_t t = l->in_t; t-- > 0;) {
		const double *const z = s->gates + t * 4 * H, *const c = s->c + t * H;

		for (size_t u = 0; u < H; u++) {
			const double a = activate(l->act, c[u]),
				     d = t + l->out_t >= l->in_t ? dh[u] + s->dy[(t + l->out_t - l->in_t) * H + u] : dh[u];

			dc[u] += d * z[3 * H + u] * slope(l->act, a);
			dz[u] = dc[u] * z[2 * H + u];
			dz[H + u] = t > 0 ? dc[u] * (c - H)[u] : 0;
			dz[2 * H + u] = dc[u] * z[u];
			dz[3 * H + u] = d * a;
			dc[u] *= z[H + u];
		}
		memset(dh, 0, H * sizeof(*dh));
		for (size_t k = 0; k < 4 * H; k++) {
			dz[k] *= slope(gate_act(l, k / H), z[k]); // NOLINT(clang-analyzer-core.DivideZero): H > 0
			dw[BIAS][k] += dz[k];
			for (size_t j = 0; j < X; j++) {
				dw[KERNEL][j * 4 * H + k] += dz[k] * x[t * X + j];
				dx[t * X + j] += dz[k] * w[KERNEL][j * 4 * H + k];
			}
			for (size_t j = 0; t > 0 && j < H; j++) {
				dw[RECURRENT][j * 4 * H + k] += dz[k] * s->h[(t - 1) * H + j];
				dh[j] += dz[k] * w[RECURRENT][j * 4 * H + k];
			}
		}
	}
}

static void dense_forward(const struct layer *l, const double *const w[LAYER_MAX_TENSORS], const double *x, struct trace *s)
{
	for (size_t t = 0; t < l->in_t; t++) {
		for (size_t k = 0; k < l->units; k++) {
			double z = w[BIAS][k];

			for (size_t j = 0; j < l->in_w; j++)
				z += x[t * l->in_w + j] * w[KERNEL][j * l->units + k];
			s->y[t * l->units + k] = activate(l->act, z);
		}
	}
}

static void dense_backward(const struct layer *l, const double *const w[LAYER_MAX_TENSORS], const double *x, struct trace *s,
			   double *dx, double *const dw[LAYER_MAX_TENSORS])
{
	for (size_t t = 0; t < l->in_t; t++) {
		for (size_t k = 0; k < l->units; k++) {
			const size_t i = t * l->units + k;
			const double dz = s->dy[i] * slope(l->act, s->y[i]);

			dw[BIAS][k] += dz;
			for (size_t j = 0; j < l->in_w; j++) {
				dw[KERNEL][j * l->units + k] += dz * x[t * l->in_w + j];
				dx[t * l->in_w + j] += dz * w[KERNEL][j * l->units + k];
			}
		}
	}
}

/* Pointers of layer i's tensors in a block in the order of network_bind(). */
static void tensors(const struct network *net, size_t layer, const double *block, const double *w[LAYER_MAX_TENSORS])
{
	for (size_t i = 0; i < layer; i++)
		block += layer_param_n(&net->layer[i]);
	for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
		size_t rows, cols;

		layer_tensor_shape(&net->layer[layer], k, &rows, &cols);
		w[k] = block;
		block += rows * cols;
	}
}

static void forward(const struct network *net, const double *params, const double *x, struct trace *s)
{
	for (size_t i = 0; i < net->layer_n; i++) {
		const struct layer *l = &net->layer[i];
		const double *w[LAYER_MAX_TENSORS];

		tensors(net, i, params, w);
		if (l->kind == LAYER_LSTM)
			lstm_forward(l, w, x, &s[i]);
		else if (l->kind == LAYER_DENSE)
			dense_forward(l, w, x, &s[i]);
		else
			for (size_t t = 0; t < l->out_t; t++)
				memcpy(s[i].y + t * l->out_w, x, l->out_w * sizeof(*x));
		x = s[i].y;
	}
}

/* s[last].dy is set; the other dy and the gradients are added up here. dx0 is room for the gradient of the input. */
static void backward(const struct network *net, const double *params, const double *x, struct trace *s, double *grad, double *dx0,
		     double *work)
{
	for (size_t i = net->layer_n; i-- > 0;) {
		const struct layer *l = &net->layer[i];
		const double *const in = i > 0 ? s[i - 1].y : x;
		double *const dx = i > 0 ? s[i - 1].dy : dx0;
		const double *w[LAYER_MAX_TENSORS], *at[LAYER_MAX_TENSORS];
		double *dw[LAYER_MAX_TENSORS];

		tensors(net, i, params, w);
		tensors(net, i, grad, at);
		for (int k = 0; k < LAYER_MAX_TENSORS; k++)
			dw[k] = grad + (at[k] - grad);
		memset(dx, 0, l->in_t * l->in_w * sizeof(*dx));
		if (l->kind == LAYER_LSTM)
			lstm_backward(l, w, in, &s[i], dx, dw, work);
		else if (l->kind == LAYER_DENSE)
			dense_backward(l, w, in, &s[i], dx, dw);
		else
			for (size_t t = 0; t < l->out_t; t++)
				for (size_t j = 0; j < l->out_w; j++)
					dx[j] += s[i].dy[t * l->out_w + j];
	}
}

static void traces_free(struct trace *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(s[i].y);
		free(s[i].h);
		free(s[i].c);
		free(s[i].gates);
		free(s[i].dy);
	}
}

static int traces_alloc(const struct network *net, struct trace *s)
{
	for (size_t i = 0; i < net->layer_n; i++) {
		const struct layer *l = &net->layer[i];
		const size_t lstm = l->kind == LAYER_LSTM ? l->in_t * l->units : 1, out = l->out_t * l->out_w;

		s[i].y = calloc(out, sizeof(double));
		s[i].dy = calloc(out, sizeof(double));
		s[i].h = calloc(lstm, sizeof(double));
		s[i].c = calloc(lstm, sizeof(double));
		s[i].gates = calloc(4 * lstm, sizeof(double));
		if (!s[i].y || !s[i].dy || !s[i].h || !s[i].c || !s[i].gates)
			return ERR_NOMEM;
	}
	return OK;
}

int reference_run(const struct network *net, const double *params, const double *x, size_t n, double *out, double *score,
		  double *loss, double *grad, struct err *e)
{
	struct trace s[NETWORK_MAX_LAYERS] = { { 0 } };
	const size_t tf = net->steps * net->features, last = net->layer_n - 1;
	const size_t out_n = net->layer[last].out_t * net->layer[last].out_w;
	double *const dx0 = calloc(tf, sizeof(double)), *const work = calloc(6 * (size_t)NETWORK_MAX_WIDTH, sizeof(double));
	double sum = 0;
	int r = ERR_NOMEM;

	assert(net->layer_n > 0);
	if ((score || loss || grad) && (r = network_is_autoencoder(net, e)) < 0)
		goto out;
	if (dx0 == NULL || work == NULL || traces_alloc(net, s) < 0) {
		r = err_set(e, ERR_NOMEM, "out of memory for the reference network");
		goto out;
	}
	if (grad != NULL)
		memset(grad, 0, network_param_n(net) * sizeof(*grad));
	for (size_t i = 0; i < n; i++) {
		const double *const xi = x + i * tf;
		double err = 0;

		forward(net, params, xi, s);
		if (out != NULL)
			memcpy(out + i * out_n, s[last].y, out_n * sizeof(*out)); // NOLINT: traces_alloc() made it
		for (size_t k = 0; k < tf && (score || loss || grad); k++) {
			const double d = s[last].y[k] - xi[k];

			err += d * d;
			s[last].dy[k] = 2 * d / (double)(n * tf);
		}
		if (score != NULL)
			score[i] = err / (double)tf;
		sum += err / (double)tf;
		if (grad != NULL)
			backward(net, params, xi, s, grad, dx0, work);
	}
	if (loss != NULL)
		*loss = n ? sum / (double)n : 0;
	r = OK;
out:
	traces_free(s, net->layer_n);
	free(dx0);
	free(work);
	return r;
}
