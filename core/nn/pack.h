/*
 * pack: weights from Keras's layout into the kernels' layouts (nn/kernel_ops.h) and back.
 */
#ifndef NN_PACK_H
#define NN_PACK_H

#include <stddef.h>

#include "nn/kernel_ops.h"
#include "nn/network.h"

/* Floats of a layer in quads; 0 for repeat. */
size_t pack_quads_n(const struct layer *l);

/* dst[pack_quads_n()] from the layer's weights; fold: with the kernels' factors for inference. */
void pack_quads(const struct layer *l, int fold, float *dst);

/* The way back, of plain quads: dst is the layer's layer_param_n() floats in the order of network_bind(). */
void unpack_quads(const struct layer *l, const float *src, float *dst);

/* Floats of a layer for the one-window path, and the row length Z, for vectors of `lanes` floats. */
size_t pack_wide_n(const struct layer *l, size_t lanes);
size_t pack_wide_cols(const struct layer *l, size_t lanes);
void pack_wide(const struct layer *l, size_t lanes, float *dst);

#endif
