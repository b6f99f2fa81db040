/* context: what is counted, for whom, how it fades, and what is forgotten. */
#include "feature/context.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/cm.h"
#include "lib/makeflow.h"

#define DEVICE "192.168.1.20"
#define PEER   "203.0.113.7"
#define OTHER  "203.0.113.8"

enum { START = 1600000000 };

static struct flow_context take(struct context *c, const struct flow *f)
{
	struct flow_context out;

	context_add(c, f, &out);
	return out;
}

static struct flow_context visit(struct context *c, double ts, const char *from, const char *to, int32_t port)
{
	const struct flow f = makeflow(START + ts, from, to, PROTO_TCP, port);

	return take(c, &f);
}

static struct context *fresh(void)
{
	struct context *const c = context_new(NULL);

	assert_non_null(c);
	return c;
}

static int near(double a, double b)
{
	return fabs(a - b) <= 1e-5 * fmax(1, fabs(b));
}

static void counters_halve_in_a_minute_and_in_an_hour(void **state)
{
	struct context *const c = fresh();
	struct flow_context x;

	(void)state;
	x = visit(c, 0, DEVICE, PEER, 443);
	assert_true(x.peer_flows[0] == 1 && x.peer_flows[1] == 1 && x.service_flows == 1 && x.peer_bytes_out == 400);
	x = visit(c, 60, DEVICE, PEER, 443);
	assert_true(near(x.peer_flows[0], 1.5) && near(x.service_flows, 1.5));
	assert_true(near(x.peer_flows[1], 1 + exp2(-1.0 / 60)));
	assert_true(near(x.peer_bytes_out, 400 + 400 * exp2(-1.0 / 60)));
	x = visit(c, 60 + 3600, DEVICE, PEER, 443);
	assert_true(near(x.peer_flows[1], 1 + 0.5 * (1 + exp2(-1.0 / 60))));
	assert_true(near(x.peer_flows[0], 1));
	assert_true(x.peer_gap == 3600 && x.gap == 3600 && !x.peer_new);
	context_del(c);
}

/* 1 + 1/2 + 1/4 + … is 2: a steady rhythm does not grow without end. */
static void a_steady_rhythm_has_a_steady_count(void **state)
{
	struct context *const c = fresh();
	struct flow_context x = { 0 };

	(void)state;
	for (int i = 0; i < 200; i++)
		x = visit(c, 60 * i, DEVICE, PEER, 443);
	assert_true(near(x.peer_flows[0], 2));
	assert_true(near(x.service_flows, 2));
	assert_true(near(x.peer_flows[1], 1 / (1 - exp2(-1.0 / 60)) * (1 - exp2(-200.0 / 60))));
	context_del(c);
}

static void counters_are_those_of_the_conversation_and_of_the_service(void **state)
{
	struct context *const c = fresh();
	struct flow_context x;

	(void)state;
	for (int i = 0; i < 30; i++) { /* a scan of telnet, all refused */
		char to[16];
		struct flow f;

		snprintf(to, sizeof(to), "198.51.100.%d", i + 1);
		f = makeflow(START, DEVICE, to, PROTO_TCP, 23);
		f.state = CONN_REJ;
		x = take(c, &f);
		assert_true(x.peer_new && x.peer_flows[0] == 1 && x.peer_failed == 1);
		assert_true(x.service_flows == i + 1 && x.service_peers == i + 1 && x.service_failed == i + 1);
	}
	x = visit(c, 0, DEVICE, PEER, 443); /* a benign flow between keeps its own numbers */
	assert_true(x.peer_flows[0] == 1 && x.peer_failed == 0 && x.service_flows == 1 && x.service_peers == 1 &&
		    x.service_failed == 0);
	x = visit(c, 0, "192.168.1.21", PEER, 443); /* so does another device */
	assert_true(x.device == 1 && x.peer_new && x.peer_flows[0] == 1 && x.service_flows == 1);
	x = visit(c, 0, DEVICE, PEER, 80); /* the same peer, another service */
	assert_true(x.device == 0 && !x.peer_new && x.peer_flows[0] == 2 && x.peer_ports == 2 && x.service_flows == 1 &&
		    x.service_peers == 0);
	x = visit(c, 0, DEVICE, PEER, 80);
	assert_true(x.peer_ports == 2 && x.service_flows == 2);
	context_del(c);
}

