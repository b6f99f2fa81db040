/* shown: what reaches a terminal or a JSON reader, from names that nobody checked. */
#include "base/shown.h"

#include <stdio.h>
#include <string.h>

#include "lib/cm.h"

static void expect(const char *text, const char *want)
{
	char buf[64];

	assert_string_equal(shown(buf, sizeof(buf), text), want);
}

static void shown_leaves_plain_text_and_utf8_alone(void **state)
{
	(void)state;
	expect("", "");
	expect("traffic 1.csv", "traffic 1.csv");
	expect("H\xc3\xa4user \xe2\x82\xac \xf0\x9f\x8f\xa0", "H\xc3\xa4user \xe2\x82\xac \xf0\x9f\x8f\xa0");
	expect("\xc2\xa0", "\xc2\xa0");
}

static void shown_replaces_control_characters(void **state)
{
	(void)state;
	expect("a\033[2Jb\n\r\t\177", "a?[2Jb????");
	expect("a\xc2\x9b"
	       "2Jb",
	       "a??2Jb");
}

static void shown_replaces_what_is_no_utf8(void **state)
{
	(void)state;
	expect("a\xff"
	       "b\x80",
	       "a?b?");
	expect("\xc3", "?");
	expect("\xe2\x82", "??");
	expect("\xc0\xaf", "??");
	expect("\xed\xa0\x80", "???");
	expect("\xf4\x90\x80\x80", "????");
	expect("\xf0\x82\x82\xac", "????");
}

static void shown_cuts_between_characters(void **state)
{
	char buf[6];

	(void)state;
	assert_string_equal(shown(buf, sizeof(buf), "abcdefgh"), "abcde");
	assert_string_equal(shown(buf, sizeof(buf), "abcd\xc3\xa4"), "abcd");
	assert_string_equal(shown(buf, sizeof(buf), "abc\xc3\xa4z"), "abc\xc3\xa4");
}

static void shown_json_keeps_names_that_json_can_hold(void **state)
{
	struct json_object *o;

	(void)state;
	o = shown_json("a\nb\"\xc3\xa4");
	assert_string_equal(json_object_get_string(o), "a\nb\"\xc3\xa4");
	json_object_put(o);
	o = shown_json("a\nb\xff");
	assert_string_equal(json_object_get_string(o), "a?b?");
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shown_leaves_plain_text_and_utf8_alone),
		cmocka_unit_test(shown_replaces_control_characters),
		cmocka_unit_test(shown_replaces_what_is_no_utf8),
		cmocka_unit_test(shown_cuts_between_characters),
		cmocka_unit_test(shown_json_keeps_names_that_json_can_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
