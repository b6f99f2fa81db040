/*
 * fuzz_modelfile: a model file with hostile content.
 *
 * The input is the file, or, when it starts with '{', the header up to the last '}' and the data after it: so that
 * mutations need not keep the length in front right, and seeds are text.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/modelfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file as it would stand on disk, in memory of exactly its size. */
static uint8_t *make_file(const uint8_t *data, size_t size, size_t *len)
{
	const uint8_t *brace = size > 0 && data[0] == '{' ? memrchr(data, '}', size) : NULL;
	const size_t head = brace != NULL ? (size_t)(brace + 1 - data) : 0;
	const uint64_t padded = (head + 7) / 8 * 8;
	uint8_t *file;

	*len = brace != NULL ? 8 + padded + (size - head) : size;
	if ((file = malloc(*len + (*len == 0))) == NULL)
		abort();
	if (brace == NULL) {
		if (size > 0)
			memcpy(file, data, size);
		return file;
	}
	memcpy(file, &padded, 8);
	memset(file + 8, ' ', padded);
	memcpy(file + 8, data, head);
	memcpy(file + 8 + padded, data + head, size - head);
	return file;
}

/* Every weight is read; all are finite. */
static size_t touch(const struct network *net)
{
	size_t n = 0;

	for (size_t i = 0; i < net->layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;

			layer_tensor_shape(&net->layer[i], k, &rows, &cols);
			for (size_t j = 0; j < rows * cols; j++)
				n += net->layer[i].weight[k][j] - net->layer[i].weight[k][j] == 0;
		}
	}
	return n;
}

/* What was opened can be written, and what was written says the same. */
static void round_trip(const struct modelfile *m)
{
	const struct modelfile_meta meta = { "features", modelfile_meta(m, "features") };
	const struct network *a = modelfile_network(m), *b;
	struct modelfile *again = NULL;
	char text[2][2048], *out = NULL;
	struct err e;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (f == NULL || modelfile_write(f, a, &meta, meta.text != NULL, &e) < 0 || fclose(f) != 0)
		abort();
	if (modelfile_parse(&again, out, len, &e) < 0)
		abort();
	b = modelfile_network(again);
	assert(network_format(a, text[0], sizeof(text[0])) < sizeof(text[0]));
	assert(network_format(b, text[1], sizeof(text[1])) < sizeof(text[1]));
	assert(strcmp(text[0], text[1]) == 0 && a->steps == b->steps && a->features == b->features);
	for (size_t i = 0; i < a->layer_n; i++) {
		assert(a->layer[i].last_only == b->layer[i].last_only);
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;

			layer_tensor_shape(&a->layer[i], k, &rows, &cols);
			assert(rows == 0 || memcmp(a->layer[i].weight[k], b->layer[i].weight[k], rows * cols * 4) == 0);
		}
	}
	assert(meta.text == NULL || strcmp(meta.text, modelfile_meta(again, "features")) == 0);
	modelfile_close(again);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modelfile *m = NULL;
	struct err e = { 0 };
	size_t len;
	uint8_t *file = make_file(data, size, &len);

	if (modelfile_parse(&m, file, len, &e) == OK) {
		assert(touch(modelfile_network(m)) == network_param_n(modelfile_network(m)));
		round_trip(m);
		modelfile_close(m);
	} else {
		assert(m == NULL && e.code < 0 && e.msg[0] != '\0');
	}
	free(file);
	return 0;
}
