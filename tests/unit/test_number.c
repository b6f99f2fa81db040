/* number: against strtod() on random text, and what is no number. */
#include "flow/number.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

#ifdef __SANITIZE_ADDRESS__
enum { ROUNDS = 200000 };
#else
enum { ROUNDS = 1000000 };
#endif

static uint64_t bits(double v)
{
	uint64_t u;

	memcpy(&u, &v, sizeof(u));
	return u;
}

static void expect(const char *text, double want)
{
	double got = NAN;

	if (number_parse(text, strlen(text), &got) != 0 || bits(got) != bits(want))
		fail_msg("\"%s\" gave %a, not %a", text, got, want);
}

static void refuse(const char *text)
{
	double got = 42;

	if (number_parse(text, strlen(text), &got) != -1 || got != 42)
		fail_msg("\"%s\" is no number, but gave %a", text, got);
}

/* What number_parse() promises, told by strtod(); the alphabet of the text has no "nan", "inf" or hexadecimal. */
static void compare(const char *text, size_t len)
{
	char *end;
	const double want = strtod(text, &end);
	const int valid = end != text && end == text + len && isfinite(want);
	double got = NAN;
	const int r = number_parse(text, len, &got);

	if (r != (valid ? 0 : -1) || (valid && bits(got) != bits(want)))
		fail_msg("\"%s\": %d %a, strtod says %d %a", text, r, got, valid, want);
}

static size_t put_digits(struct rng *r, char *p, size_t n)
{
	const int zeros = rng_below(r, 8) == 0; /* long runs of one digit are where carries go */
	const int nines = rng_below(r, 16) == 0;

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(zeros ? '0' : nines ? '9' : '0' + (int)rng_below(r, 10));
	return n;
}

/* sign, digits, point, digits, exponent: each there or not, short or long. */
static size_t random_number(struct rng *r, char *p)
{
	static const size_t longest[] = { 1, 4, 10, 16, 20, 40, 400 };
	const uint64_t dice = rng_next(r);
	size_t n = 0;

	if ((dice & 3) == 0)
		p[n++] = dice & 4 ? '-' : '+';
	n += put_digits(r, p + n, rng_below(r, 1 + longest[(dice >> 8) % (dice & 8 ? 7 : 5)]));
	if (dice & 16)
		p[n++] = '.';
	if (dice & 16)
		n += put_digits(r, p + n, rng_below(r, 1 + longest[(dice >> 16) % (dice & 8 ? 7 : 5)]));
	if ((dice & 0x60) == 0)
		n += (size_t)sprintf(p + n, "%c%s%d", dice & 128 ? 'e' : 'E', dice & (1 << 24) ? "+" : "",
				     (int)rng_below(r, dice & (1 << 25) ? 800 : 50) - (dice & (1 << 25) ? 400 : 25));
	p[n] = '\0';
	return n;
}

static void number_equals_strtod_on_random_numbers(void **state)
{
	struct rng r;
	char text[1024];

	(void)state;
	rng_init(&r, 1);
	for (int i = 0; i < ROUNDS; i++)
		compare(text, random_number(&r, text));
}

static void number_equals_strtod_on_random_characters(void **state)
{
	static const char alphabet[] = "0123456789015.e+-E";
	struct rng r;
	char text[16];

	(void)state;
	rng_init(&r, 2);
	for (int i = 0; i < ROUNDS; i++) {
		const size_t n = rng_below(&r, 12);

		for (size_t k = 0; k < n; k++)
			text[k] = alphabet[rng_below(&r, sizeof(alphabet) - 1)];
		text[n] = '\0';
		compare(text, n);
	}
}

static void number_gives_back_printed_doubles(void **state)
{
	struct rng r;
	char text[400];

	(void)state;
	rng_init(&r, 3);
	for (int i = 0; i < ROUNDS / 4; i++) {
		uint64_t u = rng_next(&r);
		double v;

		memcpy(&v, &u, sizeof(v));
		if (!isfinite(v))
			continue;
		snprintf(text, sizeof(text), i & 1 ? "%.17g" : "%.17e", v);
		expect(text, v);
	}
}

