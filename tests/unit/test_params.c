/* params: what a query may say. */
#include "http/params.h"

#include <stdio.h>
#include <string.h>

#include "lib/cm.h"

static const struct param table[] = {
	{ .name = "limit", .type = PARAM_INTEGER, .min = 1, .max = 1000, .fallback = 50 },
	{ .name = "offset", .type = PARAM_INTEGER, .min = INT64_MIN, .max = INT64_MAX, .fallback = -7 },
	{ .name = "name", .type = PARAM_TEXT },
	{ .name = "key", .type = PARAM_KEY },
	{ .name = "at", .type = PARAM_TIME },
	{ .name = NULL },
};
enum { LIMIT, OFFSET, NAME, KEY, AT };

static struct param_value v[PARAMS_MAX];

static void good(const char *query)
{
	struct err e = { 0 };

	if (params_parse(table, query, v, &e) != OK)
		print_error("%s: %s\n", query, e.msg);
	assert_int_equal(params_parse(table, query, v, &e), OK);
}

static void bad(const char *query, int code, const char *part_of_message)
{
	struct err e = { 0 };

	assert_int_equal(params_parse(table, query, v, &e), code);
	if (strstr(e.msg, part_of_message) == NULL)
		print_error("%s: \"%s\" does not say \"%s\"\n", query, e.msg, part_of_message);
	assert_non_null(strstr(e.msg, part_of_message));
}

static void times_have_few_forms(void **state)
{
	static const char *const wrong[] = { "",
					     "2026-02-30",
					     "2026-1-21",
					     "2026-%201-21",
					     "2026-11-21T8:00",
					     "2026-11-21T08:00:00+01:00",
					     "2026-13-01",
					     "2026-11-21T24:00Z",
					     "+2026-11-21",
					     "2026-11-21Z",
					     "-1",
					     "123456789012" };

	(void)state;
	good("at=2026-11-21T08:30:00Z");
	assert_true(v[AT].integer == 1795249800LL * 1000000);
	good("at=1795249800");
	assert_true(v[AT].integer == 1795249800LL * 1000000);
	good("at=2026-11-21T08:30");
	assert_true(v[AT].integer == 1795249800LL * 1000000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char query[64];

		snprintf(query, sizeof(query), "at=%s", wrong[i]);
		bad(query, ERR_FORMAT, "at must be a time");
	}
}

static void about(const char *query, const char *field)
{
	struct err e = { 0 };

	assert_true(params_parse(table, query, v, &e) < 0);
	assert_string_equal(e.field, field);
}

