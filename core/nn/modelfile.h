/*
 * modelfile: a network on disk, in the published safetensors layout
 * (github.com/huggingface/safetensors: 8-byte little-endian header length, JSON header, raw little-endian tensors).
 *
 * Tensors are float32, named "layers.<i>.<tensor>" (i from 0, tensor by layer_tensor_name()). The header is padded with
 * spaces so that the data starts at a multiple of 64 bytes. `__metadata__` maps strings to strings:
 *   "format"   "guardian-1"
 *   "network"  {"input":[10,4],"layers":[{"kind":"lstm","units":50,"activation":"tanh","return_sequences":true},
 *              {"kind":"repeat","units":10}, {"kind":"dense","units":4,"activation":"linear"}]}
 * and whatever else the caller stores there (features, scaler, threshold, training facts), which this module
 * hands through as text.
 */
#ifndef NN_MODELFILE_H
#define NN_MODELFILE_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "nn/network.h"

struct modelfile;

/*
 * Map and check path. The file is never trusted: header length, JSON, every name, dtype, shape, offset and byte count is
 * checked, tensors must cover the data without holes or overlap, each must have the shape that the network says,
 * none may be missing, unknown or doubled, and every weight must be finite. On success *out is a model whose
 * weights point into the read-only mapping; close it with modelfile_close() after the last use of them.
 */
int modelfile_open(struct modelfile **out, const char *path, struct err *e);

/* The same on bytes in memory (tests, fuzzing); data must outlive the model and be aligned to 8 bytes. */
int modelfile_parse(struct modelfile **out, const void *data, size_t len, struct err *e);

void modelfile_close(struct modelfile *m);

/* The network, borrowed until modelfile_close(). */
const struct network *modelfile_network(const struct modelfile *m);

/* The text of a metadata entry, borrowed, or NULL when there is none. */
const char *modelfile_meta(const struct modelfile *m, const char *key);

struct modelfile_meta {
	const char *key;
	const char *text;
};

/*
 * Write net and the meta_n entries of meta to path, atomically. ERR_NUMERIC when a weight is not finite. "format" and "network"
 * are added here and may not be among meta. The bytes depend on nothing but the arguments.
 */
int modelfile_save(const char *path, const struct network *net, const struct modelfile_meta *meta, size_t meta_n, struct err *e);

/* The same bytes to a stream, which the caller flushes and checks. */
int modelfile_write(FILE *f, const struct network *net, const struct modelfile_meta *meta, size_t meta_n, struct err *e);

#endif
