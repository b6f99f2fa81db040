/* Incidents of scans, in a real MariaDB. */
#include "sql/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/database.h"

static uint64_t start(struct store *s)
{
	const struct scan_start n = { .name = "a.csv", .method = "hybrid", .model = "m", .threshold = 4, .size = -1 };
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_scan_start(s, &n, &id, &e));
	return id;
}

/* What was read, one behind the other. */
struct reports {
	char text[4096];
	size_t n, stop_at;
};

static int keep(void *arg, const char *report)
{
	struct reports *const r = arg;

	r->n++;
	if (strlen(r->text) + strlen(report) + 2 < sizeof(r->text))
		strcat(strcat(r->text, report), " ");
	return r->stop_at > 0 && r->n == r->stop_at ? ERR_RANGE : 0;
}

static void the_worst_come_first_and_as_they_were(void **state)
{
	static const struct incident_row rows[] = {
		{ .id = 1, .severity = 1, .score = 9, .port = -1, .report = "{\"low\":1}" },
		{ .id = 2, .severity = 3, .score = 5, .port = -1, .report = "{\"second\":\"\xf0\x9f\x92\xa9\"}" },
		{ .id = 7, .severity = 3, .score = (double)INFINITY, .port = -1, .report = "{\"first\":1}" },
		{ .id = 3, .severity = 3, .score = 5, .port = -1, .report = "{\"third\":1}" },
	};
	const struct scan_end end = { .counts = { .flows = 1, .incidents = 9 }, .threshold = 4, .incident = rows, .incident_n = 4 };
	const uint64_t id = start(*state), other = start(*state);
	struct reports got = { 0 };
	struct scan_row row;
	struct err e;

	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	ok(store_scan_finish(*state, other, &end, NULL, NULL, NULL, &e));
	ok(store_incident_list(*state, id, 100, keep, &got, &e));
	assert_string_equal(got.text, "{\"first\":1} {\"second\":\"\xf0\x9f\x92\xa9\"} {\"third\":1} {\"low\":1} ");
	got = (struct reports){ 0 };
	ok(store_incident_list(*state, id, 2, keep, &got, &e));
	assert_int_equal(got.n, 2);
	got.stop_at = 3;
	assert_int_equal(store_incident_list(*state, id, 100, keep, &got, &e), ERR_RANGE);
	ok(store_scan_get(*state, id, &row, &e));
	assert_int_equal(row.incident_severity, 3);
	assert_int_equal(row.counts.incidents, 9);
	scan_row_free(&row);
}

static void each_number_and_word_has_its_column(void **state)
{
	static const struct incident_row full = { .id = 5,
						  .device_ip = "192.168.1.5",
						  .device_mac = "02:00:00:00:00:01",
						  .attack = "port_scan",
						  .rule = "port_scan_vertical",
						  .title = "Vertical port scan",
						  .technique = "T1046",
						  .severity = 2,
						  .start = 1.5e9,
						  .end = 1.5e9 + 60,
						  .flows = 13,
						  .peers = 7,
						  .peer = "2001:db8::1",
						  .port = 0,
						  .score = 6.5,
						  .p = 1e-7,
						  .row = { 149, 222 },
						  .bytes = { 10, 20 },
						  .sentence = "it's \xff",
						  .report = "{}" },
					 empty = { .id = 6,
						   .start = (double)NAN,
						   .end = (double)NAN,
						   .port = -1,
						   .score = (double)NAN,
						   .p = (double)NAN };
	const struct incident_row rows[] = { full, empty };
	const struct scan_end end = { .threshold = 4, .incident = rows, .incident_n = 2 };
	char line[1024];
	struct err e;

	ok(store_scan_finish(*state, start(*state), &end, NULL, NULL, NULL, &e));
	mariadb_sql(&db,
		    "SELECT CONCAT_WS(',', device_ip, device_mac, attack, rule, title, technique, severity, start_ts, end_ts, "
		    "flow_n, peer_n, "
		    "peer, port, score, p_value, row_first, row_last, bytes_out, bytes_in, sentence) FROM incidents WHERE id = 5",
		    line, sizeof(line));
	assert_string_equal(
		line, "192.168.1.5,02:00:00:00:00:01,port_scan,port_scan_vertical,Vertical port scan,T1046,2,1500000000,1500000060,"
		      "13,7,2001:db8::1,0,6.5,0.0000001,149,222,10,20,it's \xef\xbf\xbd\n");
	mariadb_sql(&db,
		    "SELECT CONCAT(device_ip IS NULL, device_mac IS NULL, start_ts IS NULL, peer IS NULL, port IS NULL, score IS "
		    "NULL, p_value IS "
		    "NULL, report) FROM incidents WHERE id = 6",
		    line, sizeof(line));
	assert_string_equal(line, "1111111{}\n");
}

static int no_anomalies(void *arg, struct anomaly_row *a, struct err *e)
{
	(void)arg;
	(void)a;
	return err_set(e, ERR_IO, "the spool is gone");
}

static void a_scan_that_cannot_be_stored_leaves_no_incident(void **state)
{
	static const struct incident_row rows[] = { { .id = 1, .port = -1 } };
	static const struct incident_row wrong[] = { { .id = 1, .severity = 4 } };
	struct scan_end end = { .threshold = 4, .incident = rows, .incident_n = 1 };
	const uint64_t id = start(*state);
	struct reports got = { 0 };
	struct err e;

	assert_int_equal(store_scan_finish(*state, id, &end, no_anomalies, NULL, NULL, &e), ERR_IO);
	ok(store_incident_list(*state, id, 10, keep, &got, &e));
	assert_int_equal(got.n, 0);
	end.incident = wrong;
	assert_int_equal(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e), ERR_RANGE);
	end.incident = rows;
	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	ok(store_incident_list(*state, id, 10, keep, &got, &e));
	assert_int_equal(got.n, 1);
}

static void many_go_in_batches(void **state)
{
	enum { N = 1201 };
	struct incident_row *const rows = calloc(N, sizeof(*rows));
	struct scan_end end = { .threshold = 4, .incident = rows, .incident_n = N };
	const uint64_t id = start(*state);
	struct reports got = { 0 };
	struct err e;

	assert_non_null(rows);
	for (size_t i = 0; i < N; i++)
		rows[i] = (struct incident_row){
			.id = i + 1, .port = i % 2 ? -1 : 23, .peer = i % 3 ? NULL : "192.0.2.1", .report = "{}"
		};
	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	ok(store_incident_list(*state, id, 5000, keep, &got, &e));
	assert_int_equal(got.n, N);
	free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_worst_come_first_and_as_they_were, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(each_number_and_word_has_its_column, database_store, database_store_del),
		cmocka_unit_test_setup_teardown(a_scan_that_cannot_be_stored_leaves_no_incident, database_store,
						database_store_del),
		cmocka_unit_test_setup_teardown(many_go_in_batches, database_store, database_store_del),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
