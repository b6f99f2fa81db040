/* rowset: rows of several files, and windows that stay inside one. */
#include "detect/rowset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "lib/tempdir.h"

static struct tempdir dir;

static int setup(void **state)
{
	(void)state;
	tempdir_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(&dir);
	return 0;
}

static struct rowset empty(int benign_only)
{
	return (struct rowset){ .features = feature_set_find("basic"), .benign_only = benign_only };
}

static int read_text(struct rowset *s, const char *text, struct read_report *report, struct err *e)
{
	file_put(tempdir_file(&dir, "rows.csv"), text, strlen(text));
	return rowset_read(s, dir.file, report, e);
}

/* n rows whose first feature counts from `from`. */
static void read_rows(struct rowset *s, size_t n, size_t from)
{
	char *const text = malloc(64 + n * 40), *at = text;
	struct err e = { 0 };

	assert_non_null(text);
	at += sprintf(at, "orig_pkts,resp_pkts,orig_bytes,resp_bytes\n");
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%zu,1,2,3\n", from + i);
	if (read_text(s, text, NULL, &e) < 0)
		fail_msg("%s", e.msg);
	free(text);
}

#define HEAD "orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n"

static void rowset_leaves_attacks_out_when_asked(void **state)
{
	static const char text[] = HEAD "1,1,1,1,benign\n2,1,1,1,malicious\n3,1,1,1,-\n4,1,1,1,DDoS\n5,1,1,1,normal\n";
	struct rowset s = empty(1), all = empty(0);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_text(&s, text, NULL, &e), OK);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.left_out, 2);
	assert_int_equal(s.labels, 1);
	assert_true(s.row[0] == 1 && s.row[4] == 3 && s.row[8] == 5);
	assert_int_equal(read_text(&all, text, NULL, &e), OK);
	assert_int_equal(all.n, 5);
	assert_int_equal(all.left_out, 0);
	rowset_free(&s);
	rowset_free(&all);
}

static void rowset_keeps_rows_as_they_are_through_growth(void **state)
{
	struct rowset s = empty(1);

	(void)state;
	read_rows(&s, 10000, 0);
	read_rows(&s, 3, 10000);
	assert_int_equal(s.n, 10003);
	assert_int_equal(s.stream_n, 2);
	assert_int_equal(s.stream_end[0], 10000);
	assert_int_equal(s.stream_end[1], 10003);
	assert_int_equal(s.labels, 0);
	for (size_t i = 0; i < s.n; i++)
		assert_true(s.row[4 * i] == (double)i && s.row[4 * i + 3] == 3);
	rowset_free(&s);
	assert_int_equal(s.n, 0);
	rowset_free(&s);
}

static void rowset_counts_rows_that_cannot_be_used(void **state)
{
	struct read_report report = { 0 };
	struct rowset s = empty(1);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_text(&s, HEAD "1,1,1,1,benign\nx,1,1,1,benign\n3,1,1,1,benign\n", &report, &e), OK);
	assert_int_equal(s.n, 2);
	assert_int_equal(report.rows, 3);
	assert_int_equal(report.rows_skipped, 1);
	assert_int_equal(report.problem[0].line, 3);
	rowset_free(&s);
}

static void rowset_names_the_file_and_what_is_wrong(void **state)
{
	struct rowset s = empty(1);
	struct err e = { 0 };

	(void)state;
	read_rows(&s, 20, 0);
	assert_int_equal(read_text(&s, "a,b\n1,2\n", NULL, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "rows.csv: "));
	assert_non_null(strstr(e.msg, "orig_pkts"));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_int_equal(rowset_read(&s, tempdir_file(&dir, "none.csv"), NULL, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "none.csv: No such file"));
	assert_int_equal(rowset_read(&s, dir.path, NULL, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "Is a directory"));
	assert_int_equal(rowset_read(&s, dir.path, NULL, NULL), ERR_IO);
	assert_int_equal(s.n, 20);
	assert_true(s.row[4 * 19] == 19);
	rowset_free(&s);
}

