/* Devices of all scans, their incidents and marks, in a real MariaDB. */
#include "sql/store_device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/database.h"
#include "sql/store_inside.h"
#include "sql/store_mark.h"

enum { LOW, MEDIUM, HIGH, CRITICAL };

static uint64_t start(struct store *s)
{
	const struct scan_start n = { .name = "a.csv", .method = "hybrid", .model = "m", .threshold = 4, .size = -1 };
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_scan_start(s, &n, &id, &e));
	return id;
}

static struct incident_row incident(uint64_t id, const char *ip, const char *mac, int severity)
{
	return (struct incident_row){
		.id = id,
		.device_ip = ip,
		.device_mac = mac,
		.attack = "scan",
		.rule = "r",
		.title = "t",
		.technique = "",
		.severity = severity,
		.port = -1,
		.start = NAN,
		.end = NAN,
		.score = 5,
		.p = NAN,
		.sentence = "s",
		.report = "{\"id\":1}",
	};
}

/* A finished scan with these incidents and devices. */
static uint64_t scanned(struct store *s, const struct incident_row *i, size_t i_n, const struct device_row *d, size_t d_n)
{
	const struct scan_end end = { .threshold = 4,
				      .details = "[]",
				      .highlights = "[]",
				      .curve = "{}",
				      .skipped = "[]",
				      .incident = i,
				      .incident_n = i_n };
	const uint64_t id = start(s);
	struct err e = { 0 };

	ok(store_scan_finish(s, id, &end, NULL, NULL, NULL, &e));
	ok(db_begin(s->db, &e));
	ok(store_device_add(s, id, d, d_n, &e));
	ok(db_commit(s->db, &e));
	return id;
}

static struct device_row device(const char *mac, const char *ip, double first, double last)
{
	return (struct device_row){
		.mac = mac, .ip = ip, .flows = 100, .flagged = 10, .bytes = { 1e3, 1e6 }, .first_ts = first, .last_ts = last
	};
}

static void erase(struct store *s, uint64_t scan, int deleted)
{
	struct err e = { 0 };
	char sql[120];

	snprintf(sql, sizeof(sql), "UPDATE guardian.scans SET deleted_us = %s WHERE id = %llu", deleted ? "1" : "NULL",
		 (unsigned long long)scan);
	mariadb_sql(&db, sql, NULL, 0);
	ok(store_device_refresh(s, scan, &e));
}

static int setup(void **state)
{
	mariadb_sql(&db, "DELETE FROM devices", NULL, 0);
	return database_store(state);
}

static uint64_t id_of(const char *ident)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT COALESCE(MAX(id), 0) FROM guardian.devices WHERE ident = '%s'", ident);
	return (uint64_t)number(sql);
}

static struct device_found get(struct store *s, uint64_t id)
{
	struct device_found d = { 0 };
	struct err e = { 0 };

	ok(store_device_get(s, id, &d, &e));
	return d;
}

/* ---- what a scan tells ------------------------------------------------------------------------------------------------------------ */

static void a_device_is_known_again_by_its_mac(void **state)
{
	struct store *const s = *state;
	struct device_row one = device("02:00:00:00:00:01", "192.168.1.5", 1000, 2000), other = one;
	struct device_found d;

	one.baseline = "{\"flows\":100}";
	other.ip = "192.168.1.77";
	other.first_ts = 500;
	other.last_ts = 9000;
	other.flows = 11;
	scanned(s, NULL, 0, &one, 1);
	scanned(s, NULL, 0, &other, 1);
	d = get(s, id_of("mac:02:00:00:00:00:01"));
	assert_int_equal(number("SELECT COUNT(*) FROM guardian.devices"), 1);
	assert_string_equal(d.ip, "192.168.1.77");
	assert_string_equal(d.baseline, "{\"flows\":100}"); /* that the later scan could not tell takes nothing away */
	assert_true(d.first_ts == 500 && d.last_ts == 9000 && d.seen_us == 9000000000);
	assert_true(d.scans == 2 && d.flows == 111 && d.flagged == 20 && d.open == 0 && d.risk == 0);
	device_found_free(&d);
}

