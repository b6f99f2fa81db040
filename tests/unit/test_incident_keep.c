/* incident_keep: which incidents are kept, and what stands for which. */
#include "api/incident_keep.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "api/incident_rows.h"
#include "lib/cm.h"

static struct incident_keep keep;

static int clear(void **state)
{
	(void)state;
	incident_keep_free(&keep);
	return 0;
}

static void add(uint64_t id, uint64_t part_of, enum severity severity, double score)
{
	const struct incident i = {
		.id = id, .part_of = part_of, .minor = part_of != 0, .severity = severity, .peak_score = score
	};

	assert_int_equal(incident_keep_add(&keep, &i), OK);
}

static void the_worst_are_kept_by_severity_then_score_then_age(void **state)
{
	const struct incident *list;
	size_t n;

	(void)state;
	add(1, 0, SEVERITY_LOW, 100);
	add(2, 0, SEVERITY_HIGH, NAN);
	add(3, 0, SEVERITY_HIGH, INFINITY);
	add(4, 0, SEVERITY_HIGH, 5);
	add(6, 0, SEVERITY_HIGH, 5);
	add(5, 0, SEVERITY_CRITICAL, 1);
	n = incident_keep_list(&keep, &list);
	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list[i].id, ((const uint64_t[]){ 5, 3, 4, 6, 2, 1 })[i]);
	assert_int_equal(keep.n, 6);
	assert_memory_equal(keep.severity, ((const uint64_t[]){ 1, 0, 4, 1 }), sizeof(keep.severity));
}

static void of_more_than_fit_the_thousand_worst_stay_and_all_are_counted(void **state)
{
	enum { N = 20000 };
	const struct incident *list;
	size_t n;

	(void)state;
	for (uint64_t i = 0; i < N; i++) /* each score once, in a mixed order */
		add(i + 1, 0, SEVERITY_MEDIUM, (double)(i * 7919 % N));
	n = incident_keep_list(&keep, &list);
	assert_int_equal(n, INCIDENTS_KEPT);
	assert_int_equal(keep.n, N);
	for (size_t i = 0; i < n; i++)
		assert_true(list[i].peak_score == (double)(N - 1 - i));
}

static void a_part_is_no_incident_of_its_own_but_its_number_leads_to_the_whole(void **state)
{
	const struct incident *list;

	(void)state;
	add(9, 4, SEVERITY_CRITICAL, 9);
	add(4, 2, SEVERITY_CRITICAL, 9);
	add(2, 0, SEVERITY_LOW, 1);
	assert_int_equal(incident_keep_list(&keep, &list), 1);
	assert_int_equal(keep.n, 1);
	assert_int_equal(keep.severity[SEVERITY_CRITICAL], 0);
	assert_int_equal(incident_keep_id(&keep, 9), 2);
	assert_int_equal(incident_keep_id(&keep, 4), 2);
	assert_int_equal(incident_keep_id(&keep, 2), 2);
	assert_int_equal(incident_keep_id(&keep, 0), 0);
	assert_int_equal(incident_keep_id(&keep, 77), 77);
}

static void what_is_too_little_for_an_alarm_has_no_number(void **state)
{
	const struct incident little = { .id = 5, .minor = 1, .severity = SEVERITY_HIGH };
	const struct incident *list;

	(void)state;
	assert_int_equal(incident_keep_add(&keep, &little), OK);
	add(6, 0, SEVERITY_LOW, 1);
	assert_int_equal(incident_keep_list(&keep, &list), 1);
	assert_int_equal(keep.n, 1);
	assert_int_equal(incident_keep_id(&keep, 5), 0);
	assert_int_equal(incident_keep_id(&keep, 6), 6);
}

static void parts_that_name_each_other_do_not_hang_it(void **state)
{
	const struct incident *list;

	(void)state;
	add(1, 2, SEVERITY_LOW, 1);
	add(2, 1, SEVERITY_LOW, 1);
	assert_int_equal(incident_keep_list(&keep, &list), 0);
	assert_in_range(incident_keep_id(&keep, 1), 1, 2);
	for (uint64_t i = 3; i < INCIDENT_PARTS + 100; i++)
		add(i, i - 1, SEVERITY_LOW, 1);
	assert_int_equal(keep.part_n, INCIDENT_PARTS);
}

static void long_chains_of_parts_are_walked_once(void **state)
{
	const struct incident *list;
	struct json_object *parts, *of;

	(void)state;
	for (uint64_t i = 2; i < INCIDENT_PARTS; i++)
		add(i, i - 1, SEVERITY_LOW, 1);
	incident_keep_list(&keep, &list);
	for (uint64_t i = 1; i < INCIDENT_PARTS; i++)
		assert_int_equal(incident_keep_id(&keep, i), 1);
	parts = incident_keep_parts(&keep);
	assert_int_equal(json_object_object_length(parts), INCIDENT_PARTS - 2);
	assert_true(json_object_object_get_ex(parts, "60000", &of));
	assert_int_equal(json_object_get_int64(of), 1);
	json_object_put(parts);
}

