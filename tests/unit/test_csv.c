/* csv: golden files, hostile files, and files that were written at random. */
#include "table/csv.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "lib/flowtext.h"

static const char HEADER[] = "orig_pkts,resp_pkts,orig_bytes,resp_bytes\n";

/* What reading text gives, as by flowtext. */
static void expect(const char *text, const char *want)
{
	char *got = flowtext(&csv_source, text, strlen(text), NULL, NULL);

	assert_string_equal(got, want);
	free(got);
}

/* The end of what reading text gives. */
static void expect_end(const char *text, const char *want)
{
	char *got = flowtext(&csv_source, text, strlen(text), NULL, NULL);

	if (strlen(got) < strlen(want) || strcmp(got + strlen(got) - strlen(want), want) != 0)
		fail_msg("reading gave\n%sand not at its end\n%s", got, want);
	free(got);
}

static size_t cut_1(void *arg, size_t left)
{
	(void)arg;
	(void)left;
	return 1;
}

static size_t cut_random(void *arg, size_t left)
{
	struct rng *r = arg;
	const size_t n = (size_t)rng_below(r, rng_below(r, 2) ? 8 : 5000) + 1;

	return n < left ? n : left;
}

static void csv_names_the_missing_columns(void **state)
{
	(void)state;
	expect("ts,orig_pkts,resp_bytes,\x01\xff\n1,2,3,4\n",
	       "rows 0 skipped 0\n"
	       "-3 line 1: the header lacks resp_pkts, orig_bytes; it has: ts, orig_pkts, resp_bytes, ??; "
	       "a dense model can take its 4 columns with numbers\n");
	expect("\n\n1,2\n", "rows 0 skipped 0\n"
			    "-3 line 3: the header lacks orig_pkts, resp_pkts, orig_bytes, resp_bytes; it has: 1, 2\n");
}

static void csv_refuses_a_column_that_is_named_twice(void **state)
{
	(void)state;
	expect_end("a,orig_pkts,a, ORIG_PKTS\n", "-3 line 1: the header names orig_pkts twice, in columns 2 and 4: remove one\n");
}

static void csv_refuses_what_is_no_table(void **state)
{
	static const char nul[] = "PK\0\0a,b\n";
	char *got = flowtext(&csv_source, nul, sizeof(nul) - 1, NULL, NULL), *long_line = calloc(1, 10000);

	(void)state;
	assert_non_null(strstr(got, "\n-3 line 1: NUL bytes"));
	free(got);
	expect_end("", "\n-3 the file is empty: a header with column names is needed\n");
	expect_end("\xef\xbb\xbf\r\n \n", "\n-3 the file is empty: a header with column names is needed\n");
	expect_end("\xef\xbb", "it has: ??\n");
	expect_end("orig_pkts,\"resp", "-3 line 1: a quote opens here that is never closed: all up to line 1 is inside it\n");
	expect_end("orig_pkts,\"resp\"x,a\n", "\n-3 line 1: text after a closing quote in the header\n");
	memset(long_line, 'a', 9999);
	expect_end(long_line, "\n-3 line 1: a column name of over 4096 bytes, this is no CSV with a header\n");
	memset(long_line, ',', 9999);
	expect_end(long_line, "\n-3 line 1: more than 1024 columns\n");
	free(long_line);
}

static void csv_keeps_the_first_error(void **state)
{
	static const char both[] = "orig\0,resp_pkts\n1,\"2\"x\n"; /* in pieces, the second is never reached */
	char *got = flowtext(&csv_source, both, sizeof(both) - 1, NULL, NULL);

	(void)state;
	assert_non_null(strstr(got, "-3 line 1: NUL bytes"));
	free(got);
}

static void csv_needs_no_rows(void **state)
{
	(void)state;
	expect(HEADER, "rows 0 skipped 0\n0 \n");
}

static void csv_reports_the_first_ten_and_counts_all(void **state)
{
	char text[2000];
	struct err e = { 0 };
	size_t n = (size_t)sprintf(text, "%s", HEADER), found = 0;
	char *got;

	(void)state;
	for (int i = 0; i < 40; i++)
		n += (size_t)sprintf(text + n, i % 2 ? "1,2,3,4\n" : "%d,x,3,4\n", i);
	got = flowtext(&csv_source, text, n, NULL, NULL);
	assert_non_null(strstr(got, "rows 40 skipped 20\nline 2 [resp_pkts] \"x\" is not a number\n"));
	for (const char *p = got; (p = strstr(p, "\nline ")) != NULL; p++)
		found++;
	assert_int_equal(found, REPORT_PROBLEMS);
	assert_non_null(strstr(got, "\nline 20 ["));
	free(got);
	assert_int_equal(e.code, 0);
}