static void an_older_capture_does_not_change_what_is_newer(void **state)
{
	struct store *const s = *state;
	const struct device_row now = device("02:00:00:00:00:01", "192.168.1.5", 5000, 6000),
				before = device("02:00:00:00:00:01", "10.0.0.1", 10, 20);
	struct device_found d;

	scanned(s, NULL, 0, &now, 1);
	scanned(s, NULL, 0, &before, 1);
	d = get(s, id_of("mac:02:00:00:00:00:01"));
	assert_string_equal(d.ip, "192.168.1.5");
	assert_true(d.first_ts == 10 && d.last_ts == 6000 && d.seen_us == 6000000000);
	device_found_free(&d);
}

static void two_rows_of_one_device_are_one_and_rows_without_address_none(void **state)
{
	struct store *const s = *state;
	const struct device_row rows[] = { device(NULL, "192.168.1.5", NAN, NAN), device(NULL, NULL, 1, 2),
					   device(NULL, "192.168.1.5", 7, 8) };
	struct device_found d;

	scanned(s, NULL, 0, rows, 3);
	assert_int_equal(number("SELECT COUNT(*) FROM guardian.devices"), 1);
	d = get(s, id_of("ip:192.168.1.5"));
	assert_true(d.scans == 1 && d.flows == 200 && d.first_ts == 7 && d.mac == NULL);
	device_found_free(&d);
	assert_int_equal(number("SELECT bytes_in FROM guardian.device_scans"), 2000000);
}

static void an_incident_belongs_to_its_device(void **state)
{
	struct store *const s = *state;
	const struct device_row rows[] = { device("02:00:00:00:00:01", "192.168.1.5", 1, 2), device(NULL, "192.168.1.6", 1, 2) };
	const struct incident_row incidents[] = {
		incident(1, "192.168.1.9", "02:00:00:00:00:01", HIGH), /* the MAC tells */
		incident(2, "192.168.1.6", NULL, LOW),
		incident(3, "192.168.1.5", NULL, LOW), /* without one, the address of this scan */
		incident(4, NULL, NULL, CRITICAL),
		incident(5, "192.168.1.200", NULL, CRITICAL),
	};
	char out[200];

	scanned(s, incidents, 5, rows, 2);
	mariadb_sql(&db,
		    "SELECT GROUP_CONCAT(COALESCE(d.ident, '-') ORDER BY i.id) FROM guardian.incidents i LEFT JOIN "
		    "guardian.devices d ON d.id = i.device_id",
		    out, sizeof(out));
	out[strcspn(out, "\n")] = '\0';
	assert_string_equal(out, "mac:02:00:00:00:00:01,ip:192.168.1.6,mac:02:00:00:00:00:01,-,-");
	mariadb_sql(&db, "SELECT GROUP_CONCAT(incident_n, ' ', severity ORDER BY incident_n) FROM guardian.device_scans", out,
		    sizeof(out));
	out[strcspn(out, "\n")] = '\0';
	assert_string_equal(out, "1 0,2 2");
}

/* ---- risk ------------------------------------------------------------------------------------------------------------------------- */

