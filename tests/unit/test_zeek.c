/* zeek: the lines that say how to read the others, and logs that are not as they should be. */
#include "table/zeek.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/cm.h"
#include "lib/flowtext.h"

#define FIELDS_LINE "#fields\torig_pkts\tresp_pkts\torig_bytes\tresp_bytes\tservice\n"

static void expect(const char *text, const char *want)
{
	char *const got = flowtext(&zeek_source, text, strlen(text), NULL, NULL);

	assert_string_equal(got, want);
	free(got);
}

static void expect_end(const char *text, const char *want)
{
	char *const got = flowtext(&zeek_source, text, strlen(text), NULL, NULL);

	if (strlen(got) < strlen(want) || strcmp(got + strlen(got) - strlen(want), want) != 0)
		fail_msg("reading gave\n%sand not at its end\n%s", got, want);
	free(got);
}

static void zeek_hears_what_separates_and_what_is_unset(void **state)
{
	(void)state;
	expect("#separator "
	       "\\x2c\n#set_separator,;\n#empty_field,none\n#unset_field,?\n#fields,service,orig_pkts,resp_pkts,orig_bytes,resp_"
	       "bytes\n"
	       "#types,string,count,count,count,count\nnone,1,2,?,4\ndns,1,2,3,4\n-,1,2,3,4\n",
	       "flow 0 ts nan orig_pkts 1 resp_pkts 2 orig_bytes 0 resp_bytes 4 label none\n"
	       "flow 1 ts nan orig_pkts 1 resp_pkts 2 orig_bytes 3 resp_bytes 4 label none service dns\n"
	       "flow 2 ts nan orig_pkts 1 resp_pkts 2 orig_bytes 3 resp_bytes 4 label none\n"
	       "rows 3 skipped 0\n0 \n");
}

static void zeek_takes_escapes_back(void **state)
{
	(void)state;
	expect(FIELDS_LINE "1\t2\t3\t4\ta\\x2cb\\x\\xzz\n\\x31\t2\t3\t4\t-\n",
	       "flow 0 ts nan orig_pkts 1 resp_pkts 2 orig_bytes 3 resp_bytes 4 label none service a,b\\x\\xzz\n"
	       "flow 1 ts nan orig_pkts 1 resp_pkts 2 orig_bytes 3 resp_bytes 4 label none\n"
	       "rows 2 skipped 0\n0 \n");
}

static void zeek_says_what_is_wrong_with_a_row(void **state)
{
	(void)state;
	expect(FIELDS_LINE "1\t2\t3\n1\t2\t3\t4\t-\t6\n1\t-2\tx\t4\t-\n#close\t2021-10-18\n\n1\t2\t3\t4\t-",
	       "flow 3 ts nan orig_pkts 1 resp_pkts 2 orig_bytes 3 resp_bytes 4 label none\n"
	       "rows 4 skipped 3\n"
	       "line 2 [] 3 columns, #fields has 5\n"
	       "line 3 [] 6 columns, #fields has 5\n"
	       "line 4 [resp_pkts] \"-2\" is negative\n"
	       "count has not as many columns as the header 2\n"
	       "count is negative 1\n"
	       "0 \n");
}

static void zeek_refuses_what_has_no_flows(void **state)
{
	(void)state;
	expect_end("", "\n-3 the log has no line with #fields, which names the columns\n");
	expect_end("#separator \\x09\n#path\tconn\n", "\n-3 the log has no line with #fields, which names the columns\n");
	expect_end("1\t2\n", "\n-3 line 1: a row before the line with #fields, which names the columns\n");
	expect_end("#separator \\x09\\x09\n", "\n-3 line 1: #separator is not one character\n");
	expect_end("#separator \\x0a\n", "\n-3 line 1: #separator is not one character\n");
	expect_end("#path\tdns\n#fields\tts\tquery\n", "\n-3 line 2: this is Zeek's dns.log; flows are in its conn.log\n");
	expect_end("#path\tconn\n#fields\tts\torig_pkts\n",
		   "\n-3 line 2: the header lacks resp_pkts, orig_bytes, resp_bytes; it has: ts, orig_pkts\n");
	expect_end(FIELDS_LINE "1\t2\t3\t4\t-\n#path\tssl\n#fields\tts\tcipher\n1\tx\n",
		   "\n-3 line 4: this is Zeek's ssl.log; flows are in its conn.log\n");
}

/* A log of another name that has all that is needed is a list of flows. */
static void zeek_believes_the_columns_and_not_the_path(void **state)
{
	(void)state;
	expect_end("#path\tconn_long\n" FIELDS_LINE "1\t2\t3\t4\t-\n", "\nrows 1 skipped 0\n0 \n");
}

