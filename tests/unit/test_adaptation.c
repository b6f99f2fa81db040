/* adaptation: the facts of an adapted model, and the file that they stand in, which nobody has to trust. */
#include "detect/adaptation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct adaptation facts = {
	.base = "full.safetensors",
	.base_sha256 = "af38741f4188e31c0cf219cf8426a35cc67a93caaddabff44f34a1f5d4a5c7d1",
	.file = "<b>\"home\"</b> \xc3\xa4.csv",
	.strategy = "budget:1/day",
	.flows = 6000,
	.supported_rate = 3.868968942987451,
	.time = "2026-11-21T15:33:16Z",
};

static void facts_come_back_as_they_were(void **state)
{
	struct json_object *const o = adaptation_to_json(&facts);
	struct adaptation a;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(adaptation_read(&a, json_object_to_json_string(o), &e), OK);
	assert_string_equal(a.base, facts.base);
	assert_string_equal(a.base_sha256, facts.base_sha256);
	assert_string_equal(a.file, facts.file);
	assert_string_equal(a.strategy, facts.strategy);
	assert_string_equal(a.time, facts.time);
	assert_int_equal(a.flows, facts.flows);
	assert_true(a.supported_rate == facts.supported_rate);
	json_object_put(o);
}

static void a_rate_that_is_unknown_stays_unknown(void **state)
{
	struct adaptation a = facts;
	struct json_object *o;
	struct err e = { 0 };

	(void)state;
	a.supported_rate = NAN;
	o = adaptation_to_json(&a);
	a.supported_rate = 1;
	assert_int_equal(adaptation_read(&a, json_object_to_json_string(o), &e), OK);
	assert_true(isnan(a.supported_rate));
	json_object_put(o);
}

/* Whether the facts are refused with `key` set to a value; NULL: without it. */
static void is_refused(const char *key, struct json_object *value, int code)
{
	struct json_object *const o = adaptation_to_json(&facts);
	struct adaptation a = { .flows = 7 };
	struct err e = { 0 };

	if (value != NULL)
		json_object_object_add(o, key, value);
	else
		json_object_object_del(o, key);
	assert_int_equal(adaptation_read(&a, json_object_to_json_string(o), &e), code);
	assert_non_null(strstr(e.msg, key));
	assert_int_equal(a.flows, 7);
	json_object_put(o);
}

static void facts_that_are_missing_wrong_or_too_long_are_refused(void **state)
{
	static const char *const keys[] = { "base", "base_sha256", "file", "strategy", "time", "flows" };
	char longest[ADAPTATION_NAME + 1];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		is_refused(keys[i], NULL, ERR_FORMAT);
		is_refused(keys[i], json_object_new_array(), ERR_FORMAT);
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) - 1; i++)
		is_refused(keys[i], json_object_new_string(longest), ERR_RANGE);
	is_refused("supported_rate", json_object_new_string("3"), ERR_FORMAT);
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const texts[] = { "", "[]", "3", "{", "null" };
	struct adaptation a;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_true(adaptation_read(&a, texts[i], &e) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_come_back_as_they_were),
		cmocka_unit_test(a_rate_that_is_unknown_stays_unknown),
		cmocka_unit_test(facts_that_are_missing_wrong_or_too_long_are_refused),
		cmocka_unit_test(what_is_no_object_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