static void risk_is_what_the_header_says(void **state)
{
	static const struct {
		int low, medium, high, critical;
		unsigned risk;
	} cases[] = {
		{ 0, 0, 0, 0, 0 },  { 1, 0, 0, 0, 5 },  { 0, 1, 0, 0, 20 },  { 0, 0, 1, 0, 50 },
		{ 0, 0, 0, 1, 80 }, { 0, 0, 2, 0, 75 }, { 9, 0, 0, 0, 14 },  { 0, 9, 0, 0, 49 },
		{ 1, 1, 1, 1, 92 }, { 0, 0, 0, 9, 99 }, { 9, 9, 9, 9, 100 },
	};
	struct store *const s = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct incident_row list[40];
		const int n[] = { cases[i].low, cases[i].medium, cases[i].high, cases[i].critical };
		struct device_row row;
		struct device_found d;
		size_t k = 0;
		char ip[20], ident[30];

		snprintf(ip, sizeof(ip), "10.0.0.%zu", i);
		snprintf(ident, sizeof(ident), "ip:%s", ip);
		row = device(NULL, ip, 1, 2);
		for (int severity = 0; severity < 4; severity++)
			for (int j = 0; j < n[severity]; j++, k++)
				list[k] = incident(k + 1, ip, NULL, severity);
		scanned(s, list, k, &row, 1);
		d = get(s, id_of(ident));
		assert_int_equal(d.risk, cases[i].risk);
		assert_int_equal(d.open, k);
		device_found_free(&d);
	}
}

static void what_is_expected_and_what_is_deleted_does_not_count(void **state)
{
	struct store *const s = *state;
	const struct device_row row = device(NULL, "10.0.0.1", 1, 2), later = device(NULL, "10.0.0.1", 3, 4);
	const struct incident_row list[] = { incident(1, "10.0.0.1", NULL, HIGH), incident(2, "10.0.0.1", NULL, CRITICAL) };
	const uint64_t one = scanned(s, list, 2, &row, 1), two = scanned(s, list, 1, &later, 1);
	const struct mark_change expected = { .mark = MARK_EXPECTED, .note = "the backup" }, noted = { .mark = -1, .note = "" },
				 confirmed = { .mark = MARK_CONFIRMED };
	const uint64_t id = id_of("ip:10.0.0.1");
	struct device_found d = get(s, id);
	struct incident_found i = { 0 };
	struct err e = { 0 };

	assert_true(d.open == 3 && d.risk == 95);
	device_found_free(&d);
	ok(store_incident_mark(s, one, 2, &expected, &e));
	d = get(s, id);
	assert_true(d.open == 2 && d.risk == 75);
	device_found_free(&d);
	ok(store_incident_get(s, one, 2, &i, &e));
	assert_true(i.mark == MARK_EXPECTED && i.marked_us > 0 && i.device == id);
	assert_string_equal(i.note, "the backup");
	incident_found_free(&i);
	ok(store_incident_mark(s, one, 2, &noted, &e));
	ok(store_incident_get(s, one, 2, &i, &e));
	assert_true(i.mark == MARK_EXPECTED && i.note == NULL);
	incident_found_free(&i);
	ok(store_incident_mark(s, one, 2, &confirmed, &e));
	erase(s, two, 1);
	d = get(s, id);
	assert_true(d.open == 2 && d.risk == 90 && d.scans == 1 && d.flows == 100 && d.last_ts == 2);
	device_found_free(&d);
	assert_int_equal(store_incident_mark(s, two, 1, &expected, &e), ERR_NOT_FOUND);
	assert_int_equal(store_incident_get(s, two, 1, &i, &e), ERR_NOT_FOUND);
	assert_int_equal(store_incident_mark(s, one, 3, &expected, &e), ERR_NOT_FOUND);
	ok(store_device_set(s, id, "Lamp", NULL, &e));
	erase(s, one, 1);
	assert_int_equal(store_device_get(s, id, &d, &e), ERR_NOT_FOUND);
	assert_int_equal(store_device_set(s, id, "x", NULL, &e), ERR_NOT_FOUND);
	erase(s, one, 0);
	d = get(s, id);
	assert_true(d.scans == 1 && d.risk == 90);
	assert_string_equal(d.name, "Lamp");
	device_found_free(&d);
}

/* ---- lists ------------------------------------------------------------------------------------------------------------------------ */

struct seen {
	uint64_t id[600];
	size_t n;
	char last[200];
	char order[200];
};

