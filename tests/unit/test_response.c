/* response: what leaves the server is well-formed whatever went into it. */
#include "http/response.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "lib/cm.h"

static struct response s;

static int setup(void **state)
{
	(void)state;
	response_reset(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	response_free(&s);
	return 0;
}

static void json_is_one_line_with_its_type(void **state)
{
	struct json_object *const o = json_object_new_object();

	(void)state;
	json_object_object_add(o, "path", json_text("/a/b"));
	json_object_object_add(o, "n", json_count(UINT64_MAX));
	response_json(&s, 201, o);
	assert_int_equal(s.status, 201);
	assert_string_equal(s.content_type, "application/json");
	assert_string_equal(s.body.p, "{\"path\":\"/a/b\",\"n\":18446744073709551615}\n");
}

static void an_error_escapes_what_a_client_said(void **state)
{
	struct json_object *o = NULL;
	struct err e;
	const char *error;
	char longer[3000];

	(void)state;
	response_error(&s, 404, "no \"%s\"", "x\\\n</script>\xff\xe2\x82");
	assert_int_equal(s.status, 404);
	assert_int_equal(json_read(&o, s.body.p, s.body.n, &e), OK);
	assert_int_equal(json_get_string(o, "error", &error, &e), OK);
	assert_string_equal(error, "no \"x\\\n</script>\xef\xbf\xbd\xef\xbf\xbd\"");
	json_object_put(o);
	/* cut in the middle of a character */
	memset(longer, 'a', sizeof(longer));
	for (size_t i = 1; i + 2 < sizeof(longer); i += 2)
		memcpy(longer + i, "\xc3\xa4", 2);
	longer[sizeof(longer) - 1] = '\0';
	response_error(&s, 400, "%s", longer);
	assert_true(utf8_is_valid(s.body.p, s.body.n));
	assert_int_equal(json_read(&o, s.body.p, s.body.n, &e), OK);
	json_object_put(o);
}

static void json_is_utf8_even_where_a_handler_forgot(void **state)
{
	struct json_object *const o = json_object_new_object();

	(void)state;
	json_object_object_add(o, "\xff", json_object_new_string("a\xed\xa0\x80\xe2\x82"));
	response_json(&s, 200, o);
	assert_string_equal(s.body.p, "{\"\xef\xbf\xbd\":\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}\n");
}

static void no_object_means_that_memory_was_out(void **state)
{
	(void)state;
	response_json(&s, 200, NULL);
	assert_int_equal(s.status, 500);
	assert_string_equal(s.body.p, "{\"error\":\"out of memory\",\"code\":\"failed\"}\n");
}

static void codes_become_statuses(void **state)
{
	static const struct {
		int code, status;
	} table[] = {
		{ ERR_FORMAT, 400 },      { ERR_RANGE, 400 },     { ERR_UNSUPPORTED, 400 },
		{ ERR_USAGE, 400 },       { ERR_NOT_FOUND, 404 }, { ERR_CONFLICT, 409 },
		{ ERR_UNAVAILABLE, 503 }, { ERR_NOMEM, 500 },     { ERR_IO, 500 },
		{ ERR_NUMERIC, 500 },     { -999, 500 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_int_equal(response_status_of(table[i].code), table[i].status);
	response_reset(&s);
	response_err(&s, &(struct err){ .code = ERR_UNAVAILABLE, .msg = "the database is away" });
	assert_int_equal(s.status, 503);
	assert_string_equal(s.body.p, "{\"error\":\"the database is away\",\"code\":\"unavailable\"}\n");
	assert_string_equal(s.headers.p, "Retry-After: 5\r\n");
}

static void an_error_tells_programs_what_and_where(void **state)
{
	struct json_object *const more = json_object_new_object();
	struct err e;

	(void)state;
	err_set(&e, ERR_RANGE, "too many");
	err_field(&e, "limit");
	response_err(&s, &e);
	assert_int_equal(s.status, 400);
	assert_string_equal(s.body.p, "{\"error\":\"too many\",\"code\":\"out_of_range\",\"field\":\"limit\"}\n");

	err_set(&e, ERR_FORMAT, "no number");
	err_at(&e, 7, 3);
	json_object_object_add(more, "scan_id", json_count(4));
	response_err_as(&s, 0, &e, more);
	assert_string_equal(s.body.p, "{\"error\":\"no number\",\"code\":\"malformed\",\"line\":7,\"column\":3,\"scan_id\":4}\n");
	/* The word is of the status where a handler chose another one. */
	response_err_as(&s, 422, &e, NULL);
	assert_int_equal(s.status, 422);
	assert_string_equal(s.body.p, "{\"error\":\"no number\",\"code\":\"unusable\",\"line\":7,\"column\":3}\n");
	response_error(&s, 404, "nothing");
	assert_string_equal(s.body.p, "{\"error\":\"nothing\",\"code\":\"not_found\"}\n");
	response_error(&s, 418, "others have a word too");
	assert_non_null(strstr(s.body.p, "\"code\":\"bad_request\""));
	response_error(&s, 599, "others have a word too");
	assert_non_null(strstr(s.body.p, "\"code\":\"failed\""));
}

/* Whether `line` is a line of the head. */
static int has(const struct text *head, const char *line)
{
	const char *const at = strstr(text_get(head), line);

	return at != NULL && (at == head->p || at[-1] == '\n') && strncmp(at + strlen(line), "\r\n", 2) == 0;
}

static void the_head_says_what_browsers_may_do(void **state)
{
	struct text head = { 0 };

	(void)state;
	response_error(&s, 405, "no");
	text_str(&s.headers, "Allow: GET\r\n");
	response_head(&s, "0123456789abcdef", &head);
	assert_memory_equal(head.p, "Status: 405 Method Not Allowed\r\n", 32);
	assert_true(has(&head, "Content-Type: application/json"));
	assert_true(has(&head, "Content-Length: 43"));
	assert_int_equal(s.body.n, 43);
	assert_true(has(&head, "Cache-Control: no-store"));
	assert_true(has(&head, "X-Content-Type-Options: nosniff"));
	assert_true(has(&head, "Referrer-Policy: same-origin"));
	assert_true(has(&head,
			"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
			"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
			"object-src 'none'"));
	assert_true(has(&head, "Cross-Origin-Opener-Policy: same-origin"));
	assert_true(has(&head, "Cross-Origin-Resource-Policy: same-origin"));
	assert_non_null(strstr(head.p, "Permissions-Policy: camera=()"));
	assert_true(has(&head, "Allow: GET"));
	assert_true(has(&head, "X-Request-Id: 0123456789abcdef"));
	assert_string_equal(head.p + head.n - 4, "\r\n\r\n");
	/* one empty line, at the end */
	assert_ptr_equal(strstr(head.p, "\r\n\r\n"), head.p + head.n - 4);
	text_free(&head);
}

static void a_page_may_have_a_policy_of_its_own_in_the_place_of_the_usual_one(void **state)
{
	struct text head = { 0 };

	(void)state;
	response_reset(&s);
	text_str(&s.headers, "content-security-policy: default-src 'none'\r\n");
	response_head(&s, "0", &head);
	assert_null(strstr(head.p, "Content-Security-Policy"));
	assert_true(has(&head, "content-security-policy: default-src 'none'"));
	assert_true(has(&head, "X-Content-Type-Options: nosniff"));
	assert_true(has(&head, "Cross-Origin-Opener-Policy: same-origin"));
	text_free(&head);
}

static void caching_is_the_handlers_to_allow_and_204_has_no_body(void **state)
{
	struct text head = { 0 };

	(void)state;
	text_str(&s.headers, "ETag: \"1\"\r\ncache-control: max-age=60\r\n");
	s.status = 204;
	s.content_type = NULL;
	response_head(&s, "0", &head);
	assert_null(strstr(head.p, "no-store"));
	assert_null(strstr(head.p, "Content-Length"));
	assert_true(has(&head, "Status: 204 No Content"));
	text_clear(&head);
	response_reset(&s);
	s.content_type = "text/html; charset=utf-8";
	text_str(&s.body, "<p>");
	response_head(&s, "0", &head);
	assert_true(has(&head, "Status: 200 OK"));
	assert_true(has(&head, "Content-Type: text/html; charset=utf-8"));
	assert_true(has(&head, "Content-Length: 3"));
	text_free(&head);
	assert_string_equal(response_reason(503), "Service Unavailable");
	assert_string_equal(response_reason(299), "Other");
}

static void value_is(struct json_object *o, const char *text)
{
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), text);
	json_object_put(o);
}

static void values_are_written_as_short_as_they_are(void **state)
{
	(void)state;
	value_is(json_raw("[1, {\"a\":2}]"), "[1, {\"a\":2}]");
	value_is(json_number(0.1, 15), "0.1");
	value_is(json_number(1.0 / 3, 4), "0.3333");
	value_is(json_number(100000, 15), "100000");
	value_is(json_number(1e300, 3), "1e+300");
	value_is(json_count(0), "0");
	value_is(json_text("a\xffz"), "\"a\xef\xbf\xbdz\"");
	value_is(json_text(""), "\"\"");
	assert_null(json_text(NULL));
	assert_null(json_raw(NULL));
	assert_null(json_number(NAN, 9));
	assert_null(json_number(-INFINITY, 9));
}

static void times_are_utc_with_milliseconds(void **state)
{
	(void)state;
	value_is(json_time(1634568299123999), "\"2021-10-18T14:44:59.123Z\"");
	value_is(json_time(1), "\"1970-01-01T00:00:00.000Z\"");
	value_is(json_time(-1), "\"1969-12-31T23:59:59.999Z\"");
	value_is(json_time(253402300799999999), "\"9999-12-31T23:59:59.999Z\"");
	assert_null(json_time(253402300800000000));
	assert_null(json_time(0));
	assert_null(json_time(INT64_MIN));
	assert_null(json_time(INT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(json_is_one_line_with_its_type, setup, teardown),
		cmocka_unit_test_setup_teardown(an_error_escapes_what_a_client_said, setup, teardown),
		cmocka_unit_test_setup_teardown(json_is_utf8_even_where_a_handler_forgot, setup, teardown),
		cmocka_unit_test_setup_teardown(no_object_means_that_memory_was_out, setup, teardown),
		cmocka_unit_test_setup_teardown(codes_become_statuses, setup, teardown),
		cmocka_unit_test_setup_teardown(an_error_tells_programs_what_and_where, setup, teardown),
		cmocka_unit_test_setup_teardown(the_head_says_what_browsers_may_do, setup, teardown),
		cmocka_unit_test_setup_teardown(a_page_may_have_a_policy_of_its_own_in_the_place_of_the_usual_one, setup, teardown),
		cmocka_unit_test_setup_teardown(caching_is_the_handlers_to_allow_and_204_has_no_body, setup, teardown),
		cmocka_unit_test(values_are_written_as_short_as_they_are),
		cmocka_unit_test(times_are_utc_with_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
