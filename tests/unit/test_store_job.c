/* Jobs in a real MariaDB: their life, and what becomes of one whose worker is gone. */
#include "sql/store_job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cm.h"
#include "lib/database.h"

enum { PATIENCE = 1000 }; /* times 10 ms: the server has to notice that a connection is gone */

static uint64_t start(struct store *s, const char *name)
{
	const struct job_start n = { .kind = JOB_EVALUATE, .name = name, .params = "{\"a\":1}", .size = 77 };
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_job_start(s, &n, &id, &e));
	return id;
}

static struct job_row get(struct store *s, uint64_t id)
{
	struct job_row r = { 0 };
	struct err e = { 0 };

	ok(store_job_get(s, id, &r, &e));
	return r;
}

static void a_job_tells_how_far_it_is_and_then_what_came_out(void **state)
{
	const char name[] = "<b>\xf0\x9f\x92\xa9.csv";
	const uint64_t id = start(*state, name);
	struct job_row r = get(*state, id);
	struct err e = { 0 };
	char *html = NULL;
	int cancel = 7;

	assert_true(r.kind == JOB_EVALUATE && r.state == JOB_RUNNING && r.started_us > 0 && r.finished_us == 0 && r.size == 77);
	assert_true(isnan(r.share) && r.rows == 0 && !r.cancelling && !r.has_report && r.result == NULL && r.error == NULL);
	assert_string_equal(r.name, name);
	assert_string_equal(r.params, "{\"a\":1}");
	job_row_free(&r);

	ok(store_job_progress(*state, id, &(struct job_progress){ "scoring flows", 0.25, 1000, 1.5 }, &cancel, &e));
	assert_int_equal(cancel, 0);
	r = get(*state, id);
	assert_true(r.share == 0.25 && r.rows == 1000 && r.rate == 1.5 && r.updated_us >= r.started_us);
	assert_string_equal(r.phase, "scoring flows");
	job_row_free(&r);

	assert_int_equal(store_job_report(*state, id, &html, &e), ERR_NOT_FOUND);
	ok(store_job_finish(*state, id, "{\"f1\":0.5}", "<!DOCTYPE html>", &e));
	r = get(*state, id);
	assert_true(r.state == JOB_DONE && r.finished_us >= r.started_us && r.share == 1 && r.has_report);
	assert_string_equal(r.result, "{\"f1\":0.5}");
	job_row_free(&r);
	ok(store_job_report(*state, id, &html, &e));
	assert_string_equal(html, "<!DOCTYPE html>");
	free(html);
	assert_int_equal(store_job_cancel(*state, id, &e), ERR_CONFLICT);
	assert_string_equal(e.msg + strlen(e.msg) - 15, "is done already");
	assert_int_equal(store_job_progress(*state, id, &(struct job_progress){ "", 0, 0, 0 }, &cancel, &e), ERR_CONFLICT);
}

static void a_wish_to_cancel_reaches_who_runs_it(void **state)
{
	const uint64_t id = start(*state, "a");
	struct store *const other = database_open(db.worker_url);
	struct err e = { 0 };
	struct job_row r;
	int cancel = 0;

	ok(store_job_cancel(other, id, &e));
	ok(store_job_cancel(other, id, &e));
	r = get(other, id);
	assert_true(r.state == JOB_RUNNING && r.cancelling);
	job_row_free(&r);
	ok(store_job_progress(*state, id, &(struct job_progress){ "x", (double)NAN, 0, (double)NAN }, &cancel, &e));
	assert_int_equal(cancel, 1);
	ok(store_job_fail(*state, id, JOB_CANCELLED, NULL, &e));
	r = get(other, id);
	assert_true(r.state == JOB_CANCELLED && r.error == NULL && r.finished_us > 0);
	job_row_free(&r);
	assert_int_equal(store_job_cancel(other, id, &e), ERR_CONFLICT);
	store_del(other);
}

static enum job_state state_of(struct store *s, uint64_t id)
{
	struct job_row r = get(s, id);
	const enum job_state state = r.state;

	job_row_free(&r);
	return state;
}

/* Sweeps until the job does not run any more: the server takes a moment to notice a connection that is gone. Others may be swept meanwhile. */
static void sweep_until_over(struct store *s, uint64_t id)
{
	struct err e = { 0 };
	uint64_t swept;

	for (int i = 0; i < PATIENCE && state_of(s, id) == JOB_RUNNING; i++) {
		ok(store_job_sweep(s, &swept, &e));
		usleep(10000);
	}
}

static void a_job_whose_worker_is_gone_is_interrupted(void **state)
{
	struct store *const worker = database_open(db.worker_url);
	const uint64_t id = start(worker, "a"), ours = start(*state, "b");
	struct err e = { 0 };
	uint64_t swept;
	struct job_row r;

	ok(store_job_sweep(*state, &swept, &e));
	assert_int_equal(state_of(*state, id), JOB_RUNNING);
	store_del(worker);
	sweep_until_over(*state, id);
	r = get(*state, id);
	assert_int_equal(r.state, JOB_INTERRUPTED);
	assert_string_equal(r.error, "the worker that did it is gone");
	job_row_free(&r);
	assert_int_equal(state_of(*state, ours), JOB_RUNNING);
}

