/* vectors: safetensors files of tests/parity. */
#include "lib/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

struct vectors {
	char name[64];
	unsigned char *data; /* the whole file; the data starts at a multiple of 64 bytes */
	size_t len, start;   /* start: where the tensors begin */
	struct json_object *header;
};

static void file_read(struct vectors *v, const char *path)
{
	FILE *f = fopen(path, "rb");
	long len;

	if (f == NULL)
		fail_msg("%s cannot be opened", path);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	assert_true((len = ftell(f)) > 8);
	rewind(f);
	v->len = (size_t)len;
	assert_non_null(v->data = aligned_alloc(64, (v->len + 63) / 64 * 64));
	assert_int_equal(fread(v->data, 1, v->len, f), v->len);
	fclose(f);
}

struct vectors *vectors_open(const char *name)
{
	struct vectors *v = calloc(1, sizeof(*v));
	char path[512], *text;
	uint64_t n = 0;

	assert_non_null(v);
	snprintf(v->name, sizeof(v->name), "%s", name);
	snprintf(path, sizeof(path), "%s/tests/parity/%s.safetensors", TEST_SOURCE_DIR, name);
	file_read(v, path);
	for (int i = 8; i-- > 0;)
		n = n << 8 | v->data[i];
	assert_true(n <= v->len - 8);
	v->start = 8 + (size_t)n;
	assert_non_null(text = strndup((const char *)v->data + 8, (size_t)n));
	v->header = json_tokener_parse(text);
	free(text);
	assert_non_null(v->header);
	return v;
}

void vectors_close(struct vectors *v)
{
	json_object_put(v->header);
	free(v->data);
	free(v);
}

static const void *tensor(const struct vectors *v, const char *name, const char *dtype, size_t size, size_t *n)
{
	struct json_object *t, *type, *offsets;
	size_t from, to;

	if (!json_object_object_get_ex(v->header, name, &t))
		fail_msg("%s: no tensor %s", v->name, name);
	assert_true(json_object_object_get_ex(t, "dtype", &type) && json_object_object_get_ex(t, "data_offsets", &offsets));
	assert_string_equal(json_object_get_string(type), dtype);
	from = (size_t)json_object_get_int64(json_object_array_get_idx(offsets, 0));
	to = (size_t)json_object_get_int64(json_object_array_get_idx(offsets, 1));
	assert_true(from <= to && to <= v->len - v->start && from % size == 0 && (to - from) % size == 0);
	*n = (to - from) / size;
	return v->data + v->start + from;
}

const float *vectors_f32(const struct vectors *v, const char *name, size_t *n)
{
	return tensor(v, name, "F32", sizeof(float), n);
}

const double *vectors_f64(const struct vectors *v, const char *name, size_t *n)
{
	return tensor(v, name, "F64", sizeof(double), n);
}

const char *vectors_meta(const struct vectors *v, const char *key)
{
	struct json_object *meta, *value = NULL;

	if (!json_object_object_get_ex(v->header, "__metadata__", &meta) || !json_object_object_get_ex(meta, key, &value))
		fail_msg("%s: no metadata %s", v->name, key);
	return json_object_get_string(value);
}

void vectors_network(const struct vectors *v, struct network *net)
{
	struct err e;

	*net = (struct network){ 0 };
	net->steps = strtoul(vectors_meta(v, "steps"), NULL, 10);
	net->features = strtoul(vectors_meta(v, "features"), NULL, 10);
	if (network_parse(net, vectors_meta(v, "layers"), &e) < 0)
		fail_msg("%s: %s", v->name, e.msg);
	for (size_t i = 0; i < net->layer_n; i++) {
		struct layer *l = &net->layer[i];

		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols, n;
			char name[64];

			layer_tensor_shape(l, k, &rows, &cols);
			if (rows == 0)
				continue;
			snprintf(name, sizeof(name), "layers.%zu.%s", i, layer_tensor_name(k));
			l->weight[k] = vectors_f32(v, name, &n);
			assert_int_equal(n, rows * cols);
		}
	}
}
