/* rules: each attack gets its name, with the numbers that were put in. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "lib/cm.h"
#include "lib/ruleflows.h"

static const char peer[] = "203.0.113.9";

static const char *stranger(char text[32], unsigned n)
{
	snprintf(text, 32, "198.%u.%u.%u", 18 + n / 65536, n / 256 % 256, n % 256);
	return text;
}

static void is(const struct rule_hit *h, const char *rule, int alarm)
{
	if (h == NULL || strcmp(h->rule->name, rule) != 0 || h->alarm != alarm)
		fail_msg("%s (%d) instead of %s: %s", h != NULL ? h->rule->name : "nothing", h != NULL && h->alarm, rule,
			 h != NULL ? h->sentence : "");
}

static void the_table_is_complete(void **state)
{
	(void)state;
	assert_true(rules_n() > 8);
	for (size_t i = 0; i < rules_n(); i++) {
		const struct rule *const r = rule_get(i);

		assert_ptr_equal(rule_find(r->name), r); /* no name twice */
		assert_true(*r->attack != '\0' && *r->title != '\0' && *r->meaning != '\0' && *r->advice != '\0');
		assert_in_range(r->severity, 0, 3);
		assert_int_equal(*r->technique == '\0', strcmp(r->name, "unusual") == 0);
	}
	assert_string_equal(rule_get(rules_n() - 1)->name, "unusual");
	assert_null(rule_find("nothing"));
}

static void one_port_of_many_addresses_is_a_horizontal_scan(void **state)
{
	struct ruleflows r;
	char to[32];

	(void)state;
	ruleflows_start(&r, NULL);
	for (unsigned i = 0; i < 1204; i++)
		ruleflows_do(&r, 0.05, PROTO_TCP, stranger(to, i * 7), 23, i % 50 == 49 ? CONN_SF : CONN_S0, i % 50 == 49 ? 40 : 0,
			     i % 50 == 49 ? 90 : 0);
	is(&r.hit[0], "port_scan_horizontal", 1);
	assert_true(r.hit[0].peer.family == 0 && r.hit[0].port == 23);
	assert_string_equal(r.hit[0].sentence, "contacted 1,204 addresses on port 23 in 60 s; 98 % did not answer");
	assert_true(r.hit[0].number[0].value == 1204);
	assert_true(r.hit[0].strength > 6 && r.hit[0].strength < 8);
	assert_in_range(r.alarms, 1204 - 27, 1204 - 20);
	ruleflows_end(&r);
}

static void patience_does_not_hide_a_scan(void **state)
{
	struct ruleflows r;
	char to[32];

	(void)state;
	ruleflows_start(&r, NULL);
	for (unsigned i = 0; i < 120; i++)
		ruleflows_do(&r, 40, PROTO_TCP, stranger(to, i * 3), 37215, CONN_S0, 0, 0);
	is(&r.hit[0], "port_scan_slow", 1);
	ruleflows_end(&r);
}

static void many_ports_of_one_address_are_a_vertical_scan(void **state)
{
	struct ruleflows r;

	(void)state;
	ruleflows_start(&r, NULL);
	for (int i = 1; i <= 300; i++) {
		const struct flow f = ruleflows_make(&r, PROTO_TCP, RULEFLOWS_DEVICE, "192.168.1.1", i, CONN_REJ, 0, 0);

		ruleflows_take(&r, &f, 0.02);
	}
	is(&r.hit[0], "port_scan_vertical", 1);
	assert_string_equal(r.hit[0].sentence, "tried 300 ports of 192.168.1.1 in 6 s without an answer");
	/* The other way round: a stranger looks at the device. */
	for (int i = 1; i <= 300; i++) {
		const struct flow f = ruleflows_make(&r, PROTO_TCP, peer, RULEFLOWS_DEVICE, i, CONN_S0, 0, 0);

		ruleflows_take(&r, &f, 0.5);
	}
	is(&r.hit[0], "port_scan_vertical", 1);
	assert_string_equal(r.hit[0].sentence, "203.0.113.9 tried 300 ports of the device in 2 min without an answer");
	ruleflows_end(&r);
}

