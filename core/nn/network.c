/* network: shapes, names and the text form of networks. */
#include "nn/network.h"

#include <stdio.h>
#include <string.h>

enum { PARAM_MAX = 1 << 26 }; /* 64 Mi weights = 256 MiB; keeps every size computation far from overflow */

static const struct {
	const char *name;
	unsigned acts; /* bit by enum activation */
	enum activation default_act;
} kinds[] = {
	[LAYER_LSTM] = { "lstm", 1u << ACT_TANH | 1u << ACT_RELU, ACT_TANH },
	[LAYER_DENSE] = { "dense", 1u << ACT_LINEAR | 1u << ACT_RELU | 1u << ACT_SIGMOID | 1u << ACT_TANH, ACT_LINEAR },
	[LAYER_REPEAT] = { "repeat", 1u << ACT_LINEAR, ACT_LINEAR },
};
enum { KIND_N = sizeof(kinds) / sizeof(kinds[0]) };

static const char *const acts[] = {
	[ACT_LINEAR] = "linear",
	[ACT_RELU] = "relu",
	[ACT_SIGMOID] = "sigmoid",
	[ACT_TANH] = "tanh",
};
enum { ACT_N = sizeof(acts) / sizeof(acts[0]) };

const char *layer_kind_name(enum layer_kind kind)
{
	return kinds[kind].name;
}

const char *activation_name(enum activation act)
{
	return acts[act];
}

int layer_kind_find(const char *name, enum layer_kind *kind)
{
	for (int i = 0; i < KIND_N; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*kind = (enum layer_kind)i;
			return OK;
		}
	}
	return ERR_UNSUPPORTED;
}

int activation_find(const char *name, enum activation *act)
{
	for (int i = 0; i < ACT_N; i++) {
		if (strcmp(acts[i], name) == 0) {
			*act = (enum activation)i;
			return OK;
		}
	}
	return ERR_UNSUPPORTED;
}

const char *layer_tensor_name(int k)
{
	static const char *const names[] = { [KERNEL] = "kernel", [RECURRENT] = "recurrent_kernel", [BIAS] = "bias" };

	return names[k];
}

void layer_tensor_shape(const struct layer *l, int k, size_t *rows, size_t *cols)
{
	const size_t gates = l->kind == LAYER_LSTM ? 4 : 1;
	const size_t in[] = { [KERNEL] = l->in_w, [RECURRENT] = l->kind == LAYER_LSTM ? l->units : 0, [BIAS] = 1 };

	*rows = l->kind == LAYER_REPEAT ? 0 : in[k];
	*cols = *rows == 0 ? 0 : gates * l->units;
}

size_t layer_param_n(const struct layer *l)
{
	size_t n = 0;

	for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
		size_t rows, cols;

		layer_tensor_shape(l, k, &rows, &cols);
		n += rows * cols;
	}
	return n;
}

size_t network_param_n(const struct network *net)
{
	size_t n = 0;

	for (size_t i = 0; i < net->layer_n; i++)
		n += layer_param_n(&net->layer[i]);
	return n;
}

void network_bind(struct network *net, const float *params)
{
	for (size_t i = 0; i < net->layer_n; i++) {
		struct layer *l = &net->layer[i];

		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;

			layer_tensor_shape(l, k, &rows, &cols);
			l->weight[k] = rows == 0 ? NULL : params;
			params += rows * cols;
		}
	}
}

int network_x_once(const struct network *net, size_t i)
{
	const struct layer *const l = net->layer + i;

	return i > 0 && l->kind == LAYER_LSTM && l[-1].kind == LAYER_REPEAT;
}

/* The sizes and the activation of one layer, whose input shape is known. */
static int layer_shape(struct layer *l, size_t i, struct err *e)
{
	const size_t max = l->kind == LAYER_REPEAT ? NETWORK_MAX_STEPS : NETWORK_MAX_WIDTH;

	if (l->units < 1 || l->units > max)
		return err_set(e, ERR_RANGE, "layer %zu (%s): size %zu is outside 1..%zu", i, layer_kind_name(l->kind), l->units,
			       max);
	if (!(kinds[l->kind].acts & 1u << l->act))
		return err_set(e, ERR_UNSUPPORTED, "layer %zu: %s cannot have the activation %s", i, layer_kind_name(l->kind),
			       activation_name(l->act));
	if (l->kind == LAYER_REPEAT && l->in_t != 1)
		return err_set(e, ERR_RANGE, "layer %zu (repeat): its input has %zu steps and must have one", i, l->in_t);
	if (l->kind != LAYER_LSTM)
		l->last_only = 0;
	l->out_t = l->kind == LAYER_REPEAT ? l->units : l->last_only ? 1 : l->in_t;
	l->out_w = l->kind == LAYER_REPEAT ? l->in_w : l->units;
	/* An LSTM runs through all steps even when only the last is handed on. */
	if ((l->in_t > l->out_t ? l->in_t : l->out_t) * l->out_w > NETWORK_MAX_AREA)
		return err_set(e, ERR_RANGE, "layer %zu (%s): %zu steps of %zu values are more than %d", i,
			       layer_kind_name(l->kind), l->in_t > l->out_t ? l->in_t : l->out_t, l->out_w, NETWORK_MAX_AREA);
	return OK;
}

