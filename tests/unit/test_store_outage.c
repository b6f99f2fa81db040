/* What the store says and does when the database is gone, restarting, read-only, full of others; and who is still at which scan. */
#include "sql/store.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/cm.h"
#include "lib/database.h"
#include "sql/db.h"

/* ERR_UNAVAILABLE in clear words, without a password. */
static void unavailable_at(int r, const struct err *e, const char *says, int line)
{
	if (r != ERR_UNAVAILABLE || strstr(e->msg, says) == NULL)
		fail_msg("line %d: %d %s", line, r, r < 0 ? e->msg : "");
	assert_null(strstr(e->msg, strchr(db.worker_url + 8, ':') + 1));
}
#define unavailable(call, says) unavailable_at((call), &e, says, __LINE__)

static const struct scan_start a_start = { .name = "a.csv", .method = "lstm", .model = "m", .threshold = 1, .size = -1 };
static const struct scan_counts some = { .rows = 10, .windows = 1 };
static const struct scan_end an_end = { .details = "[]", .highlights = "[]", .curve = "{}", .skipped = "[]" };

static uint64_t start(struct store *s)
{
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_scan_start(s, &a_start, &id, &e));
	return id;
}

static enum scan_state state_of(struct store *s, uint64_t id)
{
	struct scan_row row;
	enum scan_state state;
	struct err e;

	ok(store_scan_get(s, id, &row, &e));
	state = row.state;
	scan_row_free(&row);
	return state;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- gone ---------------------------------------------------------------------------------------------------------------------- */

static void a_server_that_was_killed_is_unavailable_and_then_read_again(void **state)
{
	struct store *s = *state;
	struct scan_row row;
	const uint64_t id = start(s);
	uint64_t other = 5, n = 5;
	struct err e;
	int list_calls = 0;

	ok(store_check(s, &e));
	mariadb_kill(&db);
	unavailable(store_scan_get(s, id, &row, &e), "does not answer");
	unavailable(store_check(s, &e), "does not answer");
	unavailable(store_scan_list(s, 0, 9, NULL, &list_calls, &e), "does not answer");
	unavailable(store_scan_count(s, &n, &e), "does not answer");
	unavailable(store_scan_start(s, &a_start, &other, &e), "does not answer");
	unavailable(store_scan_progress(s, id, &some, &e), "does not answer");
	unavailable(store_scan_finish(s, id, &an_end, NULL, NULL, NULL, &e), "does not answer");
	unavailable(store_sweep(s, &n, &e), "does not answer");
	assert_int_equal(other, 5);
	assert_int_equal(n, 5);

	mariadb_again(&db);
	ok(store_scan_get(s, id, &row, &e)); /* the same store, nothing lost */
	assert_int_equal(row.state, SCAN_RUNNING);
	scan_row_free(&row);
	ok(store_scan_progress(s, id, &some, &e));
	ok(store_scan_finish(s, id, &an_end, NULL, NULL, NULL, &e));
	assert_int_equal(state_of(s, id), SCAN_DONE);
}

static void a_restart_between_two_calls_is_not_noticed(void **state)
{
	struct store *s = *state;
	const uint64_t id = start(s);
	struct err e;

	mariadb_stop(&db);
	mariadb_again(&db);
	start(s); /* writes too: the end of the old connection is seen before anything is sent */
	mariadb_kill(&db);
	mariadb_again(&db);
	ok(store_scan_finish(s, id, &an_end, NULL, NULL, NULL, &e));
	mariadb_kill(&db);
	mariadb_again(&db);
	assert_int_equal(state_of(s, id), SCAN_DONE);
}

static void a_connection_that_was_killed_by_the_administrator_is_made_again(void **state)
{
	struct store *s = *state;
	const uint64_t id = start(s);
	uint64_t n;

	mariadb_sql(&db, "KILL USER guardian@localhost", NULL, 0);
	assert_int_equal(state_of(s, id), SCAN_RUNNING);
	mariadb_sql(&db, "KILL USER guardian@localhost", NULL, 0);
	assert_true(start(s) > id);
	assert_int_equal(store_sweep(s, &n, NULL), OK);
	assert_int_equal(n, 0); /* both locks were taken again */
}

/* A source that ends the server, or the connection, before its second batch. */
struct trouble {
	uint64_t i;
	int kill_server;
};

static int next_and_trouble(void *arg, struct anomaly_row *a, struct err *e)
{
	struct trouble *t = arg;

	(void)e;
	if (t->i == 3000 && t->kill_server)
		mariadb_kill(&db);
	else if (t->i == 3000)
		mariadb_sql(&db, "KILL USER guardian@localhost", NULL, 0);
	if (t->i == 6000)
		return 0;
	*a = (struct anomaly_row){ .sequence_id = t->i++, .feature = "f", .sample = "{}" };
	return 1;
}

static void a_connection_lost_in_the_middle_of_a_finish_stores_nothing(void **state)
{
	struct store *s = *state;
	const uint64_t id = start(s);
	struct trouble t = { 0 };
	struct err e;

	unavailable(store_scan_finish(s, id, &an_end, next_and_trouble, &t, NULL, &e), "");
	assert_int_equal(state_of(s, id), SCAN_RUNNING);
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 0);
	t = (struct trouble){ .kill_server = 1 };
	unavailable(store_scan_finish(s, id, &an_end, next_and_trouble, &t, NULL, &e), "");
	mariadb_again(&db);
	assert_int_equal(state_of(s, id), SCAN_RUNNING);
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 0);
	t = (struct trouble){ .i = 3001 };
	ok(store_scan_finish(s, id, &an_end, next_and_trouble, &t, NULL, &e));
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 2999);
}

