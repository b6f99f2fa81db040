/* The small parts of HTTP that all lists and changes share: Accept, cursors, CSV, JSON bodies, ETags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/accept.h"
#include "http/cursor.h"
#include "http/etag.h"
#include "http/json_body.h"
#include "http/listing.h"

static const char *const offered[] = { "application/json", "text/csv" };

static void the_best_form_that_the_client_takes_is_chosen(void **state)
{
	static const struct {
		const char *accept;
		size_t best;
	} cases[] = {
		{ "", 0 },
		{ "*/*", 0 },
		{ "text/csv", 1 },
		{ "TEXT/CSV", 1 },
		{ "text/*", 1 },
		{ "application/json, text/csv", 0 },
		{ "application/json;q=0.5, text/csv", 1 },
		{ "application/json;q=0.5,text/csv; q=0.4", 0 },
		{ "*/*;q=0.9, application/json;q=0", 1 },
		{ "text/html", 2 },
		{ "application/json;q=0", 2 },
		{ ",;q,;=,", 2 },
		{ "application/jsonx", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(accept_best(cases[i].accept, offered, 2), cases[i].best);
}

static void a_cursor_comes_back_as_it_went_out(void **state)
{
	char text[CURSOR_TEXT], longer[300];
	struct cursor c;
	struct err e;

	(void)state;
	cursor_write(text, "caf\xc3\xa9 =1", 42);
	assert_int_equal(cursor_read(&c, text, &e), OK);
	assert_int_equal(c.given, 1);
	assert_int_equal(c.id, 42);
	assert_string_equal(c.value, "caf\xc3\xa9 =1");
	cursor_write(text, NULL, 7);
	assert_int_equal(cursor_read(&c, text, &e), OK);
	assert_string_equal(c.value, "");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	cursor_write(text, longer, UINT64_C(9223372036854775807));
	assert_int_equal(cursor_read(&c, text, &e), OK);
	assert_int_equal(strlen(c.value), CURSOR_VALUE);
	assert_int_equal(cursor_read(&c, "", &e), OK);
	assert_int_equal(c.given, 0);
}

static void a_made_up_cursor_is_refused(void **state)
{
	static const char *const texts[] = { "x", "-", "-61", "1", "1-6", "1-zz", "1-00", "1-ff", "99999999999999999999-", "1-61-", "1 -" };
	struct cursor c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(cursor_read(&c, texts[i], &e), ERR_FORMAT);
}

static void a_spreadsheet_gets_no_formula(void **state)
{
	static const struct listing_column columns[] = { { "name", "name" }, { "deep", "a.0.b" }, { "n", "n" }, { NULL, NULL } };
	struct response s = { 0 };

	(void)state;
	response_reset(&s);
	listing_answer(&s, LISTING_CSV,
		       json_tokener_parse("[{\"name\":\"=1+1\",\"a\":[{\"b\":\"x,\\\"y\\\"\"}],\"n\":-5},{\"name\":\"\\tz\",\"n\":null},{\"name\":\"plain\"}]"),
		       "12-", columns);
	assert_string_equal(text_get(&s.body), "name,deep,n\r\n\"'=1+1\",\"x,\"\"y\"\"\",-5\r\n\"'\tz\",,\r\nplain,,\r\n");
	assert_non_null(strstr(text_get(&s.headers), "X-Next-Cursor: 12-\r\n"));
	assert_string_equal(s.content_type, "text/csv; charset=utf-8");
	response_free(&s);
}

/* ---- bodies --------------------------------------------------------------------------------------------------------------- */

struct source {
	const char *p;
	size_t n;
};

static ptrdiff_t read_some(void *arg, void *buf, size_t cap)
{
	struct source *const s = arg;
	const size_t n = s->n < cap ? s->n : cap;

	memcpy(buf, s->p, n);
	s->p += n;
	s->n -= n;
	return (ptrdiff_t)n;
}

static int body(const char *type, const char *text, size_t n, struct json_object **out, struct err *e)
{
	static const char *const known[] = { "name", "note", NULL };
	struct source source = { text, n };
	struct request q = { .read = read_some, .read_arg = &source };

	strcpy(q.content_type, type);
	return json_body(out, &q, known, e);
}

static void only_a_small_json_object_with_known_members_is_taken(void **state)
{
	static char large[JSON_BODY_MOST + 10];
	struct json_object *o = NULL;
	const char *text;
	struct err e;

	(void)state;
	assert_int_equal(body("application/json; charset=utf-8", "{\"name\":\"hall\"}", 15, &o, &e), OK);
	assert_int_equal(json_body_text(o, "name", 10, &text, &e), OK);
	assert_string_equal(text, "hall");
	assert_int_equal(json_body_text(o, "note", 10, &text, &e), OK);
	assert_null(text);
	assert_int_equal(json_body_text(o, "name", 3, &text, &e), ERR_RANGE);
	json_object_put(o);
	assert_int_equal(body("text/plain", "{}", 2, &o, &e), ERR_UNKNOWN);
	assert_int_equal(body("application/jsonp", "{}", 2, &o, &e), ERR_UNKNOWN);
	assert_int_equal(body("application/json", "[]", 2, &o, &e), ERR_FORMAT);
	assert_int_equal(body("application/json", "{\"x\":1}", 7, &o, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "\"x\""));
	memset(large, ' ', sizeof(large));
	assert_int_equal(body("application/json", large, sizeof(large), &o, &e), ERR_TOO_LARGE);
	assert_int_equal(body("application/json", "{\"name\":5}", 10, &o, &e), OK);
	assert_int_equal(json_body_text(o, "name", 10, &text, &e), ERR_FORMAT);
	json_object_put(o);
}

static void an_answer_that_the_client_has_is_not_sent_again(void **state)
{
	struct request q = { .method = METHOD_GET };
	struct response s = { 0 };
	char tag[64];

	(void)state;
	response_reset(&s);
	text_str(&s.body, "{}");
	etag_apply(&q, &s);
	assert_int_equal(s.status, 200);
	snprintf(tag, sizeof(tag), "%.34s", strstr(text_get(&s.headers), "ETag: ") + 6);
	snprintf(q.if_none_match, sizeof(q.if_none_match), "\"other\", W/%s", tag);
	response_reset(&s);
	text_str(&s.body, "{}");
	etag_apply(&q, &s);
	assert_int_equal(s.status, 304);
	assert_int_equal(s.body.n, 0);
	response_reset(&s);
	text_str(&s.body, "{\"new\":1}");
	etag_apply(&q, &s);
	assert_int_equal(s.status, 200);
	q.method = METHOD_POST;
	response_reset(&s);
	etag_apply(&q, &s);
	assert_int_equal(s.headers.n, 0);
	response_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_form_that_the_client_takes_is_chosen),
		cmocka_unit_test(a_cursor_comes_back_as_it_went_out),
		cmocka_unit_test(a_made_up_cursor_is_refused),
		cmocka_unit_test(a_spreadsheet_gets_no_formula),
		cmocka_unit_test(only_a_small_json_object_with_known_members_is_taken),
		cmocka_unit_test(an_answer_that_the_client_has_is_not_sent_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
