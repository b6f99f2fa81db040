/* Migrations, the rights of the two accounts, and the private server itself. */
#include "sql/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cm.h"
#include "lib/database.h"
#include "sql/migrate.h"

#define SCRIPT TEST_SOURCE_DIR "/sql/private-server.sh"

/* An empty database; *state is the store of its owner. */
static int setup(void **state)
{
	mariadb_sql(&db, "DROP DATABASE guardian; CREATE DATABASE guardian", NULL, 0);
	*state = database_open(db.owner_url);
	return 0;
}

/* ---- migrations ---------------------------------------------------------------------------------------------------------------- */

static void an_empty_database_gets_all_migrations_once(void **state)
{
	int applied = -1;
	struct err e;

	assert_int_equal(store_check(*state, &e), ERR_UNAVAILABLE);
	assert_non_null(strstr(e.msg, "run guardiand migrate"));
	ok(store_migrate(*state, &applied, &e));
	assert_int_equal(applied, migrations_n);
	ok(store_check(*state, &e));
	ok(store_migrate(*state, &applied, &e));
	assert_int_equal(applied, 0);
	assert_int_equal(number("SELECT COUNT(*) FROM schema_migrations WHERE LENGTH(checksum) = 64"), migrations_n);
	assert_int_equal(
		number("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'guardian' AND engine = 'InnoDB' AND "
		       "table_collation = 'utf8mb4_bin'"),
		11);
}

static void an_anomaly_has_three_indexes_and_goes_with_its_scan(void **state)
{
	struct err e;

	ok(store_migrate(*state, NULL, &e));
	assert_int_equal(
		number("SELECT COUNT(DISTINCT index_name) FROM information_schema.statistics WHERE table_schema = 'guardian' AND "
		       "table_name = 'anomalies'"),
		3);
	mariadb_sql(&db,
		    "INSERT INTO scans (started_us, name, method, model, size) VALUES (1, '', '', '', 0); INSERT INTO anomalies "
		    "(scan_id, sequence_id, row_first, "
		    "row_last, severity, step, feature, sample) SELECT LAST_INSERT_ID(), 1, 0, 0, 0, 0, '', ''; DELETE FROM scans",
		    NULL, 0);
	assert_int_equal(number("SELECT COUNT(*) FROM anomalies"), 0);
}

static void only_what_is_missing_is_applied(void **state)
{
	int applied = -1;
	struct err e;

	ok(store_migrate(*state, NULL, &e));
	mariadb_sql(&db, "DROP TABLE mails; DELETE FROM schema_migrations WHERE number >= 3", NULL, 0);
	assert_int_equal(store_check(*state, &e), ERR_UNAVAILABLE);
	assert_non_null(strstr(e.msg, "run guardiand migrate"));
	ok(store_migrate(*state, &applied, &e));
	assert_int_equal(applied, migrations_n - 2);
	assert_int_equal(number("SELECT COUNT(*) FROM mails"), 0);
	/* A crash between the table and its entry. */
	mariadb_sql(&db, "DELETE FROM schema_migrations WHERE number = 1", NULL, 0);
	ok(store_migrate(*state, &applied, &e));
	assert_int_equal(applied, 1);
}

static void a_migration_that_changed_is_refused(void **state)
{
	int applied = -1;
	struct err e;

	ok(store_migrate(*state, NULL, &e));
	mariadb_sql(&db,
		    "UPDATE schema_migrations SET checksum = REPEAT('0', 64) WHERE number = 2; DELETE FROM schema_migrations WHERE "
		    "number = 3",
		    NULL, 0);
	assert_int_equal(store_migrate(*state, &applied, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "migration 002_anomalies"));
	assert_int_equal(applied, 0);
	assert_int_equal(number("SELECT COUNT(*) FROM schema_migrations"), migrations_n - 1);
}

