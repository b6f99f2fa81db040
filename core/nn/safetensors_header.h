/* safetensors_header: what the reading and the writing half of safetensors share. */
#ifndef NN_SAFETENSORS_HEADER_H
#define NN_SAFETENSORS_HEADER_H

#include <stddef.h>

#include "base/err.h"
#include "nn/safetensors.h"

/* Check the header text[len] of a file with data_len bytes of data; the tensors' data pointers stay NULL. */
int safetensors_header(struct safetensors **out, const char *text, size_t len, size_t data_len, struct err *e);

/* Bytes of one element. */
size_t tensor_dtype_size(enum tensor_dtype dtype);

#endif
