/* The outbox: mails are stored with the scan, claimed by one, and sent once. */
#include "sql/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cm.h"
#include "lib/database.h"

/* Two hosts. */
static struct store *hosts[2];

static int setup(void **state)
{
	(void)state;
	mariadb_sql(&db, "DELETE FROM scans", NULL, 0);
	for (size_t i = 0; i < 2; i++)
		hosts[i] = database_open(db.worker_url);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		store_del(hosts[i]);
	return 0;
}

static uint64_t finish_with(const char *subject, const char *body)
{
	const struct scan_start n = { .name = "a.csv", .method = "lstm", .model = "m", .size = -1 };
	const struct scan_end end = { .details = "[]" };
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_scan_start(hosts[0], &n, &id, &e));
	ok(store_scan_finish(hosts[0], id, &end, NULL, NULL, &(struct mail_text){ subject, body }, &e));
	return id;
}

static void claim_is(struct store *s, const char *subject, struct outbox_mail *m)
{
	struct err e = { 0 };

	*m = (struct outbox_mail){ 0 };
	assert_int_equal(store_mail_claim(s, m, &e), subject != NULL);
	if (subject != NULL)
		assert_string_equal(m->subject, subject);
}

static void a_mail_goes_from_the_scan_to_the_outbox_to_sent(void **state)
{
	const uint64_t scan = finish_with("9 anomalies in '\xf0\x9f\x92\xa9\xff'", "line\nline\n");
	struct outbox_mail m;
	struct err e;

	(void)state;
	claim_is(hosts[0], "9 anomalies in '\xf0\x9f\x92\xa9\xef\xbf\xbd'", &m);
	assert_int_equal(m.scan_id, scan);
	assert_int_equal(m.attempts, 0);
	assert_string_equal(m.body, "line\nline\n");
	ok(store_mail_sent(hosts[0], &m, &e));
	outbox_mail_free(&m);
	claim_is(hosts[0], NULL, &m);
	claim_is(hosts[1], NULL, &m);
	assert_int_equal(number("SELECT COUNT(*) FROM mails WHERE state = 1 AND attempts = 1 AND finished_us > 0"), 1);
}

static void without_a_subject_there_is_no_mail(void **state)
{
	struct outbox_mail m;

	(void)state;
	finish_with(NULL, "body");
	claim_is(hosts[0], NULL, &m);
	assert_int_equal(number("SELECT COUNT(*) FROM mails"), 0);
}

static void two_hosts_claim_different_mails_oldest_first(void **state)
{
	struct outbox_mail m[2], none;
	struct err e;

	(void)state;
	for (int i = 0; i < 3; i++)
		finish_with((const char *[]){ "first", "second", "third" }[i], "b");
	claim_is(hosts[0], "first", &m[0]);
	claim_is(hosts[1], "second", &m[1]);
	ok(store_mail_sent(hosts[0], &m[0], &e));
	outbox_mail_free(&m[0]);
	claim_is(hosts[0], "third", &m[0]);
	ok(store_mail_sent(hosts[1], &m[1], &e));
	outbox_mail_free(&m[1]);
	claim_is(hosts[1], NULL, &none);
	ok(store_mail_sent(hosts[0], &m[0], &e));
	outbox_mail_free(&m[0]);
	assert_int_equal(number("SELECT COUNT(*) FROM mails WHERE state = 1"), 3);
}

static void a_crash_gives_the_mail_back(void **state)
{
	struct outbox_mail m;
	struct err e;

	(void)state;
	finish_with("s", "b");
	claim_is(hosts[0], "s", &m);
	outbox_mail_free(&m);
	claim_is(hosts[1], NULL, &m);
	store_del(hosts[0]);
	hosts[0] = NULL;
	usleep(200000);
	claim_is(hosts[1], "s", &m);
	assert_int_equal(m.attempts, 0);
	ok(store_mail_sent(hosts[1], &m, &e));
	outbox_mail_free(&m);
}

static void a_mail_that_failed_waits_for_its_time(void **state)
{
	struct outbox_mail m;
	struct err e;

	(void)state;
	finish_with("s", "b");
	claim_is(hosts[0], "s", &m);
	ok(store_mail_failed(hosts[0], &m, "421 it's \"busy\"", 3600, &e));
	outbox_mail_free(&m);
	claim_is(hosts[0], NULL, &m);
	assert_int_equal(
		number("SELECT (due_us - created_us + 500000) DIV 1000000 FROM mails WHERE state = 0 AND error LIKE '421%' AND "
		       "finished_us IS NULL"),
		3600);
	mariadb_sql(&db, "UPDATE mails SET due_us = due_us - 3601000000", NULL, 0);
	claim_is(hosts[1], "s", &m);
	assert_int_equal(m.attempts, 1);
	ok(store_mail_failed(hosts[1], &m, "550 no", 0, &e));
	outbox_mail_free(&m);
	mariadb_sql(&db, "UPDATE mails SET due_us = 0", NULL, 0);
	claim_is(hosts[1], NULL, &m);
	assert_int_equal(
		number("SELECT COUNT(*) FROM mails WHERE state = 2 AND attempts = 2 AND error = '550 no' AND finished_us > 0"), 1);
}