static int count_flow(void *arg, const struct flow *f)
{
	(void)f;
	++*(size_t *)arg;
	return 0;
}

/* Megabytes without a line end, in the middle of a log. */
static void zeek_survives_a_line_without_end(void **state)
{
	static const char after[] = "\n1\t2\t3\t4\t-\n";
	char *const block = malloc(1 << 20);
	struct read_report report = { 0 };
	struct err e = { 0 };
	size_t flows = 0, before;
	void *const z =
		zeek_source.open(&(struct sinks){ .flow = count_flow, .arg = &flows }, &(struct source_options){ 0 }, &report);

	(void)state;
	assert_non_null(block);
	memset(block, '\t', 1 << 20);
	assert_int_equal(zeek_source.feed(z, FIELDS_LINE, strlen(FIELDS_LINE), &e), OK);
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (int i = 0; i < 20; i++)
		assert_int_equal(zeek_source.feed(z, block, 1 << 20, &e), OK);
	assert_true(mallinfo2().uordblks + mallinfo2().hblkhd <= before + 8192);
	assert_int_equal(zeek_source.feed(z, after, strlen(after), &e), OK);
	assert_int_equal(zeek_source.finish(z, &e), OK);
	assert_int_equal(flows, 1);
	assert_int_equal(report.rows_skipped, 1);
	assert_string_equal(report.problem[0].reason, "longer than 65536 bytes");
	assert_int_equal(report.problem[0].line, 2);
	zeek_source.close(z);
	zeek_source.close(NULL);
	free(block);
}

/* A line of exactly the limit is read, one byte more is not, whether it comes whole or in pieces. */
static void zeek_takes_lines_up_to_the_limit(void **state)
{
	static const char start[] = FIELDS_LINE "1\t2\t3\t4\t";

	(void)state;
	for (size_t over = 0; over < 2; over++) {
		const size_t n = strlen(FIELDS_LINE) + ZEEK_LINE_MAX + over;
		char *const text = malloc(n + 2), *got;

		assert_non_null(text);
		memset(text, 'a', n);
		memcpy(text, start, strlen(start));
		memcpy(text + n, "\n", 2);
		got = flowtext(&zeek_source, text, n + 1, NULL, NULL);
		assert_non_null(
			strstr(got, over > 0 ? "rows 1 skipped 1\nline 2 [] longer than 65536 bytes\n" : "rows 1 skipped 0\n0 \n"));
		free(got);
		free(text);
	}
}

static size_t cut_random(void *arg, size_t left)
{
	const size_t n = (size_t)rng_below(arg, 9) + 1;

	return n < left ? n : left;
}

static void zeek_gives_the_same_however_it_is_cut(void **state)
{
	static const char *const token[] = { "#separator \\x09\n",
					     "#fields\t",
					     FIELDS_LINE,
					     "#path\tconn\n",
					     "#unset_field\t-\n",
					     "\t",
					     "\n",
					     "\r\n",
					     "1\t2\t3\t4\tdns\n",
					     "1\t2\t3\t4\t-   x   y\n",
					     "   ",
					     "\\x41",
					     "#close\n",
					     "#",
					     "12.5",
					     "-" };
	char text[4096], *whole, *cut;
	struct rng r;

	(void)state;
	rng_init(&r, 11);
	for (int i = 0; i < 3000; i++) {
		size_t n = (size_t)sprintf(text, "%s", rng_below(&r, 4) > 0 ? FIELDS_LINE : "");

		for (size_t k = rng_below(&r, 40); k > 0; k--)
			n += (size_t)sprintf(text + n, "%s", token[rng_below(&r, sizeof(token) / sizeof(*token))]);
		whole = flowtext(&zeek_source, text, n, NULL, NULL);
		cut = flowtext(&zeek_source, text, n, cut_random, &r);
		if (strcmp(whole, cut) != 0)
			fail_msg("cut into pieces\n%s\ngives\n%sbut whole\n%s", text, cut, whole);
		free(whole);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeek_hears_what_separates_and_what_is_unset),
		cmocka_unit_test(zeek_takes_escapes_back),
		cmocka_unit_test(zeek_says_what_is_wrong_with_a_row),
		cmocka_unit_test(zeek_refuses_what_has_no_flows),
		cmocka_unit_test(zeek_believes_the_columns_and_not_the_path),
		cmocka_unit_test(zeek_survives_a_line_without_end),
		cmocka_unit_test(zeek_takes_lines_up_to_the_limit),
		cmocka_unit_test(zeek_gives_the_same_however_it_is_cut),
	};

	return cmocka_run_group_tests_name("zeek", tests, NULL, NULL);
}
