/* What is told of many scans together, in a real MariaDB. */
#include "sql/store_overview.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/database.h"
#include "sql/store_scan_delete.h"

/*
 * Scans 1 to 4, one each day; 4 is deleted. Incidents: of 1 two low ones, one of them expected; of 2 a high and a critical one, confirmed; of 3 a
 * medium one; of 4 a critical one.
 */
static const char fill[] = "SET FOREIGN_KEY_CHECKS = 0; TRUNCATE incidents; TRUNCATE device_scans; TRUNCATE devices; TRUNCATE "
			   "scans; SET FOREIGN_KEY_CHECKS = 1;"
			   "INSERT INTO scans (id, state, started_us, finished_us, name, method, model, size, anomaly_n, flow_n, "
			   "flow_anomaly_n, incident_n, strategy, first_ts, "
			   "labelled_n, attack_n) SELECT seq, 1, seq * 86400000000 + 5, seq * 86400000000 + 9, CONCAT('scan ', "
			   "seq), 'hybrid', 'm', 1, seq, 10 * seq, 2 * seq, "
			   "2, IF(seq = 2, 'f1', NULL), IF(seq = 2, 1.5, NULL), 7, 3 FROM seq_1_to_4;"
			   "INSERT INTO scans (id, state, started_us, name, method, model, size, flow_n) VALUES (5, 2, 3 * "
			   "86400000000, 'failed', 'hybrid', 'm', 1, 99);"
			   "INSERT INTO devices (id, ident, ip, name, created_us, seen_us, scan_n, risk, open_n) VALUES (1, "
			   "'ip:10.0.0.1', '10.0.0.1', 'Lamp', 1, 1, 3, 80, 2),"
			   "(2, 'ip:10.0.0.2', '10.0.0.2', NULL, 1, 1, 1, 79, 1), (3, 'ip:10.0.0.3', '10.0.0.3', NULL, 1, 1, 1, 0, "
			   "0), (4, 'ip:4', NULL, NULL, 1, 1, 1, 14, 0),"
			   "(5, 'ip:gone', NULL, 'no scans left', 1, 1, 0, 90, 0), (6, 'ip:6', NULL, NULL, 1, 1, 1, 15, 0);"
			   "INSERT INTO device_scans (device_id, scan_id, ip, flow_n, flagged_n, incident_n, bytes_out, bytes_in) "
			   "VALUES (1, 2, '10.0.0.9', 6, 5, 2, 0, 0), (3, 2, "
			   "NULL, 4, 0, 0, 0, 0);"
			   "INSERT INTO incidents (scan_id, id, attack, rule, title, technique, severity, mark, flow_n, peer_n, "
			   "row_first, row_last, sentence, report, device_id, "
			   "score, note) VALUES (1, 1, 'a', 'r', 'low', '', 0, 0, 1, 1, 0, 0, '', '{}', NULL, 1, NULL), (1, 2, "
			   "'a', 'r', 'expected', '', 0, 1, 1, 1, 0, 0, '', '{}', NULL, 1, "
			   "'mine'), (2, 1, 'a', 'r', 'high', '', 2, 0, 1, 1, 0, 0, 'it did', '{}', 1, 9, NULL), (2, 2, 'a', 'r', "
			   "'confirmed', '', 3, 2, 1, 1, 0, 0, '', '{}', 1, 1, NULL), "
			   "(3, 1, 'a', 'r', 'medium', '', 1, 0, 1, 1, 0, 0, '', '{}', NULL, 1, NULL), (4, 1, 'a', 'r', 'deleted', "
			   "'', 3, 0, 1, 1, 0, 0, '', '{}', NULL, 1, NULL);"
			   "UPDATE scans SET deleted_us = 1 WHERE id = 4";

static int setup(void **state)
{
	mariadb_sql(&db, fill, NULL, 0);
	*state = database_open(db.worker_url);
	return 0;
}

/* Titles or ids, one behind the other. */
struct seen {
	char text[400];
};

static int keep_incident(void *arg, const struct incident_brief *i)
{
	struct seen *const v = arg;

	snprintf(v->text + strlen(v->text), sizeof(v->text) - strlen(v->text), "%s of %s (%s) ", i->title, i->file,
		 i->device_name != NULL ? i->device_name : "?");
	return OK;
}

static int keep_device(void *arg, const struct device_brief *d)
{
	struct seen *const v = arg;

	snprintf(v->text + strlen(v->text), sizeof(v->text) - strlen(v->text), "%llu %s %llu %llu ", (unsigned long long)d->id,
		 d->ip != NULL ? d->ip : "-", (unsigned long long)d->risk, (unsigned long long)d->flows);
	return OK;
}

static int keep_day(void *arg, const struct day_sum *d)
{
	struct seen *const v = arg;

	snprintf(v->text + strlen(v->text), sizeof(v->text) - strlen(v->text), "%lld:%llu/%llu/%llu/%llu/%llu ",
		 (long long)(d->day_us / 86400000000), (unsigned long long)d->scans, (unsigned long long)d->flows,
		 (unsigned long long)d->flows_anomalous, (unsigned long long)d->anomalies, (unsigned long long)d->incidents);
	return OK;
}

