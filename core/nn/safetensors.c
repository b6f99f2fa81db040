/* safetensors: reading. The header is checked entry by entry, then the tensors' places as a whole. */
#include "nn/safetensors.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/json.h"
#include "nn/safetensors_header.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors are mapped, not converted");

static const char meta_key[] = "__metadata__";

/* Every dtype of the format; size 0: not read by us. */
static const struct {
	const char *name;
	size_t size;
	enum tensor_dtype dtype;
} dtypes[] = {
	{ "F32", 4, TENSOR_F32 }, { "F64", 8, TENSOR_F64 }, { "I64", 8, TENSOR_I64 }, { "F16", 0, 0 }, { "BF16", 0, 0 },
	{ "F8_E4M3", 0, 0 },      { "F8_E5M2", 0, 0 },      { "U64", 0, 0 },          { "I32", 0, 0 }, { "U32", 0, 0 },
	{ "I16", 0, 0 },          { "U16", 0, 0 },          { "I8", 0, 0 },           { "U8", 0, 0 },  { "BOOL", 0, 0 },
};

struct entry {
	struct tensor t;
	size_t begin, end; /* bytes from the start of the data */
};

struct safetensors {
	struct json_object *header; /* owns names and metadata */
	struct json_object *meta;   /* borrowed from header, or NULL */
	size_t n;
	struct entry *entry;
};

const char *tensor_dtype_name(enum tensor_dtype dtype)
{
	return dtypes[dtype].name;
}

size_t tensor_dtype_size(enum tensor_dtype dtype)
{
	return dtypes[dtype].size;
}

static int read_dtype(struct json_object *obj, enum tensor_dtype *dtype, struct err *e)
{
	const char *name;
	int r;

	if ((r = json_get_string(obj, "dtype", &name, e)) < 0)
		return r;
	for (size_t i = 0; i < sizeof(dtypes) / sizeof(dtypes[0]); i++) {
		if (strcmp(dtypes[i].name, name) != 0)
			continue;
		if (dtypes[i].size == 0)
			return err_set(e, ERR_UNSUPPORTED, "values of the type %s are not supported; F32, F64 and I64 are", name);
		*dtype = dtypes[i].dtype;
		return OK;
	}
	return err_set(e, ERR_FORMAT, "the dtype \"%.40s\" does not exist", name);
}

/* n whole numbers from an array that has at least as many. */
static int read_sizes(struct json_object *array, const char *key, size_t n, size_t *out, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *v = json_object_array_get_idx(array, i);

		/* PTRDIFF_MAX: larger than any data, and far from overflow in what follows. */
		if (!json_object_is_type(v, json_type_int) || json_object_get_int64(v) < 0 ||
		    json_object_get_uint64(v) > PTRDIFF_MAX)
			return err_set(e, ERR_FORMAT, "\"%s\"[%zu] is not a size", key, i);
		out[i] = (size_t)json_object_get_uint64(v);
	}
	return OK;
}

static int read_shape(struct json_object *obj, struct tensor *t, struct err *e)
{
	struct json_object *a;
	int r;

	if ((r = json_get_array(obj, "shape", &a, e)) < 0)
		return r;
	if ((t->rank = json_object_array_length(a)) > SAFETENSORS_MAX_RANK)
		return err_set(e, ERR_UNSUPPORTED, "%zu dimensions are more than %d", t->rank, SAFETENSORS_MAX_RANK);
	if ((r = read_sizes(a, "shape", t->rank, t->shape, e)) < 0)
		return r;
	t->count = 1;
	for (size_t i = 0; i < t->rank; i++)
		if (__builtin_mul_overflow(t->count, t->shape[i], &t->count))
			return err_set(e, ERR_FORMAT, "the product of the shape overflows");
	return OK;
}

static int read_offsets(struct json_object *obj, size_t data_len, struct entry *x, struct err *e)
{
	const size_t size = dtypes[x->t.dtype].size;
	size_t offset[2], bytes;
	struct json_object *a;
	int r;

	if ((r = json_get_array(obj, "data_offsets", &a, e)) < 0)
		return r;
	if (json_object_array_length(a) != 2)
		return err_set(e, ERR_FORMAT, "\"data_offsets\" has %zu numbers and should have 2", json_object_array_length(a));
	if ((r = read_sizes(a, "data_offsets", 2, offset, e)) < 0)
		return r;
	if (offset[0] > offset[1] || offset[1] > data_len)
		return err_set(e, ERR_FORMAT, "its bytes %zu..%zu are not inside the %zu bytes of data; the file may be cut off",
			       offset[0], offset[1], data_len);
	if (__builtin_mul_overflow(x->t.count, size, &bytes) || bytes != offset[1] - offset[0])
		return err_set(e, ERR_FORMAT, "%zu bytes of data do not fit its shape of %zu elements of %zu bytes",
			       offset[1] - offset[0], x->t.count, size);
	x->begin = offset[0];
	x->end = offset[1];
	return OK;
}

static int read_entry(struct json_object *obj, size_t data_len, struct entry *x, struct err *e)
{
	int r;

	if ((r = read_dtype(obj, &x->t.dtype, e)) < 0 || (r = read_shape(obj, &x->t, e)) < 0 ||
	    (r = read_offsets(obj, data_len, x, e)) < 0)
		return r;
	if (json_object_object_length(obj) != 3)
		return err_set(e, ERR_FORMAT, "it has members besides dtype, shape and data_offsets");
	return OK;
}