static void an_error_names_its_parameter(void **state)
{
	(void)state;
	about("limit=0", "limit");
	about("limit=x", "limit");
	about("limit=1&limit=2", "limit");
	about("name=%ff", "name");
	about("name=%1", "name");
	about("key=short", "key");
	about("evil%00=1", "");
	about("other=1", "other");
	about("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn=1", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
}

static void without_a_query_everything_has_its_fallback(void **state)
{
	struct err e;

	(void)state;
	memset(v, 0xff, sizeof(v));
	good("");
	assert_int_equal(v[LIMIT].integer, 50);
	assert_false(v[LIMIT].given);
	assert_true(v[OFFSET].integer == -7);
	assert_string_equal(v[NAME].text, "");
	assert_false(v[NAME].given);
	assert_int_equal(params_parse(NULL, "", v, &e), OK);
	good("&&");
}

static void values_are_decoded(void **state)
{
	(void)state;
	good("name=a%20b+c%2b%C3%a4%26%3D&limit=7");
	assert_string_equal(v[NAME].text, "a b c+\xc3\xa4&=");
	assert_int_equal(v[LIMIT].integer, 7);
	assert_true(v[LIMIT].given && v[NAME].given && !v[KEY].given);
	good("n%61me=x=y");
	assert_string_equal(v[NAME].text, "x=y");
	good("name");
	assert_true(v[NAME].given);
	assert_string_equal(v[NAME].text, "");
	good("key=abcDEF_-09&&");
	assert_string_equal(v[KEY].text, "abcDEF_-09");
}

static void integers_are_whole_and_in_range(void **state)
{
	static const char *const wrong[] = { "limit=",    "limit",   "limit=+1",  "limit=1.0", "limit=%201",
					     "limit=1e3", "limit=-", "limit=0x1", "limit=1%00" };

	(void)state;
	good("limit=1&offset=-9223372036854775808");
	assert_true(v[OFFSET].integer == INT64_MIN);
	good("limit=01000&offset=9223372036854775807");
	assert_int_equal(v[LIMIT].integer, 1000);
	assert_true(v[OFFSET].integer == INT64_MAX);
	good("offset=-0");
	assert_int_equal(v[OFFSET].integer, 0);
	bad("limit=0", ERR_RANGE, "parameter limit is 0; allowed are 1 to 1000");
	bad("limit=1001", ERR_RANGE, "1 to 1000");
	bad("offset=9223372036854775808", ERR_RANGE, "offset");
	bad("offset=-9223372036854775809", ERR_RANGE, "offset");
	bad("offset=99999999999999999999999999999999999999999", ERR_RANGE, "offset");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		bad(wrong[i], ERR_FORMAT, i < 8 ? "must be a whole number, 1 to 1000" : "control character");
}

static void unknown_and_repeated_parameters_are_refused(void **state)
{
	struct err e;

	(void)state;
	bad("lim=5", ERR_FORMAT, "unknown parameter \"lim\"; known are: limit, offset, name, key");
	bad("limitx=5", ERR_FORMAT, "unknown parameter");
	bad("=5", ERR_FORMAT, "unknown parameter \"\"");
	bad("Limit=5", ERR_FORMAT, "unknown parameter");
	bad("limit=5&limit=5", ERR_FORMAT, "limit is given twice");
	bad("%ff%0a=1", ERR_FORMAT, "unknown parameter \"\xef\xbf\xbd\xef\xbf\xbd\"");
	assert_int_equal(params_parse(NULL, "a=1", v, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "takes none"));
}

static void text_is_utf8_without_control_characters_and_bounded(void **state)
{
	char query[12 * PARAM_TEXT_MAX + 32] = "name=";

	(void)state;
	bad("name=%", ERR_FORMAT, "two hex digits");
	bad("name=%4", ERR_FORMAT, "two hex digits");
	bad("name=%4g", ERR_FORMAT, "two hex digits");
	bad("name=a%00b", ERR_FORMAT, "control character");
	bad("name=a%0ab", ERR_FORMAT, "name has a control character");
	bad("name=%e2%80%ae", ERR_FORMAT, "name has a control character");
	bad("name=%ff", ERR_FORMAT, "name is not UTF-8");
	bad("name=%c3", ERR_FORMAT, "name is not UTF-8");
	memset(query + 5, 'a', PARAM_TEXT_MAX);
	good(query);
	assert_int_equal(strlen(v[NAME].text), PARAM_TEXT_MAX);
	strcat(query, "a");
	bad(query, ERR_RANGE, "name is longer than 255 characters");
	query[5] = '\0';
	for (int i = 0; i < PARAM_TEXT_MAX; i++)
		strcat(query, "%f0%9f%92%a1");
	good(query);
	assert_int_equal(strlen(v[NAME].text), PARAM_TEXT_BYTES);
	strcat(query, "%c3%a4");
	bad(query, ERR_RANGE, "name is longer than 255 characters");
}

static void keys_have_their_own_letters_and_lengths(void **state)
{
	char query[80] = "key=";

	(void)state;
	bad("key=1234567", ERR_FORMAT, "8 to 64 of the characters");
	good("key=12345678");
	bad("key=1234567.", ERR_FORMAT, "key must be");
	bad("key=1234567%20", ERR_FORMAT, "key must be");
	memset(query + 4, 'k', 64);
	good(query);
	query[68] = 'k';
	bad(query, ERR_FORMAT, "key must be");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_query_everything_has_its_fallback),
		cmocka_unit_test(values_are_decoded),
		cmocka_unit_test(integers_are_whole_and_in_range),
		cmocka_unit_test(unknown_and_repeated_parameters_are_refused),
		cmocka_unit_test(text_is_utf8_without_control_characters_and_bounded),
		cmocka_unit_test(times_have_few_forms),
		cmocka_unit_test(an_error_names_its_parameter),
		cmocka_unit_test(keys_have_their_own_letters_and_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
