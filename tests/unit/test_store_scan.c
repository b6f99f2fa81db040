/* Scans and their anomalies, in a real MariaDB. */
#include "sql/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/cm.h"
#include "lib/database.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BAD      "\xef\xbf\xbd"

static uint64_t start(struct store *s, const char *name, const char *key)
{
	const struct scan_start n = {
		.name = name, .key = key, .method = "lstm", .model = "default", .threshold = 0.25, .size = 1234
	};
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_scan_start(s, &n, &id, &e));
	assert_true(id > 0);
	return id;
}

static const struct scan_end end_of_two = {
	.counts = { .bytes = 1,
		    .rows = 2,
		    .rows_skipped = 3,
		    .windows = 4,
		    .anomalies = 2,
		    .severity = { 6, 7, 8, 9 },
		    .devices = 5,
		    .flows = 10,
		    .flows_anomalous = 11,
		    .incidents = 12 },
	.error_mean = 0.125,
	.error_max = 1e300,
	.seconds = 0.5,
	.details = "[{\"a\": \"\xf0\x9f\x92\xa9\"}]",
	.highlights = "[1]",
	.curve = "{\"c\":[]}",
	.skipped = "[]",
	.input = "{\"format\":\"CSV\"}",
	.model = "basic",
	.threshold = 5.5,
};

/* ---- anomalies from an array, or made up ------------------------------------------------------------------------------------- */

struct made {
	const struct anomaly_row *rows; /* NULL: made up */
	uint64_t n, i, fail_at;         /* fail_at: 0 never */
};

static int next_made(void *arg, struct anomaly_row *a, struct err *e)
{
	struct made *m = arg;

	if (m->fail_at > 0 && m->i == m->fail_at)
		return err_set(e, ERR_IO, "the spool is gone");
	if (m->i == m->n)
		return 0;
	if (m->rows != NULL)
		*a = m->rows[m->i];
	else
		*a = (struct anomaly_row){
			.sequence_id = m->i * 3,
			.row = { m->i, m->i + 9 },
			.ts = 1.7e9 + (double)m->i,
			.error = 0.5,
			.severity = (int)(m->i % 4),
			.step = (unsigned)(m->i % 10),
			.feature = "orig_bytes",
			.share = 0.5,
			.value = 1500,
			.sample = "{\"orig_pkts\": 12, \"resp_pkts\": 9, \"orig_bytes\": 1200, \"resp_bytes\": 98123, \"label\": "
				  "\"x\"}",
		};
	m->i++;
	return 1;
}

struct read_back {
	struct anomaly_row rows[16];
	char text[16][2][300];
	char story[16][5][300]; /* "NULL" for NULL */
	uint64_t n, sum, last;
	uint64_t stop_at;
};

static int keep(void *arg, const struct anomaly_row *a)
{
	struct read_back *b = arg;

	if (b->n < COUNT(b->rows)) {
		b->rows[b->n] = *a;
		snprintf(b->text[b->n][0], sizeof(b->text[0][0]), "%s", a->feature);
		snprintf(b->text[b->n][1], sizeof(b->text[0][0]), "%s", a->sample);
		for (size_t j = 0; j < 5; j++) {
			const char *const text[5] = { a->attack, a->rule, a->sentence, a->host[0], a->host[1] };

			snprintf(b->story[b->n][j], sizeof(b->story[0][0]), "%s", text[j] != NULL ? text[j] : "NULL");
		}
	}
	assert_true(b->n == 0 || a->sequence_id > b->last);
	b->last = a->sequence_id;
	b->sum += a->sequence_id;
	b->n++;
	return b->stop_at > 0 && b->n == b->stop_at ? ERR_RANGE : 0;
}

/* ---- life ---------------------------------------------------------------------------------------------------------------------- */

static void a_scan_is_a_row_from_its_start(void **state)
{
	const uint64_t id = start(*state, "a.csv", "key_0-AZ");
	const long long now = (long long)time(NULL) * 1000000;
	struct scan_row row;
	struct err e;

	ok(store_scan_get(*state, id, &row, &e));
	assert_int_equal(row.id, id);
	assert_int_equal(row.state, SCAN_RUNNING);
	assert_string_equal(scan_state_name(row.state), "running");
	assert_string_equal(row.name, "a.csv");
	assert_string_equal(row.key, "key_0-AZ");
	assert_string_equal(row.method, "lstm");
	assert_string_equal(row.model, "default");
	assert_true(row.threshold == 0.25);
	assert_int_equal(row.size, 1234);
	assert_in_range(row.started_us, now - 10000000, now + 10000000);
	assert_int_equal(row.finished_us, 0);
	assert_null(row.error);
	assert_null(row.details);
	assert_int_equal(row.counts.rows, 0);
	assert_true(row.error_max == 0);
	scan_row_free(&row);
}

