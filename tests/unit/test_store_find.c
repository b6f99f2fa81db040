/* The list of scans: filters, orders, pages; and that an index serves each; in a real MariaDB with a thousand scans. */
#include "sql/store_scan_find.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/database.h"
#include "sql/statement.h"
#include "sql/store_scan_delete.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SCANS = 1000 };

/* Ids 1 to 1000; of numbers and names many are alike. */
static const char fill[] = "SET FOREIGN_KEY_CHECKS = 0; TRUNCATE incidents; TRUNCATE device_scans; TRUNCATE devices; TRUNCATE "
			   "scans; SET FOREIGN_KEY_CHECKS = 1;"
			   "INSERT INTO scans (id, state, started_us, name, method, model, size, window_n, anomaly_n, low_n, "
			   "flow_n, incident_n, incident_severity) "
			   "SELECT seq, IF(seq % 50 = 0, 2, 1), seq * 1000000, CONCAT(CHAR(65 + seq % 7), IF(seq % 3 = 0, "
			   "REPEAT('\xc3\xa4', 120), ''), seq % 11, '.csv'), "
			   "IF(seq % 4 = 0, 'lstm', 'hybrid'), 'm', 1, 10, seq % 13, seq % 2, seq % 17, seq % 5, IF(seq % 5 = 0, "
			   "NULL, seq % 4) FROM seq_1_to_1000;"
			   "INSERT INTO devices (id, ident, created_us, seen_us) VALUES (7, 'ip:192.168.1.7', 1, 1);"
			   "INSERT INTO device_scans (device_id, scan_id, flow_n, flagged_n, incident_n, bytes_out, bytes_in) "
			   "SELECT 7, seq * 10, 1, 0, 0, 0, 0 FROM seq_1_to_20;"
			   "INSERT INTO incidents (scan_id, id, attack, rule, title, technique, severity, flow_n, peer_n, "
			   "row_first, row_last, sentence, report, device_id) "
			   "SELECT seq * 3, 1, 'ddos', 'ddos_out', 'Flood', '', 1, 1, 1, 0, 0, '', '{}', 7 FROM seq_1_to_30;"
			   "ANALYZE TABLE scans, incidents, devices, device_scans";

static int fill_again(void **state)
{
	mariadb_sql(&db, fill, NULL, 0);
	*state = database_open(db.worker_url);
	return 0;
}

/* A page, and where it ends. */
struct seen {
	uint64_t id[SCANS + 100];
	size_t n, page;
	enum scan_order order;
	char last[SCAN_VALUE];
};

static int keep(void *arg, const struct scan_row *r)
{
	struct seen *const v = arg;

	assert_true(v->n < COUNT(v->id));
	v->id[v->n++] = r->id;
	v->page++;
	store_scan_value(v->last, v->order, r);
	return OK;
}

/* All pages; after the first, `between` happens once. */
static void walk(struct store *s, struct scan_find f, struct seen *v, const char *between)
{
	struct err e;

	memset(v, 0, sizeof(*v));
	v->order = f.order;
	do {
		v->page = 0;
		ok(store_scan_find(s, &f, keep, v, &e));
		if (between != NULL && v->n == f.limit)
			mariadb_sql(&db, between, NULL, 0);
		if (f.order == SCAN_BY_NAME) /* as a cursor does */
			v->last[strlen(v->last) < 100 ? strlen(v->last) : 100] = '\0';
		f.after = v->last;
		f.after_id = v->n > 0 ? v->id[v->n - 1] : 0;
	} while (v->page == f.limit);
}

static const char *const columns[SCAN_ORDERS] = { "id", "incident_n", "anomaly_n", "flow_n", "worst", "name" };

/* In the order that the database gives without pages. */
static void in_order(const struct seen *v, enum scan_order order, int falling)
{
	char sql[400], *const out = malloc(1 << 16), *p = out;

	assert_non_null(out);
	snprintf(sql, sizeof(sql), "SELECT id FROM scans WHERE deleted_us IS NULL AND id <= 1000 ORDER BY %s %s, id %s",
		 columns[order], falling ? "DESC" : "ASC", falling ? "DESC" : "ASC");
	mariadb_sql(&db, sql, out, 1 << 16);
	for (size_t i = 0; i < v->n; i++) {
		if (v->id[i] > SCANS)
			continue;
		assert_int_equal(strtoull(p, &p, 10), v->id[i]);
	}
	assert_int_equal(strspn(p, "\n"), strlen(p));
	free(out);
}

