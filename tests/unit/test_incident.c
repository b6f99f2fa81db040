/* incident: one attack is one alarm, whatever else goes on. */
#include "detect/incident.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "detect/distinct.h"
#include "detect/frequent.h"
#include "flow/device.h"
#include "lib/cm.h"

static const struct rule unusual = { .name = "unusual", .attack = "unusual", .title = "Unusual" };
static const struct rule horizontal = { .name = "port_scan_horizontal", .attack = "port_scan", .severity = SEVERITY_MEDIUM };
static const struct rule vertical = { .name = "port_scan_vertical", .attack = "port_scan", .severity = SEVERITY_MEDIUM };
static const struct rule ddos = { .name = "ddos_out", .attack = "ddos", .severity = SEVERITY_HIGH };
static const struct rule beacon = { .name = "c2_beacon", .attack = "c2_beacon", .severity = SEVERITY_HIGH };

enum { KEPT = 64 };

struct world {
	struct incidents *s;
	size_t n;                /* ended */
	struct incident i[KEPT]; /* the first of them */
	struct flow flow;
	struct verdict v;
	uint64_t row;
	int refuse; /* what the sink returns */
};

static int keep(void *arg, const struct incident *i)
{
	struct world *const w = arg;

	if (w->n < KEPT)
		w->i[w->n] = *i;
	w->n++;
	return w->refuse;
}

static void begin(struct world *w, double gap, uint64_t gap_flows, size_t open_max)
{
	const struct incidents_options o = { .gap = gap, .gap_flows = gap_flows, .open_max = open_max, .sink = keep, .arg = w };

	memset(w, 0, sizeof(*w));
	assert_int_equal(incidents_new(&w->s, &o, NULL), OK);
}

static void finish(struct world *w)
{
	assert_int_equal(incidents_finish(w->s), 0);
	incidents_del(w->s);
	w->s = NULL;
}

static struct ip address(uint32_t n)
{
	const uint8_t b[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	return ip_of(4, b);
}

enum { NET = 0xcb007100 }; /* 203.0.113.0 */

/* The next flow of device `device`, at `ts`, to peer number `peer` and `port`. It can be changed before give(). */
static void flow(struct world *w, uint64_t device, double ts, uint32_t peer, int32_t port)
{
	flow_clear(&w->flow);
	w->flow.row = w->row;
	w->flow.ts = ts;
	w->flow.host[ORIG] = address(0xc0a80000 + (uint32_t)device % 65536);
	w->flow.host[RESP] = address(NET + peer);
	w->flow.port[ORIG] = 40000;
	w->flow.port[RESP] = port;
	w->flow.proto = PROTO_TCP;
	w->flow.bytes[ORIG] = 100;
	w->flow.bytes[RESP] = 10;
	w->v = (struct verdict){ .flow = &w->flow,
				 .device = device,
				 .device_flow = w->row,
				 .side = ORIG,
				 .score = 5,
				 .p = 1e-5,
				 .anomalous = 1,
				 .rule = &unusual };
	w->row++;
}

static int64_t give(struct world *w, const struct rule *rule, double strength, int many)
{
	struct rule_hit hit = { .rule = rule, .alarm = 1, .strength = strength, .port = w->flow.port[RESP] };

	if (rule == NULL)
		return incidents_add(w->s, &w->v, NULL, NULL);
	if (!many)
		hit.peer = w->flow.host[RESP];
	snprintf(hit.sentence, sizeof(hit.sentence), "%s %.0f", rule->name, strength);
	w->v.rule = rule;
	return incidents_add(w->s, &w->v, &hit, NULL);
}

static int64_t one(struct world *w, double ts, uint32_t peer, int32_t port, const struct rule *rule, int many)
{
	flow(w, 1, ts, peer, port);
	return give(w, rule, 1 + (double)w->row, many);
}

static void a_scan_of_ten_thousand_peers_is_one_incident(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	/* The rule knows only after some flows, and not of all that come after these. */
	for (uint32_t k = 0; k < 10000; k++)
		assert_int_equal(one(&w, 1000 + k * 0.05, k, 23, k < 20 || k % 3 == 0 ? NULL : &horizontal, 1), 1);
	finish(&w);
	assert_int_equal(w.n, 1);
	assert_ptr_equal(w.i[0].rule, &horizontal);
	assert_int_equal(w.i[0].flows, 10000);
	assert_in_range(w.i[0].peers, 9000, 11000);
	assert_int_equal(w.i[0].peer.family, 0);
	assert_int_equal(w.i[0].port, 23);
	assert_true(w.i[0].start == 1000 && fabs(w.i[0].end - 1499.95) < 1e-6);
	assert_true(w.i[0].first_row == 0 && w.i[0].last_row == 9999);
	assert_true(w.i[0].bytes[0] == 1e6 && w.i[0].bytes[1] == 1e5);
	assert_true(w.i[0].device == 1 && ip_equal(&w.i[0].device_ip, &(struct ip){ 4, { 192, 168, 0, 1 } }));
	assert_ptr_equal(w.i[0].also[0], NULL);
}

static void a_flood_to_one_peer_is_one_incident(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 5000; k++)
		assert_int_equal(one(&w, k * 0.001, 7, (int32_t)(k % 1000), &ddos, 0), 1);
	finish(&w);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.i[0].peers, 1);
	assert_true(ip_equal(&w.i[0].peer, &(struct ip){ 4, { 203, 0, 113, 7 } }));
	assert_int_equal(w.i[0].port, PORT_UNSET);
	assert_string_equal(w.i[0].sentence, "ddos_out 5001; in all 5,000 flows to 203.0.113.7 in 5 s");
}