static int see(void *arg, const struct device_found *d)
{
	struct seen *const l = arg;

	l->id[l->n++] = d->id;
	snprintf(l->order, sizeof(l->order), "%s", d->order);
	return l->n == sizeof(l->id) / sizeof(*l->id) ? ERR_RANGE : 0;
}

/* All pages of a list, one behind the other. */
static size_t walk(struct store *s, enum device_sort sort, const char *text, size_t limit, struct seen *all)
{
	struct err e = { 0 };

	*all = (struct seen){ 0 };
	for (size_t before = 1; all->n != before;) {
		const struct device_query q = { .text = text,
						.sort = sort,
						.limit = limit,
						.after = all->n > 0 ? all->order : NULL,
						.after_id = all->n > 0 ? all->id[all->n - 1] : 0 };
		char kept[200];

		before = all->n;
		snprintf(kept, sizeof(kept), "%s", all->order);
		struct device_query own = q;
		own.after = all->n > 0 ? kept : NULL;
		ok(store_device_list(s, &own, see, all, &e));
	}
	return all->n;
}

/* 300 devices with few values of everything, so that most are equal by what is sorted. */
static void fill_devices(void)
{
	mariadb_sql(&db,
		    "USE guardian; INSERT INTO devices (ident, mac, ip, name, created_us, seen_us, scan_n, flow_n, risk) SELECT "
		    "CONCAT('x', seq), NULL, "
		    "CONCAT('192.168.', seq MOD 3, '.', seq MOD 11), IF(seq MOD 4, NULL, CONCAT(REPEAT('long name ', 20), seq MOD "
		    "5)), 1, seq MOD 7, 1, "
		    "seq MOD 13, seq MOD 5 FROM seq_1_to_300",
		    NULL, 0);
}

static void every_order_gives_every_device_once_page_by_page(void **state)
{
	struct store *const s = *state;
	struct seen up, down, whole;

	fill_devices();
	for (int sort = BY_RISK; sort <= BY_IP_DOWN; sort += 2) {
		assert_int_equal(walk(s, (enum device_sort)sort, "", 500, &whole), 300);
		assert_int_equal(walk(s, (enum device_sort)sort, "", 7, &up), 300);
		assert_memory_equal(up.id, whole.id, 300 * sizeof(*up.id));
		assert_int_equal(walk(s, (enum device_sort)(sort + 1), "", 1, &down), 300);
		for (size_t i = 0; i < 300; i++)
			assert_true(down.id[i] == up.id[299 - i]);
	}
}

static void addresses_are_in_the_order_of_their_numbers(void **state)
{
	struct store *const s = *state;
	const struct device_row rows[] = { device(NULL, "192.168.1.10", 1, 2), device(NULL, "192.168.1.9", 1, 2),
					   device(NULL, "10.0.0.200", 1, 2) };
	struct seen all;

	scanned(s, NULL, 0, rows, 3);
	assert_int_equal(walk(s, BY_IP, "", 1, &all), 3);
	assert_true(all.id[0] == id_of("ip:10.0.0.200") && all.id[1] == id_of("ip:192.168.1.9") &&
		    all.id[2] == id_of("ip:192.168.1.10"));
}

static void devices_are_found_by_a_part_of_name_or_address(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = { { "", 3 },
		      { "168.1.", 2 },
		      { "KITCHEN", 1 },
		      { "k\xc3\xbc"
			"che",
			1 },
		      { "00:02", 1 },
		      { "%", 1 },
		      { "_", 0 },
		      { "\\", 0 },
		      { "'", 0 } };
	struct store *const s = *state;
	const struct device_row rows[] = { device("02:00:00:00:00:02", "192.168.1.10", 1, 2), device(NULL, "192.168.1.9", 1, 2),
					   device(NULL, "10.0.0.200", 1, 2) };
	struct seen all;
	struct err e = { 0 };

	scanned(s, NULL, 0, rows, 3);
	ok(store_device_set(s, id_of("ip:192.168.1.9"), "Kitchen lamp", NULL, &e));
	ok(store_device_set(s, id_of("ip:10.0.0.200"),
			    "100 % K\xc3\xbc"
			    "che",
			    NULL, &e));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (walk(s, BY_NAME, cases[i].text, 50, &all) != cases[i].n)
			fail_msg("\"%s\": %zu", cases[i].text, all.n);
}