static void a_cancelled_job_whose_worker_is_gone_is_cancelled(void **state)
{
	struct store *const worker = database_open(db.worker_url);
	const uint64_t id = start(worker, "a");
	struct err e = { 0 };

	ok(store_job_cancel(*state, id, &e));
	store_del(worker);
	sweep_until_over(*state, id);
	assert_int_equal(state_of(*state, id), JOB_CANCELLED);
}

/* The server closed the connection of a job, which was taken for dead, and goes on. */
static void a_job_that_was_taken_for_dead_goes_on_with_its_lock(void **state)
{
	struct store *const other = database_open(db.worker_url);
	const uint64_t id = start(*state, "a");
	struct err e = { 0 };
	uint64_t swept;
	struct job_row r;
	char sql[200];
	int cancel;

	snprintf(sql, sizeof(sql), "SELECT IS_USED_LOCK('guardian.job.%llu.guardian')", (unsigned long long)id);
	snprintf(sql, sizeof(sql), "KILL %lld", number(sql));
	mariadb_sql(&db, sql, NULL, 0);
	sweep_until_over(other, id);
	assert_int_equal(state_of(other, id), JOB_INTERRUPTED);
	ok(store_job_progress(*state, id, &(struct job_progress){ "x", 0.5, 1, 1 }, &cancel, &e));
	r = get(other, id);
	assert_true(r.state == JOB_RUNNING && r.finished_us == 0 && r.error == NULL);
	job_row_free(&r);
	ok(store_job_sweep(other, &swept, &e));
	assert_int_equal(state_of(other, id), JOB_RUNNING);
	ok(store_job_finish(*state, id, "{}", NULL, &e));
	store_del(other);
}

struct seen {
	uint64_t id[8];
	size_t n;
};

static int see(void *arg, const struct job_row *r)
{
	struct seen *const s = arg;

	s->id[s->n++] = r->id;
	assert_null(r->result);
	return s->n == 8 ? ERR_RANGE : OK;
}

static void the_list_is_newest_first_and_pages_by_id(void **state)
{
	struct err e = { 0 };
	struct seen seen = { 0 };
	uint64_t id[3];

	mariadb_sql(&db, "DELETE FROM guardian.jobs", NULL, 0);
	for (int i = 0; i < 3; i++) {
		id[i] = start(*state, "a");
		ok(store_job_finish(*state, id[i], "{}", NULL, &e));
	}
	ok(store_job_list(*state, 0, 2, see, &seen, &e));
	ok(store_job_list(*state, seen.id[1], 2, see, &seen, &e));
	assert_int_equal(seen.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(seen.id[i], id[2 - i]);
}

static void only_the_newest_are_kept(void **state)
{
	struct err e = { 0 };
	char sql[200];

	mariadb_sql(&db, "DELETE FROM guardian.jobs", NULL, 0);
	ok(store_job_finish(*state, start(*state, "a"), "{}", NULL, &e));
	snprintf(sql, sizeof(sql), "ALTER TABLE guardian.jobs AUTO_INCREMENT = %lld",
		 number("SELECT MAX(id) FROM jobs") + JOBS_KEPT - 1);
	mariadb_sql(&db, sql, NULL, 0);
	ok(store_job_finish(*state, start(*state, "b"), "{}", NULL, &e));
	assert_int_equal(number("SELECT COUNT(*) FROM jobs"), 2);
	ok(store_job_finish(*state, start(*state, "c"), "{}", NULL, &e));
	assert_int_equal(number("SELECT COUNT(*) FROM jobs WHERE name = 'a'"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM jobs"), 2);
}

static void a_job_that_is_not_there_is_not_found(void **state)
{
	struct job_row r = { 0 };
	struct err e = { 0 };
	char *html = NULL;

	assert_int_equal(store_job_get(*state, 999999, &r, &e), ERR_NOT_FOUND);
	assert_int_equal(store_job_report(*state, 999999, &html, &e), ERR_NOT_FOUND);
	assert_int_equal(store_job_cancel(*state, 999999, &e), ERR_NOT_FOUND);
	assert_int_equal(store_job_fail(*state, 999999, JOB_FAILED, "x", &e), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_job_tells_how_far_it_is_and_then_what_came_out, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(a_wish_to_cancel_reaches_who_runs_it, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_job_whose_worker_is_gone_is_interrupted, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_cancelled_job_whose_worker_is_gone_is_cancelled, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(a_job_that_was_taken_for_dead_goes_on_with_its_lock, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(the_list_is_newest_first_and_pages_by_id, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(only_the_newest_are_kept, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_job_that_is_not_there_is_not_found, database_store, database_store_del),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
