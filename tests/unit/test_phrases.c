/* phrases: what owners read. */
#include "detect/phrases.h"

#include <math.h>
#include <string.h>

#include "lib/cm.h"

#include "base/rng.h"
#include "flow/device.h"

static const struct feature *feature(const char *name)
{
	const struct feature_set *const set = feature_set_find("full");

	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->feature[i]->name, name) == 0)
			return set->feature[i];
	fail_msg("no feature %s", name);
	return NULL;
}

static struct flow between(const char *a, const char *b, int port, uint8_t proto)
{
	struct flow f;

	flow_clear(&f);
	assert_int_equal(ip_parse(a, strlen(a), &f.host[ORIG]), 0);
	assert_int_equal(ip_parse(b, strlen(b), &f.host[RESP]), 0);
	f.port[ORIG] = 50123;
	f.port[RESP] = port;
	f.proto = proto;
	return f;
}

static void a_flow_is_told_from_the_side_of_the_device(void **state)
{
	static const struct usual_range kb = { 2000, 9000, 60000 };
	static const struct {
		const char *a, *b;
		int port;
		uint8_t proto;
		int side;
		const char *name;
		double value;
		const struct usual_range usual;
		int own;
		const char *text;
	} list[] = {
		{ "192.168.1.20",
		  "192.0.2.7",
		  443,
		  PROTO_TCP,
		  ORIG,
		  "orig_bytes",
		  4.1e6,
		  { 2000, 9000, 60000 },
		  1,
		  "192.168.1.20 sent 4.1 MB to 192.0.2.7 port 443 (TCP); usual for this device are 2 to 60 kB" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  443,
		  PROTO_TCP,
		  ORIG,
		  "resp_bytes",
		  4.1e6,
		  { 2000, 9000, 60000 },
		  0,
		  "192.168.1.20 received 4.1 MB from 192.0.2.7 port 443 (TCP); usual for this traffic are 2 to 60 kB" },
		{ "192.0.2.7",
		  "192.168.1.20",
		  23,
		  PROTO_TCP,
		  RESP,
		  "orig_pkts",
		  1204,
		  { 6, 6, 6 },
		  1,
		  "192.168.1.20 port 23 received 1,204 packets from 192.0.2.7 (TCP); usual for this device is 6 packets" },
		{ "192.0.2.7",
		  "192.168.1.20",
		  23,
		  PROTO_TCP,
		  RESP,
		  "resp_bytes",
		  0,
		  { 1, 40, 90 },
		  1,
		  "192.168.1.20 port 23 sent 0 bytes to 192.0.2.7 (TCP); usual for this device are 1 to 90 bytes" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  0,
		  PROTO_ICMP,
		  ORIG,
		  "orig_pkts",
		  1,
		  { NAN, NAN, NAN },
		  1,
		  "192.168.1.20 sent 1 packet to 192.0.2.7 (ICMP)" },
		{ "192.168.1.20",
		  "2001:db8::7",
		  53,
		  PROTO_UDP,
		  ORIG,
		  "duration",
		  187000,
		  { 0, 10, 2000 },
		  1,
		  "the conversation of 192.168.1.20 with 2001:db8::7 port 53 (UDP) took 3 min 7 s; usual for this device are 0 to "
		  "2 s" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  23,
		  PROTO_TCP,
		  ORIG,
		  "service_peers_1h",
		  1204,
		  { 0, 0, 2 },
		  1,
		  "192.168.1.20 with 192.0.2.7 port 23 (TCP): new hosts on this port, last hours: 1,204 hosts; usual for this "
		  "device are "
		  "0 to 2 hosts" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  23,
		  PROTO_TCP,
		  ORIG,
		  "peer_new",
		  1,
		  { 0, 0, 0 },
		  1,
		  "192.168.1.20 with 192.0.2.7 port 23 (TCP): a host that it did not talk to before; unusual for this device" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  23,
		  PROTO_UNSET,
		  ORIG,
		  "tcp",
		  0,
		  { 1, 1, 1 },
		  0,
		  "192.168.1.20 with 192.0.2.7 port 23: not: TCP; unusual for this traffic" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  443,
		  PROTO_TCP,
		  ORIG,
		  "orig_bytes",
		  30000,
		  { 2000, 9000, 60000 },
		  1,
		  "192.168.1.20 sent 30 kB to 192.0.2.7 port 443 (TCP); that alone is usual for this device, but not among the "
		  "flows before it" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  443,
		  PROTO_TCP,
		  ORIG,
		  "orig_bytes",
		  60123,
		  { 2000, 9000, 60000 },
		  1,
		  "192.168.1.20 sent 60.1 kB to 192.0.2.7 port 443 (TCP); usual for this device are 2 to 60 kB" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  443,
		  PROTO_TCP,
		  DEVICE_NONE,
		  "orig_bytes",
		  4.1e6,
		  { 2000, 9000, 60000 },
		  0,
		  "sent 4.1 MB; usual for this traffic are 2 to 60 kB" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  443,
		  PROTO_TCP,
		  ORIG,
		  "peer_bytes_out_1h",
		  INFINITY,
		  { 2000, 9000, 60000 },
		  1,
		  "192.168.1.20 sent beyond counting to 192.0.2.7 port 443 (TCP) in the last hours; usual for this device are 2 to "
		  "60 kB" },
		{ "192.168.1.20",
		  "192.0.2.7",
		  443,
		  PROTO_TCP,
		  ORIG,
		  "orig_bytes",
		  NAN,
		  { 2000, 9000, 60000 },
		  1,
		  "192.168.1.20 sent unknown to 192.0.2.7 port 443 (TCP)" },
	};
	char text[RULE_SENTENCE];

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		const struct flow f = between(list[i].a, list[i].b, list[i].port, list[i].proto);
		const struct phrase_of o = { &f, list[i].side, feature(list[i].name), list[i].value, &list[i].usual, list[i].own };

		assert_string_equal(phrase_flow(text, &o), list[i].text);
	}
	assert_string_equal(
		phrase_flow(text, &(struct phrase_of){ .feature = feature("orig_bytes"), .value = 4.1e6, .usual = &kb }),
		"sent 4.1 MB; usual for this traffic are 2 to 60 kB");
	assert_string_equal(explain_sentence(text, sizeof(text), feature("resp_bytes"), 4.1e6, &kb),
			    "received 4.1 MB; usual for this traffic are 2 to 60 kB");
	assert_string_equal(explain_sentence(text, sizeof(text), feature("resp_bytes"), 4.1e6, NULL), "received 4.1 MB");
	assert_string_equal(explain_sentence(text, 12, feature("resp_bytes"), 4.1e6, &kb), "received 4.");
}