static const struct scan_find all = { .severity = -1, .state = -1, .limit = 37 };

static void every_order_gives_every_scan_once_whatever_the_page(void **state)
{
	struct seen *const v = malloc(sizeof(*v));

	assert_non_null(v);
	for (int order = 0; order < SCAN_ORDERS; order++)
		for (int falling = 0; falling < 2; falling++) {
			struct scan_find f = all;

			f.order = (enum scan_order)order;
			f.falling = falling;
			walk(*state, f, v, NULL);
			assert_int_equal(v->n, SCANS);
			in_order(v, f.order, falling);
		}
	free(v);
}

static void scans_that_come_while_somebody_reads_move_no_others(void **state)
{
	struct seen *const v = malloc(sizeof(*v));

	assert_non_null(v);
	for (int order = 0; order < SCAN_ORDERS; order++) {
		struct scan_find f = all;

		store_del(*state);
		fill_again(state);
		f.order = (enum scan_order)order;
		f.falling = order % 2;
		walk(*state, f, v,
		     "INSERT INTO scans (state, started_us, name, method, model, size, incident_n, anomaly_n, flow_n) SELECT 1, 9, "
		     "CONCAT(CHAR(65 + seq % 9), '.csv'), 'hybrid', 'm', 1, seq % 6, seq % 14, seq % 18 FROM seq_1_to_40");
		in_order(v, f.order, f.falling);
	}
	free(v);
}

/* How many scans a filter finds, and how many the database says there are. */
static void finds(struct store *s, struct scan_find f, const char *where)
{
	struct seen *const v = malloc(sizeof(*v));
	char sql[400];

	assert_non_null(v);
	f.limit = 50;
	walk(s, f, v, NULL);
	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM scans WHERE %s", where);
	assert_true(v->n > 0);
	assert_int_equal(v->n, number(sql));
	free(v);
}

static void filters_find_what_they_say(void **state)
{
	struct scan_find f = all;

	f.name = "b1";
	finds(*state, f, "name LIKE 'B1%'"); /* in any case */
	f = all;
	f.name = "\xc3\x84\xc3\xa4"; /* also of letters beyond ASCII */
	finds(*state, f, "id % 3 = 0");
	f = all;
	f.from_us = 100000000;
	f.to_us = 200000000;
	finds(*state, f, "id BETWEEN 100 AND 199");
	f = all;
	f.severity = 2;
	f.order = SCAN_BY_SEVERITY;
	f.falling = 1;
	finds(*state, f, "incident_severity >= 2");
	f = all;
	f.severity = 0; /* windows alone are an alarm where nothing else is asked */
	finds(*state, f, "incident_severity >= 0 OR (method = 'lstm' AND low_n > 0)");
	f = all;
	f.attack = "ddos";
	finds(*state, f, "id % 3 = 0 AND id <= 90");
	f.device = 7;
	finds(*state, f, "id % 30 = 0 AND id <= 90");
	f = all;
	f.state = SCAN_FAILED;
	finds(*state, f, "id % 50 = 0");
}

static void a_part_of_a_name_is_no_pattern(void **state)
{
	static const char *const parts[] = { "%", "_", "!", "A%0", "\\", "' OR ''='" };
	struct seen v;
	struct err e;

	for (size_t i = 0; i < COUNT(parts); i++) {
		struct scan_find f = all;

		memset(&v, 0, sizeof(v));
		f.name = parts[i];
		ok(store_scan_find(*state, &f, keep, &v, &e));
		assert_int_equal(v.n, 0);
	}
	mariadb_sql(&db, "UPDATE scans SET name = '100%_done!.csv' WHERE id = 5", NULL, 0);
	for (size_t i = 0; i < 3; i++) {
		struct scan_find f = all;

		memset(&v, 0, sizeof(v));
		f.name = parts[i];
		ok(store_scan_find(*state, &f, keep, &v, &e));
		assert_int_equal(v.n, 1);
	}
}

static void a_place_of_another_order_is_refused(void **state)
{
	struct scan_find f = all;
	struct seen v = { 0 };
	struct err e = { 0 };

	f.order = SCAN_BY_FLOWS;
	f.after_id = 3;
	f.after = "home.csv";
	assert_int_equal(store_scan_find(*state, &f, keep, &v, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "cursor"));
}

/* ---- EXPLAIN -------------------------------------------------------------------------------------------------------------------- */

