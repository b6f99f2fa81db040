/* flow: addresses, names of states and protocols, and the report. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "flow/flow.h"
#include "flow/report.h"
#include "lib/cm.h"

static void addresses_are_read_and_printed(void **state)
{
	static const struct {
		const char *text, *printed; /* NULL: no address */
		int local;
	} cases[] = {
		{ "192.168.1.9", "192.168.1.9", 1 },
		{ "172.31.255.255", "172.31.255.255", 1 },
		{ "172.32.0.1", "172.32.0.1", 0 },
		{ "8.8.8.8", "8.8.8.8", 0 },
		{ "0.0.0.0", "0.0.0.0", 0 },
		{ "FE80:0:0:0:0:0:0:1", "fe80::1", 1 },
		{ "fec0::1", "fec0::1", 0 },
		{ "fd00::", "fd00::", 1 },
		{ "::1", "::1", 1 },
		{ "::", "::", 0 },
		{ "2001:db8::8", "2001:db8::8", 0 },
		{ "", NULL, 0 },
		{ "-", NULL, 0 },
		{ "1.2.3", NULL, 0 },
		{ "1.2.3.4.5", NULL, 0 },
		{ "01.2.3.4", NULL, 0 },
		{ "fe80::1%eth0", NULL, 0 },
		{ "10.0.0.0/8", NULL, 0 },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa", NULL, 0 },
	};
	char text[IP_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ip a = { 0 };

		assert_int_equal(ip_parse(cases[i].text, strlen(cases[i].text), &a), cases[i].printed != NULL ? 0 : -1);
		assert_string_equal(ip_print(&a, text), cases[i].printed != NULL ? cases[i].printed : "-");
		assert_int_equal(ip_is_local(&a), cases[i].local);
	}
	assert_int_equal(ip_parse("1.2.3.4\0", 8, &(struct ip){ 0 }), -1);
}

static void states_have_the_names_that_they_are_found_by(void **state)
{
	(void)state;
	for (int i = CONN_S0; i < CONN_STATES; i++) {
		const char *const name = conn_state_name((enum conn_state)i);

		assert_int_equal(conn_state_find(name, strlen(name)), i);
	}
	assert_string_equal(conn_state_name(CONN_RSTOS0), "RSTOS0");
	assert_int_equal(conn_state_find("-", 1), CONN_UNSET);
	assert_int_equal(conn_state_find("sf", 2), CONN_UNSET);
	assert_int_equal(conn_state_find("RST", 3), CONN_UNSET);
	assert_string_equal(conn_state_name((enum conn_state)99), "-");
}

static void protocols_are_known_by_name_and_number(void **state)
{
	(void)state;
	assert_int_equal(proto_find("TCP", 3), PROTO_TCP);
	assert_int_equal(proto_find("17", 2), PROTO_UDP);
	assert_int_equal(proto_find("ipv6-icmp", 9), PROTO_ICMP6);
	assert_int_equal(proto_find("0", 1), 0);
	assert_int_equal(proto_find("254", 3), 254);
	assert_int_equal(proto_find("255", 3), -1);
	assert_int_equal(proto_find("99999999999", 11), -1);
	assert_int_equal(proto_find("", 0), -1);
	assert_int_equal(proto_find("-", 1), -1);
	assert_string_equal(proto_name(PROTO_ICMP6), "icmp");
	assert_string_equal(proto_name(200), "unknown_transport");
	assert_string_equal(proto_name(PROTO_UNSET), "-");
}

static void an_empty_flow_has_counts_of_0_and_nothing_else(void **state)
{
	struct flow f;

	(void)state;
	memset(&f, 0x55, sizeof(f));
	flow_clear(&f);
	assert_true(isnan(f.ts) && isnan(f.duration) && isnan(f.ip_bytes[ORIG]) && isnan(f.ip_bytes[RESP]));
	assert_true(f.pkts[ORIG] == 0 && f.bytes[RESP] == 0 && f.label == LABEL_NONE && f.state == CONN_UNSET);
	assert_int_equal(f.host[RESP].family, 0);
	assert_int_equal(f.port[ORIG], PORT_UNSET);
	assert_int_equal(f.proto, PROTO_UNSET);
	assert_string_equal(f.service, "");
}

static void the_report_keeps_what_came_first_and_counts_the_rest(void **state)
{
	struct read_report r = { 0 };
	char what[16];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(what, sizeof(what), "kind %d", i);
		report_count(&r, what, 2);
		report_count(&r, "kind 3", 1);
		report_note(&r, "note %d", i % 10);
		report_problem(&r, (uint64_t)i + 1, i % 2 ? "ts" : NULL, "is %s", what);
	}
	report_count(&r, "nothing", 0);
	assert_int_equal(r.count_n, REPORT_COUNTS);
	assert_string_equal(r.count[0].what, "kind 0");
	assert_string_equal(r.count[REPORT_COUNTS - 1].what, "other");
	assert_int_equal(r.count[REPORT_COUNTS - 1].n, 10);
	assert_string_equal(r.count[1].what, "kind 3");
	assert_int_equal(r.count[1].n, 2 + 20);
	assert_int_equal(r.note_n, REPORT_NOTES);
	assert_string_equal(r.note[7], "note 7");
	assert_int_equal(r.problem_n, REPORT_PROBLEMS);
	assert_int_equal(r.problem[9].line, 10);
	assert_string_equal(r.problem[9].column, "ts");
	assert_string_equal(r.problem[0].column, "");
	assert_string_equal(r.problem[9].reason, "is kind 9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_printed),
		cmocka_unit_test(states_have_the_names_that_they_are_found_by),
		cmocka_unit_test(protocols_are_known_by_name_and_number),
		cmocka_unit_test(an_empty_flow_has_counts_of_0_and_nothing_else),
		cmocka_unit_test(the_report_keeps_what_came_first_and_counts_the_rest),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