/*
 * A proxy at `path` before the server: the first packet with `word` in it ends its connection, before it is passed on or (late)
 * when the server has answered, which the client does not learn. All else passes.
 */
static void proxy_connection(int client, const char *word, int late, int *armed)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const int server = socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd p[2] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
	char bytes[65536];
	int end = 0;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", db.socket);
	if (connect(server, (struct sockaddr *)&a, sizeof(a)) != 0)
		end = 1;
	while (!end && poll(p, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			const ssize_t n = p[i].revents != 0 ? read(p[i].fd, bytes, sizeof(bytes)) : -1;
			const int hit = i == 0 && *armed && n > 0 && memmem(bytes, (size_t)n, word, strlen(word)) != NULL;

			end |= n == 0 || hit;
			if (hit)
				*armed = 0;
			if (n > 0 && (!hit || late) && write(p[!i].fd, bytes, (size_t)n) != n)
				end = 1;
			if (hit && late)
				end |= read(server, bytes, sizeof(bytes)) < 0;
		}
	}
	close(server);
	close(client);
}

static pid_t proxy(const char *path, const char *word, int late)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int armed = 1;
	pid_t pid;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 9), 0);
	assert_true((pid = fork()) >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			proxy_connection(accept(fd, NULL, NULL), word, late, &armed);
	}
	close(fd);
	return pid;
}

static void end_proxy(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* The worker's URL, by way of the proxy. */
static void proxy_url(char *path, size_t path_size, char *url, size_t url_size)
{
	snprintf(path, path_size, "%s/proxy", db.dir);
	snprintf(url, url_size, "%.*s%s", (int)(strstr(db.worker_url, "=/") + 1 - db.worker_url), db.worker_url, path);
}

static void a_commit_whose_answer_was_lost_is_found_out(void **state)
{
	/* The commit arrived; did not, but it can be done again; did not, and the anomalies are gone. */
	static const struct {
		int late, anomalies, want;
	} rows[] = { { 1, 1, OK }, { 1, 0, OK }, { 0, 0, OK }, { 0, 1, ERR_UNAVAILABLE } };
	char path[96], url[400];

	proxy_url(path, sizeof(path), url, sizeof(url));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const pid_t pid = proxy(path, "\3COMMIT", rows[i].late);
		struct trouble t = { .i = 3001 };
		struct store *s;
		struct err e;
		uint64_t id;

		ok(store_new(&s, url, &e));
		id = start(s);
		assert_int_equal(store_scan_finish(s, id, &an_end, rows[i].anomalies ? next_and_trouble : NULL, &t, NULL, &e),
				 rows[i].want);
		assert_int_equal(state_of(*state, id), rows[i].want == OK ? SCAN_DONE : SCAN_RUNNING);
		store_del(s);
		end_proxy(pid);
	}
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 2999);
}