static void a_change_is_told_so_that_it_is_true_as_it_reads(void **state)
{
	static const struct {
		const char *name;
		double from, to;
		const char *text;
	} list[] = {
		{ "orig_bytes", 4e6, 310999, "would be normal with at most 310 kB sent in flow 7 of 10" },
		{ "orig_bytes", 4e6, 310000, "would be normal with at most 310 kB sent in flow 7 of 10" },
		{ "orig_bytes", 0, 310001, "would be normal with at least 311 kB sent in flow 7 of 10" },
		{ "resp_pkts", 500, 3, "would be normal with at most 3 packets received in flow 7 of 10" },
		{ "peer_new", 1, 0, "would be normal if not: a host that it did not talk to before in flow 7 of 10" },
		{ "gap", 1, 25, "would be normal with at least 25 ms (time since the device's flow before) in flow 7 of 10" },
		{ "byte_balance", 5000, -310001,
		  "would be normal with at most -311 kB (payload sent less payload of the answer) in flow 7 of 10" },
	};
	const struct feature_set *const set = feature_set_find("full");
	struct counterfactual c = { .found = 1, .step = 6 };
	char text[RULE_SENTENCE];

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		while (strcmp(set->feature[c.feature]->name, list[i].name) != 0)
			c.feature = (c.feature + 1) % set->n;
		c.from = list[i].from;
		c.to = list[i].to;
		assert_string_equal(phrase_change(text, &c, set, 10), list[i].text);
	}
	c.found = 0;
	assert_string_equal(phrase_change(text, &c, set, 10), "");
}

/* Every feature, side, protocol and magnitude: one line of ASCII with an end, no braces left over, within its room. */
static void every_sentence_is_one_whole_line(void **state)
{
	static const double values[] = { 0, 1, 0.5, -3, 1e-9, 60000, 1e17, NAN, INFINITY, -INFINITY };
	static const char *const longest = "fd12:3456:789a:bcde:f012:3456:789a:bcde";
	const struct feature_set *const set = feature_set_find("full");
	struct rng g;

	(void)state;
	rng_init(&g, 4);
	for (int i = 0; i < 20000; i++) {
		struct flow f = between(longest, "fd12:3456:789a:bcde:f012:3456:789a:1111", 65535, (uint8_t)rng_below(&g, 256));
		struct usual_range usual;
		struct phrase_of o = { &f, (int)rng_below(&g, 3) - 1, set->feature[rng_below(&g, set->n)], 0, &usual, i % 2 };
		struct counterfactual c = { 1, rng_below(&g, 10), rng_below(&g, set->n), 0, 0 };
		char text[RULE_SENTENCE];

		usual.low = values[rng_below(&g, 10)];
		usual.high = values[rng_below(&g, 10)];
		o.value = values[rng_below(&g, 10)];
		if (rng_below(&g, 8) == 0)
			f.host[ORIG].family = f.host[RESP].family = 0;
		phrase_flow(text, &o);
		assert_in_range(strlen(text), 3, RULE_SENTENCE - 2);
		for (const char *p = text; *p != '\0'; p++)
			assert_true(*p >= ' ' && *p < 127 && *p != '{');
		c.from = values[rng_below(&g, 6)];
		c.to = values[rng_below(&g, 6)];
		phrase_change(text, &c, set, 10);
		assert_in_range(strlen(text), 20, RULE_SENTENCE - 2);
		assert_true(strstr(text, " in flow ") != NULL && strchr(text, '{') == NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flow_is_told_from_the_side_of_the_device),
		cmocka_unit_test(a_change_is_told_so_that_it_is_true_as_it_reads),
		cmocka_unit_test(every_sentence_is_one_whole_line),
	};

	return cmocka_run_group_tests_name("phrases", tests, NULL, NULL);
}