static void a_beacon_and_a_scan_at_once_are_two_incidents(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 1000; k++) {
		const int64_t scan = one(&w, k, 1000 + k, 23, k < 10 ? NULL : &horizontal, 1);

		assert_int_equal(scan, 1);
		if (k % 60 == 30)
			assert_int_equal(one(&w, k, 9, 6667, &beacon, 0), 2);
		if (k % 60 == 31 && k > 60) /* not named by a rule, but to the peer of the beacon */
			assert_int_equal(one(&w, k, 9, 6667, NULL, 0), 2);
	}
	finish(&w);
	assert_int_equal(w.n, 2);
	assert_ptr_equal(w.i[0].rule, &beacon);
	assert_int_equal(w.i[0].peers, 1);
	assert_ptr_equal(w.i[1].rule, &horizontal);
}

static void what_was_unusual_takes_the_name_that_a_rule_gives_and_keeps_its_id(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	assert_int_equal(one(&w, 1, 5, 443, NULL, 0), 1);
	assert_int_equal(one(&w, 2, 5, 443, NULL, 0), 1);
	assert_int_equal(one(&w, 3, 6, 443, NULL, 0), 1);
	assert_int_equal(one(&w, 4, 5, 443, &beacon, 0), 1);
	/* Of another peer: a story of its own. */
	assert_int_equal(one(&w, 5, 6, 443, NULL, 0), 2);
	assert_int_equal(one(&w, 6, 5, 443, NULL, 0), 1);
	finish(&w);
	assert_int_equal(w.n, 2);
	assert_true(w.i[0].id == 2 && w.i[0].rule == &unusual && w.i[0].flows == 1);
	assert_true(w.i[1].id == 1 && w.i[1].rule == &beacon && w.i[1].flows == 5 && w.i[1].part_of == 0);
}

static void a_name_for_few_of_the_unusual_flows_is_not_one_for_all(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 30; k++)
		assert_int_equal(one(&w, k, 100 + k, 23, NULL, 0), 1);
	assert_int_equal(one(&w, 30, 100, 6667, &beacon, 0), 2);
	assert_int_equal(one(&w, 31, 300, 23, &horizontal, 1), 1);
	finish(&w);
	assert_int_equal(w.n, 2);
	assert_true(w.i[0].rule == &beacon && w.i[0].flows == 1);
	assert_true(w.i[1].rule == &horizontal && w.i[1].flows == 31);
}