static void a_connection_lost_in_the_middle_of_a_read_is_not_noticed_of_a_start_it_is_told(void **state)
{
	char path[96], url[400];
	struct store *s;
	struct err e;
	uint64_t id = 5;
	pid_t pid;

	proxy_url(path, sizeof(path), url, sizeof(url));
	ok(store_new(&s, url, &e));
	pid = proxy(path, "skipped, input_report FROM scans", 1);
	assert_int_equal(state_of(s, start(*state)), SCAN_RUNNING);
	end_proxy(pid);
	/* What cannot be done twice is not tried twice: whether the first one was done is not known. */
	pid = proxy(path, "INSERT INTO scans", 1);
	unavailable(store_scan_start(s, &a_start, &id, &e), "does not answer");
	assert_int_equal(id, 5);
	end_proxy(pid);
	store_del(s);
}

static void what_was_finished_survives_a_kill_of_the_server(void **state)
{
	struct store *s = *state;
	struct trouble t = { .i = 3001 };
	const uint64_t id = start(s);
	struct err e;

	ok(store_scan_finish(s, id, &an_end, next_and_trouble, &t, &(struct mail_text){ "s", "b" }, &e));
	mariadb_kill(&db);
	mariadb_again(&db);
	assert_int_equal(state_of(s, id), SCAN_DONE);
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 2999);
	assert_int_equal(number("SELECT COUNT(*) FROM mails"), 1);
}

static void a_server_that_is_not_there_is_said_within_seconds(void **state)
{
	static const char *const urls[] = { "mysql://u:SECRET@127.0.0.1:1/d", "mysql://u:SECRET@/d?socket=/nowhere/x.sock",
					    "mysql://u:SECRET@host.invalid/d", "mysql://u:SECRET@192.0.2.1/d" };

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const double t = now();
		struct store *s;
		struct err e;

		ok(store_new(&s, urls[i], &e));
		assert_int_equal(store_check(s, &e), ERR_UNAVAILABLE);
		assert_null(strstr(e.msg, "SECRET"));
		assert_true(now() - t < 10);
		store_del(s);
	}
}

/* ---- there, but not for us ------------------------------------------------------------------------------------------------------ */

static void a_read_only_server_is_unavailable_for_writes_only(void **state)
{
	struct store *s = *state;
	struct scan_row row;
	const uint64_t id = start(s);
	struct trouble t = { .i = 3001 };
	uint64_t other;
	struct err e;

	mariadb_sql(&db, "SET GLOBAL read_only = 1", NULL, 0);
	unavailable(store_scan_start(s, &a_start, &other, &e), "read-only");
	unavailable(store_scan_progress(s, id, &some, &e), "read-only");
	unavailable(store_scan_finish(s, id, &an_end, next_and_trouble, &t, NULL, &e), "read-only");
	ok(store_scan_get(s, id, &row, &e));
	assert_int_equal(row.state, SCAN_RUNNING);
	scan_row_free(&row);
	ok(store_check(s, &e));
	mariadb_sql(&db, "SET GLOBAL read_only = 0", NULL, 0);
	ok(store_scan_finish(s, id, &an_end, next_and_trouble, &t, NULL, &e));
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 2999);
}

