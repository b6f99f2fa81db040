/* key: every character and every length, against the form as it is written down. */
#include "base/key.h"

#include <stdio.h>
#include <string.h>

#include "lib/cm.h"

static int may_be_in_one(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void eight_to_sixty_four_characters_are_a_key(void **state)
{
	char s[KEY_MAX + 3];

	(void)state;
	for (size_t n = 0; n < sizeof(s); n++) {
		memset(s, 'k', n);
		s[n] = '\0';
		assert_int_equal(key_is(s), n >= 8 && n <= 64);
		assert_int_equal(key_length(s), n >= 8 && n <= 64 ? n : 0);
	}
}

static void letters_digits_underscore_and_hyphen_are_in_keys(void **state)
{
	char s[] = "0123456?89";

	(void)state;
	for (int c = 1; c < 256; c++) {
		s[7] = (char)c;
		assert_int_equal(key_is(s), may_be_in_one(c));
		assert_int_equal(key_length(s), may_be_in_one(c) ? 10 : 0);
	}
}

static void a_key_may_be_followed_by_something_else(void **state)
{
	(void)state;
	assert_int_equal(key_length("01234567/anomalies"), 8);
	assert_false(key_is("01234567/anomalies"));
	assert_int_equal(key_length("0123456/anomalies"), 0);
}

static void the_form_in_words_has_the_numbers(void **state)
{
	char words[16];

	(void)state;
	snprintf(words, sizeof(words), "%d to %d ", KEY_MIN, KEY_MAX);
	assert_memory_equal(KEY_FORM, words, strlen(words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_to_sixty_four_characters_are_a_key),
		cmocka_unit_test(letters_digits_underscore_and_hyphen_are_in_keys),
		cmocka_unit_test(a_key_may_be_followed_by_something_else),
		cmocka_unit_test(the_form_in_words_has_the_numbers),
	};

	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
