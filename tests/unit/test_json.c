/* json: what is refused that json-c would let pass, and the typed getters. */
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sample {
	const char *text;
	const char *message; /* part of it; NULL: any */
};

static int read_text(const char *text, struct json_object **out, struct err *e)
{
	/* Not terminated, so that ASan sees a read past the end. */
	const size_t len = strlen(text);
	char *copy = malloc(len + (len == 0));
	int r;

	assert_non_null(copy);
	memcpy(copy, text, len);
	r = json_read(out, copy, len, e);
	free(copy);
	return r;
}

static void refused(const struct sample *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *v = NULL;
		struct err e = { 0 };

		if (read_text(s[i].text, &v, &e) >= 0)
			fail_msg("accepted: %s", s[i].text);
		assert_null(v);
		assert_true(e.code < 0);
		if (s[i].message != NULL && strstr(e.msg, s[i].message) == NULL)
			fail_msg("%s: the message \"%s\" lacks \"%s\"", s[i].text, e.msg, s[i].message);
	}
}

static void accepted(const char *const *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *v = NULL;
		struct err e = { 0 };

		if (read_text(text[i], &v, &e) < 0)
			fail_msg("refused: %s: %s", text[i], e.msg);
		json_object_put(v);
	}
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void valid_text_is_read(void **state)
{
	static const char *const text[] = {
		"{}",
		"[]",
		" \t\r\n[1] \n",
		"null",
		"true",
		"0",
		"-0",
		"12",
		"1.5",
		"-1.5e-3",
		"1E+5",
		"\"\"",
		"\"a:b\"",
		"\"\\\"\"",
		"\"\\\\\"",
		"\"\\u00e9\\ud83d\\ude00\"",
		"{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]}}",
		"{\"a:\":\":\",\"b\":\"{\\\":\"}",
		"18446744073709551615",
		"-9223372036854775808",
		"1e-400",
		"\"it's NaN\"",
		"\"\\\\u0000\"",
	};

	(void)state;
	accepted(text, COUNT(text));
}

static void a_second_member_of_the_same_name_is_refused(void **state)
{
	static const struct sample s[] = {
		{ "{\"a\":1,\"a\":1}", "twice" },
		{ "{\"a\":{\"b\":1,\"c\":2},\"a\":3}", "twice" },
		{ "[[{\"x\":1,\"y\":2,\"x\":3}]]", "twice" },
		{ "{\"a\":1,\"\\u0061\":2}", "twice" },
		{ "{\"a:\":1,\"a:\":2}", "twice" },
	};

	(void)state;
	refused(s, COUNT(s));
}

static void text_after_the_value_is_refused(void **state)
{
	static const struct sample s[] = {
		{ "{} {}", NULL }, { "[]]", NULL }, { "1 2", NULL }, { "{}x", NULL }, { "null,", NULL }, { "true true", NULL },
	};

	(void)state;
	refused(s, COUNT(s));
}

static void numbers_outside_the_grammar_are_refused(void **state)
{
	static const struct sample s[] = {
		{ "01", "number" },
		{ "-01", "number" },
		{ "1.", "number" },
		{ "[1.]", "number" },
		{ ".5", NULL },
		{ "+1", NULL },
		{ "-", "number" },
		{ "-.5", "number" },
		{ "1e", "number" },
		{ "1e+", "number" },
		{ "1.5.5", "number" },
		{ "--1", "number" },
		{ "0x10", NULL },
		{ "1-2", "number" },
		{ "NaN", "NaN" },
		{ "[Infinity]", "NaN" },
		{ "-Infinity", NULL },
		{ "nan", NULL },
		{ "1e999", "too large" },
		{ "[-1e400]", "too large" },
		{ "18446744073709551616", "64 bits" },
		{ "-9223372036854775809", "64 bits" },
		{ "{\"a\":[1,1e999]}", "\"a\"" },
	};

	(void)state;
	refused(s, COUNT(s));
}

static void what_is_not_json_is_refused(void **state)
{
	static const struct sample s[] = {
		{ "", NULL },
		{ "  ", NULL },
		{ "{", NULL },
		{ "[1,]", NULL },
		{ "{\"a\":1,}", NULL },
		{ "{a:1}", NULL },
		{ "{'a':1}", "character" },
		{ "'a'", NULL },
		{ "/*x*/1", NULL },
		{ "1//x", NULL },
		{ "True", NULL },
		{ "nul", NULL },
		{ "\"abc", "does not end" },
		{ "\"a\\", "does not end" },
		{ "\"\\x\"", NULL },
		{ "\"\\u12\"", NULL },
		{ "\"a\nb\"", "control" },
		{ "\"\xff\"", NULL },
		{ "\"\\u0000\"", "NUL" },
		{ "{\"a\\u0000b\":1}", "NUL" },
		{ "{\"a\" 1}", NULL },
		{ "{\"a\":}", NULL },
		{ "[1 2]", NULL },
		{ "\xef\xbb\xbf{}", NULL },
	};
	struct json_object *v = NULL;

	(void)state;
	refused(s, COUNT(s));
	assert_int_equal(json_read(&v, "[]\0", 3, NULL), ERR_FORMAT);
	assert_int_equal(json_read(&v, "1\0", 2, NULL), ERR_FORMAT);
	assert_null(v);
}

/* n containers in each other. */
static int read_nested(int n, char open, char close, struct err *e)
{
	struct json_object *v = NULL;
	char text[512];
	size_t len = 0;
	int r;

	for (int i = 0; i < n; i++) {
		text[len++] = open;
		if (open == '{' && i < n - 1)
			len += (size_t)sprintf(text + len, "\"a\":");
	}
	for (int i = 0; i < n; i++)
		text[len++] = close;
	r = json_read(&v, text, len, e);
	json_object_put(v);
	return r;
}

