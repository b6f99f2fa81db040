/* utf8: what is a character, what is not, and what stands for it. */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* RFC 3629 as arithmetic, independent of the table. */
static size_t encode(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	const size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)((0xf00U >> n & 0xff) | code);
	return n;
}

static void every_code_point_is_read_and_surrogates_are_not(void **state)
{
	char text[4];
	uint32_t code;

	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		const size_t n = encode(c, text);

		if (c >= 0xd800 && c < 0xe000) {
			assert_int_equal(utf8_next(text, n, &code), 1);
			assert_int_equal(code, UTF8_INVALID);
		} else {
			assert_int_equal(utf8_next(text, n, &code), n);
			assert_int_equal(code, c);
		}
	}
}

static void what_is_invalid_takes_as_many_bytes_as_could_have_begun_a_character(void **state)
{
	static const struct {
		const char *text;
		size_t n, takes;
	} bad[] = {
		{ "\x80", 1, 1 },
		{ "\xc0\x80", 2, 1 },
		{ "\xc1\xbf", 2, 1 },
		{ "\xe0\x80\x80", 3, 1 },
		{ "\xf0\x8f\xbf\xbf", 4, 1 },
		{ "\xf4\x90\x80\x80", 4, 1 },
		{ "\xf5\x80\x80\x80", 4, 1 },
		{ "\xff", 1, 1 },
		{ "\xe2\x82", 2, 2 },
		{ "\xe2\x82x", 3, 2 },
		{ "\xf0\x9f\x98", 3, 3 },
		{ "\xc3", 1, 1 },
		{ "\xf0\x9f\x98x", 4, 3 },
		{ "\xc3\xc3", 2, 1 },
	};
	uint32_t code;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		/* Memory of exactly its size, for ASan. */
		char *const copy = malloc(bad[i].n);

		assert_non_null(copy);
		memcpy(copy, bad[i].text, bad[i].n);
		assert_int_equal(utf8_next(copy, bad[i].n, &code), bad[i].takes);
		assert_int_equal(code, UTF8_INVALID);
		assert_false(utf8_is_valid(copy, bad[i].n));
		free(copy);
	}
	assert_true(utf8_is_valid("", 0));
	assert_true(utf8_is_valid("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10));
	assert_false(utf8_is_valid("\xff"
				   "a",
				   2));
}

static void clean(const char *s, size_t n, size_t cap, size_t characters, int controls, const char *expected)
{
	char out[64];

	assert_true(cap <= sizeof(out));
	assert_int_equal(utf8_clean(out, cap, characters, controls, s, n), strlen(expected));
	assert_string_equal(out, expected);
}

static void cleaning_replaces_what_is_invalid_and_control_characters_on_demand(void **state)
{
	(void)state;
	clean("a\xff\xe2\x82z", 5, 64, 64, 1, "a\xef\xbf\xbd\xef\xbf\xbdz");
	clean("a\nb\x7f", 4, 64, 64, 1, "a\nb\x7f");
	clean("a\nb\x7f", 4, 64, 64, 0,
	      "a\xef\xbf\xbd"
	      "b\xef\xbf\xbd");
	clean("a\0b", 3, 64, 64, 1,
	      "a\xef\xbf\xbd"
	      "b");
	/* U+0085, U+202E and U+2066: a line end, and text that runs backwards */
	clean("\xc2\x85\xe2\x80\xae\xe2\x81\xa6", 8, 64, 64, 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	clean("\xe2\x80\x8f\xe2\x80\xaf", 6, 64, 64, 0, "\xe2\x80\x8f\xe2\x80\xaf");
}

static void cleaning_cuts_at_the_end_of_a_character(void **state)
{
	(void)state;
	clean("\xe2\x82\xac\xe2\x82\xac", 6, 6, 64, 0, "\xe2\x82\xac");
	clean("\xe2\x82\xac\xe2\x82\xac", 6, 7, 64, 0, "\xe2\x82\xac\xe2\x82\xac");
	clean("\xff\xff", 2, 4, 64, 0, "\xef\xbf\xbd");
	clean("\xc3\xa4\xc3\xb6\xc3\xbc", 6, 64, 2, 0, "\xc3\xa4\xc3\xb6");
	clean("abc", 3, 1, 64, 0, "");
	clean("abc", 3, 64, 0, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_read_and_surrogates_are_not),
		cmocka_unit_test(what_is_invalid_takes_as_many_bytes_as_could_have_begun_a_character),
		cmocka_unit_test(cleaning_replaces_what_is_invalid_and_control_characters_on_demand),
		cmocka_unit_test(cleaning_cuts_at_the_end_of_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
