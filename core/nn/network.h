/*
 * network: what a neural network is, as data. A list of layers and pointers to their weights.
 *
 * Data between layers has the shape (T, W): T steps of W values; a vector is (1, W). Weights have Keras's
 * shapes and order, row-major float32:
 *   LSTM    kernel (W,4H), recurrent_kernel (H,4H), bias (4H); gate order i, f, c (candidate, "g"), o.
 *           (Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000; as keras.layers.LSTM)
 *             i = s(x Wi + h Ui + bi)   f = s(x Wf + h Uf + bf)   g = a(x Wg + h Ug + bg)   o = s(x Wo + h Uo + bo)
 *             c' = f*c + i*g            h' = o*a(c')              s = sigmoid, a = tanh or relu
 *   Dense   kernel (W,H), bias (H); applied to each step: y = a(x K + b)
 *   Repeat  none; (1,W) -> (n,W)
 */
#ifndef NN_NETWORK_H
#define NN_NETWORK_H

#include <stddef.h>

#include "base/err.h"

enum layer_kind { LAYER_LSTM, LAYER_DENSE, LAYER_REPEAT };
enum activation { ACT_LINEAR, ACT_RELU, ACT_SIGMOID, ACT_TANH };

enum {
	NETWORK_MAX_LAYERS = 32,
	NETWORK_MAX_STEPS = 4096,   /* T */
	NETWORK_MAX_WIDTH = 4096,   /* W, H */
	NETWORK_MAX_AREA = 1 << 20, /* values of a sequence, T*W: what a small file can make us allocate */
	LAYER_MAX_TENSORS = 3,
	KERNEL = 0,
	RECURRENT = 1,
	BIAS = 2, /* index into layer.weight */
};

struct layer {
	enum layer_kind kind;
	enum activation act; /* LSTM: tanh or relu; dense: linear, relu, sigmoid or tanh */
	size_t units;        /* LSTM, dense: width of the output; repeat: number of copies */
	int last_only;       /* LSTM: output is the last step only (Keras return_sequences=False) */
	size_t in_t, in_w;   /* shape of the input, filled by network_shape() */
	size_t out_t, out_w;
	const float *weight[LAYER_MAX_TENSORS]; /* by KERNEL, RECURRENT, BIAS; borrowed; NULL where the kind has none */
};

struct network {
	size_t steps, features; /* the input: (steps, features) */
	size_t layer_n;
	struct layer layer[NETWORK_MAX_LAYERS];
};

/*
 * Compute the shapes of every layer from net->steps, net->features and the layers' kinds and units.
 * ERR_RANGE: a size or a product of sizes is over its limit, a size is 0, repeat of more than one step, too many weights;
 * ERR_UNSUPPORTED: an activation that the kind does not take. The message names the layer by its number from 0.
 */
int network_shape(struct network *net, struct err *e);

/* ERR_FORMAT unless the output has the shape of the input: what an autoencoder needs to be scored. */
int network_is_autoencoder(const struct network *net, struct err *e);

/*
 * Read a description such as "lstm:50,lstm:20,repeat,lstm:20,lstm:50,dense" into net (whose steps and
 * features are set) and compute the shapes. An item is KIND[:UNITS][:ACTIVATION]. Repeat without a number gives
 * net->steps, dense without one net->features. An LSTM just before a repeat hands on its last step only.
 * Default activation: LSTM tanh, dense linear. On success the weights are NULL; on failure net is as it was.
 */
int network_parse(struct network *net, const char *text, struct err *e);

/* Does LSTM layer i take the one step before the repeat in front of it, so that the repeat need not be carried out? */
int network_x_once(const struct network *net, size_t i);

/*
 * The opposite of network_parse(): text of at most cap bytes. Returns the length, as snprintf does. (The text cannot say
 * of an LSTM that is not before a repeat that it hands on its last step only.)
 */
size_t network_format(const struct network *net, char *text, size_t cap);

/* Rows and columns of weight tensor k of a layer; 0 x 0 when the kind has none. A bias is 1 x n. */
void layer_tensor_shape(const struct layer *l, int k, size_t *rows, size_t *cols);

/* Keras's name of tensor k: "kernel", "recurrent_kernel", "bias". */
const char *layer_tensor_name(int k);

const char *layer_kind_name(enum layer_kind kind);            /* "lstm", "dense", "repeat" */
const char *activation_name(enum activation act);             /* "linear", "relu", "sigmoid", "tanh" */
int layer_kind_find(const char *name, enum layer_kind *kind); /* 0, or ERR_UNSUPPORTED; without a message */
int activation_find(const char *name, enum activation *act);

/* Number of weights of the layer / of the network (34,364 for the reference network). */
size_t layer_param_n(const struct layer *l);
size_t network_param_n(const struct network *net);

/*
 * Let the layers' weights point into one block of network_param_n() floats: layer after layer; in a layer
 * kernel, recurrent_kernel, bias. The block stays the caller's and must outlive the network.
 */
void network_bind(struct network *net, const float *params);

#endif