static void no_free_connection_wrong_account_and_unknown_database_are_told(void **state)
{
	struct store *s, *second;
	char url[400];
	struct err e;

	(void)state;
	mariadb_sql(&db,
		    "CREATE USER one@localhost IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 1; "
		    "GRANT ALL ON guardian.* TO one@localhost; GRANT SELECT ON mysql.* TO one@localhost",
		    NULL, 0);
	snprintf(url, sizeof(url), "mysql://one:x@/guardian?socket=%s", db.socket);
	ok(store_new(&s, url, &e));
	ok(store_check(s, &e));
	ok(store_new(&second, url, &e));
	unavailable(store_check(second, &e), "no more connections");
	store_del(second);
	store_del(s);
	snprintf(url, sizeof(url), "mysql://one:wrong@/guardian?socket=%s", db.socket);
	ok(store_new(&s, url, &e));
	unavailable(store_check(s, &e), "refuses our account");
	assert_null(strstr(e.msg, "wrong"));
	store_del(s);
	snprintf(url, sizeof(url), "mysql://one:x@/secrets?socket=%s", db.socket);
	ok(store_new(&s, url, &e));
	unavailable(store_check(s, &e), "refuses our account");
	store_del(s);
	mariadb_sql(&db, "GRANT ALL ON *.* TO one@localhost", NULL, 0);
	ok(store_new(&s, url, &e));
	unavailable(store_check(s, &e), "does not have the database");
	store_del(s);
	mariadb_sql(&db,
		    "DROP USER one@localhost; CREATE DATABASE IF NOT EXISTS empty_one; GRANT SELECT ON empty_one.* TO "
		    "guardian@localhost",
		    NULL, 0);
	snprintf(url, sizeof(url), "%.*s/empty_one?socket=%s", (int)(strchr(db.worker_url + 8, '/') - db.worker_url), db.worker_url,
		 db.socket);
	ok(store_new(&s, url, &e));
	unavailable(store_check(s, &e), "guardiand migrate");
	store_del(s);
	mariadb_sql(&db, "DROP DATABASE empty_one; REVOKE ALL ON empty_one.* FROM guardian@localhost", NULL, 0);
}

/* Keep the row of a scan locked for some seconds, in a process of its own. */
static pid_t lock_row(uint64_t id, int seconds)
{
	char sql[200], out[64];
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		snprintf(sql, sizeof(sql), "BEGIN; SELECT 1 FROM scans WHERE id = %llu FOR UPDATE; SELECT SLEEP(%d)",
			 (unsigned long long)id, seconds);
		mariadb_sql(&db, sql, out, sizeof(out));
		_exit(0);
	}
	usleep(300000);
	return pid;
}

static void a_row_that_another_keeps_locked_does_not_block_readers_and_writers_wait_not_forever(void **state)
{
	struct store *s = *state;
	const uint64_t id = start(s);
	const pid_t pid = lock_row(id, 12);
	double t = now();
	uint64_t n = 9;
	struct err e;

	assert_int_equal(state_of(s, id), SCAN_RUNNING);
	ok(store_sweep(s, &n, &e));
	assert_true(now() - t < 1);
	unavailable(store_scan_progress(s, id, &some, &e), "is busy");
	assert_true(now() - t < 12);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	ok(store_scan_progress(s, id, &some, &e));
}

/* ---- who is at it ---------------------------------------------------------------------------------------------------------------- */

