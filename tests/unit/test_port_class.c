/* port_class: every port has one class, and some have that of people's lists. */
#include "feature/port_class.h"

#include <string.h>

#include "lib/cm.h"
#include "lib/makeflow.h"

static enum port_class class_of(int32_t port, uint8_t proto)
{
	const struct flow f = makeflow(0, NULL, NULL, proto, port);

	return port_class(&f);
}

/* In the order of the numbers, so that a table that is not sorted loses some of them. */
static const struct {
	int32_t port;
	enum port_class class;
} known[] = {
	{ 0, PORT_OTHER },         { 20, PORT_OTHER },    { 21, PORT_ADMIN },     { 22, PORT_ADMIN },        { 23, PORT_ADMIN },
	{ 24, PORT_OTHER },        { 25, PORT_ADMIN },    { 53, PORT_NETWORK },   { 67, PORT_NETWORK },      { 68, PORT_NETWORK },
	{ 80, PORT_WEB },          { 81, PORT_OTHER },    { 123, PORT_NETWORK },  { 135, PORT_ADMIN },       { 137, PORT_NETWORK },
	{ 138, PORT_NETWORK },     { 139, PORT_ADMIN },   { 443, PORT_WEB },      { 445, PORT_ADMIN },       { 546, PORT_NETWORK },
	{ 547, PORT_NETWORK },     { 853, PORT_NETWORK }, { 1883, PORT_CLOUD },   { 1900, PORT_NETWORK },    { 2222, PORT_ADMIN },
	{ 2323, PORT_ADMIN },      { 3389, PORT_ADMIN },  { 3478, PORT_CLOUD },   { 3702, PORT_NETWORK },    { 5222, PORT_CLOUD },
	{ 5223, PORT_CLOUD },      { 5228, PORT_CLOUD },  { 5353, PORT_NETWORK }, { 5355, PORT_NETWORK },    { 5358, PORT_ADMIN },
	{ 5555, PORT_ADMIN },      { 5671, PORT_CLOUD },  { 5683, PORT_CLOUD },   { 5900, PORT_ADMIN },      { 7547, PORT_ADMIN },
	{ 8080, PORT_WEB },        { 8443, PORT_WEB },    { 8883, PORT_CLOUD },   { 23231, PORT_ADMIN },     { 32767, PORT_OTHER },
	{ 32768, PORT_EPHEMERAL }, { 37215, PORT_ADMIN }, { 52869, PORT_ADMIN },  { 65535, PORT_EPHEMERAL },
};

static void known_ports_have_their_class_and_all_others_none(void **state)
{
	size_t named = 0, expected = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (class_of(known[i].port, PROTO_TCP) != known[i].class)
			fail_msg("port %d", (int)known[i].port);
		assert_int_equal(class_of(known[i].port, PROTO_UDP), known[i].class);
		expected += known[i].class != PORT_OTHER && known[i].class != PORT_EPHEMERAL;
	}
	for (int32_t port = 0; port <= 65535; port++) {
		const enum port_class c = class_of(port, PROTO_TCP);

		assert_true(c != PORT_NONE);
		if (c == PORT_OTHER || c == PORT_EPHEMERAL)
			assert_int_equal(c == PORT_EPHEMERAL, port >= 32768);
		else
			named++;
	}
	assert_int_equal(named, expected);
}

static void no_port_and_icmp_have_no_class(void **state)
{
	(void)state;
	assert_int_equal(class_of(PORT_UNSET, PROTO_TCP), PORT_NONE);
	assert_int_equal(class_of(3, PROTO_ICMP), PORT_NONE);
	assert_int_equal(class_of(80, PROTO_ICMP), PORT_NONE);
	assert_int_equal(class_of(135, PROTO_ICMP6), PORT_NONE); /* neighbour solicitation */
	assert_int_equal(class_of(53, PROTO_UNSET), PORT_NETWORK);
}

static void groups_are_multicast_and_broadcast(void **state)
{
	static const struct {
		const char *ip;
		int group;
	} ips[] = {
		{ "224.0.0.251", 1 }, { "239.255.255.250", 1 }, { "255.255.255.255", 1 }, { "192.168.1.255", 1 },
		{ "ff02::fb", 1 },    { "223.0.0.1", 0 },       { "240.0.0.1", 0 },       { "192.168.255.1", 0 },
		{ "fe80::ff", 0 },    { "2001:db8::ff", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ips) / sizeof(ips[0]); i++) {
		struct ip ip;

		assert_int_equal(ip_parse(ips[i].ip, strlen(ips[i].ip), &ip), 0);
		if (port_is_group(&ip) != ips[i].group)
			fail_msg("%s", ips[i].ip);
	}
	assert_int_equal(port_is_group(&(struct ip){ .family = 0, .b = { 0xff, 0, 0, 0xff } }), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_ports_have_their_class_and_all_others_none),
		cmocka_unit_test(no_port_and_icmp_have_no_class),
		cmocka_unit_test(groups_are_multicast_and_broadcast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
