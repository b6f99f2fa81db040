/* humane: how numbers read. */
#include "base/humane.h"

#include <math.h>
#include <string.h>

#include "lib/cm.h"

struct reading {
	double v;
	const char *text;
};

static void all_read(const struct reading *r, size_t n, const char *(*write)(char out[HUMANE_TEXT], double v))
{
	for (size_t i = 0; i < n; i++) {
		char out[HUMANE_TEXT];

		assert_string_equal(write(out, r[i].v), r[i].text);
	}
}
#define ALL_READ(list, write) all_read(list, sizeof(list) / sizeof(*(list)), write)

static void counts_have_commas_and_two_digits_at_least(void **state)
{
	static const struct reading list[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ 7.04, "7" },
		{ 1.25, "1.3" },
		{ 12.4, "12" },
		{ 999, "999" },
		{ 1204, "1,204" },
		{ 1234567.4, "1,234,567" },
		{ 0.0501, "0.05" },
		{ 0.123, "0.12" },
		{ -1204, "-1,204" },
		{ 999999999999999, "999,999,999,999,999" },
		{ 1e16, "more than 10^15" },
		{ 1e-9, "under 0.000001" },
		{ 9.96, "10" },
		{ 99.5, "100" },
		{ NAN, "unknown" },
		{ INFINITY, "beyond counting" },
		{ -INFINITY, "below counting" },
		{ 1e300, "more than 10^15" },
	};

	(void)state;
	ALL_READ(list, humane_count);
}

static void bytes_are_decimal_and_roll_over_to_the_next_unit(void **state)
{
	static const struct reading list[] = {
		{ 0, "0 bytes" },      { 1, "1 byte" },       { 999, "999 bytes" }, { 1000, "1 kB" },
		{ 4100000, "4.1 MB" }, { 60000, "60 kB" },    { 310000, "310 kB" }, { 999499, "999 kB" },
		{ 999600, "1 MB" },    { 999950000, "1 GB" }, { 1.5e12, "1.5 TB" }, { 2e18, "2 EB" },
		{ -2000, "-2 kB" },    { NAN, "unknown" },    { 999.7, "1 kB" },    { 1e30, "1,000,000,000,000 EB" },
	};

	(void)state;
	ALL_READ(list, humane_bytes);
}

static void seconds_become_the_two_units_that_matter(void **state)
{
	static const struct reading list[] = {
		{ 0, "0 s" },
		{ 0.00025, "0.25 ms" },
		{ 0.025, "25 ms" },
		{ 0.9996, "1 s" },
		{ 4.14, "4.1 s" },
		{ 59.4, "59 s" },
		{ 59.7, "1 min" },
		{ 180, "3 min" },
		{ 200, "3 min 20 s" },
		{ 3599.7, "1 h" },
		{ 7500, "2 h 5 min" },
		{ 86399, "1 day" },
		{ 187200, "2 days 4 h" },
		{ 86400 * 1500.0, "1,500 days" },
		{ -90, "-1 min 30 s" },
		{ INFINITY, "beyond counting" },
	};

	(void)state;
	ALL_READ(list, humane_seconds);
}

static void less_than_all_is_never_a_hundred_percent(void **state)
{
	static const struct reading list[] = {
		{ 0, "0 %" },        { 0.98, "98 %" },     { 1, "100 %" },      { 0.9996, "99.96 %" },
		{ 0.999, "99.9 %" }, { 0.0005, "0.05 %" }, { 0.12345, "12 %" }, { 0.996, "99.6 %" },
	};

	(void)state;
	ALL_READ(list, humane_percent);
}

