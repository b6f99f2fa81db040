/* Running scans as their clients see them, in a real MariaDB: progress, cancelling, requests that come twice. */
#include "sql/store_upload.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/database.h"

static uint64_t start(struct store *s, const char *key, const char *idempotency)
{
	const struct scan_start n = { .name = "a.csv",
				      .key = key,
				      .method = "lstm",
				      .model = "m",
				      .threshold = 4,
				      .size = 1000,
				      .strategy = "fpr:0.01",
				      .idempotency = idempotency };
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_scan_start(s, &n, &id, &e));
	return id;
}

static const struct scan_end nothing = { .threshold = 4, .first_ts = (double)NAN, .last_ts = (double)NAN };

/* A value of the form of SHA-256 in hexadecimal. */
static const char *hash(char c, char out[static 65])
{
	memset(out, c, 64);
	out[64] = '\0';
	return out;
}

static void the_progress_tells_rows_phase_and_time(void **state)
{
	const struct scan_counts n = {
		.bytes = 500, .rows = 30, .windows = 21, .anomalies = 2, .incidents = 1, .phase = PHASE_STORING
	};
	const uint64_t id = start(*state, "progress-1", NULL);
	struct upload_row u;
	struct err e;

	ok(store_upload_get(*state, "progress-1", &u, &e));
	assert_int_equal(u.phase, PHASE_READING);
	ok(store_scan_progress(*state, id, &n, &e));
	ok(store_upload_get(*state, "progress-1", &u, &e));
	assert_int_equal(u.id, id);
	assert_int_equal(u.state, SCAN_RUNNING);
	assert_int_equal(u.phase, PHASE_STORING);
	assert_string_equal(scan_phase_name(u.phase), "storing");
	assert_int_equal(u.size, 1000);
	assert_int_equal(u.counts.bytes, 500);
	assert_int_equal(u.counts.rows, 30);
	assert_int_equal(u.counts.windows, 21);
	assert_int_equal(u.counts.anomalies, 2);
	assert_int_equal(u.counts.incidents, 1);
	assert_true(u.seconds >= 0 && u.seconds < 60);
	assert_null(u.error);
	ok(store_scan_fail(*state, id, SCAN_FAILED, "why", NULL, NULL, &e));
	ok(store_upload_get(*state, "progress-1", &u, &e));
	assert_int_equal(u.state, SCAN_FAILED);
	assert_string_equal(u.error, "why");
	free(u.error);
	assert_int_equal(store_upload_get(*state, "progress-2", &u, &e), ERR_NOT_FOUND);
	assert_int_equal(store_upload_get(*state, "'; --", &u, &e), ERR_NOT_FOUND);
	mariadb_sql(&db, "UPDATE scans SET deleted_us = 1", NULL, 0);
	assert_int_equal(store_upload_get(*state, "progress-1", &u, &e), ERR_NOT_FOUND);
}

static void a_cancelled_scan_stays_cancelled_whatever_its_worker_says(void **state)
{
	const struct scan_counts n = { .rows = 30 };
	const uint64_t id = start(*state, NULL, NULL);
	struct store *const other = database_open(db.worker_url);
	struct scan_row row;
	struct err e;

	ok(store_scan_cancel(other, id, &e));
	ok(store_scan_cancel(other, id, &e));
	assert_int_equal(store_scan_progress(*state, id, &n, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "cancelled"));
	assert_int_equal(store_scan_finish(*state, id, &nothing, NULL, NULL, NULL, &e), ERR_CONFLICT);
	ok(store_scan_fail(*state, id, SCAN_INTERRUPTED, "the client is gone", NULL, &n, &e));
	ok(store_scan_get(*state, id, &row, &e));
	assert_int_equal(row.state, SCAN_CANCELLED);
	assert_string_equal(row.error, "cancelled");
	assert_int_equal(row.counts.rows, 30);
	scan_row_free(&row);
	store_del(other);
}

static void a_worker_may_be_first_to_say_that_a_scan_is_cancelled(void **state)
{
	const uint64_t id = start(*state, NULL, NULL);
	struct scan_row row;
	struct err e;

	ok(store_scan_fail(*state, id, SCAN_CANCELLED, "cancelled", NULL, NULL, &e));
	ok(store_scan_cancel(*state, id, &e));
	ok(store_scan_get(*state, id, &row, &e));
	assert_string_equal(scan_state_name(row.state), "cancelled");
	assert_true(row.finished_us > 0);
	scan_row_free(&row);
}

