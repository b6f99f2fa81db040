/* safetensors: sound files, every kind of damage, writing. */
#include "nn/safetensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A file of this header, padded so that the data is `shift` bytes off a multiple of 8, and data_len bytes of data. */
static unsigned char *build(const char *header, size_t data_len, size_t shift, size_t *len)
{
	const size_t text_len = strlen(header);
	const uint64_t n = (text_len + 7) / 8 * 8 + shift;
	unsigned char *file;

	*len = 8 + n + data_len;
	assert_non_null(file = malloc(*len));
	memcpy(file, &n, 8);
	memset(file + 8, ' ', n);
	memcpy(file + 8, header, text_len);
	for (size_t i = 0; i < data_len; i++)
		file[8 + n + i] = (unsigned char)i;
	return file;
}

static void tensors_point_into_the_bytes(void **state)
{
	static const char header[] = "{\"__metadata__\":{\"who\":\"me\",\"empty\":\"\"},"
				     "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]},"
				     "\"d\":{\"shape\":[],\"data_offsets\":[0,8],\"dtype\":\"F64\"},"
				     "\"f\":{\"dtype\":\"F32\",\"shape\":[2,1,1,3],\"data_offsets\":[16,40]},"
				     "\"none\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[16,16]}}";
	struct safetensors *st = NULL;
	const struct tensor *t;
	struct err e = { 0 };
	unsigned char *file;
	size_t len;

	(void)state;
	file = build(header, 40, 0, &len);
	if (safetensors_parse(&st, file, len, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(safetensors_n(st), 4);
	assert_string_equal(safetensors_get(st, 0)->name, "d");
	assert_string_equal(safetensors_get(st, 1)->name, "i");
	assert_string_equal(safetensors_get(st, 3)->name, "f");
	assert_non_null(t = safetensors_find(st, "f"));
	assert_int_equal(t->dtype, TENSOR_F32);
	assert_int_equal(t->rank, 4);
	assert_int_equal(t->shape[0], 2);
	assert_int_equal(t->shape[3], 3);
	assert_int_equal(t->count, 6);
	assert_ptr_equal(t->data, file + len - 24);
	assert_non_null(t = safetensors_find(st, "d"));
	assert_int_equal(t->rank, 0);
	assert_int_equal(t->count, 1);
	assert_int_equal(safetensors_find(st, "none")->count, 0);
	assert_null(safetensors_find(st, "__metadata__"));
	assert_null(safetensors_find(st, "g"));
	assert_string_equal(safetensors_meta(st, "who"), "me");
	assert_string_equal(safetensors_meta(st, "empty"), "");
	assert_null(safetensors_meta(st, "none"));
	safetensors_del(st);
	free(file);
}

static void a_file_without_tensors_or_metadata_is_sound(void **state)
{
	struct safetensors *st = NULL;
	unsigned char *file;
	struct err e;
	size_t len;

	(void)state;
	file = build("{}", 0, 0, &len);
	assert_int_equal(safetensors_parse(&st, file, len, &e), OK);
	assert_int_equal(safetensors_n(st), 0);
	assert_null(safetensors_meta(st, "x"));
	safetensors_del(st);
	free(file);
	safetensors_del(NULL);
}

static void every_kind_of_damage_has_its_message(void **state)
{
	static const struct {
		const char *header;
		size_t data_len;
		int code;
		const char *message;
	} s[] = {
		{ "", 0, ERR_FORMAT, "does not start with '{'" },
		{ "[]", 0, ERR_FORMAT, "does not start with '{'" },
		{ " {}", 0, ERR_FORMAT, "does not start with '{'" },
		{ "{\"a\":", 0, ERR_FORMAT, "JSON" },
		{ "{} x", 0, ERR_FORMAT, "JSON" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
		  "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
		  4, ERR_FORMAT, "twice" },
		{ "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "twice" },
		{ "{\"a\":7}", 0, ERR_FORMAT, "tensor \"a\"" },
		{ "{\"a\":null}", 0, ERR_FORMAT, "tensor \"a\"" },
		{ "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "tensor \"a\": \"dtype\" is missing" },
		{ "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "\"shape\" is missing" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, ERR_FORMAT, "\"data_offsets\" is missing" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, ERR_FORMAT, "besides" },
		{ "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, ERR_UNSUPPORTED, "F16" },
		{ "{\"a\":{\"dtype\":\"BOOL\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, ERR_UNSUPPORTED, "BOOL" },
		{ "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "\"F33\" does not exist" },
		{ "{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "not a string" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}", 4, ERR_UNSUPPORTED, "5 dimensions" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "\"shape\" is not an array" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "\"shape\"[0]" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1.0],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "\"shape\"[1]" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[null],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "\"shape\"[0]" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT,
		  "\"shape\"[0]" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0, ERR_FORMAT,
		  "overflows" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", 0, ERR_FORMAT,
		  "do not fit its shape" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, ERR_FORMAT, "should have 2" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, ERR_FORMAT, "should have 2" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,\"4\"]}}", 4, ERR_FORMAT, "\"data_offsets\"[1]" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, ERR_FORMAT, "not inside" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3, ERR_FORMAT, "may be cut off" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775804,9223372036854775807]}"
		  "}",
		  4, ERR_FORMAT, "not inside" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "do not fit its shape" },
		{ "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, ERR_FORMAT, "do not fit its shape" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, ERR_FORMAT, "last 4 bytes" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, ERR_FORMAT, "bytes 0..4" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
		  "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
		  12, ERR_FORMAT, "bytes 4..8 of the data, before tensor \"b\"" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
		  "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
		  12, ERR_FORMAT, "\"a\" and \"b\" overlap" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
		  "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
		  4, ERR_FORMAT, "overlap" },
		{ "{}", 1, ERR_FORMAT, "last 1 bytes" },
		{ "{\"__metadata__\":\"x\"}", 0, ERR_FORMAT, "not an object" },
		{ "{\"__metadata__\":null}", 0, ERR_FORMAT, "not an object" },
		{ "{\"__metadata__\":{\"k\":1}}", 0, ERR_FORMAT, "the value of \"k\" is not a string" },
		{ "{\"__metadata__\":{\"k\":null}}", 0, ERR_FORMAT, "\"k\"" },
		{ "{\"\\u001b[31m\":7}", 0, ERR_FORMAT, "tensor \"?[31m\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(s); i++) {
		struct safetensors *st = NULL;
		struct err e = { 0 };
		size_t len;
		unsigned char *file = build(s[i].header, s[i].data_len, 0, &len);

		if (safetensors_parse(&st, file, len, &e) != s[i].code)
			fail_msg("%s: code %d, \"%s\"", s[i].header, e.code, e.msg);
		assert_null(st);
		if (strstr(e.msg, s[i].message) == NULL)
			fail_msg("%s: the message \"%s\" lacks \"%s\"", s[i].header, e.msg, s[i].message);
		free(file);
	}
}

static void a_header_length_that_lies_is_refused(void **state)
{
	static const struct {
		uint64_t n;
		const char *message;
	} s[] = {
		{ 9, "longer than the rest" },
		{ 1 << 20, "longer than the rest" },
		{ (1 << 20) + 1, "longer than 1048576" },
		{ UINT64_MAX, "longer than 1048576" },
		{ UINT64_MAX - 7, "longer than 1048576" },
		{ 0, "does not start with '{'" },
		{ 1, "JSON" },
		{ 3, "last 5 bytes" },
	};
	struct safetensors *st = NULL;
	struct err e = { 0 };
	unsigned char *file;
	size_t len;

	(void)state;
	file = build("{}", 0, 0, &len);
	for (size_t i = 0; i < COUNT(s); i++) {
		memcpy(file, &s[i].n, 8);
		assert_int_equal(safetensors_parse(&st, file, len, &e), ERR_FORMAT);
		if (strstr(e.msg, s[i].message) == NULL)
			fail_msg("%llu: \"%s\" lacks \"%s\"", (unsigned long long)s[i].n, e.msg, s[i].message);
	}
	free(file);
	for (len = 0; len < 8; len++) {
		assert_non_null(file = calloc(1, len + (len == 0)));
		assert_int_equal(safetensors_parse(&st, file, len, &e), ERR_FORMAT);
		assert_non_null(strstr(e.msg, "too few"));
		free(file);
	}
}

static void data_that_is_not_aligned_is_refused_by_name(void **state)
{
	static const char f32[] = "{\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
	static const char f64[] = "{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}";
	struct safetensors *st = NULL;
	struct err e = { 0 };
	unsigned char *file;
	size_t len;

	(void)state;
	for (size_t shift = 0; shift < 8; shift++) {
		file = build(f32, 4, shift, &len);
		assert_int_equal(safetensors_parse(&st, file, len, &e), shift % 4 == 0 ? OK : ERR_FORMAT);
		if (shift % 4 != 0)
			assert_string_equal(e.msg, "tensor \"f\" is not aligned to 4 bytes; save the file again with padding");
		safetensors_del(st);
		free(file);
		st = NULL;
		file = build(f64, 8, shift, &len);
		assert_int_equal(safetensors_parse(&st, file, len, &e), shift == 0 ? OK : ERR_FORMAT);
		safetensors_del(st);
		free(file);
		st = NULL;
	}
}

/* A header with n tensors without elements. */
static int parse_many(size_t n, struct err *e)
{
	char *header = malloc(n * 64 + 8);
	struct safetensors *st = NULL;
	unsigned char *file;
	size_t at = 0, len;
	int r;

	assert_non_null(header);
	for (size_t i = 0; i < n; i++)
		at += (size_t)sprintf(header + at, "%c\"%zu\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}",
				      i ? ',' : '{', i);
	strcpy(header + at, "}");
	file = build(header, 0, 0, &len);
	r = safetensors_parse(&st, file, len, e);
	if (r == OK)
		assert_int_equal(safetensors_n(st), n);
	safetensors_del(st);
	free(file);
	free(header);
	return r;
}

static void more_than_4096_tensors_are_refused(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(parse_many(SAFETENSORS_MAX_N, &e), OK);
	assert_int_equal(parse_many(SAFETENSORS_MAX_N + 1, &e), ERR_RANGE);
	assert_string_equal(e.msg, "more than 4096 tensors");
}

/* What safetensors_write() makes, in memory. */
static int written(const struct tensor *t, size_t n, const struct safetensors_meta *meta, size_t meta_n, char **out, size_t *len,
		   struct err *e)
{
	FILE *f = open_memstream(out, len);
	int r;

	assert_non_null(f);
	r = safetensors_write(f, t, n, meta, meta_n, e);
	assert_int_equal(fclose(f), 0);
	return r;
}

static void what_is_written_is_read_back(void **state)
{
	static const float f[] = { 1, -0.0f, 3e-45f };
	static const double d[] = { 1e300 };
	static const int64_t i[] = { INT64_MIN, 7 };
	static const struct tensor t[] = {
		{ "f", TENSOR_F32, 2, { 1, 3 }, 3, f },
		{ "quote\"slash/\xc3\xa9\x01", TENSOR_F64, 0, { 0 }, 1, d },
		{ "i", TENSOR_I64, 1, { 2 }, 2, i },
		{ "none", TENSOR_F32, 1, { 0 }, 0, f },
	};
	static const struct safetensors_meta meta[] = { { "a", "{\"x\":\"\\n\"}" }, { "b", "" } };
	struct safetensors *st = NULL;
	struct err e = { 0 };
	char *a, *b;
	size_t a_len, b_len;
	uint64_t n;

	(void)state;
	if (written(t, COUNT(t), meta, COUNT(meta), &a, &a_len, &e) < 0)
		fail_msg("%s", e.msg);
	memcpy(&n, a, 8);
	assert_int_equal((n + 8) % SAFETENSORS_ALIGN, 0);
	assert_int_equal(a[8], '{');
	assert_int_equal(a_len, 8 + n + 12 + 8 + 16);
	assert_int_equal(safetensors_parse(&st, a, a_len, &e), OK);
	assert_int_equal(safetensors_n(st), COUNT(t));
	for (size_t k = 0; k < COUNT(t); k++) {
		const struct tensor *r = safetensors_find(st, t[k].name);

		assert_non_null(r);
		assert_int_equal(r->dtype, t[k].dtype);
		assert_int_equal(r->rank, t[k].rank);
		assert_memory_equal(r->shape, t[k].shape, t[k].rank * sizeof(size_t));
		assert_memory_equal(r->data, t[k].data, t[k].count * (t[k].dtype == TENSOR_F32 ? 4 : 8));
	}
	assert_string_equal(safetensors_meta(st, "a"), meta[0].text);
	assert_string_equal(safetensors_meta(st, "b"), "");
	assert_int_equal(written(t, COUNT(t), meta, COUNT(meta), &b, &b_len, &e), OK);
	assert_int_equal(a_len, b_len);
	assert_memory_equal(a, b, a_len);
	safetensors_del(st);
	free(a);
	free(b);
}

static void what_could_not_be_read_is_not_written(void **state)
{
	static const float f[2] = { 0 };
	static char large[SAFETENSORS_MAX_HEADER + 1];
	static const struct tensor twice[] = { { "a", TENSOR_F32, 1, { 1 }, 1, f }, { "a", TENSOR_F32, 1, { 1 }, 1, f } };
	static const struct tensor utf8[] = { { "\xff", TENSOR_F32, 1, { 1 }, 1, f } };
	static const struct tensor count[] = { { "a", TENSOR_F32, 1, { 1 }, 2, f } };
	static const struct tensor huge[] = { { "a", TENSOR_F32, 1, { SIZE_MAX }, SIZE_MAX, f } };
	static const struct tensor rank[] = { { "a", TENSOR_F32, 5, { 1, 1, 1, 1 }, 1, f } };
	static const struct tensor meta_name[] = { { "__metadata__", TENSOR_F32, 1, { 1 }, 1, f } };
	static const struct safetensors_meta same[] = { { "k", "1" }, { "k", "2" } };
	static const struct safetensors_meta one[] = { { "k", "1" } };
	const struct safetensors_meta big[] = { { "k", large } };
	const struct {
		const struct tensor *t;
		size_t n;
		const struct safetensors_meta *meta;
		size_t meta_n;
		int code;
	} s[] = {
		{ twice, 2, NULL, 0, ERR_FORMAT }, { utf8, 1, NULL, 0, ERR_FORMAT }, { count, 1, NULL, 0, ERR_FORMAT },
		{ huge, 1, NULL, 0, ERR_RANGE },   { rank, 1, NULL, 0, ERR_RANGE },  { meta_name, 1, one, 1, ERR_FORMAT },
		{ NULL, 0, same, 2, ERR_FORMAT },  { NULL, 0, big, 1, ERR_RANGE },   { meta_name, 1, NULL, 0, ERR_FORMAT },
	};

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	for (size_t i = 0; i < COUNT(s); i++) {
		struct err e = { 0 };
		size_t len = 0;
		char *out = NULL;

		if (written(s[i].t, s[i].n, s[i].meta, s[i].meta_n, &out, &len, &e) != s[i].code)
			fail_msg("case %zu: code %d, \"%s\"", i, e.code, e.msg);
		assert_int_equal(len, 0);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tensors_point_into_the_bytes),
		cmocka_unit_test(a_file_without_tensors_or_metadata_is_sound),
		cmocka_unit_test(every_kind_of_damage_has_its_message),
		cmocka_unit_test(a_header_length_that_lies_is_refused),
		cmocka_unit_test(data_that_is_not_aligned_is_refused_by_name),
		cmocka_unit_test(more_than_4096_tensors_are_refused),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(what_could_not_be_read_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