static void depth_32_is_read_and_33_refused(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_nested(32, '[', ']', &e), OK);
	assert_int_equal(read_nested(32, '{', '}', &e), OK);
	assert_int_equal(read_nested(33, '[', ']', &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "deeper than 32"));
	assert_int_equal(read_nested(33, '{', '}', &e), ERR_FORMAT);
}

static void a_flood_of_objects_is_refused_before_it_takes_memory(void **state)
{
	enum { N = 70000 };
	char *text = malloc(3 * N + 2);
	struct json_object *v = NULL;
	struct err e = { 0 };
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	text[len++] = '[';
	for (int i = 0; i < N; i++, len += 3)
		memcpy(text + len, "{},", 3);
	text[len - 1] = ']';
	assert_int_equal(json_read(&v, text, len, &e), ERR_RANGE);
	free(text);
}

static void a_fault_has_its_line_and_column(void **state)
{
	static const struct {
		const char *text;
		unsigned long long line, column;
	} table[] = {
		{ "{\n \"a\": 1,\n \"b\": NaN }", 3, 7 },
		{ "{\"a\":\n\n01}", 3, 3 },
		{ "{\"a\" 1}", 1, 6 },
		{ "", 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct json_object *v = NULL;
		struct err e = { 0 };

		assert_true(read_text(table[i].text, &v, &e) < 0);
		if (e.line != table[i].line || e.column != table[i].column)
			fail_msg("%s: %s at %llu:%llu", table[i].text, e.msg, e.line, e.column);
	}
}

static void getters_name_the_key_and_what_it_should_be(void **state)
{
	static const char text[] = "{\"s\":\"x\",\"n\":7,\"neg\":-1,\"big\":18446744073709551615,\"d\":2.5,\"t\":true,"
				   "\"z\":null,\"a\":[1,2.5],\"bad\":[1,null]}";
	struct json_object *v = NULL, *a;
	struct err e = { 0 };
	const char *s = "kept";
	size_t n = 99;
	double d = 99, two[2] = { 98, 99 };
	int b = 99;

	(void)state;
	assert_int_equal(read_text(text, &v, &e), OK);
	assert_int_equal(json_get_string(v, "n", &s, &e), ERR_FORMAT);
	assert_string_equal(e.msg, "\"n\" is not a string");
	assert_string_equal(e.field, "n");
	assert_int_equal(json_get_string(v, "none", &s, &e), ERR_FORMAT);
	assert_string_equal(e.msg, "\"none\" is missing; it should be a string");
	assert_string_equal(e.field, "none");
	assert_int_equal(json_get_string(v, "z", &s, &e), ERR_FORMAT);
	assert_string_equal(s, "kept");
	assert_int_equal(json_get_size(v, "d", 10, &n, &e), ERR_FORMAT);
	assert_int_equal(json_get_size(v, "neg", 10, &n, &e), ERR_RANGE);
	assert_int_equal(json_get_size(v, "big", SIZE_MAX - 1, &n, &e), ERR_RANGE);
	assert_int_equal(json_get_size(v, "n", 6, &n, &e), ERR_RANGE);
	assert_non_null(strstr(e.msg, "0..6"));
	assert_int_equal(n, 99);
	assert_int_equal(json_get_double(v, "s", &d, &e), ERR_FORMAT);
	assert_int_equal(json_get_bool(v, "n", &b, &e), ERR_FORMAT);
	assert_int_equal(json_get_array(v, "s", &a, &e), ERR_FORMAT);
	assert_int_equal(json_get_doubles(v, "a", two, 1, &e), ERR_FORMAT);
	assert_int_equal(json_get_doubles(v, "bad", two, 2, &e), ERR_FORMAT);
	assert_string_equal(e.msg, "\"bad\"[1] is not a finite number");
	assert_true(d == 99 && b == 99 && two[0] == 98 && two[1] == 99);

	assert_int_equal(json_get_string(v, "s", &s, &e), OK);
	assert_string_equal(s, "x");
	assert_int_equal(json_get_size(v, "n", 7, &n, &e), OK);
	assert_int_equal(n, 7);
	assert_int_equal(json_get_size(v, "big", SIZE_MAX, &n, &e), OK);
	assert_true(n == SIZE_MAX);
	assert_int_equal(json_get_double(v, "n", &d, &e), OK);
	assert_true(d == 7);
	assert_int_equal(json_get_bool(v, "t", &b, &e), OK);
	assert_int_equal(b, 1);
	assert_int_equal(json_get_doubles(v, "a", two, 2, &e), OK);
	assert_true(two[0] == 1 && two[1] == 2.5);
	assert_int_equal(json_get_array(v, "a", &a, &e), OK);
	assert_int_equal(json_get_size(a, "n", 7, &n, &e), ERR_FORMAT);
	assert_int_equal(json_get_size(NULL, "n", 7, &n, &e), ERR_FORMAT);
	json_object_put(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_text_is_read),
		cmocka_unit_test(a_second_member_of_the_same_name_is_refused),
		cmocka_unit_test(text_after_the_value_is_refused),
		cmocka_unit_test(numbers_outside_the_grammar_are_refused),
		cmocka_unit_test(what_is_not_json_is_refused),
		cmocka_unit_test(depth_32_is_read_and_33_refused),
		cmocka_unit_test(a_flood_of_objects_is_refused_before_it_takes_memory),
		cmocka_unit_test(a_fault_has_its_line_and_column),
		cmocka_unit_test(getters_name_the_key_and_what_it_should_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