static void transport_and_direction_are_part_of_the_service(void **state)
{
	struct context *const c = fresh();
	struct flow udp = makeflow(START, DEVICE, PEER, PROTO_UDP, 53), tcp = makeflow(START, DEVICE, PEER, PROTO_TCP, 53);
	struct flow in = makeflow(START, PEER, DEVICE, PROTO_TCP, 53);
	struct flow_context x;

	(void)state;
	x = take(c, &udp);
	x = take(c, &tcp);
	assert_true(x.side == ORIG && x.service_flows == 1 && x.peer_flows[0] == 2);
	x = take(c, &in);
	assert_true(x.side == RESP && x.device == 0 && x.to_local && x.service_flows == 1 && x.peer_flows[0] == 3);
	assert_true(x.peer_bytes_out == 400 + 400 + 500); /* what the device sent: of the last one, the answer */
	context_del(c);
}

static void only_tcp_attempts_fail(void **state)
{
	static const unsigned char fails[CONN_STATES] = {
		[CONN_S0] = 1, [CONN_REJ] = 1, [CONN_RSTOS0] = 1, [CONN_RSTRH] = 1, [CONN_SH] = 1, [CONN_SHR] = 1
	};
	struct flow f = makeflow(START, DEVICE, PEER, PROTO_TCP, 23);

	(void)state;
	for (int i = 0; i < CONN_STATES; i++) {
		f.state = (enum conn_state)i;
		f.proto = PROTO_TCP;
		assert_int_equal(flow_failed(&f), fails[i]);
		f.proto = PROTO_UDP;
		assert_int_equal(flow_failed(&f), 0);
	}
}

static void devices_keep_their_numbers(void **state)
{
	struct context *const c = fresh();
	char ip[16];

	(void)state;
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 200; i++) {
			snprintf(ip, sizeof(ip), "192.168.2.%d", i + 1);
			assert_int_equal(visit(c, i, ip, PEER, 443).device, i);
		}
	assert_int_equal(context_devices(c), 200);
	context_del(c);
}

/* Whose flow is not counted still is a device, and the same one. */
static void asking_for_a_device_counts_nothing(void **state)
{
	struct context *const c = fresh();
	const struct flow f = makeflow(START, DEVICE, PEER, PROTO_TCP, 443),
			  g = makeflow(START, "192.168.1.9", PEER, PROTO_TCP, 443);

	(void)state;
	assert_int_equal(context_device(c, &f, ORIG), 0);
	assert_int_equal(context_device(c, &g, ORIG), 1);
	assert_int_equal(context_device(c, &f, ORIG), 0);
	assert_int_equal(context_devices(c), 2);
	assert_true(take(c, &f).peer_flows[1] == 1);
	assert_int_equal(take(c, &g).device, 1);
	context_del(c);
}

static void spoof(struct context *c, uint32_t i, struct flow_context *out)
{
	struct flow f = makeflow(START, NULL, PEER, PROTO_UDP, 80);
	const uint8_t b[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i };

	f.host[ORIG] = ip_of(4, b);
	context_add(c, &f, out);
	assert_true(out->slot < CONTEXT_DEVICES);
}

static void a_million_spoofed_sources_cost_no_memory(void **state)
{
	enum { SOURCES = 1000000 };
	struct context *const c = fresh();
	struct rusage before, after;
	struct flow_context x;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) /* all tables are full */
		spoof(c, i, &x);
	getrusage(RUSAGE_SELF, &before);
	for (uint32_t i = 100000; i < SOURCES; i++) {
		spoof(c, i, &x);
		assert_int_equal(x.device, i);
	}
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 1024); /* KiB */
	assert_int_equal(context_devices(c), SOURCES);
	context_del(c);
}

static void who_was_forgotten_comes_back_under_a_new_number_and_a_busy_one_stays(void **state)
{
	struct context *const c = fresh();
	struct flow_context x;

	(void)state;
	assert_int_equal(visit(c, 0, "192.168.1.21", PEER, 443).device, 0);
	assert_int_equal(visit(c, 0, DEVICE, PEER, 443).device, 1);
	for (uint32_t i = 0; i < 100000; i++) {
		spoof(c, i, &x);
		if (i % 100 == 0) /* it is never the longest silent one */
			assert_int_equal(visit(c, 0, DEVICE, PEER, 443).device, 1);
	}
	x = visit(c, 0, "192.168.1.21", PEER, 443);
	assert_true(x.device == 100002 && isnan(x.gap) && x.peer_new && x.peer_flows[1] == 1);
	assert_int_equal(context_devices(c), 100003);
	context_del(c);
}