static void only_what_was_claimed_here_is_settled_here(void **state)
{
	const struct scan_start n = { .name = "a.csv", .method = "lstm", .model = "m", .size = -1 };
	struct outbox_mail m, other = { .id = 12345 };
	struct scan_row row;
	uint64_t id = finish_with("s", "b"), swept;
	struct err e;

	(void)state;
	assert_int_equal(store_mail_sent(hosts[0], &other, &e), ERR_USAGE);
	claim_is(hosts[0], "s", &m);
	assert_int_equal(store_mail_sent(hosts[1], &m, &e), ERR_USAGE);
	assert_int_equal(store_mail_failed(hosts[0], &other, "", 1, &e), ERR_USAGE);
	/* While the transaction is open nothing else is written in it; reading is allowed. */
	assert_int_equal(store_mail_claim(hosts[0], &other, &e), ERR_USAGE);
	assert_int_equal(store_scan_start(hosts[0], &n, &id, &e), ERR_USAGE);
	assert_int_equal(store_sweep(hosts[0], &swept, &e), ERR_USAGE);
	ok(store_scan_get(hosts[0], id, &row, &e));
	scan_row_free(&row);
	ok(store_mail_sent(hosts[0], &m, &e));
	assert_int_equal(store_mail_sent(hosts[0], &m, &e), ERR_USAGE);
	outbox_mail_free(&m);
	ok(store_scan_start(hosts[0], &n, &id, &e));
}

static void a_mail_that_went_out_is_sent_although_the_connection_was_lost_meanwhile(void **state)
{
	struct outbox_mail m;
	struct err e;

	(void)state;
	finish_with("s", "b");
	finish_with("t", "b");
	claim_is(hosts[0], "s", &m);
	mariadb_kill(&db);
	mariadb_again(&db);
	ok(store_mail_sent(hosts[0], &m, &e));
	outbox_mail_free(&m);
	assert_int_equal(number("SELECT COUNT(*) FROM mails WHERE state = 1"), 1);
	claim_is(hosts[0], "t", &m);
	mariadb_kill(&db);
	assert_int_equal(store_mail_failed(hosts[0], &m, "x", 9, &e), ERR_UNAVAILABLE);
	outbox_mail_free(&m);
	assert_int_equal(store_mail_claim(hosts[0], &m, &e), ERR_UNAVAILABLE);
	mariadb_again(&db);
	claim_is(hosts[0], "t", &m);
	assert_int_equal(m.attempts, 0);
	outbox_mail_free(&m);
}

static void a_late_failure_does_not_undo_what_another_host_did(void **state)
{
	struct outbox_mail m[2];
	struct err e;

	(void)state;
	finish_with("s", "b");
	claim_is(hosts[0], "s", &m[0]);
	mariadb_sql(&db, "KILL USER guardian@localhost", NULL, 0);
	usleep(200000);
	claim_is(hosts[1], "s", &m[1]);
	ok(store_mail_sent(hosts[1], &m[1], &e));
	ok(store_mail_failed(hosts[0], &m[0], "late", 0, &e));
	assert_int_equal(number("SELECT COUNT(*) FROM mails WHERE state = 1 AND error IS NULL"), 1);
	outbox_mail_free(&m[0]);
	outbox_mail_free(&m[1]);
}

static void a_read_only_server_keeps_the_mail(void **state)
{
	struct outbox_mail m;
	struct err e;

	(void)state;
	finish_with("s", "b");
	claim_is(hosts[0], "s", &m);
	mariadb_sql(&db, "SET GLOBAL read_only = 1", NULL, 0);
	assert_int_equal(store_mail_sent(hosts[0], &m, &e), ERR_UNAVAILABLE);
	outbox_mail_free(&m);
	mariadb_sql(&db, "SET GLOBAL read_only = 0", NULL, 0);
	claim_is(hosts[0], "s", &m);
	ok(store_mail_sent(hosts[0], &m, &e));
	outbox_mail_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_mail_goes_from_the_scan_to_the_outbox_to_sent, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_subject_there_is_no_mail, setup, teardown),
		cmocka_unit_test_setup_teardown(two_hosts_claim_different_mails_oldest_first, setup, teardown),
		cmocka_unit_test_setup_teardown(a_crash_gives_the_mail_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_mail_that_failed_waits_for_its_time, setup, teardown),
		cmocka_unit_test_setup_teardown(only_what_was_claimed_here_is_settled_here, setup, teardown),
		cmocka_unit_test_setup_teardown(a_mail_that_went_out_is_sent_although_the_connection_was_lost_meanwhile, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_late_failure_does_not_undo_what_another_host_did, setup, teardown),
		cmocka_unit_test_setup_teardown(a_read_only_server_keeps_the_mail, setup, teardown),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
