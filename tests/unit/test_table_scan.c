/* table_scan: a table goes in as bytes, the odd rows come out. */
#include "detect/table_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "lib/cm.h"

enum { N = 3000, ODD_FROM = 1200, ODD_TO = 1260 };

struct seen {
	uint64_t rows, odd, wrong, incidents, named;
	double score_sum;
	struct table_incident last;
};

static int take_result(void *arg, const struct table_result *r)
{
	struct seen *const s = arg;
	const int odd = r->row >= ODD_FROM && r->row < ODD_TO;

	assert_int_equal(r->row, s->rows++);
	s->score_sum += r->score;
	s->odd += (uint64_t)(r->anomalous && odd);
	s->wrong += (uint64_t)(r->anomalous && !odd);
	s->named += (uint64_t)(strcmp(r->attack, "flood") == 0);
	assert_int_equal(r->anomalous, r->incident != 0);
	if (r->anomalous) {
		assert_true(r->part_n > 0 && r->part[0].share > 0 && r->part[0].share <= 1);
		assert_true(r->p <= 1);
	}
	return OK;
}

static int take_incident(void *arg, const struct table_incident *i)
{
	struct seen *const s = arg;

	s->incidents++;
	s->last = *i;
	return OK;
}

/* A running number, a time, a port, and four readings, of which two go wild in the odd rows. */
static void make_table(struct text *t, size_t n, int odd)
{
	struct rng r;

	rng_init(&r, 9);
	text_str(t, "line_number,when,src_port,temp,load,rate,size,label,type\n");
	for (size_t i = 0; i < n; i++) {
		const double base = rng_normal(&r), noise = rng_normal(&r), more = rng_normal(&r);
		const int is_odd = odd && i >= ODD_FROM && i < ODD_TO;

		text_printf(t, "%zu,%.3f,%d,%.4f,%.4f,%.4f,%.4f,%d,%s\n", i * 3, 1.6e9 + (double)i * 0.5,
			    (int)(rng_next(&r) % 60000), 20 + base, 5 - 2 * base + 0.1 * noise,
			    is_odd ? 90 + more : 3 * base + 0.1 * more, is_odd ? 4000 : 50 + noise, is_odd,
			    is_odd ? "flood" : "normal");
	}
	assert_false(t->failed);
}

static int scan(const struct text *t, size_t piece, const char *threshold, size_t rows_max, struct seen *seen,
		struct table_summary *summary, struct read_report *report)
{
	const struct table_scan_options o = { .kernel = kernel_select(NULL, NULL),
					      .seed = 1,
					      .rows_max = rows_max,
					      .threshold = threshold,
					      .results = take_result,
					      .incidents = take_incident,
					      .arg = seen };
	struct table_scan *s = NULL;
	struct err e = { 0 };
	int r = OK;

	memset(seen, 0, sizeof(*seen));
	if ((r = table_scan_new(&s, &o, &e)) < 0)
		return r;
	for (size_t at = 0; at < t->n && r == OK; at += piece)
		r = table_scan_feed(s, t->p + at, t->n - at < piece ? t->n - at : piece, &e);
	if (r == OK)
		r = table_scan_finish(s, &e);
	table_scan_summary(s, summary);
	*report = *summary->input;
	table_scan_del(s);
	return r;
}

static int has_note(const struct read_report *r, const char *text)
{
	for (size_t i = 0; i < r->note_n; i++)
		if (strstr(r->note[i], text) != NULL)
			return 1;
	return 0;
}

static void neighbouring_odd_rows_are_one_incident_that_says_why(void **state)
{
	struct table_summary summary;
	struct read_report report;
	struct text t = { 0 };
	struct seen seen;

	(void)state;
	make_table(&t, N, 1);
	assert_int_equal(scan(&t, 4096, NULL, 0, &seen, &summary, &report), OK);
	assert_int_equal(seen.rows, N);
	assert_int_equal(seen.odd, ODD_TO - ODD_FROM);
	assert_int_equal(seen.named, ODD_TO - ODD_FROM);
	assert_int_equal(seen.wrong, 0);
	assert_int_equal(seen.incidents, 1);
	assert_int_equal(summary.incidents, 1);
	assert_int_equal(seen.last.first_row, ODD_FROM);
	assert_int_equal(seen.last.last_row, ODD_TO - 1);
	assert_true(strstr(seen.last.sentence, "rate = ") != NULL || strstr(seen.last.sentence, "size = ") != NULL);
	text_free(&t);
}