static void without_times_nothing_fades_and_no_gap_is_known(void **state)
{
	struct context *const c = fresh();
	struct flow f = makeflow(NAN, DEVICE, PEER, PROTO_TCP, 443);

	(void)state;
	for (int i = 1; i <= 50; i++) {
		const struct flow_context x = take(c, &f);

		assert_true(isnan(x.gap) && isnan(x.peer_gap));
		assert_true(x.peer_flows[0] == i && x.peer_flows[1] == i && x.service_flows == i);
	}
	f.ts = START; /* times begin in the middle: still no gap */
	assert_true(isnan(take(c, &f).gap));
	f.ts = START + 5;
	assert_true(take(c, &f).gap == 5);
	context_del(c);
}

static void without_hosts_all_flows_are_one_device_without_peers(void **state)
{
	struct context *const c = fresh();

	(void)state;
	for (int i = 0; i < 5; i++) {
		const struct flow f = makeflow(START + 2 * i, NULL, NULL, PROTO_TCP, 443);
		const struct flow_context x = take(c, &f);

		assert_true(x.device == 0 && x.side == DEVICE_NONE && x.peer_flows[0] == 0 && x.service_flows == 0 && !x.peer_new);
		assert_true(i == 0 ? isnan(x.gap) : x.gap == 2);
	}
	assert_int_equal(context_devices(c), 1);
	context_del(c);
}

/* Zeek writes a flow when it ends: beginnings are out of order. A gap is never negative, and going back does not fade twice. */
static void flows_out_of_order_fade_nothing(void **state)
{
	struct context *const c = fresh();
	struct flow_context x;

	(void)state;
	visit(c, 100, DEVICE, PEER, 443);
	x = visit(c, 40, DEVICE, PEER, 443);
	assert_true(x.gap == 0 && x.peer_gap == 0 && x.peer_flows[0] == 2);
	x = visit(c, 100, DEVICE, PEER, 443);
	assert_true(x.gap == 0 && x.peer_flows[0] == 3);
	x = visit(c, 160, DEVICE, PEER, 443);
	assert_true(x.gap == 60 && near(x.peer_flows[0], 2.5));
	context_del(c);
}

static void hostile_numbers_do_not_poison_the_counters(void **state)
{
	struct context *const c = fresh();
	struct flow f = makeflow(1e300, DEVICE, PEER, PROTO_TCP, 443);
	struct flow_context x;

	(void)state;
	f.bytes[ORIG] = 1.7e308;
	for (int i = 0; i < 3; i++)
		x = take(c, &f);
	assert_true(isfinite(x.peer_bytes_out) && isfinite(x.peer_flows[0]));
	f.ts = -1e300;
	x = take(c, &f);
	assert_true(x.gap == 0 && isfinite(x.peer_bytes_out));
	f.bytes[ORIG] = 1;
	for (int i = 0; i < 3; i++) {
		f.ts = 1.5e308 + 1e307 * i;
		x = take(c, &f);
	}
	assert_true(near(x.peer_bytes_out, 1)); /* all the rest has faded */
	context_del(c);
}

static void a_home_of_public_addresses_can_be_told(void **state)
{
	struct home_networks home = { 0 };
	struct context *c;
	struct flow f = makeflow(START, "203.0.113.200", "198.51.100.7", PROTO_TCP, 22);
	struct flow_context x;

	(void)state;
	assert_int_equal(home_networks_parse(&home, "198.51.100.0/24", NULL), OK);
	c = context_new(&home);
	assert_non_null(c);
	x = take(c, &f);
	assert_true(x.side == RESP && x.to_local);
	context_del(c);
	context_del(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_halve_in_a_minute_and_in_an_hour),
		cmocka_unit_test(a_steady_rhythm_has_a_steady_count),
		cmocka_unit_test(counters_are_those_of_the_conversation_and_of_the_service),
		cmocka_unit_test(transport_and_direction_are_part_of_the_service),
		cmocka_unit_test(only_tcp_attempts_fail),
		cmocka_unit_test(devices_keep_their_numbers),
		cmocka_unit_test(asking_for_a_device_counts_nothing),
		cmocka_unit_test(a_million_spoofed_sources_cost_no_memory),
		cmocka_unit_test(who_was_forgotten_comes_back_under_a_new_number_and_a_busy_one_stays),
		cmocka_unit_test(without_times_nothing_fades_and_no_gap_is_known),
		cmocka_unit_test(without_hosts_all_flows_are_one_device_without_peers),
		cmocka_unit_test(flows_out_of_order_fade_nothing),
		cmocka_unit_test(hostile_numbers_do_not_poison_the_counters),
		cmocka_unit_test(a_home_of_public_addresses_can_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