static void echo_requests_to_everybody_are_a_sweep(void **state)
{
	struct ruleflows r;
	char to[32];

	(void)state;
	ruleflows_start(&r, NULL);
	for (unsigned i = 1; i < 200; i++) {
		struct flow f;

		snprintf(to, sizeof(to), "192.168.1.%u", i);
		f = ruleflows_make(&r, PROTO_ICMP, RULEFLOWS_DEVICE, to, 0, CONN_OTH, 0, 0);
		f.port[ORIG] = 8;
		ruleflows_take(&r, &f, 0.1);
	}
	is(&r.hit[0], "address_sweep", 1);
	assert_string_equal(r.hit[0].sentence, "asked 199 addresses in 20 s by ICMP whether they are there; they did not answer");
	ruleflows_end(&r);
}

static void worms_that_look_for_each_other_on_any_port_are_scanners(void **state)
{
	struct ruleflows r;
	char to[32];

	(void)state;
	ruleflows_start(&r, NULL);
	for (unsigned i = 0; i < 400; i++)
		ruleflows_do(&r, 0.1, PROTO_TCP, stranger(to, i * 5), (int32_t)(10000 + i * 37 % 50000), CONN_S0, 0, 0);
	is(&r.hit[0], "port_scan_horizontal", 1);
	assert_int_equal(r.hit[0].port, PORT_UNSET);
	ruleflows_end(&r);
}

static void floods_are_named_whatever_they_are_made_of(void **state)
{
	static const struct {
		uint8_t proto;
		enum conn_state state;
		double sent;
	} kinds[] = {
		{ PROTO_TCP, CONN_S0, 0 }, { PROTO_TCP, CONN_OTH, 0 }, { PROTO_UDP, CONN_S0, 512 }, { PROTO_ICMP, CONN_OTH, 64 }
	};

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		struct ruleflows r;
		double before = 0;

		ruleflows_start(&r, NULL);
		for (int i = 0; i < 5000; i++) {
			ruleflows_do(&r, 0.002, kinds[k].proto, peer, 80, kinds[k].state, kinds[k].sent, 0);
			if (i > 100 && i % 1000 == 0) { /* the longer the stronger */
				is(&r.hit[0], "ddos_out", 1);
				assert_true(r.hit[0].strength > before);
				before = r.hit[0].strength;
			}
		}
		assert_in_range(r.alarms, 4900, 4999);
		ruleflows_end(&r);
	}
}

static void one_huge_flow_is_a_flood_with_times_and_without(void **state)
{
	(void)state;
	for (int timed = 0; timed < 2; timed++) {
		struct ruleflows r;
		struct flow f;

		ruleflows_start(&r, NULL);
		f = ruleflows_make(&r, PROTO_UDP, RULEFLOWS_DEVICE, peer, 80, CONN_S0, 1.7e9, 0);
		f.pkts[ORIG] = 1300000;
		f.duration = 300;
		f.ts = timed ? f.ts : NAN;
		is(ruleflows_take(&r, &f, 1), "ddos_out", 1);
		assert_true(r.hit[0].strength > 5);
		ruleflows_end(&r);
	}
}

static void a_flood_with_forged_sources_is_one_against_the_device(void **state)
{
	struct ruleflows r;
	char from[32];

	(void)state;
	ruleflows_start(&r, NULL);
	for (unsigned i = 0; i < 3000; i++) {
		const struct flow f = ruleflows_make(&r, PROTO_TCP, stranger(from, i * 11), RULEFLOWS_DEVICE, 80, CONN_S0, 0, 0);

		ruleflows_take(&r, &f, 0.005);
	}
	is(&r.hit[0], "ddos_in", 1);
	assert_string_equal(r.hit[0].sentence, "got 3,000 flows from 3,000 addresses in 15 s that it did not answer");
	ruleflows_end(&r);
}

static void passwords_are_guessed_in_and_outwards(void **state)
{
	static const char *const from[] = { RULEFLOWS_DEVICE, peer }, *const to[] = { peer, RULEFLOWS_DEVICE };
	static const char *const words[] = {
		"opened 40 short sessions at 203.0.113.9 on port 22 in 39 s, as a program does that guesses passwords",
		"203.0.113.9 opened 40 short sessions at the device on port 22 in 39 s, as a program does that guesses passwords"
	};

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct ruleflows r;

		ruleflows_start(&r, NULL);
		for (int i = 0; i < 40; i++) {
			const struct flow f = ruleflows_make(&r, PROTO_TCP, from[k], to[k], 22, CONN_SF, 1744, 1839);

			ruleflows_take(&r, &f, 1);
		}
		is(&r.hit[0], "brute_force", 1);
		assert_string_equal(r.hit[0].sentence, words[k]);
		ruleflows_end(&r);
	}
}

