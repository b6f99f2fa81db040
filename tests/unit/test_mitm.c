/* mitm: what captures show of somebody in between, and what looks like it and is none. */
#include "detect/mitm.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "detect/scan.h"
#include "input/reader.h"
#include "lib/nets.h"
#include "lib/packets.h"

enum { ETHERNET = 1, REQUEST = 1, REPLY = 2, SEEN = 8 };

static const uint8_t router[6] = { 2, 0, 0, 0, 0, 1 }, lamp[6] = { 2, 0, 0, 0, 0, 0x50 }, thief[6] = { 2, 0, 0, 0, 0, 0x66 };

/* What was told. */
struct seen {
	struct incident i[SEEN];
	size_t n;
	int stop; /* returned by the sink */
};

static int take(void *arg, const struct incident *i)
{
	struct seen *const s = arg;

	assert_true(s->n < SEEN);
	s->i[s->n++] = *i;
	return s->stop;
}

static void put(struct capfile *c, double t, uint16_t op, const uint8_t mac[6], const char *ip, const char *target)
{
	struct frame f;

	frame_arp(&f, op, mac, ip, target);
	capfile_packet(c, (int64_t)(t * 1e6), &f);
}

/* Who has the address asks and answers as hosts do. */
static void normal_life(struct capfile *c, double from)
{
	put(c, from, REQUEST, router, "192.168.1.1", "192.168.1.1"); /* an announcement */
	put(c, from + 1, REQUEST, lamp, "0.0.0.0", "192.168.1.50");  /* DHCP gave it the address: nobody else has it? */
	put(c, from + 2, REQUEST, lamp, "192.168.1.50", "192.168.1.50");
	put(c, from + 3, REPLY, lamp, "192.168.1.50", "192.168.1.50"); /* the other kind of announcement */
	for (int i = 0; i < 20; i++) {
		put(c, from + 10 + 30 * i, REQUEST, lamp, "192.168.1.50", "192.168.1.1");
		put(c, from + 10.01 + 30 * i, REPLY, router, "192.168.1.1", "192.168.1.50");
	}
}

/* ettercap and its like: each of the two is told, every ten seconds, that the other one is at the thief's. */
static void spoof(struct capfile *c, double from, int times)
{
	for (int i = 0; i < times; i++) {
		put(c, from + 10 * i, REPLY, thief, "192.168.1.1", "192.168.1.50");
		put(c, from + 10 * i + 0.1, REPLY, thief, "192.168.1.50", "192.168.1.1");
	}
}

static void tell(const struct capfile *c, struct seen *seen, int expected)
{
	struct incidents *incidents = NULL;
	struct context *const context = context_new(NULL);
	struct reader *r = NULL;
	struct err e = { 0 };
	uint64_t told = 99;

	assert_non_null(context);
	assert_int_equal(reader_new(&r, NULL, &(struct sinks){ .flow = NULL }, &e), OK);
	assert_int_equal(incidents_new(&incidents, &(struct incidents_options){ .sink = take, .arg = seen }, &e), OK);
	assert_null(reader_arp(r));
	assert_int_equal(reader_feed(r, c->p, c->n, &e), OK);
	assert_int_equal(reader_finish(r, &e), OK);
	assert_non_null(reader_arp(r));
	assert_int_equal(mitm_tell(reader_arp(r), context, incidents, &told), expected);
	if (expected == OK)
		assert_int_equal(told, seen->n);
	assert_int_equal(incidents_count(incidents), seen->n);
	incidents_del(incidents);
	reader_del(r);
	context_del(context);
}

static void a_spoofed_router_is_one_incident_of_whose_address_is_claimed(void **state)
{
	struct capfile c = { 0 };
	struct seen seen = { 0 };

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	normal_life(&c, 0);
	spoof(&c, 2000, 40);
	put(&c, 2401, REPLY, thief, "192.168.1.1", "192.168.1.50"); /* the router's is what more is known of */
	tell(&c, &seen, OK);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.i[0].id, 1);
	assert_string_equal(seen.i[0].rule->attack, "mitm");
	assert_memory_equal(seen.i[0].device_ip.b, "\xc0\xa8\1\1", 4);
	assert_true(seen.i[0].has_mac);
	assert_memory_equal(seen.i[0].device_mac, router, 6);
	assert_memory_equal(seen.i[0].peer.b, "\xc0\xa8\1\x32", 4);
	assert_true(fabs(seen.i[0].start - (CAPFILE_EPOCH + 2000)) < 1e-3);
	assert_true(fabs(seen.i[0].end - (CAPFILE_EPOCH + 2401)) < 1e-3);
	assert_int_equal(seen.i[0].flows, 0);
	assert_true(seen.i[0].hit.alarm);
	assert_string_equal(seen.i[0].sentence,
			    "02:00:00:00:00:66 claims to be 192.168.1.1 41 times, as does 02:00:00:00:00:01; 41 answers came that "
			    "nobody asked for; it also claims to be 192.168.1.50");
	free(c.p);
}