/* The plan of a statement; the values stand for its placeholders, the last one for all that are left. */
static void explain(enum statement st, const char *const *value, size_t n, char *out, size_t size)
{
	char sql[4096] = "EXPLAIN ";
	size_t at = strlen(sql), used = 0;

	for (const char *p = statements[st].sql; *p != '\0'; p++) {
		if (*p != '?') {
			sql[at++] = *p;
		} else {
			at += (size_t)snprintf(sql + at, sizeof(sql) - at, "%s", value[used]);
			used += used + 1 < n;
		}
		assert_true(at + 1 < sizeof(sql));
	}
	sql[at] = '\0';
	mariadb_sql(&db, sql, out, size);
}

static void every_list_reads_an_index_in_its_order(void **state)
{
	static const char *const numbers[] = { "5",  "5",     "5",      "0",      "9000000000", "0", "255",
					       "-1", "'%a%'", "'ddos'", "'ddos'", "7",          "7", "50" };
	static const char *const names[] = { "'B'", "'B'",   "5",      "0",      "9000000000", "0", "255",
					     "-1",  "'%a%'", "'ddos'", "'ddos'", "7",          "7", "50" };
	static const char *const index[SCAN_ORDERS] = { "there_by_id",    "there_by_incidents", "there_by_anomalies",
							"there_by_flows", "there_by_worst",     "there_by_name" };

	(void)state;
	for (int order = 0; order < SCAN_ORDERS; order++)
		for (int falling = 0; falling < 2; falling++) {
			char plan[4096];

			explain((enum statement)(SCAN_FIND + 4 * order + falling), order == SCAN_BY_NAME ? names : numbers,
				COUNT(numbers), plan, sizeof(plan));
			if (strstr(plan, index[order]) == NULL || strstr(plan, "filesort") != NULL ||
			    strstr(plan, "\tALL\t") != NULL || strstr(plan, "by_attack") == NULL)
				fail_msg("%s: %s", statements[SCAN_FIND + 4 * order + falling].sql, plan);
			/* Of deleted scans, which are few, those and no others are sorted. */
			explain((enum statement)(SCAN_FIND + 4 * order + 2 + falling), order == SCAN_BY_NAME ? names : numbers,
				COUNT(numbers), plan, sizeof(plan));
			if (strstr(plan, "\trange\tthere_by_id") == NULL || strstr(plan, "\tALL\t") != NULL)
				fail_msg("%s: %s", statements[SCAN_FIND + 4 * order + 2 + falling].sql, plan);
		}
}

static void no_other_statement_reads_a_whole_table(void **state)
{
	static const enum statement list[] = {
		SCAN_GET,         SCAN_LIST,       SCAN_COUNT,  SCAN_NAME,          SCAN_THERE,    SCAN_DELETE,     SCAN_RESTORE,
		SCAN_EXPIRED,     PURGE_ANOMALIES, PURGE_FLOWS, PURGE_EXPLANATIONS, PURGE_SCAN,    SCAN_EXTRA,      SCAN_MARKS,
		OPEN_BY_SEVERITY, OPEN_WORST,      OPEN_NEWEST, INCIDENTS_OF_SCAN,  DEVICES_WORST, DEVICES_OF_SCAN, PURGE_INCIDENTS,
	};
	static const char *const five[] = { "5" }, *const key[] = { "'a key'" };
	char by_key[4096];

	(void)state;
	explain(SCAN_BY_KEY, key, 1, by_key, sizeof(by_key)); /* "no such row", or by its index */
	assert_null(strstr(by_key, "\tALL\t"));
	for (size_t i = 0; i < COUNT(list); i++) {
		char plan[4096], *line, *rest = plan;

		explain(list[i], five, 1, plan, sizeof(plan));
		while ((line = strsep(&rest, "\n")) != NULL)
			if (strstr(line, "\tALL\t") != NULL && strstr(line, "<derived") == NULL)
				fail_msg("%s: %s", statements[list[i]].sql, line);
	}
}

/* ---- deleted -------------------------------------------------------------------------------------------------------------------- */

static size_t found(struct store *s, int deleted)
{
	struct scan_find f = all;
	struct seen *const v = malloc(sizeof(*v));
	size_t n;

	assert_non_null(v);
	f.deleted = deleted;
	walk(s, f, v, NULL);
	n = v->n;
	free(v);
	return n;
}

static int none(void *arg, const struct scan_row *r)
{
	assert_int_not_equal(r->id, *(uint64_t *)arg);
	return OK;
}