static void two_that_turn_out_to_be_one_keep_their_ids_and_say_so(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 20; k++)
		assert_int_equal(one(&w, k, k, 23, &horizontal, 1), 1);
	for (uint32_t k = 0; k < 5; k++)
		assert_int_equal(one(&w, 30 + k, 200 + k, 2323, NULL, 1), 2);
	assert_int_equal(one(&w, 40, 210, 2323, &horizontal, 1), 1);
	assert_int_equal(w.n, 1);
	assert_int_equal(one(&w, 41, 211, 2323, NULL, 1), 1);
	assert_int_equal(incidents_count(w.s), 2);
	assert_int_equal(incidents_parts(w.s), 1);
	finish(&w);
	assert_int_equal(w.n, 2);
	assert_true(w.i[0].id == 2 && w.i[0].part_of == 1 && w.i[0].rule == &horizontal && w.i[0].flows == 5);
	assert_true(w.i[1].id == 1 && w.i[1].part_of == 0 && w.i[1].flows == 22);
}

static void one_family_against_many_peers_ends_as_one_incident(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 500; k++)
		assert_int_equal(one(&w, k, k, 80, &ddos, 0), k < INCIDENT_APART ? k + 1 : 1);
	finish(&w);
	assert_int_equal(w.n, INCIDENT_APART);
	assert_int_equal(w.i[w.n - 1].id, 1);
	assert_int_equal(w.i[w.n - 1].flows, 500 - INCIDENT_APART + 1);
	assert_int_equal(w.i[w.n - 1].port, 80);
}

static void other_devices_have_other_incidents(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 100; k++) {
		flow(&w, k % 10, k, 5, 23);
		assert_int_equal(give(&w, &ddos, 1, 0), k % 10 + 1);
	}
	finish(&w);
	assert_int_equal(w.n, 10);
}

static void a_longer_silence_than_the_gap_begins_another_one(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 600, 0, 0);
	assert_int_equal(one(&w, 0, 5, 23, &ddos, 0), 1);
	assert_int_equal(one(&w, 600, 5, 23, &ddos, 0), 1);
	flow(&w, 1, 1200, 5, 23);
	w.flow.duration = 1000; /* goes on until 2200 */
	assert_int_equal(give(&w, &ddos, 1, 0), 1);
	assert_int_equal(one(&w, 2800, 5, 23, &ddos, 0), 1);
	assert_int_equal(one(&w, 3401, 5, 23, &ddos, 0), 2);
	finish(&w);
	assert_true(w.i[0].start == 0 && w.i[0].end == 2800);
}

static void flows_that_come_minutes_late_join_their_own_incident(void **state)
{
	static const double minutes[] = { 10, 3, 12, 0, 8, 15, 5, 24, 14, 6 };
	struct world w;

	(void)state;
	begin(&w, 600, 0, 0);
	for (size_t k = 0; k < sizeof(minutes) / sizeof(*minutes); k++)
		assert_int_equal(one(&w, minutes[k] * 60, 5, 23, &ddos, 0), 1);
	/* The other device is an hour ahead: both are told apart by time. */
	assert_int_equal(one(&w, 3600, 5, 23, &ddos, 0), 2);
	finish(&w);
	assert_true(w.i[0].start == 0 && w.i[0].end == 24 * 60 && w.i[0].flows == 10);
}

static void a_late_flow_finds_the_incident_before_the_gap(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 600, 0, 0);
	assert_int_equal(one(&w, 0, 5, 23, &ddos, 0), 1);
	assert_int_equal(one(&w, 700, 5, 23, &ddos, 0), 2);
	assert_int_equal(w.n, 0);
	assert_int_equal(one(&w, 60, 5, 23, &ddos, 0), 1);
	assert_int_equal(one(&w, 1300, 5, 23, &ddos, 0), 2);
	assert_int_equal(w.n, 1);
	finish(&w);
	assert_int_equal(w.n, 2);
}

static void incidents_of_silent_devices_end_while_others_go_on(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 600, 0, 0);
	for (uint32_t k = 0; k < 10; k++) {
		flow(&w, k, k * 400, 5, 23);
		give(&w, &ddos, 1, 0);
		assert_int_equal(w.n, k >= 4 ? k - 3 : 0);
	}
	finish(&w);
	assert_int_equal(w.n, 10);
	for (size_t k = 0; k < 10; k++)
		assert_int_equal(w.i[k].device, k);
}