/* A capture that was begun in the middle of it knows the thief first. */
static void who_tells_is_the_one_in_between_whoever_came_first(void **state)
{
	struct capfile c = { 0 };
	struct seen seen = { 0 };

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	for (int i = 0; i < 6; i++)
		put(&c, i, REPLY, thief, "192.168.1.1", "192.168.1.50");
	put(&c, 20, REQUEST, router, "192.168.1.1", "192.168.1.77");
	tell(&c, &seen, OK);
	assert_int_equal(seen.n, 1);
	assert_memory_equal(seen.i[0].device_mac, router, 6);
	assert_memory_equal(seen.i[0].sentence, "02:00:00:00:00:66 claims to be 192.168.1.1 6 times", 50);
	free(c.p);
}

static void thieves_are_told_apart_and_by_time(void **state)
{
	static const uint8_t second[6] = { 2, 0, 0, 0, 0, 0x11 };
	struct capfile c = { 0 };
	struct seen seen = { 0 };

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	normal_life(&c, 0);
	spoof(&c, 2000, 10);
	put(&c, 2999, REQUEST, lamp, "192.168.1.60", "192.168.1.60");
	for (int i = 0; i < 10; i++)
		put(&c, 3000 + i, REPLY, second, "192.168.1.60", "192.168.1.1");
	tell(&c, &seen, OK);
	assert_int_equal(seen.n, 2);
	assert_true(seen.i[0].start < seen.i[1].start && seen.i[0].id < seen.i[1].id);
	assert_int_not_equal(seen.i[0].device, seen.i[1].device);
	assert_memory_equal(seen.i[1].device_ip.b, "\xc0\xa8\1\x3c", 4);
	free(c.p);
}

static void what_looks_like_it_is_no_incident(void **state)
{
	static const uint8_t pair[6] = { 2, 0, 0, 0, 0, 2 };
	struct capfile c = { 0 };
	struct seen seen = { 0 };

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	normal_life(&c, 0);
	put(&c, 1000, REQUEST, pair, "192.168.1.50", "192.168.1.50"); /* DHCP gave the lamp's address to another device */
	for (int i = 0; i < 50; i++) {                                /* a host with two cards answers by either */
		put(&c, 1100 + 10 * i, REQUEST, lamp, "192.168.1.50", "192.168.1.9");
		put(&c, 1100.1 + 10 * i, REPLY, pair, "192.168.1.9", "192.168.1.50");
		put(&c, 1100.2 + 10 * i, REPLY, router, "192.168.1.9", "192.168.1.50");
	}
	for (int i = 0; i < 50; i++) /* tells what nobody asked for, but of itself */
		put(&c, 2000 + i, REPLY, pair, "192.168.1.70", "192.168.1.50");
	for (int i = 0; i < 3; i++) /* each of two did so now and then */
		put(&c, 3000 + i, REPLY, i == 0 ? router : pair, "192.168.1.80", "192.168.1.50");
	tell(&c, &seen, OK);
	assert_int_equal(seen.n, 0);
	free(c.p);
}

static void a_sink_that_stops_is_told(void **state)
{
	struct capfile c = { 0 };
	struct seen seen = { .stop = ERR_IO };

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	normal_life(&c, 0);
	spoof(&c, 2000, 10);
	tell(&c, &seen, ERR_IO);
	assert_int_equal(seen.n, 1);
	free(c.p);
}

static int pass(void *arg, const struct flow *f)
{
	(void)arg;
	(void)f;
	return OK;
}

static void only_captures_have_arp(void **state)
{
	static const char text[] = "ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n1,1,1,1,1\n";
	struct reader *r = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(reader_new(&r, NULL, &(struct sinks){ .flow = pass }, &e), OK);
	assert_int_equal(reader_feed(r, text, sizeof(text) - 1, &e), OK);
	assert_int_equal(reader_finish(r, &e), OK);
	assert_null(reader_arp(r));
	reader_del(r);
}

