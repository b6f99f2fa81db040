/* sample: the capture to try things with is always the same, small, and has what it promises. */
#include "synth/sample.h"

#include <string.h>

#include "base/text.h"
#include "lib/cm.h"

struct got {
	struct text text;
	size_t pieces, stop_at;
};

static int put(void *arg, const void *data, size_t len, struct err *e)
{
	struct got *const g = arg;

	text_add(&g->text, data, len);
	return ++g->pieces == g->stop_at ? err_set(e, ERR_IO, "enough") : OK;
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text += strlen(word))
		n++;
	return n;
}

static void it_has_a_scan_a_flood_and_data_that_leaves(void **state)
{
	struct got one = { 0 }, two = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(sample_write(put, &one, &e), OK);
	assert_int_equal(sample_write(put, &two, &e), OK);
	assert_int_equal(one.text.n, two.text.n);
	assert_memory_equal(one.text.p, two.text.p, one.text.n);
	assert_in_range(one.text.n, 500000, 4000000);
	assert_in_range(count(one.text.p, ",malicious,port_scan"), 100, 2000);
	assert_in_range(count(one.text.p, ",malicious,ddos"), 100, 2000);
	assert_in_range(count(one.text.p, ",malicious,exfiltration"), 5, 200);
	assert_int_equal(count(one.text.p, "\n"), count(one.text.p, ",benign") + count(one.text.p, ",malicious") + 1);
	text_free(&one.text);
	text_free(&two.text);
}

static void whoever_takes_it_may_stop_it(void **state)
{
	struct got g = { .stop_at = 2 };
	struct err e;

	(void)state;
	assert_int_equal(sample_write(put, &g, &e), ERR_IO);
	assert_string_equal(e.msg, "enough");
	assert_int_equal(g.pieces, 2);
	text_free(&g.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_a_scan_a_flood_and_data_that_leaves),
		cmocka_unit_test(whoever_takes_it_may_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