static void rowset_cut_leaves_the_last_share(void **state)
{
	(void)state;
	assert_int_equal(rowset_cut(0, 100, 0.2), 80);
	assert_int_equal(rowset_cut(100, 200, 0.2), 180);
	assert_int_equal(rowset_cut(0, 100, 0), 100);
	assert_int_equal(rowset_cut(0, 9, 0.1), 9);
	assert_int_equal(rowset_cut(5, 5, 0.5), 5);
	assert_int_equal(rowset_cut(0, 1, 0.9), 1);
}

/* The first feature counts rows, so a window tells where it begins. */
static void windows_stay_within_a_part_of_a_file(void **state)
{
	enum { T = 10 };
	static const size_t sizes[] = { 100, 9, 10, 0, 55 };
	struct rowset s = empty(1);
	struct windows w;
	struct err e = { 0 };
	size_t train = 0, val = 0, start = 0, n = 0;
	float *scaled;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); n += sizes[i++])
		read_rows(&s, sizes[i], n);
	scaled = malloc(s.n * 4 * sizeof(*scaled));
	assert_non_null(scaled);
	for (size_t i = 0; i < s.n * 4; i++)
		scaled[i] = (float)s.row[i];
	assert_int_equal(windows_make(&w, &s, scaled, T, 0.2, &e), OK);
	for (size_t i = 0; i < s.stream_n; start = s.stream_end[i++]) {
		const size_t end = s.stream_end[i], cut = rowset_cut(start, end, 0.2);

		for (size_t k = start; k + T <= cut; k++)
			assert_ptr_equal(w.train[train++], scaled + 4 * k);
		for (size_t k = cut; k + T <= end; k++)
			assert_ptr_equal(w.val[val++], scaled + 4 * k);
	}
	assert_int_equal(w.train_n, train);
	assert_int_equal(w.val_n, val);
	assert_int_equal(train, 71 + 0 + 0 + 0 + 35);
	assert_int_equal(val, 11 + 0 + 0 + 0 + 2);
	windows_free(&w);
	assert_null(w.train);
	windows_free(&w);
	free(scaled);
	rowset_free(&s);
}

static void windows_of_too_few_rows_are_none(void **state)
{
	struct rowset s = empty(1);
	struct windows w;
	struct err e = { 0 };
	float scaled[4 * 9] = { 0 };

	(void)state;
	assert_int_equal(windows_make(&w, &s, scaled, 10, 0.2, &e), OK);
	assert_int_equal(w.train_n + w.val_n, 0);
	windows_free(&w);
	read_rows(&s, 9, 0);
	assert_int_equal(windows_make(&w, &s, scaled, 10, 0, &e), OK);
	assert_int_equal(w.train_n + w.val_n, 0);
	windows_free(&w);
	rowset_free(&s);
}

#define HOSTS "ts,id.orig_h,id.resp_h,id.resp_p,proto,conn_state,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n"

/* n rows of the devices 192.168.0.1 to .3 by turns; row i has i packets; every tenth row is an attack when asked. */
static void read_devices(struct rowset *s, size_t n, int attacks)
{
	char *const text = malloc(256 + n * 100), *at = text;
	struct err e = { 0 };

	assert_non_null(text);
	at += sprintf(at, HOSTS);
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%zu,192.168.0.%zu,203.0.113.7,443,tcp,SF,%zu,1,2,3,%s\n", 1600000000 + i, 1 + i % 3, i,
			      attacks && i % 10 == 9 ? "DDoS" : "benign");
	if (read_text(s, text, NULL, &e) < 0)
		fail_msg("%s", e.msg);
	free(text);
}

