/* request: from CGI parameters, which are all hostile. */
#include "http/request.h"

#include <stdio.h>
#include <string.h>

#include "lib/cm.h"

/* The parameters of the tests: a list that ends with a NULL name. */
struct pair {
	const char *name, *value;
};

static const char *get(void *arg, const char *name)
{
	for (const struct pair *p = arg; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p->value;
	return NULL;
}

/* A plain request, with one more parameter in front. */
static int with(struct request *q, const char *name, const char *value, struct err *e)
{
	struct pair list[] = { { name, value },
			       { "REQUEST_METHOD", "GET" },
			       { "DOCUMENT_URI", "/history" },
			       { "QUERY_STRING", "limit=5" },
			       { "HTTP_HOST", "localhost" },
			       { NULL, NULL } };

	return request_init(q, get, list, e);
}

static void everything_is_taken_over(void **state)
{
	struct pair list[] = { { "REQUEST_METHOD", "POST" },
			       { "DOCUMENT_URI", "/upload x" },
			       { "SCRIPT_NAME", "/other" },
			       { "QUERY_STRING", "a=%20" },
			       { "HTTP_HOST", "box:8080" },
			       { "HTTP_ORIGIN", "http://box:8080" },
			       { "HTTP_SEC_FETCH_SITE", "same-origin" },
			       { "CONTENT_TYPE", "text/csv" },
			       { "HTTP_ACCEPT", "text/html,\tapplication/json" },
			       { "CONTENT_LENGTH", "9223372036854775800" },
			       { NULL, NULL } };
	struct request q, again;
	struct err e;

	(void)state;
	assert_int_equal(request_init(&q, get, list, &e), 0);
	assert_int_equal(q.method, METHOD_POST);
	assert_string_equal(q.path, "/upload x");
	assert_string_equal(q.query, "a=%20");
	assert_string_equal(q.host, "box:8080");
	assert_string_equal(q.origin, "http://box:8080");
	assert_string_equal(q.fetch_site, "same-origin");
	assert_string_equal(q.content_type, "text/csv");
	assert_string_equal(q.accept, "text/html,\tapplication/json");
	assert_true(q.content_length == 9223372036854775800);
	assert_int_equal(strspn(q.id, "0123456789abcdef"), 16);
	assert_int_equal(request_init(&again, get, list, &e), 0);
	assert_string_not_equal(q.id, again.id);
	list[1].value = "";
	assert_int_equal(request_init(&q, get, list, &e), 0);
	assert_string_equal(q.path, "/other");
}

static void what_is_absent_is_empty_and_an_empty_length_is_unknown(void **state)
{
	struct request q;
	struct err e;

	(void)state;
	assert_int_equal(with(&q, "CONTENT_LENGTH", "", &e), 0);
	assert_true(q.content_length == -1);
	assert_string_equal(q.origin, "");
	assert_string_equal(q.content_type, "");
	assert_true(q.read == NULL && q.body_bytes == 0 && q.number == 0);
}

static void methods_are_exact_words(void **state)
{
	static const struct {
		const char *name;
		enum method method;
	} words[] = {
		{ "GET", METHOD_GET },       { "HEAD", METHOD_HEAD },     { "PUT", METHOD_PUT },   { "PATCH", METHOD_PATCH },
		{ "DELETE", METHOD_DELETE }, { "OPTIONS", METHOD_OTHER }, { "get", METHOD_OTHER }, { "GETX", METHOD_OTHER },
	};
	struct request q;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		assert_int_equal(with(&q, "REQUEST_METHOD", words[i].name, &e), 0);
		assert_int_equal(q.method, words[i].method);
	}
}