static int read_meta(struct json_object *meta, struct err *e)
{
	if (!json_object_is_type(meta, json_type_object))
		return err_set(e, ERR_FORMAT, "%s is not an object", meta_key);
	json_object_object_foreach(meta, key, value)
	{
		if (!json_object_is_type(value, json_type_string))
			return err_set(e, ERR_FORMAT, "%s: the value of \"%.80s\" is not a string", meta_key, key);
	}
	return OK;
}

static int by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	/* Tensors without elements may share a place; their names make the order the same every time. */
	return x->end != y->end ? (x->end < y->end ? -1 : 1) : strcmp(x->t.name, y->t.name);
}

/* Sorted by place, each tensor must start where the one before ends. */
static int check_cover(struct safetensors *st, size_t data_len, struct err *e)
{
	size_t at = 0;

	if (st->n > 0)
		qsort(st->entry, st->n, sizeof(*st->entry), by_place);
	for (size_t i = 0; i < st->n; at = st->entry[i++].end) {
		const struct entry *x = &st->entry[i];

		if (x->begin < at)
			return err_set(e, ERR_FORMAT, "tensors \"%.80s\" and \"%.80s\" overlap", x[-1].t.name, x->t.name);
		if (x->begin > at)
			return err_set(e, ERR_FORMAT, "bytes %zu..%zu of the data, before tensor \"%.80s\", belong to no tensor",
				       at, x->begin, x->t.name);
	}
	if (at != data_len)
		return err_set(e, ERR_FORMAT, "the last %zu bytes of the data belong to no tensor", data_len - at);
	return OK;
}

int safetensors_header(struct safetensors **out, const char *text, size_t len, size_t data_len, struct err *e)
{
	struct safetensors *st = calloc(1, sizeof(*st));
	int r = ERR_FORMAT;

	if (st == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (len == 0 || text[0] != '{') {
		err_set(e, r, "the header does not start with '{'");
		goto fail;
	}
	if ((r = json_read(&st->header, text, len, e)) < 0) {
		err_prefix(e, "the header");
		goto fail;
	}
	/* One more than needed when there is metadata. */
	st->entry = calloc((size_t)json_object_object_length(st->header) + 1, sizeof(*st->entry));
	if (st->entry == NULL) {
		r = err_set(e, ERR_NOMEM, "out of memory");
		goto fail;
	}
	json_object_object_foreach(st->header, name, obj)
	{
		if (strcmp(name, meta_key) == 0) {
			st->meta = obj;
			r = read_meta(obj, e);
		} else if (st->n == SAFETENSORS_MAX_N) {
			r = err_set(e, ERR_RANGE, "more than %d tensors", SAFETENSORS_MAX_N);
		} else {
			st->entry[st->n].t.name = name;
			if ((r = read_entry(obj, data_len, &st->entry[st->n++], e)) < 0)
				err_prefix(e, "tensor \"%.80s\"", name);
		}
		if (r < 0)
			goto fail;
	}
	if ((r = check_cover(st, data_len, e)) < 0)
		goto fail;
	*out = st;
	return OK;
fail:
	safetensors_del(st);
	return r;
}

int safetensors_parse(struct safetensors **out, const void *data, size_t len, struct err *e)
{
	const unsigned char *bytes = data;
	struct safetensors *st = NULL;
	uint64_t header_len;
	int r;

	if (len < sizeof(header_len))
		return err_set(e, ERR_FORMAT, "not a safetensors file: %zu bytes are too few", len);
	memcpy(&header_len, bytes, sizeof(header_len));
	if (header_len > SAFETENSORS_MAX_HEADER)
		return err_set(e, ERR_FORMAT, "not a safetensors file: a header of %llu bytes is longer than %d",
			       (unsigned long long)header_len, SAFETENSORS_MAX_HEADER);
	bytes += sizeof(header_len);
	len -= sizeof(header_len);
	if (header_len > len)
		return err_set(e, ERR_FORMAT, "the header of %llu bytes is longer than the rest of the file (%zu bytes)",
			       (unsigned long long)header_len, len);
	if ((r = safetensors_header(&st, (const char *)bytes, (size_t)header_len, len - (size_t)header_len, e)) < 0)
		return r;
	bytes += header_len;
	for (size_t i = 0; i < st->n; i++) {
		struct tensor *t = &st->entry[i].t;

		t->data = bytes + st->entry[i].begin;
		if ((uintptr_t)t->data % dtypes[t->dtype].size != 0) {
			r = err_set(e, ERR_FORMAT, "tensor \"%.80s\" is not aligned to %zu bytes; save the file again with padding",
				    t->name, dtypes[t->dtype].size);
			safetensors_del(st);
			return r;
		}
	}
	*out = st;
	return OK;
}

void safetensors_del(struct safetensors *st)
{
	if (st == NULL)
		return;
	json_object_put(st->header);
	free(st->entry);
	free(st);
}

size_t safetensors_n(const struct safetensors *st)
{
	return st->n;
}

const struct tensor *safetensors_get(const struct safetensors *st, size_t i)
{
	return &st->entry[i].t;
}

const struct tensor *safetensors_find(const struct safetensors *st, const char *name)
{
	for (size_t i = 0; i < st->n; i++)
		if (strcmp(st->entry[i].t.name, name) == 0)
			return &st->entry[i].t;
	return NULL;
}

const char *safetensors_meta(const struct safetensors *st, const char *key)
{
	struct json_object *v;

	if (st->meta == NULL || !json_object_object_get_ex(st->meta, key, &v))
		return NULL;
	return json_object_get_string(v);
}