static void progress_is_seen_by_others(void **state)
{
	const struct scan_counts c = { .bytes = UINT64_MAX,
				       .rows = 2,
				       .rows_skipped = 3,
				       .windows = 4,
				       .anomalies = 5,
				       .severity = { 6, 7, 8, 9 },
				       .devices = 10,
				       .flows = 11,
				       .flows_anomalous = 12,
				       .incidents = 13 };
	const uint64_t id = start(*state, "a.csv", NULL);
	struct store *other;
	struct scan_row row;
	struct err e;

	ok(store_new(&other, db.worker_url, &e));
	ok(store_scan_progress(*state, id, &c, &e));
	ok(store_scan_progress(*state, id, &c, &e)); /* nothing changed: no error either */
	ok(store_scan_get(other, id, &row, &e));
	assert_memory_equal(&row.counts, &c, sizeof(c));
	assert_int_equal(row.state, SCAN_RUNNING);
	assert_null(row.key);
	scan_row_free(&row);
	store_del(other);
	assert_int_equal(store_scan_progress(*state, id + 1000, &c, &e), ERR_NOT_FOUND);
}

static void a_finished_scan_is_stored_with_all_that_it_found(void **state)
{
	static const struct anomaly_row two[] = {
		{ .sequence_id = 3,
		  .row = { 7, 16 },
		  .ts = 1.5e9,
		  .error = 0.75,
		  .severity = 0,
		  .step = 9,
		  .feature = "orig_bytes",
		  .share = 0.5,
		  .value = -1.5,
		  .sample = "{\"a\": 1}",
		  .p = 1e-7,
		  .attack = "port_scan",
		  .rule = "port_scan_vertical",
		  .sentence = "tried 22 ports",
		  .incident = UINT64_MAX,
		  .host = { "192.168.1.5", "2001:db8::1" },
		  .port = { 0, 65535 },
		  .side = 1 },
		{ .sequence_id = UINT64_MAX - 1,
		  .row = { UINT64_MAX, 0 },
		  .error = 1e-300,
		  .severity = 3,
		  .step = 65535,
		  .feature = "\xf0\x9f\x92\xa9'\"",
		  .share = 1,
		  .sample = "",
		  .p = (double)NAN,
		  .port = { -1, -1 },
		  .side = -1 },
	};
	const uint64_t id = start(*state, "a.csv", NULL);
	struct made m = { .rows = two, .n = 2 };
	struct read_back *b = calloc(1, sizeof(*b));
	struct scan_row row;
	struct err e;

	assert_non_null(b);
	ok(store_scan_finish(*state, id, &end_of_two, next_made, &m, NULL, &e));
	ok(store_scan_get(*state, id, &row, &e));
	assert_int_equal(row.state, SCAN_DONE);
	assert_memory_equal(&row.counts, &end_of_two.counts, sizeof(row.counts));
	assert_true(row.error_mean == 0.125 && row.error_max == 1e300 && row.seconds == 0.5);
	assert_string_equal(row.details, end_of_two.details);
	assert_string_equal(row.highlights, "[1]");
	assert_string_equal(row.curve, "{\"c\":[]}");
	assert_string_equal(row.skipped, "[]");
	assert_string_equal(row.input, "{\"format\":\"CSV\"}");
	assert_string_equal(row.model, "basic");
	assert_true(row.threshold == 5.5);
	assert_int_equal(row.incident_severity, -1);
	assert_true(row.finished_us >= row.started_us);
	scan_row_free(&row);

	ok(store_anomaly_list(*state, id, 0, 10, keep, b, &e));
	assert_int_equal(b->n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct anomaly_row *x = &b->rows[i], *y = &two[i];

		assert_true(x->sequence_id == y->sequence_id && x->row[0] == y->row[0] && x->row[1] == y->row[1] && x->ts == y->ts);
		assert_true(x->error == y->error && x->share == y->share && x->value == y->value);
		assert_true(x->severity == y->severity && x->step == y->step);
		assert_string_equal(b->text[i][0], y->feature);
		assert_string_equal(b->text[i][1], y->sample);
		assert_true(x->p == y->p || (isnan(x->p) && isnan(y->p)));
		assert_true(x->incident == y->incident && x->side == y->side);
		assert_memory_equal(x->port, y->port, sizeof(x->port));
		for (size_t j = 0; j < 5; j++) {
			const char *const want[5] = { y->attack, y->rule, y->sentence, y->host[0], y->host[1] };

			assert_string_equal(b->story[i][j], want[j] != NULL ? want[j] : "NULL");
		}
	}
	free(b);
}

