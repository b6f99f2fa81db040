/* json_walk and json_cut: one object's members, and where objects end; json-c is the judge. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/cm.h"
#include "table/json_cut.h"

static void print_member(void *arg, const struct json_member *m)
{
	static const char kinds[] = { 's', 'n', 'b', '0' };

	fprintf(arg, "%.*s %c %.*s\n", (int)m->path_n, m->path, kinds[m->kind], (int)m->n, m->text);
}

/* The members as text, or the fault; to free(). */
static char *walked(const char *text, size_t len)
{
	struct json_walker *const w = malloc(sizeof(*w));
	struct json_fault f = { 0 };
	char *out = NULL;
	size_t n;
	FILE *const file = open_memstream(&out, &n);

	if (json_walk(w, text, len, print_member, file, &f) < 0)
		fprintf(file, "! %zu %s\n", f.at, f.reason);
	fclose(file);
	free(w);
	return out;
}

static void members_are_told_flat(void **state)
{
	static const struct {
		const char *text, *told;
	} cases[] = {
		{ "{}", "" },
		{ " {\"a\" : 1 , \"b\":\"x\"} ", "a n 1\nb s x\n" },
		{ "{\"id\":{\"orig_h\":\"10.0.0.1\",\"deep\":{\"x\":-1.5e+3}},\"ok\":true,\"no\":null}",
		  "id.orig_h s 10.0.0.1\nid.deep.x n -1.5e+3\nok b true\nno 0 null\n" },
		{ "{\"list\":[1,[2,{\"a\":3}],\"]}\"],\"z\":0}", "z n 0\n" },
		{ "{\"\\u0061\\t\":\"\\\"\\\\\\/\\u00e9\\ud83d\\ude00\"}", "a\t s \"\\/\xc3\xa9\xf0\x9f\x98\x80\n" },
		{ "{\"a\":01}", "! 7 a number with a leading zero\n" },
		{ "{\"a\":1.}", "! 7 a number that ends in a point\n" },
		{ "{\"a\":1e}", "! 7 a number without its exponent\n" },
		{ "{\"a\":NaN}", "! 5 this is no value\n" },
		{ "{\"a\":nul}", "! 5 this is no value\n" },
		{ "{\"a\":}", "! 5 this is no value\n" },
		{ "{\"a\":1,}", "a n 1\n! 7 a key in quotes is missing\n" },
		{ "{\"a\" 1}", "! 5 a colon is missing\n" },
		{ "{\"a\":1 \"b\":2}", "a n 1\n! 7 a comma or the end of an object is missing\n" },
		{ "{\"a\":[1 2]}", "! 8 a comma or the end of an array is missing\n" },
		{ "{\"a\":\"x}", "! 8 a string without end\n" },
		{ "{\"a\":\"\\x\"}", "! 7 an unknown escape in a string\n" },
		{ "{\"a\":\"\\ud800\"}", "! 12 half of a surrogate pair\n" },
		{ "{\"a\":\"\\u12g4\"}", "! 8 a \\u needs four hexadecimal digits\n" },
		{ "{\"a\":\"\n\"}", "! 7 a control character in a string\n" },
		{ "{\"a\":\"\xc3(\"}", "! 8 a string that is no UTF-8\n" },
		{ "{\"a\":1}}", "a n 1\n! 7 text after the end of the object\n" },
		{ "{\"a\":", "! 5 a value is missing\n" },
		{ "[]", "! 0 this is no object\n" },
		{ "", "! 0 this is no object\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *const got = walked(cases[i].text, strlen(cases[i].text));

		assert_string_equal(got, cases[i].told);
		free(got);
	}
}

static void depth_and_keys_have_limits(void **state)
{
	char text[4096], *got;
	size_t n = 0;

	(void)state;
	n += (size_t)sprintf(text, "{\"a\":");
	memset(text + n, '[', 100);
	got = walked(text, n + 100);
	assert_non_null(strstr(got, "too deep"));
	free(got);
	n = (size_t)sprintf(text, "{\"%0300d\":1,\"%0100d\":{\"%0200d\":{\"x\":2}},\"b\":3}", 1, 2, 3);
	got = walked(text, n);
	assert_string_equal(got, "b n 3\n");
	free(got);
}

/* Nonsense made of pieces of JSON: what json-c in its strict mode takes is taken, and the other way round; but it takes leading zeros. */
static void agrees_with_json_c_on_what_is_an_object(void **state)
{
	static const char *const piece[] = { "{",  "}",      "[",    "]",    ",", ":",    "\"a\"",        "\"b\\n\"",
					     "1",  "-0.5e1", "true", "null", " ", "\"\"", "\"\xc3\xa9\"", "0 ",
					     "12", "false" };
	struct rng r;
	size_t taken = 0;

	(void)state;
	rng_init(&r, 7);
	for (int i = 0; i < 200000; i++) {
		char text[256] = "{\"k\":", *got;
		struct json_tokener *const t = json_tokener_new();
		struct json_object *o;
		int mine, its;

		for (uint64_t k = rng_below(&r, 7); k > 0; k--)
			strcat(text, piece[rng_below(&r, sizeof(piece) / sizeof(*piece))]);
		if (rng_below(&r, 4) > 0)
			strcat(text, "}");
		json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
		o = json_tokener_parse_ex(t, text, (int)strlen(text) + 1);
		its = json_tokener_get_error(t) == json_tokener_success && json_tokener_get_parse_end(t) == strlen(text);
		got = walked(text, strlen(text));
		mine = strchr(got, '!') == NULL;
		if (mine != its)
			fail_msg("%s: json-c says %d, this %s", text, its, got);
		taken += (size_t)mine;
		json_object_put(o);
		json_tokener_free(t);
		free(got);
	}
	assert_true(taken > 5000);
}

static int print_record(void *arg, uint64_t line, enum json_cut_fault fault, const char *text, size_t len)
{
	fprintf(arg, "%llu:%d:%.*s\n", (unsigned long long)line, (int)fault, (int)len, text != NULL ? text : "");
	return 0;
}

/* The records as text, fed in pieces of `piece` bytes. */
static char *cut_up(const char *text, size_t len, size_t piece)
{
	struct json_cut *const c = malloc(sizeof(*c));
	struct err e = { 0 };
	char *out = NULL;
	size_t n;
	FILE *const file = open_memstream(&out, &n);
	int r = OK;

	json_cut_init(c, print_record, file);
	for (size_t i = 0; i < len && r == OK; i += piece)
		r = json_cut_feed(c, text + i, piece < len - i ? piece : len - i, &e);
	if (r == OK)
		r = json_cut_finish(c, &e);
	if (r != OK)
		fprintf(file, "! %s\n", e.msg);
	fclose(file);
	free(c);
	return out;
}

static void records_are_cut_out_of_every_layout(void **state)
{
	static const struct {
		const char *text, *records;
	} cases[] = {
		{ "{\"a\":1}\n{\"b\":\"}\\\"\"}\r\n\n{}", "1:0:{\"a\":1}\n2:0:{\"b\":\"}\\\"\"}\n4:0:{}\n" },
		{ "\xef\xbb\xbf{}\n", "1:0:{}\n" },
		{ "[\n{\"a\":[1]},\n{\"b\":\n2}\n]\n", "2:0:{\"a\":[1]}\n3:0:{\"b\":\n2}\n" },
		{ "{\n \"a\": 1\n}\n{\n \"b\": 2\n}", "1:0:{\n \"a\": 1\n}\n4:0:{\n \"b\": 2\n}\n" },
		{ "\x1e{}\n\x1e{}\n", "1:0:{}\n2:0:{}\n" },
		{ "[{}][{}]", "1:0:{}\n1:0:{}\n" },
		{ "{}\n{\"a\":\"x\n{}\n", "1:0:{}\n2:2:{\"a\":\"x\n3:0:{}\n" },
		{ "{}\nhello\n{}\n", "1:0:{}\n2:3:\n3:0:{}\n" },
		{ "{}\n{\"a\"", "1:0:{}\n2:2:{\"a\"\n" },
		{ "{}\n]\n{}", "1:0:{}\n2:3:\n3:0:{}\n" },
		{ "[1]", "! line 1: the array holds something that is no object; flow records are objects\n" },
		{ "[{},[{}]]", "1:0:{}\n! line 1: the array holds something that is no object; flow records are objects\n" },
		{ "[{}", "1:0:{}\n! the file ends inside of an array: its last bracket is missing\n" },
		{ "{\n", "! the file ends inside of the object that begins in line 1\n" },
		{ " \n", "! the file is empty: no record is in it\n" },
		{ "", "! the file is empty: no record is in it\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t piece = 1; piece < 40; piece = piece * 3 / 2 + 1) {
			char *const got = cut_up(cases[i].text, strlen(cases[i].text), piece);

			assert_string_equal(got, cases[i].records);
			free(got);
		}
}

static void a_record_without_end_is_not_kept(void **state)
{
	const size_t len = 3 * JSON_RECORD_MAX;
	char *const text = malloc(len), *got;

	(void)state;
	memset(text, 'a', len);
	memcpy(text, "{}\n{\"", 5);
	memcpy(text + len - 9, "\":1}\n{}\n ", 9);
	for (size_t piece = 1000; piece < 3 * len; piece *= 7) {
		got = cut_up(text, len, piece);
		assert_string_equal(got, "1:0:{}\n2:1:\n3:0:{}\n");
		free(got);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_told_flat),
		cmocka_unit_test(depth_and_keys_have_limits),
		cmocka_unit_test(agrees_with_json_c_on_what_is_an_object),
		cmocka_unit_test(records_are_cut_out_of_every_layout),
		cmocka_unit_test(a_record_without_end_is_not_kept),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