static void csv_prefers_the_wrong_number_of_columns_to_a_wrong_field(void **state)
{
	(void)state;
	expect("orig_pkts,resp_pkts,orig_bytes,resp_bytes\nabc,1,2,3,4\n",
	       "rows 1 skipped 1\nline 2 [] 5 columns, the header has 4\ncount has not as many columns as the header 1\n0 \n");
}

static void csv_takes_fields_up_to_the_limit(void **state)
{
	static const char *const form[] = { "%s1,2,3,4,%s\n5,6,7,8,\n", "%s1,2,3,4,\"%s\"\n5,6,7,8,\n", "%s1,2,3,4,%s" };
	char *field = calloc(1, CSV_FIELD_MAX + 2), *text = calloc(1, CSV_FIELD_MAX + 200), *got;

	(void)state;
	for (size_t i = 0; i < sizeof(form) / sizeof(*form); i++) {
		memset(field, 'a', CSV_FIELD_MAX);
		field[CSV_FIELD_MAX] = '\0';
		sprintf(text, form[i], "orig_pkts,resp_pkts,orig_bytes,resp_bytes,note\n", field);
		got = flowtext(&csv_source, text, strlen(text), NULL, NULL);
		assert_non_null(strstr(got, "skipped 0\n0 \n"));
		free(got);
		field[CSV_FIELD_MAX] = 'a';
		sprintf(text, form[i], "orig_pkts,resp_pkts,orig_bytes,resp_bytes,note\n", field);
		got = flowtext(&csv_source, text, strlen(text), NULL, NULL);
		assert_non_null(strstr(got, "skipped 1\nline 2 [note] longer than 4096 bytes\ncount is too long 1\n0 \n"));
		free(got);
	}
	free(field);
	free(text);
}

static void csv_tells_where_an_overlong_quote_began_and_ended(void **state)
{
	char *text = calloc(1, 20000);
	size_t n = (size_t)sprintf(text, "%s1,2,3,\"\n", HEADER);

	(void)state;
	while (n < 12000)
		n += (size_t)sprintf(text + n, "9,9,9,9\r\n");
	sprintf(text + n, "\"\n1,2,3,4\nx,2,3,4");
	expect(text, "flow 1 ts nan orig_pkts 1 resp_pkts 2 orig_bytes 3 resp_bytes 4 label none\n"
		     "rows 3 skipped 2\n"
		     "line 2 [resp_bytes] longer than 4096 bytes: a quote opens here that closes in line 1331 only\n"
		     "line 1333 [orig_pkts] \"x\" is not a number\n"
		     "count is too long 1\n"
		     "count is not a number 1\n"
		     "0 \n");
	free(text);
}

static int count_flow(void *arg, const struct flow *f)
{
	(void)f;
	++*(size_t *)arg;
	return 0;
}

/* Feed megabytes of one byte after start, then end; nothing may grow. */
static void feed_long(const char *start, char c, size_t megabytes, const char *end, const char *problem, int code)
{
	size_t flows = 0, before;
	struct read_report report = { 0 };
	void *const r =
		csv_source.open(&(struct sinks){ .flow = count_flow, .arg = &flows }, &(struct source_options){ 0 }, &report);
	char *block = malloc(1 << 20);
	struct err e = { 0 };

	memset(block, c, 1 << 20);
	assert_int_equal(csv_source.feed(r, HEADER, strlen(HEADER), &e), 0);
	assert_int_equal(csv_source.feed(r, start, strlen(start), &e), 0);
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (size_t i = 0; i < megabytes; i++)
		assert_int_equal(csv_source.feed(r, block, 1 << 20, &e), 0);
	assert_true(mallinfo2().uordblks + mallinfo2().hblkhd <= before + 8192);
	assert_int_equal(csv_source.feed(r, end, strlen(end), &e), 0);
	assert_int_equal(csv_source.finish(r, &e), code);
	assert_int_equal(report.problem_n, 1);
	assert_string_equal(report.problem[0].reason, problem);
	assert_int_equal(report.problem[0].line, 2);
	assert_int_equal(flows, 1);
	csv_source.close(r);
	free(block);
}

