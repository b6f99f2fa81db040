/* pack: one walk over a layer's weights, said once for all layouts. */
#include "nn/pack.h"

#include <string.h>

static size_t gates(const struct layer *l)
{
	return l->kind == LAYER_LSTM ? 4 : 1;
}

/* Inputs of an output: bias, the layer's input, an LSTM's previous h. */
static size_t inputs(const struct layer *l)
{
	return 1 + l->in_w + (l->kind == LAYER_LSTM ? l->units : 0);
}

/* Position in the order of network_bind() of the weight from input j (0 is the bias) to column k of Keras's 4H or H. */
static size_t keras_index(const struct layer *l, size_t j, size_t k)
{
	const size_t cols = gates(l) * l->units, rows = inputs(l) - 1;

	return j == 0 ? rows * cols + k : (j - 1) * cols + k;
}

static float weight(const struct layer *l, size_t j, size_t k)
{
	const size_t cols = gates(l) * l->units;

	if (j == 0)
		return l->weight[BIAS][k];
	if (j <= l->in_w)
		return l->weight[KERNEL][(j - 1) * cols + k];
	return l->weight[RECURRENT][(j - 1 - l->in_w) * cols + k];
}

static float fold_factor(const struct layer *l, size_t gate)
{
	if (l->kind != LAYER_LSTM)
		return 1;
	if (gate != 2)
		return (float)KERNEL_FOLD_SIGMOID;
	return l->act == ACT_TANH ? (float)KERNEL_FOLD_TANH : 1;
}

/* Column of Keras's kernel for lane g of quad q; units beyond the last are padding. */
static int quad_column(const struct layer *l, size_t q, size_t g, size_t *k)
{
	*k = l->kind == LAYER_LSTM ? g * l->units + q : 4 * q + g;
	return l->kind == LAYER_LSTM || *k < l->units;
}

static size_t quads(const struct layer *l)
{
	return l->kind == LAYER_LSTM ? l->units : (l->units + 3) / 4;
}

size_t pack_quads_n(const struct layer *l)
{
	return l->kind == LAYER_REPEAT ? 0 : quads(l) * inputs(l) * 4;
}

void pack_quads(const struct layer *l, int fold, float *dst)
{
	if (l->kind == LAYER_REPEAT)
		return;
	for (size_t q = 0; q < quads(l); q++) {
		for (size_t j = 0; j < inputs(l); j++) {
			for (size_t g = 0; g < 4; g++) {
				size_t k;

				*dst++ = quad_column(l, q, g, &k) ? weight(l, j, k) * (fold ? fold_factor(l, g) : 1) : 0;
			}
		}
	}
}

void unpack_quads(const struct layer *l, const float *src, float *dst)
{
	if (l->kind == LAYER_REPEAT)
		return;
	for (size_t q = 0; q < quads(l); q++) {
		for (size_t j = 0; j < inputs(l); j++) {
			for (size_t g = 0; g < 4; g++, src++) {
				size_t k;

				if (quad_column(l, q, g, &k))
					dst[keras_index(l, j, k)] = *src;
			}
		}
	}
}

size_t pack_wide_cols(const struct layer *l, size_t lanes)
{
	return l->kind == LAYER_REPEAT ? 0 : (gates(l) * l->units + lanes - 1) / lanes * lanes;
}

size_t pack_wide_n(const struct layer *l, size_t lanes)
{
	return pack_wide_cols(l, lanes) * inputs(l);
}

void pack_wide(const struct layer *l, size_t lanes, float *dst)
{
	const size_t cols = gates(l) * l->units, z = pack_wide_cols(l, lanes);

	if (l->kind == LAYER_REPEAT)
		return;
	memset(dst, 0, pack_wide_n(l, lanes) * sizeof(*dst));
	for (size_t j = 0; j < inputs(l); j++)
		for (size_t k = 0; k < cols; k++)
			dst[j * z + k] = weight(l, j, k) * fold_factor(l, k / l->units);
}