static void what_has_ended_cannot_be_cancelled(void **state)
{
	const uint64_t done = start(*state, NULL, NULL), failed = start(*state, NULL, NULL);
	struct err e;

	ok(store_scan_finish(*state, done, &nothing, NULL, NULL, NULL, &e));
	ok(store_scan_fail(*state, failed, SCAN_FAILED, "why", NULL, NULL, &e));
	assert_int_equal(store_scan_cancel(*state, done, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "done already"));
	assert_int_equal(store_scan_cancel(*state, failed, &e), ERR_CONFLICT);
	assert_int_equal(store_scan_cancel(*state, done + 1000, &e), ERR_NOT_FOUND);
}

/* In the middle of storing: somebody cancels by another connection, which waits for the row, and gives up. */
struct middle {
	struct store *other;
	uint64_t id;
	int said;
};

static int cancel_now(void *arg, struct anomaly_row *a, struct err *e)
{
	struct middle *const m = arg;

	(void)a;
	(void)e;
	m->said = store_scan_cancel(m->other, m->id, NULL);
	return 0;
}

static void results_that_are_being_stored_are_not_waited_for_for_long(void **state)
{
	struct middle m = { .other = database_open(db.worker_url), .id = start(*state, NULL, NULL) };
	struct scan_row row;
	struct err e;

	ok(store_scan_finish(*state, m.id, &nothing, cancel_now, &m, NULL, &e));
	assert_int_equal(m.said, ERR_CONFLICT);
	ok(store_scan_get(*state, m.id, &row, &e));
	assert_int_equal(row.state, SCAN_DONE);
	scan_row_free(&row);
	store_del(m.other);
}

static void a_request_is_known_again_while_its_scan_runs_and_when_it_is_done(void **state)
{
	char key[65], other[65];
	const uint64_t id = start(*state, NULL, hash('a', key));
	struct same_row same;
	struct err e;

	for (int done = 0; done < 2; done++) {
		assert_int_equal(store_upload_same(*state, key, &same, &e), 1);
		assert_int_equal(same.id, id);
		assert_int_equal(same.state, done ? SCAN_DONE : SCAN_RUNNING);
		assert_string_equal(same.name, "a.csv");
		assert_string_equal(same.method, "lstm");
		assert_string_equal(same.strategy, "fpr:0.01");
		assert_int_equal(same.size, 1000);
		same_row_free(&same);
		if (!done)
			ok(store_scan_finish(*state, id, &nothing, NULL, NULL, NULL, &e));
	}
	assert_int_equal(store_upload_same(*state, hash('b', other), &same, &e), 0);
}

static void what_failed_gives_its_name_away(void **state)
{
	static const enum scan_state ended[] = { SCAN_FAILED, SCAN_INTERRUPTED, SCAN_CANCELLED };
	struct same_row same;
	struct err e;
	char key[65];

	hash('c', key);
	for (size_t i = 0; i < sizeof(ended) / sizeof(*ended); i++) {
		ok(store_scan_fail(*state, start(*state, NULL, key), ended[i], "why", NULL, NULL, &e));
		assert_int_equal(store_upload_same(*state, key, &same, &e), 0);
	}
	ok(store_scan_finish(*state, start(*state, NULL, key), &nothing, NULL, NULL, NULL, &e));
	mariadb_sql(&db, "UPDATE scans SET deleted_us = 1 WHERE state = 1", NULL, 0);
	assert_int_equal(store_upload_same(*state, key, &same, &e), 0);
	start(*state, NULL, key);
	assert_int_equal(number("SELECT COUNT(*) FROM scans WHERE idempotency IS NOT NULL"), 1);
}

static void two_at_the_same_moment_are_not_both_made(void **state)
{
	char key[65];
	const struct scan_start n = { .name = "b", .method = "lstm", .model = "m", .size = -1, .idempotency = hash('d', key) };
	struct err e;
	uint64_t id = 0;

	start(*state, NULL, key);
	assert_int_equal(store_scan_start(*state, &n, &id, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "Idempotency-Key"));
	assert_int_equal(id, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, database_store, database_store_del)
	const struct CMUnitTest tests[] = {
		T(the_progress_tells_rows_phase_and_time),
		T(a_cancelled_scan_stays_cancelled_whatever_its_worker_says),
		T(a_worker_may_be_first_to_say_that_a_scan_is_cancelled),
		T(what_has_ended_cannot_be_cancelled),
		T(results_that_are_being_stored_are_not_waited_for_for_long),
		T(a_request_is_known_again_while_its_scan_runs_and_when_it_is_done),
		T(what_failed_gives_its_name_away),
		T(two_at_the_same_moment_are_not_both_made),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
