/* home_networks: prefixes, who is a device by them, and what is refused. */
#include "flow/home_networks.h"

#include <stdio.h>
#include <string.h>

#include "feature/context.h"
#include "flow/device.h"
#include "input/limits.h"
#include "lib/cm.h"
#include "rule/rule.h"

#include "base/config.h"

static struct ip ip(const char *text)
{
	struct ip a = { 0 };

	assert_int_equal(ip_parse(text, strlen(text), &a), 0);
	return a;
}

static struct home_networks list(const char *text)
{
	struct home_networks h = { 0 };
	struct err e = { 0 };

	if (home_networks_parse(&h, text, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	return h;
}

static void a_network_has_the_addresses_with_its_prefix(void **state)
{
	static const struct {
		const char *list, *ip;
		int has;
	} cases[] = {
		{ "147.32.0.0/16", "147.32.83.165", 1 },
		{ "147.32.0.0/16", "147.33.0.0", 0 },
		{ "147.32.0.0/16", "192.168.1.1", 0 }, /* a list says all */
		{ "10.0.0.0/15", "10.1.255.255", 1 },
		{ "10.0.0.0/15", "10.2.0.0", 0 },
		{ "192.0.2.128/25", "192.0.2.127", 0 },
		{ "192.0.2.128/25", "192.0.2.128", 1 },
		{ "192.0.2.7", "192.0.2.7", 1 },
		{ "192.0.2.7", "192.0.2.6", 0 },
		{ "0.0.0.0/0", "8.8.8.8", 1 },
		{ "0.0.0.0/0", "2001:db8::1", 0 },
		{ "2001:db8::/48", "2001:db8::ffff:1", 1 },
		{ "2001:db8::/48", "2001:db8:1::1", 0 },
		{ "2001:db8::/47", "2001:db8:1::1", 1 },
		{ "2001:db8::1/128", "2001:db8::1", 1 },
		{ "2001:db8::1/128", "2001:db8::2", 0 },
		{ "::/0", "2001:db8::2", 1 },
		{ " 192.168.0.0/16, 2001:db8::/48\t10.0.0.0/8 ", "10.9.9.9", 1 },
		{ "192.168.0.0/16,2001:db8::/48", "2001:db8::9", 1 },
		{ "147.32.0.0/16", "fe80::1", 1 }, /* never leaves the link */
		{ "147.32.0.0/16", "169.254.7.7", 1 },
		{ "147.32.0.0/16", "127.0.0.1", 1 },
		{ "147.32.0.0/16", "::1", 1 },
		{ "147.32.0.0/16", "fd00::1", 0 },
		{ "", "192.168.1.1", 1 },
		{ "", "fd00::1", 1 },
		{ "", "147.32.83.165", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct ip a = ip(cases[i].ip);
		const struct home_networks h = list(cases[i].list);

		if (home_networks_have(&h, &a) != cases[i].has)
			fail_msg("%s in \"%s\"", cases[i].ip, cases[i].list);
	}
	assert_false(home_networks_have(NULL, &(struct ip){ 0 }));
	assert_false(home_networks_have(&(struct home_networks){ .n = 1, .net = { { ip("0.0.0.0"), 0 } } }, &(struct ip){ 0 }));
}

static void what_is_no_network_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *list, *message;
	} cases[] = {
		{ "home", "\"home\" is no network: wanted is an address and a length, as 192.168.0.0/16" },
		{ "192.168.1.0/24 192.168.2/24",
		  "\"192.168.2/24\" is no network: wanted is an address and a length, as 192.168.0.0/16" },
		{ "/16", "\"/16\" is no network: wanted is an address and a length, as 192.168.0.0/16" },
		{ "10.0.0.0/33", "\"10.0.0.0/33\": the length of an IPv4 network is 0 to 32" },
		{ "10.0.0.0/", "\"10.0.0.0/\": the length of an IPv4 network is 0 to 32" },
		{ "10.0.0.0/-1", "\"10.0.0.0/-1\": the length of an IPv4 network is 0 to 32" },
		{ "10.0.0.0/08", "\"10.0.0.0/08\": the length of an IPv4 network is 0 to 32" },
		{ "10.0.0.0/255.0.0.0", "\"10.0.0.0/255.0.0.0\": the length of an IPv4 network is 0 to 32" },
		{ "2001:db8::/129", "\"2001:db8::/129\": the length of an IPv6 network is 0 to 128" },
		{ "2001:db8::/4294967344", "\"2001:db8::/4294967344\": the length of an IPv6 network is 0 to 128" },
		{ "192.168.1.7/24", "\"192.168.1.7/24\" has bits behind its length: the network is 192.168.1.0/24" },
		{ "2001:db8::1/64", "\"2001:db8::1/64\" has bits behind its length: the network is 2001:db8::/64" },
		{ "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9 10.0.0.10 10.0.0.11 10.0.0.12 "
		  "10.0.0.13 10.0.0.14 10.0.0.15 10.0.0.16 10.0.0.17",
		  "more than 16 networks" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct home_networks h = { .n = 7 };
		struct err e = { 0 };

		assert_int_equal(home_networks_parse(&h, cases[i].list, &e), ERR_USAGE);
		assert_string_equal(e.msg, cases[i].message);
		assert_int_equal(h.n, 7);
	}
}

static void who_is_at_home_is_the_device(void **state)
{
	const struct home_networks home = list("147.32.0.0/16");
	struct flow f = { .host = { ip("203.0.113.9"), ip("147.32.83.165") }, .has_mac = { 1, 1 }, .mac = { { 2 }, { 4 } } };
	uint8_t key[DEVICE_KEY];

	(void)state;
	assert_int_equal(flow_device(&f, NULL), ORIG);
	assert_int_equal(flow_device(&f, &home), RESP);
	flow_device_key(&f, &home, RESP, key);
	assert_memory_equal(key, "m\4", 2);
	flow_device_key(&f, &home, ORIG, key); /* the address on the link of a host outside is the router's */
	assert_memory_equal(key, "\4\xcb\0\x71\x09", 5);
	f.host[ORIG] = ip("192.168.1.1");
	assert_int_equal(flow_device(&f, NULL), ORIG);
	assert_int_equal(flow_device(&f, &home), RESP);
	f.host[ORIG] = ip("147.32.1.1");
	assert_int_equal(flow_device(&f, &home), ORIG);
}

/* A thousand hosts knock at one with a public address: a thousand devices, or one. */
static void attackers_from_outside_are_no_devices(void **state)
{
	struct home_networks home = list("147.32.0.0/16");
	struct flow f = { .host = { ip("203.0.113.9"), ip("147.32.83.165") }, .ts = 1.6e9 };

	(void)state;
	for (int given = 0; given < 2; given++) {
		struct context *const c = context_new(given ? &home : NULL);
		struct flow_context said;

		assert_non_null(c);
		for (int i = 0; i < 1000; i++) {
			f.host[ORIG].b[2] = (uint8_t)(i >> 8);
			f.host[ORIG].b[3] = (uint8_t)i;
			f.ts += 1;
			context_add(c, &f, &said);
			assert_int_equal(said.side, given ? RESP : ORIG);
			assert_int_equal(said.to_local, given);
		}
		assert_int_equal(context_devices(c), given ? 1 : 1000);
		context_del(c);
	}
}

/* What is outside of a home is what uploads and commands are about. */
static void rules_know_what_is_outside(void **state)
{
	struct rules_options o = { .home = list("147.32.0.0/16") };

	(void)state;
	for (int given = 0; given < 2; given++) {
		struct rules *r = NULL;
		struct rule_hit hit[RULE_HITS];
		size_t alarms = 0;

		assert_int_equal(rules_new(&r, given ? &o : NULL, NULL), OK);
		for (int i = 0; i < 400;
		     i++) { /* a bot that does not reach its master, at a private address outside of this home */
			const struct flow f = {
				.host = { ip("147.32.83.165"), ip("192.168.1.1") },
				.port = { 20000 + i, 6667 },
				.proto = PROTO_TCP,
				.state = CONN_S0,
				.ts = 1.6e9 + 20 * i,
				.duration = 3,
				.pkts = { 3, 0 },
			};
			const size_t n = rules_take(r, &f, 0, ORIG, 0, hit);

			alarms += n > 0 && hit[0].alarm && strcmp(hit[0].rule->attack, "c2_beacon") == 0;
		}
		rules_del(r);
		if ((alarms > 0) != given)
			fail_msg("%zu alarms %s networks", alarms, given ? "with" : "without");
	}
}

static char *none(const char *name)
{
	(void)name;
	return NULL;
}

static char *bad(const char *name)
{
	return strcmp(name, "GUARDIAN_HOME_NETWORKS") == 0 ? "10.0.0.0/40" : NULL;
}

static char *good(const char *name)
{
	return strcmp(name, "GUARDIAN_HOME_NETWORKS") == 0 ? "10.0.0.0/8" : NULL;
}

static void they_are_a_setting(void **state)
{
	struct reader_options o = { 0 };
	struct settings s;
	struct err e = { 0 };

	(void)state;
	settings_init(&s, config_table());
	assert_int_equal(settings_env(&s, none, &e), OK);
	assert_int_equal(limits_load(&o, &s, &e), OK);
	assert_int_equal(o.home.n, 0);
	assert_int_equal(settings_env(&s, good, &e), OK);
	assert_int_equal(limits_load(&o, &s, &e), OK);
	assert_int_equal(o.home.n, 1);
	assert_int_equal(settings_env(&s, bad, &e), OK);
	assert_int_equal(limits_load(&o, &s, &e), ERR_USAGE);
	assert_string_equal(e.msg, "the setting home_networks: \"10.0.0.0/40\": the length of an IPv4 network is 0 to 32");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_has_the_addresses_with_its_prefix),
		cmocka_unit_test(what_is_no_network_is_refused_with_the_reason),
		cmocka_unit_test(who_is_at_home_is_the_device),
		cmocka_unit_test(attackers_from_outside_are_no_devices),
		cmocka_unit_test(rules_know_what_is_outside),
		cmocka_unit_test(they_are_a_setting),
	};

	return cmocka_run_group_tests_name("home_networks", tests, NULL, NULL);
}
