/* alert: words for people, from numbers and a name that nobody can trust. */
#include "job/alert.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/cm.h"

static struct detector detector;
static struct scan_summary summary;
static struct anomaly top[7];
static struct incident incident[12];
static const uint64_t severity[4] = { 5, 0, 3, 1 }, incident_severity[4] = { 0, 2, 0, 10 };
static struct alert alert;
static struct text subject, body;

static int setup(void **state)
{
	(void)state;
	detector = (struct detector){ .features = feature_set_find("basic") };
	detector.net.steps = 10;
	summary = (struct scan_summary){
		.detector = &detector, .windows = 992, .anomalies = 9, .threshold = 0.125, .error_mean = 0.0321
	};
	for (size_t i = 0; i < 7; i++)
		top[i] = (struct anomaly){ .sequence_id = 400,
					   .row = { 400 + i, 409 + i },
					   .ts = 1634568299.9,
					   .error = 4.75F,
					   .threshold = 0.125,
					   .severity = SEVERITY_CRITICAL,
					   .step = 4,
					   .features = detector.features,
					   .feature = 2,
					   .share = 0.5,
					   .value = 28500 };
	alert = (struct alert){ .file = "mock_traffic.csv",
				.scan_id = 17,
				.public_url = "http://localhost:8080/",
				.summary = &summary,
				.severity = severity,
				.top = top,
				.top_n = 7 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	text_free(&subject);
	text_free(&body);
	return 0;
}

static void compose(void)
{
	text_clear(&subject);
	text_clear(&body);
	alert_compose(&alert, &subject, &body);
}

static void body_has(const char *part)
{
	if (strstr(body.p, part) == NULL)
		print_error("%s\ndoes not have: %s\n", body.p, part);
	assert_non_null(strstr(body.p, part));
}

static void count_rate_severities_and_the_worst_five_are_told(void **state)
{
	(void)state;
	compose();
	assert_string_equal(subject.p, "Home IoT Guardian: 9 anomalies in mock_traffic.csv (0.91 %)");
	body_has("mock_traffic.csv\n\n9 anomalies in 992 windows of 10 flows (0.91 %).\n");
	body_has("above the threshold, 0.125; the average is 0.0321.\n");
	body_has("By severity: 1 Critical, 3 High, 5 Low.\n");
	body_has("1. flows 400-409, 2021-10-18 14:44:59 UTC (Critical): 38 times the threshold; most unusual: orig_bytes = 28500 "
		 "in flow 5 of 10.\n");
	body_has("\n5. flows 404-413");
	assert_null(strstr(body.p, "\n6."));
	body_has("All of them: http://localhost:8080/scans/17\n");
}

static void one_anomaly_is_not_plural(void **state)
{
	(void)state;
	summary.anomalies = 1;
	alert.top_n = 1;
	compose();
	assert_string_equal(subject.p, "Home IoT Guardian: 1 anomaly in mock_traffic.csv (0.10 %)");
	body_has("1 anomaly in 992 windows");
	body_has("\nThe worst:\n1. flows");
}

static void rates_are_not_rounded_to_nothing_or_to_all(void **state)
{
	(void)state;
	summary.windows = 1000000;
	compose();
	assert_non_null(strstr(subject.p, "(less than 0.01 %)"));
	summary.anomalies = 999999;
	compose();
	assert_non_null(strstr(subject.p, "(more than 99.99 %)"));
	summary.anomalies = 1000000;
	compose();
	assert_non_null(strstr(subject.p, "(100.00 %)"));
}

static void what_has_no_number_or_no_time_is_said_so(void **state)
{
	(void)state;
	top[0].error = INFINITY;
	top[0].ts = NAN;
	top[1].threshold = 0;
	top[1].ts = 1e300;
	top[2].error = 0.19F;
	top[3].ts = -0.5;
	compose();
	body_has("1. flows 400-409 (Critical): so far from normal that there is no number for it; most unusual");
	body_has("2. flows 401-410 (Critical): error 4.75;");
	body_has(": 1.5 times the threshold;");
	body_has("4. flows 403-412, 1969-12-31 23:59:59 UTC (");
	alert.top_n = 0;
	compose();
	assert_null(strstr(body.p, "The worst"));
}

static void a_hostile_name_stays_on_its_line(void **state)
{
	char longer[600];

	(void)state;
	alert.file = "a\r\nBcc: x@y\n\xff\x1b[2J\xe2\x80\xae.csv";
	compose();
	assert_string_equal(subject.p, "Home IoT Guardian: 9 anomalies in a\xef\xbf\xbd\xef\xbf\xbd"
				       "Bcc: x@y\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd[2J\xef\xbf\xbd.csv (0.91 %)");
	body_has("a\xef\xbf\xbd\xef\xbf\xbd"
		 "Bcc: x@y");
	assert_null(strchr(body.p, '\r'));
	for (size_t i = 0; i + 1 < sizeof(longer); i++)
		longer[i] = i % 2 ? '\xa4' : '\xc3';
	longer[sizeof(longer) - 2] = '\0';
	alert.file = longer;
	compose();
	assert_int_equal(strlen(strstr(subject.p, "\xc3\xa4")), 80 * 2 + strlen("... (0.91 %)"));
	assert_int_equal(strcspn(body.p, "\n"), 255 * 2 + 3);
}

/* ---- incidents ---------------------------------------------------------------------------------------------------------------- */

static int setup_incidents(void **state)
{
	static const uint8_t device[4] = { 192, 168, 1, 5 };

	setup(state);
	summary.method = METHOD_HYBRID;
	summary.flows = 10000;
	summary.flows_anomalous = 531;
	summary.devices = 14;
	for (size_t i = 0; i < 12; i++) {
		incident[i] = (struct incident){ .id = i + 1,
						 .device_ip = ip_of(4, device),
						 .device_mac = { 2, 0, 0, 0, 0, (uint8_t)i },
						 .has_mac = i == 0,
						 .rule = rule_find("port_scan_horizontal"),
						 .start = 1634568299.9,
						 .end = 1634568399.9,
						 .flows = 193,
						 .severity = i < 10 ? SEVERITY_CRITICAL : SEVERITY_MEDIUM };
		snprintf(incident[i].sentence, sizeof(incident[i].sentence), "contacted %zu addresses on port 23", 100 + i);
	}
	alert.incidents = alert.incident_n = 12;
	alert.incident = incident;
	alert.incident_severity = incident_severity;
	return 0;
}

static void incidents_are_told_instead_of_windows(void **state)
{
	(void)state;
	compose();
	assert_string_equal(subject.p,
			    "Home IoT Guardian: 12 incidents in mock_traffic.csv, the worst: Horizontal port scan (Critical)");
	body_has("mock_traffic.csv\n\n12 incidents; 531 of 10000 flows are unusual (5.31 %), of 14 devices.\n");
	body_has("By severity: 10 Critical, 2 Medium.\n");
	body_has(
		"\n1. Critical: Horizontal port scan (T1046) by 192.168.1.5 (02:00:00:00:00:00), 2021-10-18 14:44:59 to 2021-10-18 "
		"14:46:39 UTC, 193 flows\n   contacted 100 addresses on port 23\n   What it is: ");
	body_has("\n   What to do: ");
	body_has("\n2. Critical: Horizontal port scan (T1046) by 192.168.1.5, 2021");
	assert_null(strstr(body.p, "window"));
	body_has("http://localhost:8080/scans/17\n");
}

static void of_many_incidents_ten_are_told(void **state)
{
	(void)state;
	compose();
	body_has("\n10. Critical");
	assert_null(strstr(body.p, "\n11."));
	body_has("\nand 2 more.\n");
	alert.incidents = 5000;
	compose();
	body_has("\nand 4990 more.\n");
}

static void one_incident_of_a_file_that_tells_neither_who_nor_when(void **state)
{
	(void)state;
	summary.one_stream = 1;
	alert.incidents = alert.incident_n = 1;
	incident[0].rule = rule_find("unusual");
	incident[0].device_ip.family = incident[0].has_mac = 0;
	incident[0].start = incident[0].end = NAN;
	incident[0].flows = 1;
	compose();
	assert_string_equal(subject.p, "Home IoT Guardian: 1 incident in mock_traffic.csv, Unusual behaviour (Critical)");
	body_has("1 incident; 531 of 10000 flows are unusual (5.31 %).\n");
	body_has("\n1. Critical: Unusual behaviour, 1 flow\n");
	assert_null(strstr(body.p, "more."));
}

static void a_sentence_out_of_a_hostile_file_stays_on_its_line(void **state)
{
	(void)state;
	snprintf(incident[0].sentence, sizeof(incident[0].sentence), "a\r\n.\r\nMAIL FROM:<x>\xff\x1b[2J");
	compose();
	body_has("\n   a\xef\xbf\xbd\xef\xbf\xbd.\xef\xbf\xbd\xef\xbf\xbdMAIL FROM:<x>\xef\xbf\xbd\xef\xbf\xbd[2J\n");
	assert_null(strchr(body.p, '\r'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(count_rate_severities_and_the_worst_five_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(one_anomaly_is_not_plural, setup, teardown),
		cmocka_unit_test_setup_teardown(rates_are_not_rounded_to_nothing_or_to_all, setup, teardown),
		cmocka_unit_test_setup_teardown(what_has_no_number_or_no_time_is_said_so, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hostile_name_stays_on_its_line, setup, teardown),
		cmocka_unit_test_setup_teardown(incidents_are_told_instead_of_windows, setup_incidents, teardown),
		cmocka_unit_test_setup_teardown(of_many_incidents_ten_are_told, setup_incidents, teardown),
		cmocka_unit_test_setup_teardown(one_incident_of_a_file_that_tells_neither_who_nor_when, setup_incidents, teardown),
		cmocka_unit_test_setup_teardown(a_sentence_out_of_a_hostile_file_stays_on_its_line, setup_incidents, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