static void csv_survives_a_line_without_end(void **state)
{
	(void)state;
	feed_long("1,2,", 'a', 20, ",4\n1,2,3,4\n", "longer than 4096 bytes", 0);
	feed_long("1,2,", ' ', 5, "3,4,5\n1,2,3,4\n", "5 columns, the header has 4", 0);
}

static void csv_survives_columns_without_end(void **state)
{
	(void)state;
	feed_long("1,2,3,4", ',', 5, "\n1,2,3,4\n", "5242884 columns, the header has 4", 0);
	feed_long("1,2,3,\"x\"y", '"', 5, "\n1,2,3,4\n", "text after the closing quote; a quote inside quotes is written twice", 0);
}

static void csv_survives_quotes_without_end(void **state)
{
	(void)state;
	feed_long("1,2,3,\"", 'a', 5, "\"\n1,2,3,4\n", "longer than 4096 bytes", 0);
	feed_long("1,2,3,\"", '"', 5, "\"\n1,2,3,4\n", "longer than 4096 bytes", 0);
	feed_long("1,2,3,\"a\"", ' ', 5, "\n1,2,3,4\n", "longer than 4096 bytes", 0);
	feed_long("1,2,3,4", '"', 5, "\n1,2,3,4\n", "longer than 4096 bytes", 0);
}

static int stop_at_2(void *arg, const struct flow *f)
{
	++*(size_t *)arg;
	return f->row == 2 ? -77 : 0;
}

static void csv_stops_when_the_sink_says_so(void **state)
{
	size_t calls = 0;
	struct read_report report = { 0 };
	void *const r =
		csv_source.open(&(struct sinks){ .flow = stop_at_2, .arg = &calls }, &(struct source_options){ 0 }, &report);
	struct err e = { .code = 5, .msg = "the sink's" };

	(void)state;
	assert_int_equal(csv_source.feed(r, HEADER, strlen(HEADER), &e), 0);
	assert_int_equal(csv_source.feed(r, "1,2,3,4\n1,2,3,4\n1,2,3,4\n1,2,3,4\n1,2,3,4\n", 40, &e), -77);
	assert_int_equal(calls, 3);
	assert_int_equal(csv_source.feed(r, "1,2,3,4\n", 8, &e), -77);
	assert_int_equal(csv_source.finish(r, &e), -77);
	assert_int_equal(calls, 3);
	assert_string_equal(e.msg, "the sink's");
	csv_source.close(r);
	csv_source.close(NULL);
}

/* Pieces of tables, in any order: most of it is nonsense. */
static size_t random_nonsense(struct rng *r, char *p, size_t cap)
{
	static const char *const token[] = { "\"",
					     "\"\"",
					     "\"a",
					     "b\"",
					     ",",
					     ",",
					     "\n",
					     "\n",
					     "\r\n",
					     "\r",
					     "1",
					     "2.5",
					     " ",
					     "-",
					     "abc",
					     "1,2,3,4\n",
					     "5,6,7,\"8\"\r\n",
					     "x,6,7,8\n",
					     "\"1\",2,3,4\r",
					     "\xef\xbb\xbf",
					     "\t" };
	size_t n = 0, want = 3 + rng_below(r, 60);

	if (rng_below(r, 8) != 0)
		n += (size_t)sprintf(p, "%s%s", rng_below(r, 2) ? "\xef\xbb\xbf" : "", HEADER);
	for (size_t i = 0; i < want && n + 6000 < cap; i++) {
		if (rng_below(r, 200) == 0) {
			const size_t k = 4090 + rng_below(r, 20);

			memset(p + n, "a \"\n"[rng_below(r, 4)], k);
			n += k;
		}
		n += (size_t)sprintf(p + n, "%s", token[rng_below(r, sizeof(token) / sizeof(*token))]);
	}
	return n;
}

static void csv_gives_the_same_however_it_is_cut(void **state)
{
	enum { CAP = 1 << 16 };
	char *text = malloc(CAP), *whole, *cut;
	struct rng r;

	(void)state;
	rng_init(&r, 5);
	for (int i = 0; i < 4000; i++) {
		const size_t n = random_nonsense(&r, text, CAP);

		whole = flowtext(&csv_source, text, n, NULL, NULL);
		cut = flowtext(&csv_source, text, n, i % 3 ? cut_random : cut_1, &r);
		if (strcmp(whole, cut) != 0)
			fail_msg("cut into pieces\n%.*s\ngives\n%sbut whole\n%s", (int)n, text, cut, whole);
		free(whole);
		free(cut);
	}
	free(text);
}

