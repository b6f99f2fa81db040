/* route: which row of a table a request finds. */
#include "http/route.h"

#include <stdio.h>
#include <string.h>

#include "lib/cm.h"

static void nothing(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)c;
	(void)q;
	(void)p;
	(void)s;
}

static const struct route table[] = {
	{ METHOD_GET, "/", nothing, CLASS_PAGES, NULL, "" },
	{ METHOD_POST, "/upload", nothing, CLASS_UPLOADS, NULL, "" },
	{ METHOD_GET, "/scan/<id>", nothing, CLASS_PAGES, NULL, "" },
	{ METHOD_DELETE, "/scan/<id>", nothing, CLASS_PAGES, NULL, "" },
	{ METHOD_GET, "/scan/<id>/rows", nothing, CLASS_PAGES, NULL, "" },
	{ METHOD_GET, "/api/v1/uploads/<key>", nothing, CLASS_PAGES, NULL, "" },
	{ METHOD_GET, "/a<b", nothing, CLASS_PAGES, NULL, "" },
	{ .path = NULL },
};

static struct request q;
static struct response s;

/* The row that the request finds; -1: 404; -2: 405. */
static int find(enum method method, const char *path)
{
	const struct route *r;

	response_reset(&s);
	q = (struct request){ .method = method };
	snprintf(q.path, sizeof(q.path), "%s", path);
	r = route_find(table, &q, &s);
	return r != NULL ? (int)(r - table) : s.status == 404 ? -1 : s.status == 405 ? -2 : -3;
}

static int teardown(void **state)
{
	(void)state;
	response_free(&s);
	return 0;
}

static void paths_match_exactly(void **state)
{
	static const char *const none[] = { "",       "//",       "/upload/",    "/uploadx", "/uploa", "/UPLOAD", "/scan",
					    "/scan/", "/scan/7/", "/scan/7/row", "/a",       "/a<",    "/a<bc" };

	(void)state;
	assert_int_equal(find(METHOD_GET, "/"), 0);
	assert_int_equal(find(METHOD_POST, "/upload"), 1);
	assert_int_equal(find(METHOD_GET, "/a<b"), 6);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(find(METHOD_GET, none[i]), -1);
}

static void numbers_are_decimal_without_leading_zero_and_below_2_to_the_63(void **state)
{
	static const char *const none[] = { "/scan/07",
					    "/scan/00",
					    "/scan/0",
					    "/scan/-1",
					    "/scan/+1",
					    "/scan/1x",
					    "/scan/ 1",
					    "/scan/9223372036854775808",
					    "/scan/99999999999999999999" };

	(void)state;
	assert_int_equal(find(METHOD_GET, "/scan/7"), 2);
	assert_int_equal(q.number, 7);
	assert_int_equal(find(METHOD_GET, "/scan/9223372036854775807"), 2);
	assert_true(q.number == 9223372036854775807U);
	assert_int_equal(find(METHOD_GET, "/scan/12/rows"), 4);
	assert_int_equal(q.number, 12);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		assert_int_equal(find(METHOD_GET, none[i]), -1);
		assert_int_equal(q.number, 0);
	}
}

static void keys_have_8_to_64_letters(void **state)
{
	char path[128] = "/api/v1/uploads/";
	const size_t n = strlen(path);

	(void)state;
	assert_int_equal(find(METHOD_GET, "/api/v1/uploads/aZ09_-xy"), 5);
	assert_string_equal(q.word, "aZ09_-xy");
	assert_int_equal(find(METHOD_GET, "/api/v1/uploads/1234567"), -1);
	assert_int_equal(find(METHOD_GET, "/api/v1/uploads/12345678/"), -1);
	assert_int_equal(find(METHOD_GET, "/api/v1/uploads/1234567."), -1);
	memset(path + n, 'k', 64);
	assert_int_equal(find(METHOD_GET, path), 5);
	assert_int_equal(strlen(q.word), 64);
	path[n + 64] = 'k';
	assert_int_equal(find(METHOD_GET, path), -1);
	assert_string_equal(q.word, "");
}

static void head_is_served_by_get_and_other_methods_are_told_what_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(find(METHOD_HEAD, "/"), 0);
	assert_int_equal(find(METHOD_DELETE, "/scan/7"), 3);
	assert_int_equal(q.number, 7);
	assert_int_equal(find(METHOD_GET, "/upload"), -2);
	assert_string_equal(s.headers.p, "Allow: POST\r\n");
	assert_int_equal(find(METHOD_HEAD, "/upload"), -2);
	assert_int_equal(find(METHOD_OTHER, "/scan/7"), -2);
	assert_string_equal(s.headers.p, "Allow: GET, HEAD, DELETE\r\n");
	assert_int_equal(q.number, 0);
}

static void what_is_not_there_is_told_as_json(void **state)
{
	(void)state;
	assert_int_equal(find(METHOD_GET, "/x\"<\n"), -1);
	assert_string_equal(s.body.p, "{\"error\":\"there is nothing at /x\\\"<\\n\",\"code\":\"not_found\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(paths_match_exactly, teardown),
		cmocka_unit_test_teardown(numbers_are_decimal_without_leading_zero_and_below_2_to_the_63, teardown),
		cmocka_unit_test_teardown(keys_have_8_to_64_letters, teardown),
		cmocka_unit_test_teardown(head_is_served_by_get_and_other_methods_are_told_what_is_allowed, teardown),
		cmocka_unit_test_teardown(what_is_not_there_is_told_as_json, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
