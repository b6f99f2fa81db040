/* safetensors_write: the header by json-c, checked by the reader, then the tensors. */
#include "nn/safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "nn/safetensors_header.h"

/* Add v, whose ownership is taken, unless it is NULL or the name is there already. */
static int add(struct json_object *obj, const char *name, struct json_object *v, struct err *e)
{
	int r = OK;

	if (v == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (json_object_object_get_ex(obj, name, NULL))
		r = err_set(e, ERR_FORMAT, "\"%.80s\" occurs twice", name);
	else if (json_object_object_add(obj, name, v) < 0)
		r = err_set(e, ERR_NOMEM, "out of memory");
	if (r < 0)
		json_object_put(v);
	return r;
}

static struct json_object *size_array(const size_t *v, size_t n)
{
	struct json_object *a = json_object_new_array_ext(n > 0 ? (int)n : 1);

	for (size_t i = 0; a != NULL && i < n; i++) {
		struct json_object *x = json_object_new_uint64(v[i]);

		if (x == NULL || json_object_array_add(a, x) < 0) {
			json_object_put(x);
			json_object_put(a);
			a = NULL;
		}
	}
	return a;
}

static int add_meta(struct json_object *header, const struct safetensors_meta *meta, size_t n, struct err *e)
{
	struct json_object *obj;
	int r;

	if (n == 0)
		return OK;
	obj = json_object_new_object();
	if ((r = add(header, "__metadata__", obj, e)) < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if ((r = add(obj, meta[i].key, json_object_new_string(meta[i].text), e)) < 0)
			return err_prefix(e, "metadata");
	return OK;
}

/* One tensor at *offset, which is moved past it. */
static int add_tensor(struct json_object *header, const struct tensor *t, size_t *offset, struct err *e)
{
	struct json_object *obj = json_object_new_object();
	size_t place[2] = { *offset, 0 }, bytes;
	int r;

	if (t->rank > SAFETENSORS_MAX_RANK || __builtin_mul_overflow(t->count, tensor_dtype_size(t->dtype), &bytes) ||
	    __builtin_add_overflow(*offset, bytes, &place[1])) {
		json_object_put(obj);
		return err_set(e, ERR_RANGE, "tensor \"%.80s\" is too large", t->name);
	}
	if ((r = add(header, t->name, obj, e)) < 0 ||
	    (r = add(obj, "dtype", json_object_new_string(tensor_dtype_name(t->dtype)), e)) < 0 ||
	    (r = add(obj, "shape", size_array(t->shape, t->rank), e)) < 0 ||
	    (r = add(obj, "data_offsets", size_array(place, 2), e)) < 0)
		return err_prefix(e, "tensor");
	*offset = place[1];
	return OK;
}

/* The tensors with elements of `size` bytes: put into the header, or their data written to f when that is given. */
static int each(struct json_object *header, FILE *f, const struct tensor *t, size_t n, size_t size, size_t *offset, struct err *e)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < n; i++) {
		if (tensor_dtype_size(t[i].dtype) != size)
			continue;
		if (f == NULL)
			r = add_tensor(header, &t[i], offset, e);
		else if (fwrite(t[i].data, size, t[i].count, f) != t[i].count)
			r = err_errno(e, ERR_IO, "writing a tensor failed");
	}
	return r;
}

static int write_header(FILE *f, const char *text, size_t len, struct err *e)
{
	const uint64_t padded = (len + 8 + SAFETENSORS_ALIGN - 1) / SAFETENSORS_ALIGN * SAFETENSORS_ALIGN - 8;

	if (padded > SAFETENSORS_MAX_HEADER)
		return err_set(e, ERR_RANGE, "the names and the metadata need more than %d bytes", SAFETENSORS_MAX_HEADER);
	/* "%*s" with an empty string: that many spaces. */
	if (fwrite(&padded, sizeof(padded), 1, f) != 1 || fwrite(text, 1, len, f) != len ||
	    fprintf(f, "%*s", (int)(padded - len), "") < 0)
		return err_errno(e, ERR_IO, "writing the header failed");
	return OK;
}

int safetensors_write(FILE *f, const struct tensor *tensor, size_t n, const struct safetensors_meta *meta, size_t meta_n,
		      struct err *e)
{
	struct json_object *header = json_object_new_object();
	struct safetensors *check = NULL;
	size_t data_len = 0, len = 0;
	const char *text = NULL;
	int r = ERR_NOMEM;

	if (header == NULL)
		return err_set(e, r, "out of memory");
	if ((r = add_meta(header, meta, meta_n, e)) < 0 || (r = each(header, NULL, tensor, n, 8, &data_len, e)) < 0 ||
	    (r = each(header, NULL, tensor, n, 4, &data_len, e)) < 0)
		goto out;
	text = json_object_to_json_string_length(header, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	if (text == NULL) {
		r = err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	/* What is written can be read back. */
	if ((r = safetensors_header(&check, text, len, data_len, e)) < 0 || (r = write_header(f, text, len, e)) < 0 ||
	    (r = each(NULL, f, tensor, n, 8, NULL, e)) < 0)
		goto out;
	r = each(NULL, f, tensor, n, 4, NULL, e);
out:
	safetensors_del(check);
	json_object_put(header);
	return r;
}
