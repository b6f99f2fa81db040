/*
 * safetensors: named tensors in one piece of memory, in the published layout
 * (github.com/huggingface/safetensors, "Format"): 8 bytes little-endian length N, N bytes of JSON
 * {"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…,"__metadata__":{"key":"text",…}}, raw little-endian
 * tensors, row-major, that cover the rest without holes or overlap.
 *
 * Stricter than the published rules: header of at most 1 MiB, 4096 tensors, rank 4, no member of a tensor's entry that
 * we do not know, every tensor aligned in memory to the size of its elements.
 */
#ifndef NN_SAFETENSORS_H
#define NN_SAFETENSORS_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum {
	SAFETENSORS_MAX_HEADER = 1 << 20, /* bytes */
	SAFETENSORS_MAX_N = 4096,
	SAFETENSORS_MAX_RANK = 4,
	SAFETENSORS_ALIGN = 64, /* of the data in files that we write */
};

enum tensor_dtype { TENSOR_F32, TENSOR_F64, TENSOR_I64 };

struct tensor {
	const char *name;
	enum tensor_dtype dtype;
	size_t rank;
	size_t shape[SAFETENSORS_MAX_RANK]; /* rank 0: a scalar, one element */
	size_t count;                       /* elements */
	const void *data;                   /* float, double or int64_t by dtype */
};

struct safetensors_meta {
	const char *key;
	const char *text;
};

struct safetensors;

/*
 * Index data[len], which is borrowed and must outlive *out. Nothing is copied: tensors point into data. Values are not
 * looked at. ERR_FORMAT: damaged or not such a file; ERR_UNSUPPORTED: sound, but a dtype or rank that we do not read.
 */
int safetensors_parse(struct safetensors **out, const void *data, size_t len, struct err *e);
void safetensors_del(struct safetensors *st);

size_t safetensors_n(const struct safetensors *st);
/* In the order of their data; i < safetensors_n(). */
const struct tensor *safetensors_get(const struct safetensors *st, size_t i);
/* The tensor called name, or NULL. */
const struct tensor *safetensors_find(const struct safetensors *st, const char *name);

/* The text of a metadata entry, borrowed, or NULL when there is none. */
const char *safetensors_meta(const struct safetensors *st, const char *key);

/* "F32", "F64", "I64" */
const char *tensor_dtype_name(enum tensor_dtype dtype);

/*
 * Write n tensors (those with 8-byte elements first, otherwise in the given order) and meta_n entries to f. The header
 * is padded with spaces so that the data starts at a multiple of SAFETENSORS_ALIGN. The bytes depend on nothing but the
 * arguments. What safetensors_parse() would refuse is refused before anything is written: a name that occurs twice or
 * is not UTF-8, too many tensors, a count that is not the product of the shape.
 */
int safetensors_write(FILE *f, const struct tensor *tensor, size_t n, const struct safetensors_meta *meta, size_t meta_n,
		      struct err *e);

#endif