/* Whole scans; the network finds nothing. Returns what scan_finish() did. */
static int scan(const void *data, size_t n, struct seen *seen)
{
	struct net_case net = net_make("lstm:4,lstm:2,repeat,lstm:4,dense", 10, 4, 0, 9);
	const struct detector d = {
		.net = net.net,
		.features = feature_set_find("basic"),
		.has_scaler = 1,
		.scaler = { .kind = SCALER_STANDARD, .n = 4, .center = { 10, 10, 1000, 1000 }, .scale = { 5, 5, 500, 500 } },
		.threshold = 1e30,
	};
	struct scan_summary sum;
	struct plan *plan = NULL;
	struct scan *s = NULL;
	struct err e = { 0 };
	int r;

	assert_int_equal(plan_new(&plan, &net.net, kernel_select(NULL, NULL), &e), OK);
	const struct scan_options o = {
		.model = { &d, plan }, .method = METHOD_LSTM, .threshold = NAN, .threads = 1, .incidents = take, .arg = seen
	};
	assert_int_equal(scan_new(&s, &o, &e), OK);
	assert_int_equal(scan_feed(s, data, n, &e), OK);
	r = scan_finish(s, &e);
	scan_summary(s, &sum);
	assert_int_equal(sum.incidents, seen->n);
	assert_true(seen->n == 0 || sum.devices > seen->i[0].device);
	scan_del(s);
	plan_del(plan);
	net_drop(&net);
	return r;
}

static void a_scan_of_a_capture_tells_it(void **state)
{
	struct capfile c = { 0 };
	struct seen seen = { 0 };
	struct frame f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	normal_life(&c, 0);
	for (int i = 0; i < 30; i++) {
		frame_udp(&f, 0, A, (uint16_t)(5000 + i), 53, 40);
		capfile_packet(&c, (1000 + i) * INT64_C(1000000), &f);
	}
	assert_int_equal(scan(c.p, c.n, &seen), OK);
	assert_int_equal(seen.n, 0);
	spoof(&c, 2000, 10);
	assert_int_equal(scan(c.p, c.n, &seen), OK);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.i[0].rule->attack, "mitm");
	free(c.p);
}

static void a_capture_of_little_else_is_no_failure_when_it_shows_one(void **state)
{
	struct capfile c = { 0 };
	struct seen seen = { 0 };

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	normal_life(&c, 0);
	assert_int_equal(scan(c.p, c.n, &seen), ERR_TOO_FEW);
	spoof(&c, 2000, 10);
	assert_int_equal(scan(c.p, c.n, &seen), OK);
	assert_int_equal(seen.n, 1);
	free(c.p);
}

static void devices_that_are_set_up_are_none(void **state)
{
	glob_t g;

	(void)state;
	if (glob(TEST_SOURCE_DIR "/../shared/data/pcap/iot_sentinel/*/*.pcap", 0, NULL, &g) != 0) {
		print_message("skipped: the captures of others are not at hand (../shared/data)\n");
		skip();
	}
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct capfile c = { 0 };
		struct seen seen = { 0 };
		FILE *const f = fopen(g.gl_pathv[i], "rb");

		assert_non_null(f);
		c.p = malloc(c.room = 1 << 24);
		assert_non_null(c.p);
		c.n = fread(c.p, 1, c.room, f);
		assert_true(c.n > 0 && c.n < c.room);
		fclose(f);
		tell(&c, &seen, OK);
		if (seen.n > 0)
			fail_msg("%s: %s", g.gl_pathv[i], seen.i[0].sentence);
		free(c.p);
	}
	globfree(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spoofed_router_is_one_incident_of_whose_address_is_claimed),
		cmocka_unit_test(who_tells_is_the_one_in_between_whoever_came_first),
		cmocka_unit_test(thieves_are_told_apart_and_by_time),
		cmocka_unit_test(what_looks_like_it_is_no_incident),
		cmocka_unit_test(a_sink_that_stops_is_told),
		cmocka_unit_test(only_captures_have_arp),
		cmocka_unit_test(a_scan_of_a_capture_tells_it),
		cmocka_unit_test(a_capture_of_little_else_is_no_failure_when_it_shows_one),
		cmocka_unit_test(devices_that_are_set_up_are_none),
	};

	return cmocka_run_group_tests_name("mitm", tests, NULL, NULL);
}