static void each_device_of_each_file_is_a_stream_in_the_order_of_the_file(void **state)
{
	struct rowset s = { .features = feature_set_find("basic") };

	(void)state;
	read_devices(&s, 100, 0);
	read_rows(&s, 20, 0); /* who took part is not told: one stream */
	read_devices(&s, 30, 0);
	assert_int_equal(s.file_n, 3);
	assert_int_equal(s.stream_n, 7);
	for (size_t i = 0, start = 0; i < s.stream_n; start = s.stream_end[i++]) {
		static const struct {
			size_t n;
			uint32_t file;
			uint64_t device;
		} expected[] = { { 34, 0, 0 }, { 33, 0, 1 }, { 33, 0, 2 }, { 20, 1, 0 }, { 10, 2, 0 }, { 10, 2, 1 }, { 10, 2, 2 } };

		assert_int_equal(s.stream_end[i] - start, expected[i].n);
		for (size_t k = start; k < s.stream_end[i]; k++) {
			assert_int_equal(s.about[k].file, expected[i].file);
			assert_int_equal(s.about[k].device, expected[i].device);
			assert_int_equal(s.about[k].row, expected[i].n == 20 ? k - start : 3 * (k - start) + expected[i].device);
			assert_true(s.row[4 * k] == (double)s.about[k].row);
			assert_true(expected[i].n == 20 ? isnan(s.about[k].ts)
							: s.about[k].ts == 1600000000 + (double)s.about[k].row);
		}
	}
	rowset_free(&s);
}

/* What is left out is not counted either: the counters of benign rows do not know of the attacks between them. */
static void attacks_that_are_left_out_leave_nothing_in_the_counters(void **state)
{
	struct rowset all = { 0 }, benign = { .benign_only = 1 };
	size_t gap = 0, flows = 0;

	(void)state;
	read_devices(&all, 90, 1);
	read_devices(&benign, 90, 1);
	assert_string_equal(all.features->name, "full");
	assert_ptr_equal(benign.features, all.features);
	assert_true(all.n == 90 && benign.n == 81 && benign.left_out == 9);
	for (size_t f = 0; f < all.features->n; f++) {
		gap = strcmp(all.features->feature[f]->name, "peer_gap") == 0 ? f : gap;
		flows = strcmp(all.features->feature[f]->name, "peer_flows_1h") == 0 ? f : flows;
	}
	assert_true(gap > 0 && flows > 0);
	for (size_t i = 0; i < benign.n; i++) {
		const double *const row = benign.row + i * benign.features->n;
		const uint64_t mine = benign.about[i].row;

		if (mine < 3)
			continue;                                                      /* the device's first */
		assert_true(row[gap] == (mine % 10 == 2 && mine >= 12 ? 6000 : 3000)); /* ms; the row three before was an attack */
	}
	assert_true(benign.row[(benign.stream_end[0] - 1) * benign.features->n + flows] <
		    all.row[(all.stream_end[0] - 1) * all.features->n + flows]);
	rowset_free(&all);
	rowset_free(&benign);
}

static void files_own_names_of_attacks_are_kept_once(void **state)
{
	static const char text[] = "orig_pkts,resp_pkts,orig_bytes,resp_bytes,label,detailed-label\n"
				   "1,1,1,1,benign,\n2,1,1,1,malicious,DDoS\n3,1,1,1,malicious,C&C\n4,1,1,1,malicious,DDoS\n";
	struct rowset s = empty(0);
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(read_text(&s, text, NULL, &e), OK);
	assert_int_equal(s.name_n, 3);
	assert_string_equal(s.name[0], "");
	for (size_t i = 0; i < s.n; i++) {
		static const char *const names[] = { "", "DDoS", "C&C", "DDoS" };

		assert_string_equal(s.name[s.about[i].attack], names[i % 4]);
		assert_int_equal(s.about[i].label, i % 4 == 0 ? LABEL_BENIGN : LABEL_MALICIOUS);
	}
	rowset_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rowset_leaves_attacks_out_when_asked),
		cmocka_unit_test(rowset_keeps_rows_as_they_are_through_growth),
		cmocka_unit_test(rowset_counts_rows_that_cannot_be_used),
		cmocka_unit_test(rowset_names_the_file_and_what_is_wrong),
		cmocka_unit_test(rowset_cut_leaves_the_last_share),
		cmocka_unit_test(windows_stay_within_a_part_of_a_file),
		cmocka_unit_test(windows_of_too_few_rows_are_none),
		cmocka_unit_test(each_device_of_each_file_is_a_stream_in_the_order_of_the_file),
		cmocka_unit_test(attacks_that_are_left_out_leave_nothing_in_the_counters),
		cmocka_unit_test(files_own_names_of_attacks_are_kept_once),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