static void columns_that_only_say_which_row_it_is_are_left_out_and_noted(void **state)
{
	struct table_summary summary;
	struct read_report report;
	struct text t = { 0 };
	struct seen seen;

	(void)state;
	make_table(&t, N, 0);
	assert_int_equal(scan(&t, 4096, NULL, 0, &seen, &summary, &report), OK);
	assert_int_equal(summary.columns, 7);
	assert_int_equal(summary.columns_used, 4);
	assert_true(has_note(&report, "running number: line_number"));
	assert_true(has_note(&report, "time: when"));
	assert_true(has_note(&report, "port: src_port"));
	text_free(&t);
}

static void a_clean_table_comes_out_clean(void **state)
{
	struct table_summary summary;
	struct read_report report;
	struct text t = { 0 };
	struct seen seen;

	(void)state;
	make_table(&t, 10000, 0);
	assert_int_equal(scan(&t, 65536, NULL, 0, &seen, &summary, &report), OK);
	assert_int_equal(seen.rows, 10000);
	assert_true(seen.incidents <= 1);
	text_free(&t);
}

static void how_the_bytes_were_cut_changes_nothing(void **state)
{
	struct table_summary a, b;
	struct read_report report;
	struct text t = { 0 };
	struct seen one, many;

	(void)state;
	make_table(&t, N, 1);
	assert_int_equal(scan(&t, t.n, NULL, 0, &one, &a, &report), OK);
	assert_int_equal(scan(&t, 13, NULL, 0, &many, &b, &report), OK);
	assert_memory_equal(&one.score_sum, &many.score_sum, sizeof(double));
	assert_memory_equal(&a.threshold, &b.threshold, sizeof(double));
	text_free(&t);
}

static void rows_beyond_the_limit_are_judged_too_and_the_note_says_how(void **state)
{
	struct table_summary summary;
	struct read_report report;
	struct text t = { 0 };
	struct seen seen;

	(void)state;
	make_table(&t, N, 1);
	assert_int_equal(scan(&t, 4096, NULL, 1000, &seen, &summary, &report), OK);
	assert_int_equal(seen.rows, N);
	assert_int_equal(summary.trained, 1000);
	assert_int_equal(seen.odd, ODD_TO - ODD_FROM);
	assert_true(has_note(&report, "first 1000 rows"));
	text_free(&t);
}

static void a_threshold_can_be_asked_for_by_name(void **state)
{
	struct table_summary summary;
	struct read_report report;
	struct text t = { 0 };
	struct seen seen;

	(void)state;
	make_table(&t, N, 0);
	assert_int_equal(scan(&t, 4096, "percentile:95", 0, &seen, &summary, &report), OK);
	assert_in_range(summary.anomalies, N / 20 - 2, N / 20 + 2);
	assert_int_equal(scan(&t, 4096, "no such", 0, &seen, &summary, &report), ERR_USAGE);
	text_free(&t);
}

static void a_table_of_too_few_rows_is_refused(void **state)
{
	struct table_summary summary;
	struct read_report report;
	struct text t = { 0 };
	struct seen seen;

	(void)state;
	make_table(&t, 19, 0);
	assert_int_equal(scan(&t, 4096, NULL, 0, &seen, &summary, &report), ERR_TOO_FEW);
	text_free(&t);
}

static int count_row(void *arg, const struct table_result *r)
{
	(void)r;
	++*(uint64_t *)arg;
	return OK;
}

/* Seven columns of numbers, four bytes each: 500 rows fit. */
static void a_limit_in_bytes_keeps_fewer_rows_of_wide_tables(void **state)
{
	uint64_t rows = 0;
	const struct table_scan_options o = {
		.kernel = kernel_select(NULL, NULL), .seed = 1, .results = count_row, .arg = &rows, .bytes_max = 500 * 7 * 4
	};
	struct table_summary sum;
	struct table_scan *s = NULL;
	struct text t = { 0 };
	struct err e;

	(void)state;
	make_table(&t, N, 0);
	assert_int_equal(table_scan_new(&s, &o, &e), OK);
	assert_int_equal(table_scan_feed(s, t.p, t.n, &e), OK);
	assert_int_equal(table_scan_finish(s, &e), OK);
	table_scan_summary(s, &sum);
	assert_int_equal(sum.columns, 7);
	assert_int_equal(sum.trained, 500);
	assert_int_equal(rows, N);
	table_scan_del(s);
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbouring_odd_rows_are_one_incident_that_says_why),
		cmocka_unit_test(columns_that_only_say_which_row_it_is_are_left_out_and_noted),
		cmocka_unit_test(a_clean_table_comes_out_clean),
		cmocka_unit_test(how_the_bytes_were_cut_changes_nothing),
		cmocka_unit_test(rows_beyond_the_limit_are_judged_too_and_the_note_says_how),
		cmocka_unit_test(a_limit_in_bytes_keeps_fewer_rows_of_wide_tables),
		cmocka_unit_test(a_threshold_can_be_asked_for_by_name),
		cmocka_unit_test(a_table_of_too_few_rows_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