int network_shape(struct network *net, struct err *e)
{
	size_t t = net->steps, w = net->features, params = 0;

	if (t < 1 || t > NETWORK_MAX_STEPS)
		return err_set(e, ERR_RANGE, "a window of %zu steps is outside 1..%d", t, NETWORK_MAX_STEPS);
	if (w < 1 || w > NETWORK_MAX_WIDTH)
		return err_set(e, ERR_RANGE, "%zu features are outside 1..%d", w, NETWORK_MAX_WIDTH);
	if (t * w > NETWORK_MAX_AREA)
		return err_set(e, ERR_RANGE, "a window of %zu steps of %zu features is more than %d values", t, w,
			       NETWORK_MAX_AREA);
	if (net->layer_n < 1 || net->layer_n > NETWORK_MAX_LAYERS)
		return err_set(e, ERR_RANGE, "%zu layers are outside 1..%d", net->layer_n, NETWORK_MAX_LAYERS);
	for (size_t i = 0; i < net->layer_n; i++) {
		struct layer *l = &net->layer[i];
		int r;

		l->in_t = t;
		l->in_w = w;
		if ((r = layer_shape(l, i, e)) < 0)
			return r;
		t = l->out_t;
		w = l->out_w;
		params += layer_param_n(l);
		if (params > PARAM_MAX)
			return err_set(e, ERR_RANGE, "layer %zu: more than %d weights", i, PARAM_MAX);
	}
	return OK;
}

int network_is_autoencoder(const struct network *net, struct err *e)
{
	const struct layer *last;

	if (net->layer_n == 0)
		return err_set(e, ERR_FORMAT, "not an autoencoder: the network has no layers");
	last = &net->layer[net->layer_n - 1];
	if (last->out_t == net->steps && last->out_w == net->features)
		return OK;
	return err_set(e, ERR_FORMAT, "not an autoencoder: the input is (%zu,%zu) and the output (%zu,%zu)", net->steps,
		       net->features, last->out_t, last->out_w);
}

/*
 * Decimal digits only: strtoul() would take blanks and signs and wrap around. A number over the limits of all layers
 * stays over them.
 */
static int units_parse(const char *text, size_t *out)
{
	size_t n = 0;

	if (*text == '\0')
		return ERR_FORMAT;
	for (; *text >= '0' && *text <= '9'; text++)
		if (n <= NETWORK_MAX_WIDTH + NETWORK_MAX_STEPS)
			n = n * 10 + (size_t)(*text - '0');
	if (*text != '\0')
		return ERR_FORMAT;
	*out = n;
	return OK;
}

/* One item KIND[:UNITS][:ACTIVATION] of the text form; the defaults need the network's shape. */
static int layer_parse(struct layer *l, const struct network *net, char *item, struct err *e)
{
	const char *kind = strsep(&item, ":"), *part = strsep(&item, ":");

	*l = (struct layer){ 0 };
	if (layer_kind_find(kind, &l->kind) < 0)
		return err_set(e, ERR_FORMAT, "layers: \"%.40s\" is no kind of layer; known are lstm, dense and repeat", kind);
	l->act = kinds[l->kind].default_act;
	if (part != NULL && units_parse(part, &l->units) == OK)
		part = strsep(&item, ":");
	else if (l->kind == LAYER_LSTM)
		return err_set(e, ERR_FORMAT, "layers: lstm needs a size, as in \"lstm:20\"");
	else
		l->units = l->kind == LAYER_REPEAT ? net->steps : net->features;
	if (part != NULL && activation_find(part, &l->act) < 0)
		return err_set(e, ERR_FORMAT, "layers: \"%.40s\" is neither a size nor an activation", part);
	if (item != NULL)
		return err_set(e, ERR_FORMAT, "layers: \"%.40s\" is too much; a layer is KIND[:SIZE][:ACTIVATION]", item);
	return OK;
}

int network_parse(struct network *net, const char *text, struct err *e)
{
	struct network made = { .steps = net->steps, .features = net->features };
	char copy[1024], *rest = copy;
	int r;

	if (strlen(text) >= sizeof(copy))
		return err_set(e, ERR_FORMAT, "layers: the description is longer than %zu characters", sizeof(copy) - 1);
	strcpy(copy, text);
	for (char *item; (item = strsep(&rest, ",")) != NULL; made.layer_n++) {
		struct layer *l = &made.layer[made.layer_n];

		if (made.layer_n == NETWORK_MAX_LAYERS)
			return err_set(e, ERR_RANGE, "layers: more than %d", NETWORK_MAX_LAYERS);
		if ((r = layer_parse(l, net, item, e)) < 0)
			return r;
		if (l->kind == LAYER_REPEAT && made.layer_n > 0 && l[-1].kind == LAYER_LSTM)
			l[-1].last_only = 1;
	}
	if ((r = network_shape(&made, e)) < 0)
		return r;
	*net = made;
	return OK;
}

size_t network_format(const struct network *net, char *text, size_t cap)
{
	size_t n = 0;

	if (cap > 0)
		text[0] = '\0';
	for (size_t i = 0; i < net->layer_n; i++) {
		const struct layer *l = &net->layer[i];
		const int act = l->act != kinds[l->kind].default_act;
		const int k = snprintf(n < cap ? text + n : NULL, n < cap ? cap - n : 0, "%s%s:%zu%s%s", i ? "," : "",
				       layer_kind_name(l->kind), l->units, act ? ":" : "", act ? activation_name(l->act) : "");

		if (k > 0)
			n += (size_t)k;
	}
	return n;
}