static void a_sweep_leaves_scans_whose_worker_lives(void **state)
{
	struct store *other;
	struct scan_row row;
	struct err e;
	uint64_t n = 99, alive, dead;

	ok(store_new(&other, db.worker_url, &e));
	alive = start(*state);
	dead = start(other);
	ok(store_sweep(*state, &n, &e));
	assert_int_equal(n, 0);
	ok(store_sweep(other, &n, &e));
	assert_int_equal(n, 0);
	store_del(other);
	usleep(200000); /* the server notices the end of a connection a moment later */
	ok(store_sweep(*state, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(state_of(*state, alive), SCAN_RUNNING);
	ok(store_scan_get(*state, dead, &row, &e));
	assert_int_equal(row.state, SCAN_INTERRUPTED);
	assert_string_equal(row.error, "the worker that scanned it is gone");
	assert_true(row.finished_us >= row.started_us);
	scan_row_free(&row);
	ok(store_sweep(*state, &n, &e));
	assert_int_equal(n, 0);
}

static void the_lock_ends_with_the_scan(void **state)
{
	const uint64_t a = start(*state), b = start(*state), c = start(*state);
	struct err e;

	assert_int_equal(number("SELECT SUM(IS_USED_LOCK(CONCAT('guardian.scan.', id, '.guardian')) IS NOT NULL) FROM scans"), 3);
	ok(store_scan_finish(*state, a, &an_end, NULL, NULL, NULL, &e));
	ok(store_scan_fail(*state, b, SCAN_FAILED, "x", NULL, NULL, &e));
	assert_int_equal(number("SELECT SUM(IS_USED_LOCK(CONCAT('guardian.scan.', id, '.guardian')) IS NOT NULL) FROM scans"), 1);
	ok(store_scan_finish(*state, c, &an_end, NULL, NULL, NULL, &e));
	assert_int_equal(number("SELECT SUM(IS_USED_LOCK(CONCAT('guardian.scan.', id, '.guardian')) IS NOT NULL) FROM scans"), 0);
}

static void after_a_restart_the_worker_takes_its_lock_again(void **state)
{
	const uint64_t id = start(*state);
	struct store *other;
	struct err e;
	uint64_t n = 99;

	ok(store_new(&other, db.worker_url, &e));
	mariadb_kill(&db);
	mariadb_again(&db);
	ok(store_scan_progress(*state, id, &some, &e));
	ok(store_sweep(other, &n, &e));
	assert_int_equal(n, 0);
	assert_int_equal(state_of(other, id), SCAN_RUNNING);

	/* And when the sweep came first, the next progress says that the scan lives. */
	mariadb_kill(&db);
	mariadb_again(&db);
	ok(store_sweep(other, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(state_of(other, id), SCAN_INTERRUPTED);
	ok(store_scan_progress(*state, id, &some, &e));
	assert_int_equal(state_of(other, id), SCAN_RUNNING);
	ok(store_scan_finish(*state, id, &an_end, NULL, NULL, NULL, &e));
	store_del(other);
}

static void a_lock_that_a_ghost_keeps_is_taken_when_it_is_free(void **state)
{
	const uint64_t id = start(*state);
	char sql[200], out[64];
	uint64_t n = 99;
	struct err e;
	pid_t ghost;

	/* Between the end of our connection and our next one somebody else holds the lock, as our own old connection may. */
	mariadb_sql(&db, "KILL USER guardian@localhost", NULL, 0);
	assert_true((ghost = fork()) >= 0);
	if (ghost == 0) {
		snprintf(sql, sizeof(sql), "SELECT GET_LOCK('guardian.scan.%llu.guardian', 5); SELECT SLEEP(1)",
			 (unsigned long long)id);
		mariadb_sql(&db, sql, out, sizeof(out));
		_exit(0);
	}
	usleep(400000);
	ok(store_scan_progress(*state, id, &some, &e));
	assert_int_equal(waitpid(ghost, NULL, 0), ghost);
	usleep(100000);
	ok(store_scan_progress(*state, id, &some, &e));
	ok(store_sweep(*state, &n, &e));
	assert_int_equal(n, 0);
}

static void sessions_are_strict_in_utc_and_end_when_a_host_vanishes(void **state)
{
	static const char setting[] =
		"SELECT @@time_zone = '+00:00' AND @@tx_isolation = 'READ-COMMITTED' AND @@wait_timeout BETWEEN 60 AND 300 "
		"AND @@sql_mode LIKE '%STRICT_ALL_TABLES%' AND @@autocommit AND @@character_set_client = 'utf8mb4'";
	struct db_url url;
	struct db *d;
	long long as_it_should_be = 0;
	struct err e;

	(void)state;
	ok(db_url_parse(&url, db.worker_url, &e));
	ok(db_new(&d, &url, NULL, NULL, &e));
	ok(db_number(d, setting, &as_it_should_be, &e));
	assert_int_equal(as_it_should_be, 1);
	db_del(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_server_that_was_killed_is_unavailable_and_then_read_again, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_restart_between_two_calls_is_not_noticed, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_connection_that_was_killed_by_the_administrator_is_made_again, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_connection_lost_in_the_middle_of_a_finish_stores_nothing, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_commit_whose_answer_was_lost_is_found_out, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_connection_lost_in_the_middle_of_a_read_is_not_noticed_of_a_start_it_is_told,
						database_store, database_store_del),
		cmocka_unit_test_setup_teardown(what_was_finished_survives_a_kill_of_the_server, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_server_that_is_not_there_is_said_within_seconds, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_read_only_server_is_unavailable_for_writes_only, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(no_free_connection_wrong_account_and_unknown_database_are_told, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_row_that_another_keeps_locked_does_not_block_readers_and_writers_wait_not_forever,
						database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_sweep_leaves_scans_whose_worker_lives, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(the_lock_ends_with_the_scan, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(after_a_restart_the_worker_takes_its_lock_again, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_lock_that_a_ghost_keeps_is_taken_when_it_is_free, database_store, database_store_del),
		cmocka_unit_test(sessions_are_strict_in_utc_and_end_when_a_host_vanishes),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
