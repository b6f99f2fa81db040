/* table: names of columns, times, tables of numbers, and everybody's files where they are at hand. */
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/reader.h"
#include "lib/cm.h"
#include "lib/flowtext.h"
#include "lib/readersource.h"
#include "table/csv.h"
#include "table/delimiter.h"
#include "table/field.h"
#include "table/label.h"
#include "table/row.h"
#include "table/timestamp.h"

static void names_are_found_whatever_their_case(void **state)
{
	static const struct {
		const char *name;
		enum field field;
	} cases[] = {
		{ "TS", FIELD_TS },
		{ "Src IP", FIELD_ORIG_H },
		{ "id.resp_p", FIELD_RESP_P },
		{ "Tot Bwd Pkts", FIELD_RESP_PKTS },
		{ "dst2src_bytes", FIELD_RESP_WIRE },
		{ "Attack_Cat", FIELD_ATTACK },
		{ "", FIELD_NONE },
		{ "orig_pkts2", FIELD_NONE },
		{ "orig_pkt", FIELD_NONE },
		{ "a name that is longer than any of the table", FIELD_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(field_find(cases[i].name, strlen(cases[i].name)).field, cases[i].field);
	assert_true(field_find("flow duration", 13).divisor == 1e6);
}

static void every_needed_field_is_missed_by_its_name(void **state)
{
	char text[80];

	(void)state;
	fields_print(fields_missing(0), text, sizeof(text));
	assert_string_equal(text, "orig_pkts, resp_pkts, orig_bytes, resp_bytes");
	fields_print(fields_missing(1U << FIELD_ORIG_PKTS | 1U << FIELD_RESP_WIRE | 1U << FIELD_ORIG_IP_BYTES), text, sizeof(text));
	assert_string_equal(text, "resp_pkts");
	fields_print(~0U, text, 8); /* cut, not overrun */
	assert_true(strlen(text) < 8);
}

static void times_are_what_the_first_one_is(void **state)
{
	static const struct {
		const char *text;
		enum time_kind kind;
		double seconds;
	} cases[] = {
		{ "0.5", TIME_SECONDS, 0.5 },
		{ "1634561099.25", TIME_SECONDS, 1634561099.25 },
		{ "1634561099250", TIME_MILLIS, 1634561099.25 },
		{ "1634561099250000", TIME_MICROS, 1634561099.25 },
		{ "1634561099250000000", TIME_NANOS, 1634561099.25 },
		{ "2021-10-18", TIME_ISO, 1634515200 },
		{ "1969-12-31T23:59:59Z", TIME_ISO, -1 },
		{ "2000-02-29 00:00", TIME_ISO, 951782400 },
		{ "2021-10-18T14:44:59.250+02:00", TIME_ISO, 1634561099.25 },
		{ "2021-10-18T07:14:59,25-0530", TIME_ISO, 1634561099.25 },
		{ "18/10/2021 12:44:59", TIME_DAY_FIRST, 1634561099 },
		{ "18/10/2021 12:44:59 PM", TIME_DAY_FIRST, 1634561099 },
		{ "18/10/2021 12:44:59 AM", TIME_DAY_FIRST, 1634517899 },
		{ "8/1/2021 1:02", TIME_DAY_FIRST, 1610067720 },
	};
	static const char *const none[] = { "",
					    "yesterday",
					    "-5",
					    "nan",
					    "1e30",
					    "2021-02-29",
					    "2021-13-01",
					    "2021-10-18T",
					    "2021-10-18T25:00",
					    "2021-10-18T24:00:01",
					    "2021-10-18T14:44:59+2",
					    "2021-10-18T14:44:59 x",
					    "31/02/2018 12:00",
					    "18/10/2021",
					    "18/10/2021 13:00:00 PM" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum time_kind kind = TIME_UNKNOWN;
		double got = NAN;

		if (timestamp_parse(&kind, cases[i].text, strlen(cases[i].text), &got) != NULL)
			fail_msg("%s is no time", cases[i].text);
		assert_int_equal(kind, cases[i].kind);
		if (fabs(got - cases[i].seconds) > 1e-6)
			fail_msg("%s is %.6f, not %.6f", cases[i].text, got, cases[i].seconds);
		assert_non_null(timestamp_kind_name(kind));
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		enum time_kind kind = TIME_UNKNOWN;
		double got = NAN;

		if (timestamp_parse(&kind, none[i], strlen(none[i]), &got) == NULL)
			fail_msg("\"%s\" is the time %f", none[i], got);
		assert_int_equal(kind, TIME_UNKNOWN);
	}
	assert_null(timestamp_kind_name(TIME_UNKNOWN));
}

static void a_file_has_one_kind_of_times(void **state)
{
	enum time_kind kind = TIME_MILLIS;
	double got;

	(void)state;
	assert_null(timestamp_parse(&kind, "946684800000", 12, &got));
	assert_true(got == 946684800);
	assert_non_null(timestamp_parse(&kind, "2021-10-18", 10, &got));
	kind = TIME_SECONDS;
	assert_null(timestamp_parse(&kind, "0", 1, &got));
	assert_non_null(timestamp_parse(&kind, "1634561099250", 13, &got));
	kind = TIME_ISO;
	assert_non_null(timestamp_parse(&kind, "1634561099", 10, &got));
}

static void a_time_in_another_unit_than_the_first_is_refused(void **state)
{
	static const char *const now[] = { "1634561099", "1634561099250", "1634561099250000", "1634561099250000000" };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 4; k++) {
			enum time_kind kind = TIME_UNKNOWN;
			double got;

			assert_null(timestamp_parse(&kind, now[i], strlen(now[i]), &got));
			assert_int_equal(timestamp_parse(&kind, now[k], strlen(now[k]), &got) == NULL, i == k);
			assert_int_equal(kind, TIME_SECONDS + i);
		}
}

static void a_time_of_0_tells_no_unit(void **state)
{
	enum time_kind kind = TIME_UNKNOWN;
	double got = NAN;

	(void)state;
	assert_null(timestamp_parse(&kind, "0.0", 3, &got));
	assert_int_equal(kind, TIME_UNKNOWN);
	assert_true(got == 0);
	assert_null(timestamp_parse(&kind, "1634561099250", 13, &got));
	assert_int_equal(kind, TIME_MILLIS);
	assert_null(timestamp_parse(&kind, "-0", 2, &got));
	assert_true(got == 0 && !signbit(got));
}

/* Reading `text` from a file of any kind gives a flow, and says `has`. */
static void expect_flow(const char *text, const char *has)
{
	char *const got = flowtext(&reader_source, text, strlen(text), NULL, NULL);

	if (strncmp(got, "flow 0 ", 7) != 0 || strstr(got, has) == NULL)
		fail_msg("reading gave\n%s", got);
	free(got);
}

static void a_blank_line_before_the_header_hides_no_delimiter(void **state)
{
	(void)state;
	expect_flow(" \r\norig_pkts;resp_pkts;orig_bytes;resp_bytes\n1;2;3;4\n", "semicolons");
	expect_flow("\xef\xbb\xbf\norig_pkts|resp_pkts|orig_bytes|resp_bytes\n1|2|3|4\n", "bars");
}

static void a_log_may_begin_with_any_of_its_directives(void **state)
{
	static const char rest[] = "#unset_field\tN/A\n#fields\torig_pkts\tresp_pkts\torig_bytes\tresp_bytes\n1\tN/A\t3\t4\n";
	static const char *const first[] = {
		"", "\xef\xbb\xbf", "\n \n", "\xef\xbb\xbf\r\n", "#path\tconn\n", "\t#separator \\x09\n"
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++) {
		snprintf(text, sizeof(text), "%s%s", first[i], rest);
		expect_flow(text, "Zeek conn.log");
	}
}

/* Both go to the same place. The order of the columns means nothing. */
static void bytes_of_ip_packets_count_more_than_those_on_the_wire(void **state)
{
	(void)state;
	expect_flow("orig_pkts,resp_pkts,src_ip_bytes,sbytes,dbytes,dst_ip_bytes\n1,1,100,60,70,90\n",
		    "orig_ip_bytes 100 resp_ip_bytes 90");
	expect_flow("orig_pkts,resp_pkts,src_ip_bytes,sbytes,dbytes,dst_ip_bytes\n1,1,-,60,70,-\n",
		    "orig_ip_bytes 60 resp_ip_bytes 70");
}

static void words_of_ground_truth(void **state)
{
	static const struct {
		const char *word;
		enum flow_label label;
	} cases[] = {
		{ "Benign", LABEL_BENIGN },
		{ "benign traffic", LABEL_BENIGN },
		{ "NORMAL", LABEL_BENIGN },
		{ "0", LABEL_BENIGN },
		{ "0.0", LABEL_BENIGN },
		{ "False", LABEL_BENIGN },
		{ "", LABEL_NONE },
		{ "-", LABEL_NONE },
		{ "(empty)", LABEL_NONE },
		{ "Background", LABEL_NONE },
		{ "background-udp", LABEL_NONE },
		{ "unknown", LABEL_NONE },
		{ "nan", LABEL_NONE },
		{ "NaN", LABEL_NONE },
		{ "None", LABEL_NONE },
		{ "NULL", LABEL_NONE },
		{ "n/a", LABEL_NONE },
		{ "1", LABEL_MALICIOUS },
		{ "1.0", LABEL_MALICIOUS },
		{ "true", LABEL_MALICIOUS },
		{ "DDoS", LABEL_MALICIOUS },
		{ "PortScan", LABEL_MALICIOUS },
		{ "nano", LABEL_MALICIOUS },
		{ "00", LABEL_MALICIOUS },
	};
	static const char text[] = "orig_pkts,resp_pkts,orig_bytes,resp_bytes,label,type\n1,1,1,1,1.0,nan\n1,1,1,1,None,0.0\n";
	char *got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (label_find(cases[i].word, strlen(cases[i].word)) != cases[i].label)
			fail_msg("\"%s\" is not %d", cases[i].word, (int)cases[i].label);
	got = flowtext(&csv_source, text, sizeof(text) - 1, NULL, NULL);
	assert_non_null(strstr(got, "label malicious\n"));
	assert_non_null(strstr(got, "label none\n"));
	free(got);
}

static void expect_delimiter(const char *text, char want, size_t want_line)
{
	size_t line = 99;

	assert_int_equal(delimiter_find((const unsigned char *)text, strlen(text), &line), want);
	assert_int_equal(line, want_line);
}

static void the_most_frequent_delimiter_of_the_header_counts(void **state)
{
	(void)state;
	expect_delimiter("a,b;c,d\n;;;;", ',', 0);
	expect_delimiter("\r\n\na;b;\"c,,,,d\"", ';', 0);
	expect_delimiter("a\tb", '\t', 0);
	expect_delimiter("a|b|c,d", '|', 0);
	expect_delimiter("", ',', 0);
	expect_delimiter("sep=;\r", ';', 6);
	expect_delimiter("\xef\xbb\xbfSEP=|\n", '|', 9);
	expect_delimiter("sep=;", ';', 0);
	expect_delimiter("sep=a\n", ',', 0);
	expect_delimiter("\xef\xbb\xbf\r\n  \na;b,c;d", ';', 0);
	assert_string_equal(delimiter_name('|'), "bars");
}

static void expect_table(const char *text, const char *want)
{
	char *const got = flowtext_table(&csv_source, text, strlen(text), NULL, NULL);

	assert_string_equal(got, want);
	free(got);
}

static void columns_with_numbers_make_a_table(void **state)
{
	(void)state;
	expect_table("id,temp,name,hum,light,label\na,1.5,x,,3,1\nb,2,y,5,-,0\nc,3,z\nd,4,q,6,oops,1\n",
		     "rows 4 skipped 1 labelled\n"
		     "line 4 [] 3 columns, the header has 6\n"
		     "count has not as many columns as the header 1\n"
		     "-3 a table needs at least 3 columns with numbers; this one has 2\n");
	expect_table("a;b;c;type\n1;2;3;scan\n4;;6;normal\n", "row 0 a 1 b 2 c 3 label 0 scan\n"
							      "row 1 a 4 b nan c 6 label 0 \n"
							      "rows 2 skipped 0\n"
							      "dialect semicolons\n"
							      "0 \n");
	expect_table("orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n1,2,3,4,benign\n",
		     "row 0 orig_pkts 1 resp_pkts 2 orig_bytes 3 resp_bytes 4 label 1 \n"
		     "rows 1 skipped 0 labelled\n"
		     "0 \n");
}

/* 64 rows decide; what is no number after them is unknown. */
static void later_rows_do_not_change_which_columns_are_numbers(void **state)
{
	char text[4096], *got;
	size_t n = (size_t)sprintf(text, "a,b,c,d\n");

	(void)state;
	for (int i = 0; i < 70; i++)
		n += (size_t)sprintf(text + n, i < 64 ? "%d,2,3,x\n" : "%d,?,3,4\n", i);
	got = flowtext_table(&csv_source, text, n, NULL, NULL);
	assert_non_null(strstr(got, "row 63 a 63 b 2 c 3 label"));
	assert_non_null(strstr(got, "row 69 a 69 b nan c 3 label"));
	assert_non_null(strstr(got, "rows 70 skipped 0\nnote column b has values that are no numbers; they are left out\n0 \n"));
	free(got);
}

static int count_flow(void *arg, const struct flow *f)
{
	++*(uint64_t *)arg;
	assert_true(f->pkts[ORIG] >= 0 && f->bytes[RESP] >= 0);
	return 0;
}

/* Logs that others wrote: all rows of all of them can be used. */
static void other_peoples_files_are_read_to_the_last_row(void **state)
{
	static const char *const patterns[] = { "seed/*.csv", "iot23/*", "iot23_somfy_unlabelled/*", "stratosphere/*",
						"zeek_samples/*" };
	static char buf[1 << 16];
	glob_t g = { 0 };
	uint64_t all = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		char pattern[4096];

		snprintf(pattern, sizeof(pattern), "%s/../shared/data/%s", TEST_SOURCE_DIR, patterns[i]);
		glob(pattern, i > 0 ? GLOB_APPEND : 0, NULL, &g);
	}
	if (g.gl_pathc == 0) {
		print_message("skipped: the captures of others are not at hand (../shared/data)\n");
		skip();
	}
	for (size_t i = 0; i < g.gl_pathc; i++) {
		FILE *const f = fopen(g.gl_pathv[i], "rb");
		struct reader *r = NULL;
		struct err e = { 0 };
		uint64_t flows = 0;
		size_t n;

		assert_non_null(f);
		assert_int_equal(reader_new(&r, NULL, &(struct sinks){ .flow = count_flow, .arg = &flows }, &e), OK);
		while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
			if (reader_feed(r, buf, n, &e) < 0)
				fail_msg("%s: %s", g.gl_pathv[i], e.msg);
		if (reader_finish(r, &e) < 0 || reader_report(r)->rows_skipped > 0)
			fail_msg("%s: %s, %d rows skipped", g.gl_pathv[i], e.msg, (int)reader_report(r)->rows_skipped);
		assert_int_equal(flows, reader_report(r)->rows);
		all += flows;
		reader_del(r);
		fclose(f);
	}
	globfree(&g);
	assert_true(all > 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_whatever_their_case),
		cmocka_unit_test(every_needed_field_is_missed_by_its_name),
		cmocka_unit_test(times_are_what_the_first_one_is),
		cmocka_unit_test(a_file_has_one_kind_of_times),
		cmocka_unit_test(a_time_in_another_unit_than_the_first_is_refused),
		cmocka_unit_test(a_time_of_0_tells_no_unit),
		cmocka_unit_test(bytes_of_ip_packets_count_more_than_those_on_the_wire),
		cmocka_unit_test(words_of_ground_truth),
		cmocka_unit_test(a_blank_line_before_the_header_hides_no_delimiter),
		cmocka_unit_test(a_log_may_begin_with_any_of_its_directives),
		cmocka_unit_test(the_most_frequent_delimiter_of_the_header_counts),
		cmocka_unit_test(columns_with_numbers_make_a_table),
		cmocka_unit_test(later_rows_do_not_change_which_columns_are_numbers),
		cmocka_unit_test(other_peoples_files_are_read_to_the_last_row),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