static void what_a_newer_program_did_is_left_alone(void **state)
{
	int applied = -1;
	struct err e;

	ok(store_migrate(*state, NULL, &e));
	mariadb_sql(&db, "INSERT INTO schema_migrations (number, name, checksum) VALUES (900, 'later', '')", NULL, 0);
	ok(store_migrate(*state, &applied, &e));
	assert_int_equal(applied, 0);
	ok(store_check(*state, &e));
}

static void several_processes_may_migrate_at_a_time(void **state)
{
	enum { N = 4 };
	pid_t pids[N];
	int status, total = 0;
	struct err e;

	for (int i = 0; i < N; i++) {
		assert_true((pids[i] = fork()) >= 0);
		if (pids[i] == 0) {
			struct store *s;
			int applied = 0;

			if (store_new(&s, db.owner_url, &e) < 0 || store_migrate(s, &applied, &e) < 0)
				_exit(99);
			_exit(applied);
		}
	}
	for (int i = 0; i < N; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 99);
		total += WEXITSTATUS(status);
	}
	assert_int_equal(total, migrations_n);
	ok(store_check(*state, &e));
}

/* ---- accounts ------------------------------------------------------------------------------------------------------------------ */

static void a_worker_can_write_rows_and_nothing_else(void **state)
{
	static const char *const forbidden[] = { "CREATE TABLE t (i INT)",         "DROP TABLE scans",
						 "ALTER TABLE scans ADD x INT",    "TRUNCATE scans",
						 "CREATE INDEX i ON scans (size)", "SELECT * FROM mysql.global_priv",
						 "SET GLOBAL read_only = 0",       "CREATE DATABASE other",
						 "SELECT 1 INTO OUTFILE '/tmp/x'" };
	char password[64] = "", out[300];
	struct store *worker;
	int applied = -1;
	struct err e;

	ok(store_migrate(*state, NULL, &e));
	sscanf(db.worker_url, "mysql://guardian:%63[0-9a-f]@", password);
	assert_int_equal(strlen(password), 48);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		const int r =
			shell(out, sizeof(out), "MYSQL_PWD=%s mariadb --no-defaults -S '%s' -u guardian guardian -e \"%s\" 2>&1",
			      password, db.socket, forbidden[i]);

		if (r != 1 || strstr(out, "denied") == NULL)
			fail_msg("%s: %d %s", forbidden[i], r, out);
	}
	ok(store_new(&worker, db.worker_url, &e));
	ok(store_check(worker, &e));
	mariadb_sql(&db, "DROP DATABASE guardian; CREATE DATABASE guardian", NULL, 0);
	assert_int_equal(store_migrate(worker, &applied, &e), ERR_UNAVAILABLE);
	assert_non_null(strstr(e.msg, "rights"));
	store_del(worker);
}