static void what_is_missing_or_malformed_is_400(void **state)
{
	static const struct pair bad[] = {
		{ "REQUEST_METHOD", "" },
		{ "REQUEST_METHOD", NULL },
		{ "DOCUMENT_URI", "history" },
		{ "DOCUMENT_URI", "/a\nb" },
		{ "DOCUMENT_URI", "/a\tb" },
		{ "DOCUMENT_URI", "/\x7f" },
		{ "DOCUMENT_URI", "/\xff" },
		{ "DOCUMENT_URI", "/\xc0\xaf" },
		{ "QUERY_STRING", "a=\r\nb" },
		{ "HTTP_HOST", "a\rb" },
		{ "HTTP_ORIGIN", "\x01" },
		{ "HTTP_ACCEPT", "\x1b[2J" },
		{ "CONTENT_TYPE", "text/csv\n" },
		{ "CONTENT_LENGTH", "-1" },
		{ "CONTENT_LENGTH", "+1" },
		{ "CONTENT_LENGTH", " 1" },
		{ "CONTENT_LENGTH", "1 " },
		{ "CONTENT_LENGTH", "0x10" },
		{ "CONTENT_LENGTH", "9223372036854775808" },
		{ "CONTENT_LENGTH", "99999999999999999999" },
	};
	struct request q;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = { 0 };

		assert_int_equal(with(&q, bad[i].name, bad[i].value, &e), 400);
		assert_int_equal(e.code, ERR_FORMAT);
		assert_true(strlen(e.msg) > 0);
	}
}

static void a_request_without_any_path_is_400(void **state)
{
	struct pair list[] = { { "REQUEST_METHOD", "GET" }, { NULL, NULL } };
	struct request q;
	struct err e;

	(void)state;
	assert_int_equal(request_init(&q, get, list, &e), 400);
}

static void what_is_too_long_is_414_or_431(void **state)
{
	static const struct {
		const char *name;
		size_t room;
		int status;
	} limits[] = {
		{ "DOCUMENT_URI", PATH_MAX_BYTES, 414 },          { "QUERY_STRING", QUERY_MAX_BYTES, 414 },
		{ "HTTP_HOST", HEADER_MAX_BYTES, 431 },           { "HTTP_ORIGIN", HEADER_MAX_BYTES, 431 },
		{ "CONTENT_TYPE", HEADER_MAX_BYTES, 431 },        { "HTTP_ACCEPT", HEADER_MAX_BYTES, 431 },
		{ "HTTP_SEC_FETCH_SITE", HEADER_MAX_BYTES, 431 },
	};
	char text[QUERY_MAX_BYTES + 1];
	struct request q;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		memset(text, 'a', sizeof(text));
		text[0] = '/';
		text[limits[i].room - 1] = '\0';
		assert_int_equal(with(&q, limits[i].name, text, &e), 0);
		text[limits[i].room - 1] = 'a';
		text[limits[i].room] = '\0';
		assert_int_equal(with(&q, limits[i].name, text, &e), limits[i].status);
		assert_non_null(strstr(e.msg, "longer than"));
	}
}

/* Gives `left` bytes in pieces of 5, then ends or breaks off. */
struct source {
	size_t left;
	int broken;
};

static ptrdiff_t read_source(void *arg, void *buf, size_t cap)
{
	struct source *const s = arg;
	const size_t n = s->left < 5 ? s->left : 5;

	assert_true(cap >= n);
	memset(buf, 'x', n);
	s->left -= n;
	return n > 0 ? (ptrdiff_t)n : -s->broken;
}

static void reading_counts_and_draining_reads_to_the_end(void **state)
{
	struct source source = { 23, 0 }, broken = { 7, 1 };
	struct request q = { .read = read_source, .read_arg = &source };
	char buf[8];

	(void)state;
	assert_int_equal(request_read(&q, buf, sizeof(buf)), 5);
	assert_int_equal(q.body_bytes, 5);
	request_drain(&q);
	assert_int_equal(q.body_bytes, 23);
	assert_int_equal(request_read(&q, buf, sizeof(buf)), 0);
	q = (struct request){ .read = read_source, .read_arg = &broken };
	request_drain(&q);
	assert_int_equal(q.body_bytes, 7);
	assert_int_equal(request_read(&q, buf, sizeof(buf)), -1);
	q = (struct request){ 0 };
	assert_int_equal(request_read(&q, buf, sizeof(buf)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_taken_over),
		cmocka_unit_test(what_is_absent_is_empty_and_an_empty_length_is_unknown),
		cmocka_unit_test(methods_are_exact_words),
		cmocka_unit_test(what_is_missing_or_malformed_is_400),
		cmocka_unit_test(a_request_without_any_path_is_400),
		cmocka_unit_test(what_is_too_long_is_414_or_431),
		cmocka_unit_test(reading_counts_and_draining_reads_to_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