static void number_rounds_halfway_cases_to_even(void **state)
{
	char text[1200];

	(void)state;
	expect("9007199254740993", 9007199254740992.0);
	expect("9007199254740992.99999999", 9007199254740992.0);
	expect("9007199254740993.00000000000000000000000000000000000001", 9007199254740994.0);
	expect("9007199254740995", 9007199254740996.0);
	expect("4.9406564584124654e-324", 0x1p-1074);
	expect("2.4703282292062327e-324", 0); /* just below half of the smallest double */
	expect("2.4703282292062328e-324", 0x1p-1074);
	expect("1.7976931348623157e308", 0x1.fffffffffffffp1023);
	/* Exactly halfway between two doubles, then a 1 behind a thousand zeros: only that one decides. */
	snprintf(text, sizeof(text), "9007199254740993.%01000d1", 0);
	expect(text, 9007199254740994.0);
	snprintf(text, sizeof(text), "9007199254740993.%01000d0", 0);
	expect(text, 9007199254740992.0);
}

static void number_skips_blanks_and_takes_every_spelling(void **state)
{
	(void)state;
	expect("0", 0);
	expect("-0", -0.0);
	expect("0e999999999999999999999999", 0);
	expect("1e-999999999999999999999999", 0);
	expect(" \t12 \t", 12);
	expect("+1.", 1);
	expect(".5", 0.5);
	expect("1E3", 1000);
	expect("1634567890.123", 1634567890.123);
	expect("00000000000000000000000000000000000000000000001", 1);
	expect("0.00000000000000000000000000000000000000000000e5", 0);
}

static void number_refuses_what_is_none(void **state)
{
	static const char *const bad[] = { "",      " ",   "-",   "+",     ".",    "-.",  "e5",  ".e5",   "1e",
					   "1e+",   "1 2", "1,2", "1.2.3", "0x10", "nan", "inf", "NaN",   "Infinity",
					   "1e999", "--1", "1-",  "1f",    "\n1",  "1\r", "abc", "1_000", "-1e400" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuse(bad[i]);
}

static void number_reads_no_byte_past_its_length(void **state)
{
	static const char text[] = "123456789012345678901234567890e5";
	double v;

	(void)state;
	for (size_t n = 1; n < sizeof(text); n++) {
		char *exact = malloc(n); /* the sanitizer guards its end */

		assert_non_null(exact);
		memcpy(exact, text, n);
		assert_int_equal(number_parse(exact, n, &v), n == 31 ? -1 : 0);
		free(exact);
	}
	assert_int_equal(number_parse("12", 1, &v), 0);
	assert_true(v == 1);
	assert_int_equal(number_parse("1\0", 2, &v), -1);
	assert_int_equal(number_parse(NULL, 0, &v), -1);
}

static void number_outweighs_many_zeros_by_the_exponent(void **state)
{
	enum { N = 100000 };
	char *text = malloc(N + 16);
	double v = 0;

	(void)state;
	assert_non_null(text);
	memset(text, '0', N);
	memcpy(text, "0.", 2);
	sprintf(text + N, "125e%d", N);
	assert_int_equal(number_parse(text, strlen(text), &v), 0);
	assert_true(v == 12.5);
	memset(text, '1', N);
	sprintf(text + N, "e-%d", N - 1);
	assert_int_equal(number_parse(text, strlen(text), &v), 0);
	assert_true(v == 1.1111111111111111);
	free(text);
}

static void number_does_not_hear_the_locale(void **state)
{
	static const char *const comma[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8", "de_DE" };
	double v = 0;
	int found = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(comma) / sizeof(*comma) && !found; i++)
		found = setlocale(LC_ALL, comma[i]) != NULL;
	if (!found)
		skip();
	assert_int_equal(number_parse("1.00000000000000000000000000000005", 34, &v), 0);
	assert_true(v == 1);
	assert_int_equal(number_parse("1,5", 3, &v), -1);
	setlocale(LC_ALL, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_equals_strtod_on_random_numbers),
		cmocka_unit_test(number_equals_strtod_on_random_characters),
		cmocka_unit_test(number_gives_back_printed_doubles),
		cmocka_unit_test(number_rounds_halfway_cases_to_even),
		cmocka_unit_test(number_skips_blanks_and_takes_every_spelling),
		cmocka_unit_test(number_refuses_what_is_none),
		cmocka_unit_test(number_reads_no_byte_past_its_length),
		cmocka_unit_test(number_outweighs_many_zeros_by_the_exponent),
		cmocka_unit_test(number_does_not_hear_the_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