static void the_passwords_are_kept_secret_and_across_restarts(void **state)
{
	char before[2][320], path[96], out[300];
	struct stat st;

	(void)state;
	memcpy(before[0], db.owner_url, sizeof(before[0]));
	memcpy(before[1], db.worker_url, sizeof(before[1]));
	mariadb_stop(&db);
	mariadb_again(&db);
	assert_string_equal(before[0], db.owner_url);
	assert_string_equal(before[1], db.worker_url);
	assert_string_not_equal(strchr(db.owner_url + 8, ':'), strchr(db.worker_url + 8, ':'));
	snprintf(path, sizeof(path), "%s/accounts", db.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(shell(out, sizeof(out), "ls %s/data/../ | tr '\\n' ' '", db.dir), 0);
	assert_string_equal(out, "accounts data data.lock data.tmp log run sql ");
}

/* ---- private-server.sh ---------------------------------------------------------------------------------------------------------- */

static void one_line_is(const char *out, const char *says)
{
	if (strncmp(out, "private-server: ", 16) != 0 || strstr(out, says) == NULL || strchr(out, '\n') != out + strlen(out) - 1)
		fail_msg("instead of \"%s\": %s", says, out);
}

static void each_failure_of_the_script_is_one_clear_sentence(void **state)
{
	char out[600];

	(void)state;
	assert_int_equal(shell(out, sizeof(out), "'%s' run 2>&1", SCRIPT), 2);
	assert_non_null(strstr(out, "usage:"));
	assert_int_equal(shell(out, sizeof(out), "'%s' run %s %s 2>&1", SCRIPT, db.data, db.socket), 1);
	one_line_is(out, "another server is running");
	assert_int_equal(shell(out, sizeof(out), "'%s' run %s/x %s/%0100d 2>&1", SCRIPT, db.dir, db.dir, 0), 1);
	one_line_is(out, "socket is too long");
	assert_int_equal(shell(out, sizeof(out), "'%s' run %s/x %s/run/x nosuchuser 2>&1", SCRIPT, db.dir, db.dir), 1);
	one_line_is(out, geteuid() == 0 ? "no account nosuchuser" : "only root");
	assert_int_equal(
		shell(out, sizeof(out),
		      "mkdir %s/mine && touch %s/mine/thesis && '%s' run %s/mine %s/run/x 2>&1; r=$?; rm -r %s/mine* && exit $r",
		      db.dir, db.dir, SCRIPT, db.dir, db.dir, db.dir),
		1);
	one_line_is(out, "holds something else");
	assert_int_equal(shell(out, sizeof(out), "PATH=/nowhere /bin/bash '%s' run %s/x %s/run/x 2>&1", SCRIPT, db.dir, db.dir), 1);
	one_line_is(out, "apt-get install");
	assert_int_equal(shell(out, sizeof(out), "'%s' run /proc/x %s/run/x 2>&1", SCRIPT, db.dir), 1);
	one_line_is(out, "/proc/x");
}

static void an_ordinary_user_can_run_it_too(void **state)
{
	char out[2000];

	(void)state;
	if (geteuid() != 0)
		return; /* every other test has shown it */
	assert_int_equal(
		shell(out, sizeof(out),
		      "as='setpriv --reuid=nobody --regid=nogroup --clear-groups --'; cd / && d='%s/a b' && mkdir \"$d\" && "
		      "chown nobody \"$d\" && cp '%s' \"$d/server.sh\" && { exec $as \"$d/server.sh\" run \"$d/data\" \"$d/s\" 2> "
		      "\"$d/log\" & } && pid=$! && "
		      "$as \"$d/server.sh\" accounts \"$d/s\" \"$d/data\" 2>&1; r=$?; kill $pid; wait $pid; rm -rf \"$d\"; exit $r",
		      db.dir, SCRIPT),
		0);
	assert_non_null(strstr(out, "WORKER_URL=mysql://guardian:"));
	assert_non_null(strstr(out, "/a%20b/s"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_database_gets_all_migrations_once, setup, database_store_del),
		cmocka_unit_test_setup_teardown(an_anomaly_has_three_indexes_and_goes_with_its_scan, setup, database_store_del),
		cmocka_unit_test_setup_teardown(only_what_is_missing_is_applied, setup, database_store_del),
		cmocka_unit_test_setup_teardown(a_migration_that_changed_is_refused, setup, database_store_del),
		cmocka_unit_test_setup_teardown(what_a_newer_program_did_is_left_alone, setup, database_store_del),
		cmocka_unit_test_setup_teardown(several_processes_may_migrate_at_a_time, setup, database_store_del),
		cmocka_unit_test_setup_teardown(a_worker_can_write_rows_and_nothing_else, setup, database_store_del),
		cmocka_unit_test(the_passwords_are_kept_secret_and_across_restarts),
		cmocka_unit_test(each_failure_of_the_script_is_one_clear_sentence),
		cmocka_unit_test(an_ordinary_user_can_run_it_too),
	};

	return cmocka_run_group_tests(tests, database_start, database_remove);
}