static void nothing_stands_for_itself_in_the_map_of_parts(void **state)
{
	const struct incident little = { .id = 5, .minor = 1 };
	const struct incident *list;
	struct json_object *parts;

	(void)state;
	assert_null(incident_keep_parts(&keep));
	add(9, 2, SEVERITY_CRITICAL, 9);
	add(2, 0, SEVERITY_LOW, 1);
	assert_int_equal(incident_keep_add(&keep, &little), OK);
	incident_keep_list(&keep, &list);
	parts = incident_keep_parts(&keep);
	assert_string_equal(json_object_to_json_string_ext(parts, JSON_C_TO_STRING_PLAIN), "{\"5\":0,\"9\":2}");
	json_object_put(parts);
}

static void a_row_knows_the_first_the_last_and_the_worst_anomaly(void **state)
{
	const struct incident list[] = { { .id = 7, .rule = rule_find("unusual") }, { .id = 3, .rule = rule_find("unusual") } };
	struct incident_rows *rows = NULL;
	const struct incident_row *row;
	struct err e;

	(void)state;
	assert_int_equal(incident_rows_new(&rows, list, 2, &e), OK);
	row = incident_rows_get(rows);
	assert_int_equal(row[0].peak, -1);
	incident_rows_window(rows, 3, 10, 1);
	incident_rows_window(rows, 3, 11, INFINITY);
	incident_rows_window(rows, 3, 12, INFINITY);
	incident_rows_window(rows, 3, 14, 5);
	incident_rows_window(rows, 4, 99, 5);
	incident_rows_window(rows, 0, 99, 5);
	assert_int_equal(row[1].window[0], 10);
	assert_int_equal(row[1].window[1], 14);
	assert_int_equal(row[1].peak, 11);
	assert_int_equal(row[0].window[0], -1);
	assert_int_equal(row[0].window[1], -1);
	incident_rows_del(rows);
}

static void a_row_says_what_the_report_says(void **state)
{
	static const uint8_t device[4] = { 192, 168, 1, 5 }, peer[4] = { 192, 0, 2, 7 };
	const struct incident list[] = {
		{ .id = 3,
		  .device_ip = ip_of(4, device),
		  .device_mac = { 2, 0, 0, 0, 0, 0xab },
		  .has_mac = 1,
		  .rule = rule_find("port_scan_horizontal"),
		  .severity = SEVERITY_HIGH,
		  .start = 5,
		  .end = 6,
		  .flows = 7,
		  .peers = 8,
		  .peer = ip_of(4, peer),
		  .port = 23,
		  .peak_score = 9,
		  .least_p = 1e-9,
		  .sentence = "\"><script>" },
		{ .id = 4, .rule = rule_find("unusual"), .start = NAN, .end = NAN, .port = PORT_UNSET },
	};
	struct incident_rows *rows = NULL;
	const struct incident_row *row;
	struct json_object *report;
	struct err e;

	(void)state;
	assert_int_equal(incident_rows_new(&rows, list, 2, &e), OK);
	row = incident_rows_get(rows);
	assert_string_equal(row[0].device_ip, "192.168.1.5");
	assert_string_equal(row[0].device_mac, "02:00:00:00:00:ab");
	assert_string_equal(row[0].peer, "192.0.2.7");
	assert_string_equal(row[0].technique, "T1046");
	assert_int_equal(row[0].port, 23);
	report = json_tokener_parse(row[0].report);
	assert_string_equal(json_object_get_string(json_object_object_get(report, "peer")), row[0].peer);
	assert_string_equal(json_object_get_string(json_object_object_get(report, "title")), row[0].title);
	assert_string_equal(json_object_get_string(json_object_object_get(report, "sentence")), "\"><script>");
	json_object_put(report);
	assert_null(row[1].device_ip);
	assert_null(row[1].device_mac);
	assert_null(row[1].peer);
	assert_true(row[1].port < 0);
	incident_rows_del(rows);
	assert_int_equal(incident_rows_new(&rows, NULL, 0, &e), OK);
	incident_rows_del(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_worst_are_kept_by_severity_then_score_then_age, clear),
		cmocka_unit_test_teardown(of_more_than_fit_the_thousand_worst_stay_and_all_are_counted, clear),
		cmocka_unit_test_teardown(a_part_is_no_incident_of_its_own_but_its_number_leads_to_the_whole, clear),
		cmocka_unit_test_teardown(what_is_too_little_for_an_alarm_has_no_number, clear),
		cmocka_unit_test_teardown(parts_that_name_each_other_do_not_hang_it, clear),
		cmocka_unit_test_teardown(long_chains_of_parts_are_walked_once, clear),
		cmocka_unit_test_teardown(nothing_stands_for_itself_in_the_map_of_parts, clear),
		cmocka_unit_test(a_row_knows_the_first_the_last_and_the_worst_anomaly),
		cmocka_unit_test(a_row_says_what_the_report_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