static void without_times_the_flows_of_the_device_are_the_clock(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 100, 0);
	assert_int_equal(one(&w, NAN, 5, 23, &ddos, 0), 1);
	w.row = 100;
	assert_int_equal(one(&w, NAN, 5, 23, &ddos, 0), 1);
	w.row = 90;
	assert_int_equal(one(&w, NAN, 5, 23, &ddos, 0), 1);
	w.row = 201;
	assert_int_equal(one(&w, NAN, 5, 23, &ddos, 0), 2);
	w.row = 301;
	assert_int_equal(one(&w, NAN, 5, 23, &ddos, 0), 2);
	assert_int_equal(w.n, 1);
	finish(&w);
	assert_int_equal(w.n, 2);
	assert_true(isnan(w.i[0].start) && isnan(w.i[0].end));
	assert_true(w.i[0].flows == 3 && w.i[0].last_row == 100);
	assert_string_equal(w.i[0].sentence, "ddos_out 102; in all 3 flows to 203.0.113.5");
}

static void a_table_that_does_not_say_who_took_part_is_one_story(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (int k = 0; k < 50; k++) {
		flow(&w, 0, NAN, 0, PORT_UNSET);
		w.flow.host[ORIG] = w.flow.host[RESP] = (struct ip){ 0 };
		w.v.side = DEVICE_NONE;
		assert_int_equal(give(&w, k == 20 ? &ddos : NULL, 1, 1), 1);
	}
	finish(&w);
	assert_true(w.n == 1 && w.i[0].rule == &ddos && w.i[0].flows == 50 && w.i[0].peers == 0);
	assert_int_equal(w.i[0].device_ip.family, 0);
	assert_true(w.i[0].bytes[0] == 5000 && w.i[0].bytes[1] == 500);
}

static void when_there_is_no_room_the_one_silent_for_longest_ends(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 4);
	for (uint32_t k = 0; k < 4; k++) {
		flow(&w, k, k, 5, 23);
		give(&w, &ddos, 1, 0);
	}
	flow(&w, 0, 10, 5, 23); /* device 0 goes on: 1 is silent for longest */
	assert_int_equal(give(&w, &ddos, 1, 0), 1);
	flow(&w, 9, 11, 5, 23);
	assert_int_equal(give(&w, &ddos, 1, 0), 5);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.i[0].device, 1);
	finish(&w);
	assert_int_equal(w.n, 5);
}

static void times_that_jump_about_do_not_make_a_device_slow(void **state)
{
	struct world w;
	const double start = clock_seconds();

	(void)state;
	begin(&w, 600, 0, 0);
	for (uint32_t k = 0; k < 100000; k++) {
		flow(&w, 1, 1e9 - k * 700.0, 5, 23);
		assert_int_equal(give(&w, &ddos, 1, 0), k + 1);
	}
	finish(&w);
	assert_int_equal(w.n, 100000);
	assert_true(clock_seconds() - start < 20);
}

static void severity_is_the_highest_of_flows_and_alarms(void **state)
{
	static const struct {
		double p;
		const struct rule *first, *second;
		enum severity severity;
	} cases[] = {
		{ 1e-3, NULL, NULL, SEVERITY_LOW },
		{ NAN, NULL, NULL, SEVERITY_LOW },
		{ 1e-12, NULL, NULL, SEVERITY_CRITICAL },
		{ 1e-3, &ddos, &ddos, SEVERITY_HIGH },
		{ 1e-3, &horizontal, &horizontal, SEVERITY_MEDIUM },
		{ 1e-3, &horizontal, &vertical, SEVERITY_HIGH },
		{ 1e-12, &horizontal, &vertical, SEVERITY_CRITICAL },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		struct world w;

		begin(&w, 0, 0, 0);
		flow(&w, 1, 1, 5, 23);
		w.v.p = cases[c].p;
		give(&w, cases[c].first, 2, 0);
		flow(&w, 1, 2, 5, 23);
		w.v.p = 0.5;
		give(&w, cases[c].second, 1, 0);
		finish(&w);
		assert_int_equal(w.n, 1);
		assert_int_equal(w.i[0].severity, cases[c].severity);
		assert_true(cases[c].first == NULL || w.i[0].rule == cases[c].first);
		assert_true(w.i[0].also[0] == (cases[c].second != cases[c].first ? cases[c].second : NULL));
	}
}