struct found {
	uint64_t scan[2000], id[2000];
	size_t n;
	int severity;
};

static int find(void *arg, const struct incident_found *i)
{
	struct found *const l = arg;

	l->scan[l->n] = i->scan;
	l->id[l->n++] = i->id;
	l->severity = i->severity;
	return 0;
}

static void fill_incidents(void)
{
	mariadb_sql(&db,
		    "USE guardian; INSERT INTO scans (id, state, started_us, name, method, model, size, deleted_us) SELECT seq, 1, "
		    "seq, 'f', 'm', 'm', 1, "
		    "IF(seq MOD 5, NULL, 1) FROM seq_1_to_50; INSERT INTO incidents (scan_id, id, attack, rule, title, technique, "
		    "severity, flow_n, peer_n, "
		    "row_first, row_last, sentence, report, device_id, mark, found_us) SELECT s.seq, i.seq, ELT(1 + i.seq MOD 3, "
		    "'scan', 'flood', 'mitm'), 'r', 't', "
		    "'', i.seq MOD 4, 1, 1, 0, 0, '', '{}', 1 + i.seq MOD 9, i.seq MOD 3, s.seq * 10 FROM seq_1_to_50 s JOIN "
		    "seq_1_to_20 i",
		    NULL, 0);
}

static size_t walk_incidents(struct store *s, struct incident_query q, struct found *all)
{
	struct err e = { 0 };

	*all = (struct found){ 0 };
	for (size_t before = 1; all->n != before;) {
		before = all->n;
		if ((q.after = all->n > 0)) {
			q.after_scan = all->scan[all->n - 1];
			q.after_id = all->id[all->n - 1];
			q.after_severity = all->severity;
		}
		ok(store_incident_find(s, &q, find, all, &e));
	}
	return all->n;
}

static void incidents_of_all_scans_are_found_by_what_they_are(void **state)
{
	static const struct {
		struct incident_query q;
		size_t n;
	} cases[] = {
		{ { .mark = -1, .severity = -1, .attack = "" }, 800 },
		{ { .mark = MARK_CONFIRMED, .severity = -1, .attack = "" }, 280 },
		{ { .mark = -1, .severity = CRITICAL, .attack = "" }, 200 },
		{ { .mark = -1, .severity = -1, .attack = "flood" }, 280 },
		{ { .mark = -1, .severity = -1, .attack = "none" }, 0 },
		{ { .mark = -1, .severity = -1, .attack = "", .device = 3 }, 80 + 40 },
		{ { .mark = -1, .severity = -1, .attack = "", .scan = 7 }, 20 },
		{ { .mark = -1, .severity = -1, .attack = "", .scan = 10 }, 0 }, /* deleted */
		{ { .mark = -1, .severity = -1, .attack = "", .from_us = 20, .to_us = 40 }, 40 },
		{ { .mark = MARK_OPEN, .severity = HIGH, .attack = "scan", .device = 7 }, 40 },
	};
	struct store *const s = *state;
	struct found all, whole;

	fill_incidents();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (int sort = INCIDENTS_NEWEST; sort <= INCIDENTS_WORST; sort++) {
			struct incident_query q = cases[i].q;

			q.sort = (enum incident_sort)sort;
			q.limit = 1000;
			walk_incidents(s, q, &whole);
			q.limit = 7;
			if (walk_incidents(s, q, &all) != cases[i].n) {
				fail_msg("case %zu, sort %d: %zu of %zu, not %zu", i, sort, all.n, whole.n, cases[i].n);
			}
			assert_memory_equal(all.id, whole.id, sizeof(all.id));
			assert_memory_equal(all.scan, whole.scan, sizeof(all.scan));
		}
	}
}