static void a_scan_ends_once(void **state)
{
	const uint64_t id = start(*state, "a.csv", NULL), failed = start(*state, "b.csv", NULL);
	const struct scan_counts c = { .rows = 5 };
	struct scan_row row;
	struct err e;

	ok(store_scan_finish(*state, id, &end_of_two, NULL, NULL, NULL, &e));
	assert_int_equal(store_scan_finish(*state, id, &end_of_two, NULL, NULL, NULL, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "done already"));
	assert_int_equal(store_scan_fail(*state, id, SCAN_FAILED, "no", NULL, NULL, &e), ERR_CONFLICT);
	assert_int_equal(store_scan_progress(*state, id, &c, &e), ERR_CONFLICT);
	assert_int_equal(store_scan_finish(*state, id + 1000, &end_of_two, NULL, NULL, NULL, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_fail(*state, id + 1000, SCAN_FAILED, "no", NULL, NULL, &e), ERR_NOT_FOUND);

	ok(store_scan_fail(*state, failed, SCAN_FAILED, "line 3: it's \"bad\" \xff", "{}", &c, &e));
	assert_int_equal(store_scan_finish(*state, failed, &end_of_two, NULL, NULL, NULL, &e), ERR_CONFLICT);
	ok(store_scan_get(*state, failed, &row, &e));
	assert_int_equal(row.state, SCAN_FAILED);
	assert_string_equal(row.error, "line 3: it's \"bad\" " BAD);
	assert_string_equal(row.input, "{}");
	assert_int_equal(row.counts.rows, 5);
	assert_true(row.finished_us > 0);
	scan_row_free(&row);
}

static void a_failure_without_counts_keeps_those_of_the_last_progress(void **state)
{
	const uint64_t id = start(*state, "a.csv", NULL);
	const struct scan_counts c = { .rows = 77, .severity = { 0, 0, 0, 5 } };
	struct scan_row row;
	struct err e;

	ok(store_scan_progress(*state, id, &c, &e));
	ok(store_scan_fail(*state, id, SCAN_INTERRUPTED, NULL, NULL, NULL, &e));
	ok(store_scan_get(*state, id, &row, &e));
	assert_int_equal(row.state, SCAN_INTERRUPTED);
	assert_null(row.error);
	assert_null(row.input);
	assert_memory_equal(&row.counts, &c, sizeof(c));
	scan_row_free(&row);
}

static void results_of_a_scan_that_was_taken_for_dead_count(void **state)
{
	const uint64_t id = start(*state, "a.csv", NULL), slow = start(*state, "b.csv", NULL);
	const struct scan_counts c = { .rows = 1 };
	struct scan_row row;
	struct err e;

	mariadb_sql(&db, "UPDATE scans SET state = 3, error = 'gone', finished_us = 1", NULL, 0);
	ok(store_scan_finish(*state, id, &end_of_two, NULL, NULL, NULL, &e));
	ok(store_scan_get(*state, id, &row, &e));
	assert_int_equal(row.state, SCAN_DONE);
	assert_null(row.error);
	scan_row_free(&row);
	ok(store_scan_progress(*state, slow, &c, &e));
	ok(store_scan_get(*state, slow, &row, &e));
	assert_int_equal(row.state, SCAN_RUNNING);
	assert_null(row.error);
	assert_int_equal(row.finished_us, 0);
	scan_row_free(&row);
}

/* ---- names and keys ------------------------------------------------------------------------------------------------------------ */

static void hostile_names_come_back_as_they_were(void **state)
{
	static const char *const same[] = { "",
					    "'; DROP TABLE scans; --",
					    "a\"b`c\\",
					    "\\'\\0%_",
					    "../../etc/passwd",
					    "<script>alert(1)</script>",
					    "\xf0\x9f\x92\xa9.csv",
					    "new\nline\ttab\x01",
					    " spaces ",
					    "?" };
	struct scan_row row;
	struct err e;

	for (size_t i = 0; i < COUNT(same); i++) {
		const uint64_t id = start(*state, same[i], NULL);

		ok(store_scan_get(*state, id, &row, &e));
		assert_string_equal(row.name, same[i]);
		scan_row_free(&row);
		ok(store_scan_fail(*state, id, SCAN_FAILED, same[i], NULL, NULL, &e));
	}
	assert_int_equal(number("SELECT COUNT(*) FROM scans"), COUNT(same));
}

static void broken_and_endless_names_are_repaired(void **state)
{
	const size_t n = 1 << 20;
	char *name = malloc(n + 1), want[SCAN_NAME_MAX * 4 + 1] = "";
	struct scan_row row;
	struct err e;
	uint64_t id;

	id = start(*state, "\xff\xfe \xed\xa0\x80", NULL);
	ok(store_scan_get(*state, id, &row, &e));
	assert_string_equal(row.name, BAD BAD " " BAD BAD BAD);
	scan_row_free(&row);

	assert_non_null(name);
	for (size_t i = 0; i < n; i += 4)
		memcpy(name + i, "\xf0\x9f\x92\xa9", 4);
	name[n] = '\0';
	memcpy(want, name, SCAN_NAME_MAX * 4);
	id = start(*state, name, NULL);
	ok(store_scan_get(*state, id, &row, &e));
	assert_string_equal(row.name, want);
	scan_row_free(&row);
	free(name);
}

static void a_key_is_used_once_and_finds_its_scan(void **state)
{
	const struct scan_start again = { .name = "b", .key = "upload-1", .method = "lstm", .model = "m", .size = -1 };
	const uint64_t id = start(*state, "a.csv", "upload-1");
	struct scan_row row;
	uint64_t other = 0;
	struct err e;

	assert_int_equal(store_scan_start(*state, &again, &other, &e), ERR_CONFLICT);
	assert_int_equal(other, id);
	assert_non_null(strstr(e.msg, "the key upload-1 is used by scan "));
	assert_true(start(*state, "c.csv", "Upload-1") != id); /* case counts */

	ok(store_scan_finish(*state, id, &end_of_two, NULL, NULL, NULL, &e));
	ok(store_scan_by_key(*state, "upload-1", &row, &e));
	assert_int_equal(row.id, id);
	assert_int_equal(row.state, SCAN_DONE);
	assert_null(row.details);
	assert_null(row.curve);
	scan_row_free(&row);
	assert_int_equal(store_scan_by_key(*state, "upload-2", &row, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_by_key(*state, "'\xff\xf0\x9f\x92\xa9", &row, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_by_key(*state, "", &row, &e), ERR_NOT_FOUND);
}

static void keys_of_another_form_are_refused(void **state)
{
	static const char *const bad[] = { "",
					   "1234567",
					   "with space",
					   "quote'12",
					   "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
					   "12345678901234567890123456789012345678901234567890123456789012345" };
	struct err e;

	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct scan_start n = { .name = "a", .key = bad[i], .method = "lstm", .model = "m" };
		uint64_t id = 99;

		assert_int_equal(store_scan_start(*state, &n, &id, &e), ERR_FORMAT);
		assert_int_equal(id, 99);
	}
	start(*state, "a", "1234567890123456789012345678901234567890123456789012345678901234");
	assert_int_equal(number("SELECT COUNT(*) FROM scans"), 1);
}

static void a_scan_that_is_not_there_is_not_found(void **state)
{
	struct scan_row row = { .id = 5 };
	struct err e;

	assert_int_equal(store_scan_get(*state, 0, &row, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_get(*state, UINT64_MAX, &row, &e), ERR_NOT_FOUND);
	assert_int_equal(row.id, 5);
}

static void whether_a_scan_exists_is_known_in_every_state(void **state)
{
	const uint64_t running = start(*state, "a", NULL), done = start(*state, "b", NULL), failed = start(*state, "c", NULL);
	struct err e;

	ok(store_scan_finish(*state, done, &end_of_two, NULL, NULL, NULL, &e));
	ok(store_scan_fail(*state, failed, SCAN_FAILED, "no", NULL, NULL, &e));
	ok(store_scan_exists(*state, running, &e));
	ok(store_scan_exists(*state, done, &e));
	ok(store_scan_exists(*state, failed, &e));
	assert_int_equal(store_scan_exists(*state, failed + 1, &e), ERR_NOT_FOUND);
	assert_non_null(strstr(e.msg, "there is no scan"));
	assert_int_equal(store_scan_exists(*state, 0, &e), ERR_NOT_FOUND);
}

/* ---- numbers ------------------------------------------------------------------------------------------------------------------- */

static void nan_and_infinity_are_kept_apart_from_numbers(void **state)
{
	const struct anomaly_row odd[] = {
		{ .ts = (double)NAN,
		  .error = (double)INFINITY,
		  .severity = 3,
		  .feature = "f",
		  .share = (double)NAN,
		  .value = (double)NAN,
		  .sample = "{}" },
		{ .sequence_id = 1,
		  .ts = (double)INFINITY,
		  .error = (double)NAN,
		  .feature = "f",
		  .value = -(double)INFINITY,
		  .sample = "{}" },
		{ .sequence_id = 2, .ts = 5, .error = 1e308, .value = -1e308 },
	};
	const struct scan_start n = { .name = "a", .method = "lstm", .model = "m", .threshold = (double)NAN, .size = -1 };
	struct scan_end end = end_of_two;
	struct made m = { .rows = odd, .n = 3 };
	struct read_back *b = calloc(1, sizeof(*b));
	struct scan_row row;
	struct err e;
	uint64_t id;

	assert_non_null(b);
	end.error_mean = (double)NAN;
	end.error_max = (double)INFINITY;
	end.details = NULL;
	end.threshold = (double)NAN;
	ok(store_scan_start(*state, &n, &id, &e));
	ok(store_scan_finish(*state, id, &end, next_made, &m, NULL, &e));
	ok(store_scan_get(*state, id, &row, &e));
	assert_true(isnan(row.threshold) && isnan(row.error_mean) && isnan(row.error_max));
	assert_int_equal(row.size, -1);
	assert_null(row.details);
	scan_row_free(&row);
	ok(store_anomaly_list(*state, id, 0, 10, keep, b, &e));
	assert_int_equal(b->n, 3);
	assert_true(isnan(b->rows[0].ts) && isinf(b->rows[0].error) && isnan(b->rows[0].share) && isnan(b->rows[0].value));
	assert_true(isnan(b->rows[1].ts) && isinf(b->rows[1].error) && isnan(b->rows[1].value));
	assert_true(b->rows[2].ts == 5 && b->rows[2].error == 1e308 && b->rows[2].value == -1e308);
	assert_string_equal(b->text[2][0], "");
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies WHERE error IS NULL"), 2);
	free(b);
}

static void a_hundred_thousand_anomalies_are_stored_in_less_than_two_seconds(void **state)
{
	const uint64_t id = start(*state, "large.csv", NULL), n = 100000;
	struct made m = { .n = n };
	struct read_back *b = calloc(1, sizeof(*b));
	struct timespec t[2];
	struct err e;
	double seconds;

	assert_non_null(b);
	assert_int_equal(number("SELECT @@innodb_flush_log_at_trx_commit"), 1);
	clock_gettime(CLOCK_MONOTONIC, &t[0]);
	ok(store_scan_finish(*state, id, &end_of_two, next_made, &m, NULL, &e));
	clock_gettime(CLOCK_MONOTONIC, &t[1]);
	seconds = (double)(t[1].tv_sec - t[0].tv_sec) + (double)(t[1].tv_nsec - t[0].tv_nsec) / 1e9;
	print_message("100,000 anomalies: %.2f s\n", seconds);
#ifndef __SANITIZE_ADDRESS__
	assert_true(seconds < 2);
#endif
	ok(store_anomaly_list(*state, id, 0, SIZE_MAX, keep, b, &e));
	assert_int_equal(b->n, n);
	assert_true(b->sum == 3 * (n * (n - 1) / 2));

	memset(b, 0, sizeof(*b));
	ok(store_anomaly_list(*state, id, 299995, 5, keep, b, &e)); /* 299997 is the last */
	assert_int_equal(b->n, 1);
	assert_int_equal(b->last, 299997);
	memset(b, 0, sizeof(*b));
	ok(store_anomaly_list(*state, id, 1, 2500, keep, b, &e));
	assert_int_equal(b->n, 2500);
	assert_int_equal(b->rows[0].sequence_id, 3);
	memset(b, 0, sizeof(*b));
	ok(store_anomaly_list(*state, id, 0, 0, keep, b, &e));
	ok(store_anomaly_list(*state, id + 1, 0, 9, keep, b, &e));
	ok(store_anomaly_list(*state, id, UINT64_MAX, 9, keep, b, &e));
	assert_int_equal(b->n, 0);
	b->stop_at = 1500;
	assert_int_equal(store_anomaly_list(*state, id, 0, SIZE_MAX, keep, b, &e), ERR_RANGE);
	assert_int_equal(b->n, 1500);
	free(b);
}

static void a_scan_without_anomalies_is_a_scan(void **state)
{
	const uint64_t id = start(*state, "calm.csv", NULL);
	struct read_back *b = calloc(1, sizeof(*b));
	struct made m = { .n = 0 };
	struct err e;

	assert_non_null(b);
	ok(store_scan_finish(*state, id, &end_of_two, next_made, &m, NULL, &e));
	ok(store_anomaly_list(*state, id, 0, 9, keep, b, &e));
	assert_int_equal(b->n, 0);
	free(b);
}

/* ---- all or nothing ------------------------------------------------------------------------------------------------------------ */

static void assert_untouched(struct store *s, uint64_t id)
{
	struct scan_row row;
	struct err e;

	ok(store_scan_get(s, id, &row, &e));
	assert_int_equal(row.state, SCAN_RUNNING);
	assert_null(row.details);
	assert_int_equal(row.finished_us, 0);
	scan_row_free(&row);
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM mails"), 0);
}

static void when_the_source_fails_nothing_is_stored(void **state)
{
	static const struct anomaly_row bad[][2] = {
		{ { .sequence_id = 5 }, { .sequence_id = 5 } }, /* twice */
		{ { .sequence_id = 5 }, { .sequence_id = 4 } }, /* falling */
		{ { .sequence_id = 5 }, { .severity = 4, .sequence_id = 6 } },
		{ { .sequence_id = 5 }, { .severity = -1, .sequence_id = 6 } },
		{ { .sequence_id = 5 }, { .step = 70000, .sequence_id = 6 } },
	};
	const struct mail_text mail = { "subject", "body" };
	const uint64_t id = start(*state, "a.csv", NULL);
	struct made m = { .n = 10000, .fail_at = 7000 };
	struct err e;

	assert_int_equal(store_scan_finish(*state, id, &end_of_two, next_made, &m, &mail, &e), ERR_IO);
	assert_string_equal(e.msg, "the spool is gone");
	assert_untouched(*state, id);
	for (size_t i = 0; i < COUNT(bad); i++) {
		m = (struct made){ .rows = bad[i], .n = 2 };
		assert_true(store_scan_finish(*state, id, &end_of_two, next_made, &m, &mail, &e) < 0);
		assert_untouched(*state, id);
	}
	m = (struct made){ .n = 10 };
	ok(store_scan_finish(*state, id, &end_of_two, next_made, &m, &mail, &e));
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 10);
	assert_int_equal(number("SELECT COUNT(*) FROM mails"), 1);
}

static void what_the_database_does_not_take_is_an_error_and_nothing_is_stored(void **state)
{
	struct anomaly_row wide = { .feature = "f", .sample = NULL };
	const uint64_t id = start(*state, "a.csv", NULL);
	struct made m = { .rows = &wide, .n = 1 };
	char *sample = malloc(70001);
	struct err e;

	assert_non_null(sample);
	memset(sample, 'x', 70000);
	sample[70000] = '\0';
	wide.sample = sample;
	assert_int_equal(store_scan_finish(*state, id, &end_of_two, next_made, &m, NULL, &e), ERR_RANGE);
	assert_untouched(*state, id);
	free(sample);
}

static void large_texts_go_through(void **state)
{
	const size_t n = 12u << 20;
	char *text = malloc(n + 1);
	const uint64_t id = start(*state, "a.csv", NULL);
	struct scan_end end = end_of_two;
	struct scan_row row;
	struct err e;

	assert_non_null(text);
	memset(text, 'x', n);
	text[n] = '\0';
	end.details = text;
	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	ok(store_scan_get(*state, id, &row, &e));
	assert_string_equal(row.details, text);
	scan_row_free(&row);
	free(text);
}

/* ---- lists --------------------------------------------------------------------------------------------------------------------- */

struct seen {
	uint64_t ids[16], n;
	int code;
};

static int see(void *arg, const struct scan_row *r)
{
	struct seen *x = arg;

	assert_true(x->n < COUNT(x->ids));
	assert_null(r->details);
	assert_null(r->curve);
	assert_null(r->skipped);
	if (r->state == SCAN_DONE)
		assert_string_equal(r->highlights, "[1]");
	x->ids[x->n++] = r->id;
	return x->code;
}

static void the_list_is_newest_first_and_pages_by_id(void **state)
{
	struct seen x = { 0 };
	uint64_t ids[5], n = 99;
	struct err e;

	ok(store_scan_list(*state, 0, 10, see, &x, &e));
	assert_int_equal(x.n, 0);
	ok(store_scan_count(*state, &n, &e));
	assert_int_equal(n, 0);
	for (size_t i = 0; i < 5; i++)
		ids[i] = start(*state, "a.csv", NULL);
	ok(store_scan_finish(*state, ids[1], &end_of_two, NULL, NULL, NULL, &e));
	ok(store_scan_finish(*state, ids[3], &end_of_two, NULL, NULL, NULL, &e));
	ok(store_scan_fail(*state, ids[4], SCAN_FAILED, "no", NULL, NULL, &e));

	ok(store_scan_list(*state, 0, 3, see, &x, &e));
	assert_int_equal(x.n, 3);
	assert_true(x.ids[0] == ids[4] && x.ids[1] == ids[3] && x.ids[2] == ids[2]);
	x.n = 0;
	ok(store_scan_list(*state, ids[2], 50, see, &x, &e));
	assert_int_equal(x.n, 2);
	assert_true(x.ids[0] == ids[1] && x.ids[1] == ids[0]);
	x.n = 0;
	ok(store_scan_list(*state, ids[0], 50, see, &x, &e));
	assert_int_equal(x.n, 0);
	x.code = ERR_NOMEM;
	assert_int_equal(store_scan_list(*state, 0, 50, see, &x, &e), ERR_NOMEM);
	assert_int_equal(x.n, 1);
	ok(store_scan_count(*state, &n, &e));
	assert_int_equal(n, 2);
}

static void statements_are_prepared_once(void **state)
{
	struct scan_row row;
	struct err e;
	const uint64_t id = start(*state, "a.csv", NULL);
	long long before;

	ok(store_scan_get(*state, id, &row, &e));
	scan_row_free(&row);
	before = number("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'COM_STMT_PREPARE'");
	for (size_t i = 0; i < 100; i++) {
		ok(store_scan_get(*state, id, &row, &e));
		scan_row_free(&row);
	}
	assert_int_equal(
		number("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'COM_STMT_PREPARE'"),
		before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_scan_is_a_row_from_its_start, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(progress_is_seen_by_others, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_finished_scan_is_stored_with_all_that_it_found, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(a_scan_ends_once, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_failure_without_counts_keeps_those_of_the_last_progress, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(results_of_a_scan_that_was_taken_for_dead_count, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(hostile_names_come_back_as_they_were, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(broken_and_endless_names_are_repaired, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_key_is_used_once_and_finds_its_scan, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(keys_of_another_form_are_refused, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_scan_that_is_not_there_is_not_found, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(whether_a_scan_exists_is_known_in_every_state, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(nan_and_infinity_are_kept_apart_from_numbers, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_hundred_thousand_anomalies_are_stored_in_less_than_two_seconds, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(a_scan_without_anomalies_is_a_scan, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(when_the_source_fails_nothing_is_stored, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(what_the_database_does_not_take_is_an_error_and_nothing_is_stored, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(large_texts_go_through, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(the_list_is_newest_first_and_pages_by_id, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(statements_are_prepared_once, database_store, database_store_del),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