static void a_hint_names_but_gives_no_severity_and_yields_to_an_alarm(void **state)
{
	struct world w;
	struct rule_hit hint = { .rule = &horizontal, .strength = 100, .port = 23, .sentence = "hint" };

	(void)state;
	begin(&w, 0, 0, 0);
	flow(&w, 1, 1, 5, 23);
	w.v.p = 0.01;
	w.v.rule = &horizontal;
	assert_int_equal(incidents_add(w.s, &w.v, &hint, NULL), 1);
	flow(&w, 2, 1, 5, 23);
	w.v.p = 0.01;
	w.v.rule = &horizontal;
	assert_int_equal(incidents_add(w.s, &w.v, &hint, NULL), 2);
	flow(&w, 2, 2, 5, 23);
	assert_int_equal(give(&w, &vertical, 2, 0), 2);
	finish(&w);
	assert_true(w.i[0].severity == SEVERITY_LOW && w.i[0].hit.alarm == 0 && w.i[0].rule == &horizontal);
	assert_true(w.i[1].severity == SEVERITY_MEDIUM && w.i[1].hit.rule == &vertical && w.i[1].rule == &vertical);
	assert_ptr_equal(w.i[1].also[0], &horizontal);
}

static void the_networks_sentence_tells_how_many_and_the_most_unusual(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 1204; k++) {
		flow(&w, 1, k * 1.25, k % 3, 443);
		if (k == 700) {
			w.v.score = 9;
			w.flow.bytes[ORIG] = 4.1e6;
		}
		assert_int_equal(incidents_add(w.s, &w.v, NULL, k == 3 ? "said of a usual one" : NULL), 1);
	}
	flow(&w, 2, 1600, 9, 443);
	w.v.side = RESP;
	incidents_add(w.s, &w.v, NULL, "sent 10 bytes; usual for this traffic are 2 to 60 kB");
	finish(&w);
	assert_string_equal(w.i[0].sentence, "1,204 unusual flows to 3 addresses in 25 min 4 s; the most unusual, to 203.0.113.1:443: "
					     "sent 4.1 MB, received 10 bytes");
	assert_true(w.i[0].peak_score == 9 && w.i[0].peak_row == 700 && w.i[0].least_p == 1e-5);
	assert_string_equal(w.i[1].sentence,
			    "an unusual flow from 192.168.0.2:443: sent 10 bytes; usual for this traffic are 2 to 60 kB");
}

static void sentences_stay_valid_text_however_long(void **state)
{
	char said[2000];
	struct world w;

	(void)state;
	for (size_t k = 0; k + 2 < sizeof(said); k += 2)
		memcpy(said + k, "\xc3\xa4", 3);
	begin(&w, 0, 0, 0);
	flow(&w, 1, 1, 1, 443);
	incidents_add(w.s, &w.v, NULL, said);
	flow(&w, 2, 1, 1, 443);
	incidents_add(w.s, &w.v, NULL, "\xff\x01 bad");
	finish(&w);
	assert_true(strlen(w.i[0].sentence) >= RULE_SENTENCE - 3);
	for (size_t k = 0; k < 2; k++)
		assert_true(utf8_is_valid(w.i[k].sentence, strlen(w.i[k].sentence)));
}

static void scores_that_are_no_numbers_are_no_peak(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 0);
	for (uint32_t k = 0; k < 3; k++) {
		flow(&w, 1, k, 1, 443);
		w.v.score = k == 1 ? 2 : NAN;
		w.v.p = k == 2 ? 0.1 : NAN;
		give(&w, NULL, 0, 0);
	}
	finish(&w);
	assert_true(w.i[0].peak_score == 2 && w.i[0].peak_row == 1 && w.i[0].least_p == 0.1);
}

static void what_the_sink_says_stops_the_scan(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0, 0, 1);
	assert_int_equal(one(&w, 1, 1, 1, NULL, 0), 1);
	w.refuse = ERR_IO;
	flow(&w, 2, 1, 1, 1);
	assert_int_equal(give(&w, NULL, 0, 0), ERR_IO);
	incidents_del(w.s);
}