static void a_command_server_that_is_gone_is_called_again_and_again(void **state)
{
	struct ruleflows r;
	double at[3];

	(void)state;
	ruleflows_start(&r, NULL);
	for (int i = 0; i < 3000; i++) {
		ruleflows_do(&r, 15, PROTO_TCP, peer, 4242, i % 2 ? CONN_S0 : CONN_REJ, 0, 0);
		if (i == 20 || i == 200 || i == 2000)
			at[i == 20 ? 0 : i == 200 ? 1 : 2] = r.hit[0].strength;
	}
	is(&r.hit[0], "c2_retry", 1);
	assert_true(at[0] + 2 < at[1] && at[1] + 2 < at[2]);
	assert_non_null(strstr(r.hit[0].sentence, "attempts to reach 203.0.113.9 on port 4242 failed in 12 h"));
	ruleflows_end(&r);
}

/* 9 attempts, then half a day of signs of life. */
static void a_session_held_open_after_failures_is_an_alarm(void **state)
{
	struct ruleflows r;
	struct flow f;

	(void)state;
	ruleflows_start(&r, NULL);
	for (int i = 0; i < 9; i++)
		assert_true(ruleflows_do(&r, 20, PROTO_TCP, peer, 443, CONN_S0, 0, 0) == NULL || !r.hit[0].alarm);
	f = ruleflows_make(&r, PROTO_TCP, RULEFLOWS_DEVICE, peer, 443, CONN_SF, 18320, 18320);
	f.duration = 41420;
	is(ruleflows_take(&r, &f, 1), "c2_retry", 1);
	assert_string_equal(
		r.hit[0].sentence,
		"held a connection to 203.0.113.9 on port 443 open for 12 h with only 37 kB in it; 8 attempts failed before");
	ruleflows_end(&r);
}

static void regular_small_calls_that_fail_at_times_are_a_beacon(void **state)
{
	struct ruleflows r;
	struct rng g;

	(void)state;
	rng_init(&g, 4);
	ruleflows_start(&r, NULL);
	for (int i = 0; i < 60; i++) {
		const double pause = 60 + rng_uniform(&g);

		ruleflows_do(&r, pause, PROTO_TCP, peer, 48101, i % 7 == 6 ? CONN_S0 : CONN_SF, i % 7 == 6 ? 0 : 71,
			     i % 7 == 6 ? 0 : 60);
	}
	is(&r.hit[0], "c2_beacon", 1);
	assert_string_equal(
		r.hit[0].sentence,
		"called 203.0.113.9 on port 48101 60 times in 59 min, every 61 s, with 71 bytes each; 8 times without an answer");
	ruleflows_end(&r);
}

static void a_program_after_failures_is_a_malware_download(void **state)
{
	struct ruleflows r;

	(void)state;
	ruleflows_start(&r, NULL);
	is(ruleflows_do(&r, 2, PROTO_TCP, peer, 80, CONN_SF, 149, 171750), "malware_download", 0);
	for (int i = 0; i < 4; i++)
		ruleflows_do(&r, 8, PROTO_TCP, peer, 80, CONN_S0, 0, 0);
	is(ruleflows_do(&r, 2, PROTO_TCP, peer, 80, CONN_SF, 150, 130000), "malware_download", 1);
	assert_string_equal(r.hit[0].sentence,
			    "got 130 kB from 203.0.113.9 on port 80 for a request of 150 bytes, after 4 attempts that failed");
	ruleflows_end(&r);
}

static void programs_for_every_processor_are_a_malware_download(void **state)
{
	struct ruleflows r;

	(void)state;
	ruleflows_start(&r, NULL);
	for (int i = 0; i < 8; i++)
		ruleflows_do(&r, 5, PROTO_TCP, peer, 8080, CONN_SF, 140 + i % 3, 80000 + 7000 * i);
	is(&r.hit[0], "malware_download", 1);
	ruleflows_end(&r);
}