static void what_is_open_is_counted_without_deleted_scans(void **state)
{
	uint64_t n[SEVERITIES];
	struct err e;

	ok(store_open_incidents(*state, n, &e));
	assert_int_equal(n[0], 1);
	assert_int_equal(n[1], 1);
	assert_int_equal(n[2], 1);
	assert_int_equal(n[3], 0);
	ok(store_scan_delete(*state, 2, &e));
	ok(store_open_incidents(*state, n, &e));
	assert_int_equal(n[2], 0);
}

static void open_ones_are_listed_by_badness_or_by_age(void **state)
{
	struct seen v = { "" };
	struct err e;

	ok(store_open_list(*state, BRIEF_OPEN_WORST, 2, keep_incident, &v, &e));
	assert_string_equal(v.text, "high of scan 2 (Lamp) medium of scan 3 (?) ");
	v.text[0] = '\0';
	ok(store_open_list(*state, BRIEF_OPEN_NEWEST, 9, keep_incident, &v, &e));
	assert_string_equal(v.text, "medium of scan 3 (?) high of scan 2 (Lamp) low of scan 1 (?) ");
}

static void incidents_of_a_scan_are_there_whatever_they_are_marked_as(void **state)
{
	struct seen v = { "" };
	struct err e;

	ok(store_incident_briefs(*state, 2, 9, keep_incident, &v, &e));
	assert_string_equal(v.text, "confirmed of scan 2 (Lamp) high of scan 2 (Lamp) ");
}

static void devices_are_of_five_classes(void **state)
{
	struct seen v = { "" };
	uint64_t n[RISKS];
	struct err e;

	ok(store_risk_classes(*state, n, &e));
	for (size_t i = 0; i < RISKS; i++)
		assert_int_equal(n[i], 1);
	ok(store_risk_list(*state, 3, keep_device, &v, &e));
	assert_string_equal(v.text, "1 10.0.0.1 80 0 2 10.0.0.2 79 0 6 - 15 0 ");
	v.text[0] = '\0';
	ok(store_scan_devices(*state, 2, 9, keep_device, &v, &e));
	assert_string_equal(v.text, "1 10.0.0.9 80 6 3 10.0.0.3 0 4 ");
}

static void days_have_the_sums_of_scans_that_are_done(void **state)
{
	struct seen v = { "" };
	struct err e;

	ok(store_days(*state, 2 * INT64_C(86400000000), keep_day, &v, &e));
	assert_string_equal(v.text, "2:1/20/4/2/2 3:1/30/6/3/2 ");
}

static void a_scan_has_more_than_its_row(void **state)
{
	struct scan_extra x;
	struct err e;

	ok(store_scan_extra(*state, 2, &x, &e));
	assert_string_equal(x.strategy, "f1");
	assert_true(x.first_ts == 1.5);
	assert_true(isnan(x.last_ts));
	assert_int_equal(x.labelled, 7);
	assert_int_equal(x.attacks, 3);
	assert_int_equal(x.mark[MARK_OPEN], 1);
	assert_int_equal(x.mark[MARK_CONFIRMED], 1);
	free(x.strategy);
	ok(store_scan_extra(*state, 5, &x, &e));
	assert_null(x.strategy);
	assert_int_equal(x.mark[MARK_OPEN], 0);
	assert_int_equal(store_scan_extra(*state, 4, &x, &e), ERR_NOT_FOUND);
	assert_int_equal(store_scan_extra(*state, 99, &x, &e), ERR_NOT_FOUND);
}

static int refuse_incident(void *arg, const struct incident_brief *i)
{
	(void)arg;
	(void)i;
	return ERR_RANGE;
}

static void who_has_enough_ends_the_list(void **state)
{
	struct seen v = { "" };
	struct err e;

	assert_int_equal(store_open_list(*state, BRIEF_OPEN_WORST, 9, refuse_incident, NULL, &e), ERR_RANGE);
	ok(store_open_list(*state, BRIEF_OPEN_WORST, 1, keep_incident, &v, &e));
	assert_string_equal(v.text, "high of scan 2 (Lamp) ");
}

int main(void)
{
#define WITH_SCANS(f) cmocka_unit_test_setup_teardown(f, setup, database_store_del)
	const struct CMUnitTest tests[] = {
		WITH_SCANS(what_is_open_is_counted_without_deleted_scans),
		WITH_SCANS(open_ones_are_listed_by_badness_or_by_age),
		WITH_SCANS(incidents_of_a_scan_are_there_whatever_they_are_marked_as),
		WITH_SCANS(devices_are_of_five_classes),
		WITH_SCANS(days_have_the_sums_of_scans_that_are_done),
		WITH_SCANS(a_scan_has_more_than_its_row),
		WITH_SCANS(who_has_enough_ends_the_list),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