static void a_deleted_scan_is_nowhere_until_it_is_restored(void **state)
{
	const uint64_t id = 1000;
	struct store *const s = *state;
	struct scan_row row;
	struct err e;
	uint64_t n = 0;

	mariadb_sql(&db, "UPDATE scans SET upload_key = 'mine' WHERE id = 1000", NULL, 0);
	ok(store_scan_delete(s, id, &e));
	assert_int_equal(store_scan_get(s, id, &row, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_by_key(s, "mine", &row, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_exists(s, id, &e), ERR_NOT_FOUND);
	ok(store_scan_list(s, 0, 10, none, &(uint64_t){ id }, &e));
	ok(store_scan_count(s, &n, &e));
	assert_int_equal(n, 980); /* 1000 failed, which is not counted anyway */
	assert_int_equal(found(s, 0), SCANS - 1);
	assert_int_equal(found(s, 1), 1);
	assert_int_equal(store_scan_delete(s, id, &e), ERR_NOT_FOUND);
	ok(store_scan_delete(s, 999, &e));
	ok(store_scan_count(s, &n, &e));
	assert_int_equal(n, 979);

	ok(store_scan_restore(s, id, &e));
	ok(store_scan_restore(s, id, &e)); /* again: nothing */
	ok(store_scan_get(s, id, &row, &e));
	scan_row_free(&row);
	assert_int_equal(found(s, 0), SCANS - 1);
	assert_int_equal(store_scan_restore(s, 5000, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_delete(s, 5000, &e), ERR_NOT_FOUND);
}

static void a_scan_that_runs_is_not_deleted(void **state)
{
	const struct scan_start n = { .name = "a.csv", .method = "lstm", .model = "m", .threshold = 1, .size = -1 };
	uint64_t id;
	struct err e;

	ok(store_scan_start(*state, &n, &id, &e));
	assert_int_equal(store_scan_delete(*state, id, &e), ERR_CONFLICT);
	ok(store_scan_fail(*state, id, SCAN_FAILED, "no", NULL, NULL, &e));
	ok(store_scan_delete(*state, id, &e));
}

static void after_seven_days_it_is_removed_in_small_steps(void **state)
{
	struct store *const s = *state;
	struct err e;
	uint64_t removed = 0;
	int r, steps = 0;

	ok(store_scan_delete(s, 3, &e));
	ok(store_scan_delete(s, 6, &e));
	assert_int_equal(store_scan_purge(s, &removed, &e), 0); /* it is not time yet */
	mariadb_sql(&db,
		    "INSERT INTO anomalies (scan_id, sequence_id, row_first, row_last, severity, step, feature, sample) SELECT 3, "
		    "seq, 0, 9, 0, 0, 'x', "
		    "'{}' FROM seq_1_to_5000;"
		    "UPDATE scans SET deleted_us = deleted_us - 7 * 86400000000 - 1 WHERE id = 3",
		    NULL, 0);
	assert_int_equal(store_scan_restore(s, 3, &e), ERR_NOT_FOUND);
	assert_int_equal(found(s, 1), 1);
	while ((r = store_scan_purge(s, &removed, &e)) == 1 && removed == 0) {
		assert_true(++steps < 10);
		assert_true(number("SELECT COUNT(*) FROM anomalies WHERE scan_id = 3") >= 5000 - 2000 * steps);
	}
	assert_int_equal(r, 1);
	assert_int_equal(removed, 3);
	assert_true(steps >= 3);
	assert_int_equal(store_scan_purge(s, &removed, &e), 0);
	assert_int_equal(removed, 0);
	assert_int_equal(number("SELECT COUNT(*) FROM scans WHERE id = 3"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM incidents WHERE scan_id = 3"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM scans WHERE id = 6"), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM incidents WHERE scan_id = 6"), 1);
}

int main(void)
{
#define WITH_SCANS(f) cmocka_unit_test_setup_teardown(f, fill_again, database_store_del)
	const struct CMUnitTest tests[] = {
		WITH_SCANS(every_order_gives_every_scan_once_whatever_the_page),
		WITH_SCANS(scans_that_come_while_somebody_reads_move_no_others),
		WITH_SCANS(filters_find_what_they_say),
		WITH_SCANS(a_part_of_a_name_is_no_pattern),
		WITH_SCANS(a_place_of_another_order_is_refused),
		WITH_SCANS(every_list_reads_an_index_in_its_order),
		WITH_SCANS(no_other_statement_reads_a_whole_table),
		WITH_SCANS(a_deleted_scan_is_nowhere_until_it_is_restored),
		WITH_SCANS(a_scan_that_runs_is_not_deleted),
		WITH_SCANS(after_seven_days_it_is_removed_in_small_steps),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