static void peers_are_counted_exactly_to_64_and_then_within_ten_percent(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 63, 64, 65, 100, 300, 1000, 2500, 5000, 20000, 100000, 1000000 };
	struct ip v6 = { .family = 6, .b = { 0x20, 0x01, 0x0d, 0xb8 } };

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		const uint64_t n = sizes[k];
		struct distinct d = { 0 }, six = { 0 };

		for (uint64_t i = 0; i < n; i++) {
			const struct ip four = address((uint32_t)i);

			memcpy(v6.b + 12, &four.b, 4);
			distinct_add(&d, hash_ip(&four));
			distinct_add(&d, hash_ip(&four));
			distinct_add(&six, hash_ip(&v6));
			assert_true(i >= 64 || distinct_has(&d, hash_ip(&four)));
		}
		assert_false(distinct_has(&d, hash_ip(&(struct ip){ 4, { 250, 1, 2, 3 } })));
		if (n <= 64) {
			assert_int_equal(distinct_n(&d), n);
			assert_int_equal(distinct_n(&six), n);
		}
		assert_true(fabs((double)distinct_n(&d) - (double)n) <= 0.1 * (double)n);
		assert_true(fabs((double)distinct_n(&six) - (double)n) <= 0.1 * (double)n);
	}
}

/* A majority is found, and what has none is never called one. */
static void the_most_frequent_is_found_and_never_invented(void **state)
{
	struct rng g;
	int found = 0;

	(void)state;
	rng_init(&g, 5);
	for (uint64_t round = 0; round < 1000; round++) {
		const uint64_t share = rng_below(&g, 100), values = 1 + rng_below(&g, 50), n = 1 + rng_below(&g, 2000);
		struct frequent f = { 0 };
		uint64_t ones = 0;
		int most;

		for (uint64_t i = 0; i < n; i++) {
			const uint64_t draw = rng_below(&g, 100), other = rng_below(&g, values);

			ones += draw < share;
			frequent_add(&f, draw < share ? 1000 : other);
		}
		assert_true(frequent_n(&f, 1000) <= ones);
		most = frequent_most(&f, n);
		if (9 * ones > 5 * n)
			assert_true(most >= 0 && f.key[most] == 1000);
		if (2 * ones <= n)
			assert_true(most < 0 || f.key[most] != 1000);
		found += most >= 0 && f.key[most] == 1000;
	}
	assert_in_range(found, 300, 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scan_of_ten_thousand_peers_is_one_incident),
		cmocka_unit_test(a_flood_to_one_peer_is_one_incident),
		cmocka_unit_test(a_beacon_and_a_scan_at_once_are_two_incidents),
		cmocka_unit_test(what_was_unusual_takes_the_name_that_a_rule_gives_and_keeps_its_id),
		cmocka_unit_test(a_name_for_few_of_the_unusual_flows_is_not_one_for_all),
		cmocka_unit_test(two_that_turn_out_to_be_one_keep_their_ids_and_say_so),
		cmocka_unit_test(one_family_against_many_peers_ends_as_one_incident),
		cmocka_unit_test(other_devices_have_other_incidents),
		cmocka_unit_test(a_longer_silence_than_the_gap_begins_another_one),
		cmocka_unit_test(flows_that_come_minutes_late_join_their_own_incident),
		cmocka_unit_test(a_late_flow_finds_the_incident_before_the_gap),
		cmocka_unit_test(incidents_of_silent_devices_end_while_others_go_on),
		cmocka_unit_test(without_times_the_flows_of_the_device_are_the_clock),
		cmocka_unit_test(a_table_that_does_not_say_who_took_part_is_one_story),
		cmocka_unit_test(when_there_is_no_room_the_one_silent_for_longest_ends),
		cmocka_unit_test(times_that_jump_about_do_not_make_a_device_slow),
		cmocka_unit_test(severity_is_the_highest_of_flows_and_alarms),
		cmocka_unit_test(a_hint_names_but_gives_no_severity_and_yields_to_an_alarm),
		cmocka_unit_test(the_networks_sentence_tells_how_many_and_the_most_unusual),
		cmocka_unit_test(sentences_stay_valid_text_however_long),
		cmocka_unit_test(scores_that_are_no_numbers_are_no_peak),
		cmocka_unit_test(what_the_sink_says_stops_the_scan),
		cmocka_unit_test(peers_are_counted_exactly_to_64_and_then_within_ten_percent),
		cmocka_unit_test(the_most_frequent_is_found_and_never_invented),
	};

	return cmocka_run_group_tests_name("incident", tests, NULL, NULL);
}