static void a_quantity_carries_its_unit_and_one_is_singular(void **state)
{
	static const struct {
		const char *unit;
		double v;
		int digits;
		const char *text;
	} list[] = {
		{ "packets", 1204, 2, "1,204 packets" },
		{ "packets", 1, 2, "1 packet" },
		{ "bytes", 4123456, 2, "4.1 MB" },
		{ "bytes", 4123456, 4, "4.123 MB" },
		{ "seconds", 180, 2, "3 min" },
		{ "s", 2.5, 2, "2.5 s" },
		{ "share", 0.5, 2, "50 %" },
		{ "", 3, 2, "3" },
		{ "packets", NAN, 2, "unknown" },
		{ "flows", 0, 2, "0 flows" },
		{ "ms", 187000, 2, "3 min 7 s" },
		{ "packets/s", 1, 2, "1 packets/s" },
		{ "packets", 1.04, 2, "1 packet" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		char out[HUMANE_TEXT];

		assert_string_equal(humane_quantity(out, list[i].unit, list[i].v, list[i].digits), list[i].text);
	}
}

static void a_range_names_its_unit_once_where_it_can(void **state)
{
	static const struct {
		const char *unit;
		double low, high;
		const char *text;
	} list[] = {
		{ "bytes", 2000, 60000, "2 to 60 kB" },      { "bytes", 0, 60000, "0 to 60 kB" },
		{ "bytes", 76, 60000, "76 bytes to 60 kB" }, { "bytes", 76, 76, "76 bytes" },
		{ "packets", 1, 12, "1 to 12 packets" },     { "seconds", 3, 200, "3 s to 3 min 20 s" },
		{ "share", 0.1, 0.5, "10 to 50 %" },         { "", 1, 2, "1 to 2" },
		{ "seconds", 120, 300, "2 to 5 min" },       { "bytes", NAN, 5, "unknown to 5 bytes" },
		{ "bytes", 1, 90, "1 to 90 bytes" },         { "ms", 2, 3000, "2 ms to 3 s" },
		{ "bytes", 60000, 60010, "60 kB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		char out[HUMANE_RANGE];

		assert_string_equal(humane_range(out, list[i].unit, list[i].low, list[i].high), list[i].text);
	}
}

/* Whatever the number and however long the unit: it ends within its room. */
static void no_text_is_longer_than_its_room(void **state)
{
	char unit[200], out[HUMANE_TEXT], range[HUMANE_RANGE];

	(void)state;
	memset(unit, 'x', sizeof(unit) - 1);
	unit[sizeof(unit) - 1] = '\0';
	for (double v = 1e-300; v < 1e300; v *= 7) {
		assert_true(strlen(humane_quantity(out, unit, -v, 9)) < HUMANE_TEXT);
		assert_true(strlen(humane_bytes(out, -v)) < HUMANE_TEXT);
		assert_true(strlen(humane_seconds(out, -v)) < HUMANE_TEXT);
		assert_true(strlen(humane_percent(out, -v)) < HUMANE_TEXT);
		assert_true(strlen(humane_range(range, unit, v, 2 * v)) < HUMANE_RANGE);
	}
}

static void a_p_value_reads_as_one_in_so_many(void **state)
{
	static const struct {
		double p;
		const char *text;
	} cases[] = {
		{ 1, "one in 1" },
		{ 0.3, "one in 3" },
		{ 0.05, "one in 20" },
		{ 4.71e-3, "one in 210" },
		{ 7.374e-6, "one in 140,000" },
		{ 1e-6, "one in 1 million" },
		{ 1.0001e-6, "one in 1 million" },
		{ 2.182e-7, "one in 4.6 million" },
		{ 1e-7, "one in 10 million" },
		{ 3.3e-10, "one in 3 billion" },
		{ 1e-15, "one in 1,000 trillion" },
		{ 1e-300, "less than one in 1,000 trillion" },
		{ 0, "less than one in 1,000 trillion" },
		{ -1, "less than one in 1,000 trillion" },
		{ NAN, "unknown" },
		{ INFINITY, "one in 1" },
	};
	char text[HUMANE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(humane_one_in(text, cases[i].p), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_have_commas_and_two_digits_at_least),
		cmocka_unit_test(bytes_are_decimal_and_roll_over_to_the_next_unit),
		cmocka_unit_test(seconds_become_the_two_units_that_matter),
		cmocka_unit_test(less_than_all_is_never_a_hundred_percent),
		cmocka_unit_test(a_quantity_carries_its_unit_and_one_is_singular),
		cmocka_unit_test(a_range_names_its_unit_once_where_it_can),
		cmocka_unit_test(a_p_value_reads_as_one_in_so_many),
		cmocka_unit_test(no_text_is_longer_than_its_room),
	};

	return cmocka_run_group_tests_name("humane", tests, NULL, NULL);
}