struct anomalies {
	uint64_t id[1000];
	size_t n;
};

static int count(void *arg, const struct anomaly_row *a)
{
	struct anomalies *const l = arg;

	l->id[l->n++] = a->sequence_id;
	return 0;
}

static int is_marked(void *arg, const struct anomaly_row *a)
{
	*(int *)arg = a->mark == MARK_EXPECTED && a->note != NULL && strcmp(a->note, "mine") == 0 && a->marked_us > 0;
	return 0;
}

static void anomalies_are_found_by_severity_and_incident_and_marked(void **state)
{
	static const struct {
		struct anomaly_query q;
		size_t n, first;
	} cases[] = {
		{ { .severity = -1, .limit = 1000 }, 600, 1 },
		{ { .severity = -1, .limit = 5, .from = 40 }, 5, 40 },
		{ { .severity = 2, .limit = 1000 }, 150, 2 },
		{ { .severity = -1, .incident = 3, .limit = 1000 }, 60, 3 },
		{ { .severity = 1, .incident = 3, .limit = 1000, .from = 14 }, 29, 33 },
	};
	struct store *const s = *state;
	const struct mark_change mine = { .mark = MARK_EXPECTED, .note = "mine" };
	struct err e = { 0 };
	char *report = NULL;
	int marked = 0;

	fill_incidents();
	mariadb_sql(
		&db,
		"USE guardian; INSERT INTO anomalies (scan_id, sequence_id, row_first, row_last, severity, step, feature, sample, "
		"incident) SELECT 1, seq, 0, "
		"0, seq MOD 4, 0, 'f', '{}', seq MOD 10 FROM seq_1_to_600; INSERT INTO explanations VALUES (1, 4, '{\"by\":1}')",
		NULL, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct anomaly_query q = cases[i].q;
		struct anomalies all = { .n = 0 };

		q.scan = 1;
		ok(store_anomaly_find(s, &q, count, &all, &e));
		assert_int_equal(all.n, cases[i].n);
		assert_int_equal(all.id[0], cases[i].first);
	}
	ok(store_anomaly_mark(s, 1, 4, &mine, &e));
	ok(store_anomaly_get(s, 1, 4, is_marked, &marked, &e));
	assert_int_equal(marked, 1);
	assert_int_equal(store_anomaly_mark(s, 1, 601, &mine, &e), ERR_NOT_FOUND);
	assert_int_equal(store_anomaly_mark(s, 5, 4, &mine, &e), ERR_NOT_FOUND);
	ok(store_explanation_get(s, 1, 4, &report, &e));
	assert_string_equal(report, "{\"by\":1}");
	free(report);
	ok(store_explanation_get(s, 1, 5, &report, &e));
	assert_null(report);
}

int main(void)
{
#define store_test(f) cmocka_unit_test_setup_teardown(f, setup, database_store_del)
	const struct CMUnitTest tests[] = {
		store_test(a_device_is_known_again_by_its_mac),
		store_test(an_older_capture_does_not_change_what_is_newer),
		store_test(two_rows_of_one_device_are_one_and_rows_without_address_none),
		store_test(an_incident_belongs_to_its_device),
		store_test(risk_is_what_the_header_says),
		store_test(what_is_expected_and_what_is_deleted_does_not_count),
		store_test(every_order_gives_every_device_once_page_by_page),
		store_test(addresses_are_in_the_order_of_their_numbers),
		store_test(devices_are_found_by_a_part_of_name_or_address),
		store_test(incidents_of_all_scans_are_found_by_what_they_are),
		store_test(anomalies_are_found_by_severity_and_incident_and_marked),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