static void uploads_far_beyond_the_usual_are_exfiltration(void **state)
{
	struct ruleflows r;

	(void)state;
	ruleflows_start(&r, NULL);
	for (int i = 0; i < 200; i++)
		ruleflows_do(&r, 60, PROTO_TCP, "203.0.113.1", 443, CONN_SF, 2000, 4000);
	assert_int_equal(r.alarms, 0);
	for (int i = 0; i < 20; i++)
		ruleflows_do(&r, 20, PROTO_TCP, peer, 443, CONN_SF, 9e6, 5000);
	is(&r.hit[0], "exfiltration", 1);
	assert_string_equal(
		r.hit[0].sentence,
		"sent 180 MB to 203.0.113.9 on port 443 in 6 min and got 100 kB back; before, it sent at most 120 kB in an hour");
	ruleflows_end(&r);
}

static void another_way_out_is_a_hint_only(void **state)
{
	struct ruleflows r;

	(void)state;
	ruleflows_start(&r, NULL);
	for (int i = 0; i < 80; i++) {
		struct flow f = ruleflows_make(&r, PROTO_TCP, RULEFLOWS_DEVICE, peer, 443, CONN_SF, 900, 4000);

		f.has_mac[RESP] = 1;
		f.mac[RESP][5] = i < 50 ? 1 : 7;
		ruleflows_take(&r, &f, 30);
	}
	is(&r.hit[0], "mitm", 0);
	assert_string_equal(
		r.hit[0].sentence,
		"30 flows to hosts outside went by 00:00:00:00:00:07, 50 before by 00:00:00:00:00:01; possible only: a new "
		"router looks the same");
	ruleflows_end(&r);
}

static void arp_answers_that_nobody_asked_for_are_a_man_in_the_middle(void **state)
{
	struct rule_arp a = {
		.ip = { 192, 168, 1, 1 }, .mac = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 6 } }, .claimants = 1, .claims = { 20, 0 }
	};
	struct rule_hit hit[RULE_HITS];

	(void)state;
	assert_int_equal(rules_arp(&a, 1, hit), 0);
	a.claimants = 2;
	a.claims[1] = 1; /* DHCP gave the address to another one */
	assert_int_equal(rules_arp(&a, 1, hit), 1);
	is(hit, "mitm", 0);
	a.claims[1] = a.unasked = 64;
	assert_int_equal(rules_arp(&a, 1, hit), 1);
	is(hit, "mitm", 1);
	assert_float_equal(hit->strength, 5, 1e-9);
	assert_string_equal(
		hit->sentence,
		"02:00:00:00:00:06 claims to be 192.168.1.1 64 times, as does 02:00:00:00:00:01; 64 answers came that nobody asked "
		"for");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_complete),
		cmocka_unit_test(one_port_of_many_addresses_is_a_horizontal_scan),
		cmocka_unit_test(patience_does_not_hide_a_scan),
		cmocka_unit_test(many_ports_of_one_address_are_a_vertical_scan),
		cmocka_unit_test(echo_requests_to_everybody_are_a_sweep),
		cmocka_unit_test(worms_that_look_for_each_other_on_any_port_are_scanners),
		cmocka_unit_test(floods_are_named_whatever_they_are_made_of),
		cmocka_unit_test(one_huge_flow_is_a_flood_with_times_and_without),
		cmocka_unit_test(a_flood_with_forged_sources_is_one_against_the_device),
		cmocka_unit_test(passwords_are_guessed_in_and_outwards),
		cmocka_unit_test(a_command_server_that_is_gone_is_called_again_and_again),
		cmocka_unit_test(a_session_held_open_after_failures_is_an_alarm),
		cmocka_unit_test(regular_small_calls_that_fail_at_times_are_a_beacon),
		cmocka_unit_test(a_program_after_failures_is_a_malware_download),
		cmocka_unit_test(programs_for_every_processor_are_a_malware_download),
		cmocka_unit_test(uploads_far_beyond_the_usual_are_exfiltration),
		cmocka_unit_test(another_way_out_is_a_hint_only),
		cmocka_unit_test(arp_answers_that_nobody_asked_for_are_a_man_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