/* A writer of correct tables with some wrong numbers, which keeps what a reader should say. */
struct writer {
	struct rng r;
	FILE *table, *flows, *problems;
	size_t line, rows, skipped, problem_n;
};

static void put(struct writer *w, const char *text, const char *quoted_form)
{
	fputs(rng_below(&w->r, 3) == 0 ? quoted_form : text, w->table);
}

static void put_line_end(struct writer *w)
{
	static const char *const ends[] = { "\n", "\r\n", "\r\n \t\n", "\n\n\n", "\r\r", "\r\n\r\n" };
	static const int lines[] = { 1, 1, 2, 3, 2, 2 };
	const size_t i = rng_below(&w->r, 6);

	fputs(ends[i], w->table);
	w->line += (size_t)lines[i];
}

static void put_row(struct writer *w)
{
	static const char *const note[] = {
		"", "plain", "\"\"", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "\"\r\n\n\r\"", "5\" disk"
	};
	static const int note_lines[] = { 0, 0, 0, 0, 0, 1, 3, 0 };
	const size_t i = rng_below(&w->r, 8);
	const int bad = rng_below(&w->r, 10) == 0;
	char plain[32], quoted[40];
	unsigned v[4];

	fprintf(w->table, "%s,", note[i]);
	w->line += (size_t)note_lines[i];
	if (bad && w->problem_n++ < REPORT_PROBLEMS)
		fprintf(w->problems, "line %zu [orig_bytes] \"7up\" is not a number\n", w->line);
	for (int k = 0; k < 4; k++) {
		v[k] = (unsigned)rng_below(&w->r, 100000);
		sprintf(plain, "%s%u", k == 2 && bad ? "" : rng_below(&w->r, 5) ? "" : " ", v[k]);
		if (k == 2 && bad)
			strcpy(plain, "7up");
		sprintf(quoted, "\"%s\"", plain);
		put(w, plain, quoted);
		if (k < 3)
			fputc(',', w->table);
	}
	if (!bad)
		fprintf(w->flows, "flow %zu ts nan orig_pkts %u resp_pkts %u orig_bytes %u resp_bytes %u label none\n", w->rows,
			v[0], v[1], v[2], v[3]);
	w->skipped += (size_t)bad;
	w->rows++;
	put_line_end(w);
}

static void csv_reads_what_a_writer_wrote(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct writer w = { .line = 1 };
		char *table, *flows, *problems, *got, *want;
		size_t table_n, flows_n, problems_n;

		rng_init(&w.r, seed);
		w.table = open_memstream(&table, &table_n);
		w.flows = open_memstream(&flows, &flows_n);
		w.problems = open_memstream(&problems, &problems_n);
		fputs("note,orig_pkts,resp_pkts,orig_bytes,resp_bytes", w.table);
		put_line_end(&w);
		for (size_t n = rng_below(&w.r, 100); w.rows < n;)
			put_row(&w);
		if (w.skipped > 0)
			fprintf(w.problems, "count is not a number %zu\n", w.skipped);
		fclose(w.table);
		fclose(w.flows);
		fclose(w.problems);
		assert_true(asprintf(&want, "%srows %zu skipped %zu\n%s0 \n", flows, w.rows, w.skipped, problems) > 0);
		got = flowtext(&csv_source, table, table_n, NULL, NULL);
		if (strcmp(got, want) != 0)
			fail_msg("seed %d: reading\n%sgives\n%snot\n%s", (int)seed, table, got, want);
		free(table);
		free(flows);
		free(problems);
		free(got);
		free(want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_names_the_missing_columns),
		cmocka_unit_test(csv_refuses_a_column_that_is_named_twice),
		cmocka_unit_test(csv_refuses_what_is_no_table),
		cmocka_unit_test(csv_keeps_the_first_error),
		cmocka_unit_test(csv_needs_no_rows),
		cmocka_unit_test(csv_reports_the_first_ten_and_counts_all),
		cmocka_unit_test(csv_prefers_the_wrong_number_of_columns_to_a_wrong_field),
		cmocka_unit_test(csv_takes_fields_up_to_the_limit),
		cmocka_unit_test(csv_tells_where_an_overlong_quote_began_and_ended),
		cmocka_unit_test(csv_survives_a_line_without_end),
		cmocka_unit_test(csv_survives_columns_without_end),
		cmocka_unit_test(csv_survives_quotes_without_end),
		cmocka_unit_test(csv_stops_when_the_sink_says_so),
		cmocka_unit_test(csv_gives_the_same_however_it_is_cut),
		cmocka_unit_test(csv_reads_what_a_writer_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
