/* capture: files, link layers, fragments, ARP and the bounds of memory. Expected is what flowtext prints. */
#include "capture/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/cm.h"
#include "lib/flowtext.h"
#include "lib/packets.h"

enum { ETHERNET = 1, RAW = 101, SLL = 113, SLL2 = 276, LOOPBACK = 0, RADIOTAP = 127 };

static size_t cut_random(void *arg, size_t left)
{
	const size_t n = 1 + rng_below(arg, 40);

	return n < left ? n : left;
}

/* What a file gives: must be want; and the same when it comes in pieces. Lines that begin with "dialect" are not looked at. */
static void expect_source(const struct source_ops *source, struct capfile *c, const char *want)
{
	char *whole = flowtext(source, c->p, c->n, NULL, NULL), *dialect = strstr(whole, "dialect ");
	struct rng rng;
	char *pieces;

	capfile_keep(c, "capture");
	rng_init(&rng, 1);
	pieces = flowtext(source, c->p, c->n, cut_random, &rng);
	assert_string_equal(whole, pieces);
	if (dialect != NULL)
		memmove(dialect, strchr(dialect, '\n') + 1, strlen(strchr(dialect, '\n') + 1) + 1);
	if (strcmp(whole, want) != 0)
		fail_msg("got\n%sand not\n%s", whole, want);
	free(whole);
	free(pieces);
	free(c->p);
}

static void expect(struct capfile *c, const char *want)
{
	expect_source(&pcap_source, c, want);
}

#define TIME "ts 1577836800 "
#define MACS "orig_mac 02:00:00:00:00:0a", "resp_mac 02:00:00:00:00:0b"
#define ORIG4 " orig_h 10.0.0.2 orig_p 40000 orig_ip_bytes "
#define RESP4 " resp_h 93.184.216.34 resp_p 9999 resp_ip_bytes "
#define ORIG_MAC " orig_mac 02:00:00:00:00:0a"
#define RESP_MAC " resp_mac 02:00:00:00:00:0b"
/* One UDP packet of 30 bytes from A to B; of two, a second later. */
#define ONE_UDP(macs_o, macs_r)                                                                                                    \
	"flow 0 " TIME "orig_pkts 1 resp_pkts 0 orig_bytes 0 resp_bytes 0 label none" ORIG4 "58" macs_o RESP4 "0" macs_r               \
	" proto udp state S0 history D\nrows 1 skipped 0\n"

static void one_udp(struct frame *f)
{
	frame_udp(f, 0, A, 40000, 9999, 30);
}

/* A frame without its Ethernet header, behind other bytes. */
static void behind(struct frame *f, const void *p, size_t n)
{
	struct frame inner = *f;

	*f = (struct frame){ .n = 0 };
	frame_append(f, p, n);
	f->ip = f->n;
	frame_append(f, inner.b + inner.ip, inner.n - inner.ip);
}

static void link_layers(void **state)
{
	static const struct {
		uint32_t link;
		const char *bytes;
		size_t n;
		int has_mac; /* of the sender */
	} links[] = {
		{ RAW, "", 0, 0 },
		{ 12, "", 0, 0 },
		{ 228, "", 0, 0 },
		{ LOOPBACK, "\2\0\0\0", 4, 0 },
		{ LOOPBACK, "\0\0\0\2", 4, 0 },
		{ 108, "\0\0\0\2", 4, 0 },
		{ SLL, "\0\4\0\1\0\6\2\0\0\0\0\x0a\0\0\x08\0", 16, 1 },
		{ SLL2, "\x08\0\0\0\0\0\0\2\0\1\4\6\2\0\0\0\0\x0a\0\0", 20, 1 },
		{ 9, "\xff\3\0\x21", 4, 0 },
		{ 9, "\x21", 1, 0 },
		{ 51, "\x11\0\0\1\0\x40\0\x21", 8, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		struct capfile c = { 0 };
		struct frame f;

		one_udp(&f);
		behind(&f, links[i].bytes, links[i].n);
		capfile_pcap(&c, links[i].link, 65535);
		capfile_packet(&c, 0, &f);
		expect(&c, links[i].has_mac ? ONE_UDP(ORIG_MAC, "") "packets 1\n0 \n" : ONE_UDP("", "") "packets 1\n0 \n");
	}
}

static void tags_before_ip(void **state)
{
	static const struct {
		const char *bytes; /* behind the two addresses */
		size_t n;
	} tags[] = {
		{ "\x81\0\0\x0a\x08\0", 6 },                             /* VLAN */
		{ "\x88\xa8\0\x0a\x81\0\0\x0b\x08\0", 10 },              /* QinQ */
		{ "\x91\0\0\x0a\x81\0\0\x0b\x08\0", 10 },                /* as it was before its standard */
		{ "\x88\x64\x11\0\0\1\0\x3c\0\x21", 10 },                /* PPPoE */
		{ "\x88\x47\0\0\x10\xff\0\0\x21\xff", 10 },              /* MPLS, two labels */
		{ "\0\x42\xaa\xaa\3\0\0\0\x08\0", 10 },                  /* SNAP */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		struct capfile c = { 0 };
		struct frame f;
		uint8_t head[32] = "\2\0\0\0\0\x0b\2\0\0\0\0\x0a";

		memcpy(head + 12, tags[i].bytes, tags[i].n);
		one_udp(&f);
		behind(&f, head, 12 + tags[i].n);
		capfile_pcap(&c, ETHERNET, 65535);
		capfile_packet(&c, 0, &f);
		expect(&c, ONE_UDP(ORIG_MAC, RESP_MAC) "packets 1\n0 \n");
	}
}

static void orders_and_units(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct capfile c = { .big = i & 1, .nano = i >> 1 };
		struct frame f;

		one_udp(&f);
		capfile_pcap(&c, ETHERNET, 65535);
		capfile_packet(&c, 0, &f);
		capfile_packet(&c, 1500000, &f);
		expect(&c, "flow 0 " TIME "orig_pkts 2 resp_pkts 0 orig_bytes 60 resp_bytes 0 label none duration 1.5" ORIG4 "116" ORIG_MAC RESP4
			   "0" RESP_MAC " proto udp state S0 history D\nrows 1 skipped 0\npackets 2\n0 \n");
	}
}

/* Interfaces of different link types and units of time, unknown blocks, and a second section in the other byte order. */
static void pcapng_sections_and_interfaces(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct capfile c = { .big = big };
		struct frame f, raw;

		one_udp(&f);
		raw = f;
		behind(&raw, "", 0);
		capfile_section(&c);
		capfile_interface(&c, ETHERNET, 0, 0);
		capfile_interface(&c, RAW, 9, 0);
		capfile_interface(&c, RAW, 0x80 | 10, 100);
		capfile_bytes(&c, big ? "\0\0\x0b\xad\0\0\0\x10....\0\0\0\x10" : "\xad\x0b\0\0\x10\0\0\0....\x10\0\0\0", 16);
		capfile_enhanced(&c, 0, CAPFILE_EPOCH * UINT64_C(1000000), &f);
		capfile_enhanced(&c, 1, CAPFILE_EPOCH * UINT64_C(1000000000) + 500000000, &raw);
		capfile_enhanced(&c, 2, (CAPFILE_EPOCH - 100) * UINT64_C(1024) + 1024, &raw);
		capfile_enhanced(&c, 3, 0, &raw);
		c.big = !big;
		capfile_section(&c);
		capfile_interface(&c, RAW, 0, 0);
		capfile_enhanced(&c, 0, CAPFILE_EPOCH * UINT64_C(1000000) + 1500000, &raw);
		expect_source(&pcapng_source, &c,
			      "flow 0 " TIME "orig_pkts 4 resp_pkts 0 orig_bytes 120 resp_bytes 0 label none duration 1.5" ORIG4 "232" ORIG_MAC
			      RESP4 "0" RESP_MAC
			      " proto udp state S0 history D\nrows 1 skipped 0\npackets 4\ncount packet of an unknown interface 1\n0 \n");
	}
}

static void pcapng_simple_packets_have_no_time(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	one_udp(&f);
	capfile_section(&c);
	capfile_interface(&c, ETHERNET, 0, 0);
	capfile_simple(&c, &f);
	expect_source(&pcapng_source, &c,
		      "flow 0 ts 0 orig_pkts 1 resp_pkts 0 orig_bytes 0 resp_bytes 0 label none" ORIG4 "58" ORIG_MAC RESP4 "0" RESP_MAC
		      " proto udp state S0 history D\nrows 1 skipped 0\npackets 1\n0 \n");
}

/* A snap length cuts payload, not counts. */
static void cut_packets_count_whole(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 54);
	frame_udp(&f, 0, A, 40000, 9999, 1000);
	f.wire = f.n;
	f.n = 54;
	capfile_packet(&c, 0, &f);
	capfile_packet(&c, 1000000, &f);
	f.n = 30; /* too short for the ports: told */
	capfile_packet(&c, 2000000, &f);
	expect(&c, "flow 0 " TIME "orig_pkts 2 resp_pkts 0 orig_bytes 2000 resp_bytes 0 label none duration 1" ORIG4 "2056" ORIG_MAC RESP4
		   "0" RESP_MAC " proto udp state S0 history D\nrows 1 skipped 0\npackets 3\nline 3 [] packet cut within its headers\n"
		   "count packet cut within its headers 1\n0 \n");
}

/* Datagrams in pieces, in any order, are one packet; what does not complete is told. */
static void ipv4_fragments(void **state)
{
	static const struct {
		uint16_t at;
		int more;
		size_t len;
	} pieces[] = { { 1480, 1, 1480 }, { 2960, 0, 48 }, { 0, 1, 1480 } };
	struct capfile c = { 0 };
	struct frame whole, f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	frame_udp(&whole, 0, A, 40000, 9999, 3000);
	for (int k = 0; k < 4; k++) {
		const size_t i = (size_t)k % 3, len = pieces[i].len;

		frame_ethernet(&f, A, 0x0800, 0, 0);
		frame_ip4(&f, A, 17, len);
		frame_append(&f, whole.b + whole.ip + 20 + pieces[i].at, len);
		f.b[f.ip + 5] = (uint8_t)(k / 3); /* the fourth is of another datagram */
		f.b[f.ip + 6] = (uint8_t)(pieces[i].at / 8 >> 8 | (pieces[i].more ? 0x20 : 0));
		f.b[f.ip + 7] = (uint8_t)(pieces[i].at / 8);
		f.b[f.ip + 10] = f.b[f.ip + 11] = 0; /* left to the network card */
		capfile_packet(&c, k * 1000000, &f);
	}
	expect(&c, "flow 0 ts 1577836802 orig_pkts 1 resp_pkts 0 orig_bytes 0 resp_bytes 0 label none" ORIG4 "3028" ORIG_MAC RESP4 "0" RESP_MAC
		   " proto udp state S0 history D\nrows 1 skipped 0\npackets 4\ncount fragment of an incomplete packet 1\n0 \n");
}

#define ORIG6 " orig_h fd00::2 orig_p 40000 orig_ip_bytes "
#define RESP6 " resp_h 2001:db8::34 resp_p 9999 resp_ip_bytes "

/* Hop-by-hop, routing and destination options; then a datagram in two fragments. */
static void ipv6_headers(void **state)
{
	static const uint8_t hop[] = { 43, 0, 1, 4, 0, 0, 0, 0 }, routing[] = { 60, 0, 0, 0, 0, 0, 0, 0 }, options[] = { 17, 0, 1, 4, 0, 0, 0, 0 };
	struct capfile c = { 0 };
	struct frame udp, f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	frame_udp(&udp, 1, A, 40000, 9999, 80);
	frame_ethernet(&f, A, 0x86dd, 0, 0);
	frame_ip6(&f, A, 0, 24 + 88);
	frame_append(&f, hop, 8);
	frame_append(&f, routing, 8);
	frame_append(&f, options, 8);
	frame_append(&f, udp.b + udp.ip + 40, 88);
	capfile_packet(&c, 0, &f);
	for (int second = 0; second < 2; second++) {
		const uint8_t head[] = { 17, 0, 0, second ? 64 : 1, 0, 0, 0, 9 };

		frame_ethernet(&f, A, 0x86dd, 0, 0);
		frame_ip6(&f, A, 44, 8 + (second ? 24 : 64));
		frame_append(&f, head, 8);
		frame_append(&f, udp.b + udp.ip + 40 + (second ? 64 : 0), second ? 24 : 64);
		capfile_packet(&c, 1000000 * second, &f);
	}
	expect(&c, "flow 0 " TIME "orig_pkts 2 resp_pkts 0 orig_bytes 160 resp_bytes 0 label none duration 1" ORIG6 "288" ORIG_MAC RESP6
		   "0" RESP_MAC " proto udp state S0 history D\nrows 1 skipped 0\npackets 3\n0 \n");
}

/* IP in IP, GRE with a key, and GRE with an Ethernet frame inside: what is inside counts. */
static void tunnels(void **state)
{
	static const struct {
		uint8_t proto;
		const char *bytes;
		size_t n;
	} kinds[] = {
		{ 4, "", 0 },
		{ 47, "\x20\0\x08\0....", 8 },
		{ 47, "\0\0\x65\x58\2\0\0\0\0\1\2\0\0\0\0\2\x08\0", 18 },
	};
	struct frame udp, f;

	(void)state;
	one_udp(&udp);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct capfile c = { 0 };

		frame_ethernet(&f, A, 0x0800, 0, 0);
		frame_ip4(&f, B, kinds[i].proto, kinds[i].n + udp.n - udp.ip);
		frame_append(&f, kinds[i].bytes, kinds[i].n);
		frame_append(&f, udp.b + udp.ip, udp.n - udp.ip);
		capfile_pcap(&c, ETHERNET, 65535);
		capfile_packet(&c, 0, &f);
		expect(&c, ONE_UDP(ORIG_MAC, RESP_MAC) "packets 1\n0 \n");
	}
}

static void what_is_not_a_flow_is_counted(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	for (int i = 0; i < 3; i++) {
		frame_ethernet(&f, A, i == 0 ? 0x88cc : i == 1 ? 0x888e : 0x8899, 0, 0);
		frame_append(&f, NULL, 46);
		capfile_packet(&c, 0, &f);
	}
	frame_ethernet(&f, A, 46, 0, 0);
	frame_append(&f, "\x42\x42\3", 3);
	capfile_packet(&c, 0, &f);
	for (int i = 0; i < 2; i++) {
		frame_ethernet(&f, A, 0x0800, 0, 0);
		frame_ip4(&f, A, i == 0 ? 2 : 132, 20);
		frame_append(&f, NULL, 20);
		capfile_packet(&c, 0, &f);
	}
	one_udp(&f);
	f.b[f.ip + 3]++; /* longer than its frame */
	capfile_packet(&c, 0, &f);
	one_udp(&f);
	f.b[f.ip] = 0x55;
	capfile_packet(&c, 0, &f);
	one_udp(&f);
	f.b[f.ip + 8]++; /* the checksum is wrong now */
	capfile_packet(&c, 0, &f);
	expect(&c, "rows 0 skipped 0\npackets 9\nline 7 [] IP packet longer than its frame\nline 8 [] packet with no IP version\n"
		   "line 9 [] IP header with a wrong checksum\ncount LLDP packet 1\ncount EAPOL packet (802.1X) 1\n"
		   "count packet of another network protocol 1\ncount spanning tree packet 1\ncount IGMP packet 1\n"
		   "count packet of another transport protocol 1\ncount IP packet longer than its frame 1\ncount packet with no IP version 1\n"
		   "count IP header with a wrong checksum 1\n0 \n");
}

static void other_link_types_are_told(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	one_udp(&f);
	capfile_pcap(&c, RADIOTAP, 65535);
	capfile_packet(&c, 0, &f);
	expect(&c, "rows 0 skipped 0\npackets 1\ncount packet of another link type 1\n"
		   "note packets of link type 127 (802.11 with radiotap header) cannot be read\n0 \n");
}

/* A wrong checksum: seen (as Zeek has it), not counted. One that a network card was to fill in is right. */
static void checksums(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	for (int i = 0; i < 3; i++) {
		frame_tcp(&f, &(struct tcp_of){ .from = A, .flags = "S", .seq = 100 });
		if (i == 0)
			f.b[f.ip + 36] ^= 1;
		if (i == 1)
			memcpy(f.b + f.ip + 36, "\x3f\xf7", 2); /* 0a00 + 0002 + 5db8 + d822 + 6 + 20 */
		if (i == 2)
			memcpy(f.b + f.ip + 36, "\0\0", 2);
		capfile_packet(&c, 0, &f);
	}
	expect(&c, "flow 0 " TIME "orig_pkts 0 resp_pkts 0 orig_bytes 0 resp_bytes 0 label none orig_h 10.0.0.2 orig_p 40000 orig_ip_bytes 0"
		   ORIG_MAC " resp_h 93.184.216.34 resp_p 80 resp_ip_bytes 0" RESP_MAC
		   " proto tcp state OTH history C\n"
		   "flow 1 " TIME "orig_pkts 2 resp_pkts 0 orig_bytes 0 resp_bytes 0 label none orig_h 10.0.0.2 orig_p 40000 orig_ip_bytes 80"
		   ORIG_MAC " resp_h 93.184.216.34 resp_p 80 resp_ip_bytes 0" RESP_MAC
		   " proto tcp state S0 history S\nrows 2 skipped 0\npackets 3\nline 1 [] TCP, UDP or ICMP with a wrong checksum\n"
		   "count TCP, UDP or ICMP with a wrong checksum 1\n0 \n");
}

/* Addresses were made anonymous, checksums were not made anew: after eight packets that is clear. */
static void altered_captures(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	for (int i = 0; i < 9; i++) {
		one_udp(&f);
		f.b[f.ip + 12] ^= 1;
		f.b[f.ip + 12 + i % 2 * 4] ^= 2;
		if (i == 8) {
			one_udp(&f);
			f.b[f.ip + 8]++;
			f.b[f.ip + 26] ^= 1;
		}
		capfile_packet(&c, 0, &f);
	}
	expect(&c, ONE_UDP(ORIG_MAC, RESP_MAC) "packets 9\n"
		   "line 1 [] IP header with a wrong checksum\nline 2 [] IP header with a wrong checksum\n"
		   "line 3 [] IP header with a wrong checksum\nline 4 [] IP header with a wrong checksum\n"
		   "line 5 [] IP header with a wrong checksum\nline 6 [] IP header with a wrong checksum\n"
		   "line 7 [] IP header with a wrong checksum\nline 8 [] IP header with a wrong checksum\n"
		   "count IP header with a wrong checksum 8\n"
		   "note most IP headers have wrong checksums, as in altered captures: from packet 9 on none is looked at\n0 \n");
}

static void arp_conflicts_and_answers_that_nobody_asked_for(void **state)
{
	static const uint8_t router[6] = { 2, 0, 0, 0, 0, 1 }, thief[6] = { 2, 0, 0, 0, 0, 0x66 };
	struct capfile c = { 0 };
	struct read_report report = { 0 };
	const struct arp_host *h;
	struct err e;
	struct frame f;
	size_t at = 0;
	void *s;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	frame_arp(&f, 1, router, "10.0.0.1", "10.0.0.1"); /* an announcement */
	capfile_packet(&c, 0, &f);
	frame_arp(&f, 1, router, "10.0.0.9", "10.0.0.1"); /* asked */
	capfile_packet(&c, 1000000, &f);
	frame_arp(&f, 2, router, "10.0.0.1", "10.0.0.9"); /* and answered */
	capfile_packet(&c, 1000100, &f);
	frame_arp(&f, 1, router, "0.0.0.0", "10.0.0.7"); /* a probe: nobody claims anything */
	capfile_packet(&c, 1000200, &f);
	for (int i = 0; i < 3; i++) {
		frame_arp(&f, 2, thief, "10.0.0.1", "10.0.0.2");
		capfile_packet(&c, 20000000 + i, &f);
	}
	s = pcap_source.open(&(struct sinks){ .flow = NULL }, NULL, &report);
	assert_int_equal(pcap_source.feed(s, c.p, c.n, &e), 0);
	h = arp_evidence(capture_arp(s), &at);
	assert_non_null(h);
	assert_memory_equal(h->ip, "\x0a\0\0\1", 4);
	assert_int_equal(h->mac_n, 2);
	assert_memory_equal(h->mac[0], router, 6);
	assert_memory_equal(h->mac[1], thief, 6);
	assert_int_equal(h->conflict, (CAPFILE_EPOCH + 20) * INT64_C(1000000000));
	assert_int_equal(h->claims[0], 2);
	assert_int_equal(h->claims[1], 3);
	assert_int_equal(h->unasked[0], 0);
	assert_int_equal(h->unasked[1], 3);
	assert_int_equal(h->told[1] - h->told[0], 2000);
	assert_memory_equal(h->victim, "\x0a\0\0\2", 4);
	assert_null(arp_evidence(capture_arp(s), &at));
	pcap_source.close(s);
	expect(&c, "rows 0 skipped 0\npackets 7\ncount ARP packet 7\n"
		   "note ARP: 10.0.0.1 is claimed by 02:00:00:00:00:01 and by 02:00:00:00:00:66\n0 \n");
}

static void arp_memory_is_bounded(void **state)
{
	struct arp *const a = arp_new();
	uint8_t p[28] = { 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 1 };
	size_t at = 0, n = 0;

	(void)state;
	assert_non_null(a);
	for (uint32_t i = 0; i < 100000; i++) {
		p[14] = 10;
		p[15] = (uint8_t)(i >> 16);
		p[16] = (uint8_t)(i >> 8);
		p[17] = (uint8_t)i;
		arp_add(a, p, sizeof(p), i);
	}
	assert_true(arp_forgotten(a) >= 100000 - ARP_HOSTS);
	while (arp_evidence(a, &at) != NULL)
		n++;
	assert_in_range(n, ARP_HOSTS / 2, ARP_HOSTS);
	arp_del(a);
}

static int count_flows(void *arg, const struct flow *f)
{
	assert_int_equal(f->row, *(uint64_t *)arg);
	++*(uint64_t *)arg;
	return 0;
}

/* A flood of flows: the oldest go, none is lost. */
static void table_overflow(void **state)
{
	enum { FLOWS = 5000, ROOM = 100 };
	struct capfile c = { 0 };
	struct read_report report = { 0 };
	struct err e = { 0 };
	struct frame f;
	uint64_t n = 0;
	void *s;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	for (int i = 0; i < FLOWS; i++) {
		frame_udp(&f, 0, A, (uint16_t)(1024 + i), 9999, 30);
		capfile_packet(&c, i, &f);
	}
	s = pcap_source.open(&(struct sinks){ .flow = count_flows, .arg = &n }, &(struct source_options){ .flow_max = ROOM }, &report);
	assert_int_equal(pcap_source.feed(s, c.p, c.n, &e), 0);
	assert_int_equal(n, FLOWS - ROOM);
	assert_int_equal(pcap_source.finish(s, &e), 0);
	assert_int_equal(n, FLOWS);
	assert_int_equal(report.rows, FLOWS);
	assert_string_equal(report.note[0], "4900 flows were ended early: more than 100 were open at a time");
	pcap_source.close(s);
	free(c.p);
}

static int stop_at_third(void *arg, const struct flow *f)
{
	(void)f;
	return ++*(int *)arg == 3 ? -77 : 0;
}

/* What the sink says is told as it is, and again; nothing more goes out. */
static void a_sink_may_stop_it(void **state)
{
	struct capfile c = { 0 };
	struct read_report report = { 0 };
	struct err e = { 0 };
	struct frame f;
	int calls = 0;
	void *s;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	for (int i = 0; i < 10; i++) {
		frame_udp(&f, 0, A, (uint16_t)(1024 + i), 9999, 30);
		capfile_packet(&c, i * INT64_C(100000000), &f);
	}
	s = pcap_source.open(&(struct sinks){ .flow = stop_at_third, .arg = &calls }, NULL, &report);
	assert_int_equal(pcap_source.feed(s, c.p, c.n, &e), -77);
	assert_int_equal(pcap_source.feed(s, c.p, c.n, &e), -77);
	assert_int_equal(pcap_source.finish(s, &e), -77);
	assert_int_equal(calls, 3);
	assert_int_equal(e.code, 0);
	pcap_source.close(s);
	pcap_source.close(NULL);
	free(c.p);
}

static void it_may_be_closed_at_any_time(void **state)
{
	struct capfile c = { 0 };
	struct read_report report = { 0 };
	struct err e = { 0 };
	struct frame f;

	(void)state;
	capfile_pcap(&c, ETHERNET, 65535);
	one_udp(&f);
	capfile_packet(&c, 0, &f);
	capfile_packet(&c, 1, &f);
	for (size_t n = 0; n <= c.n; n += 5) {
		void *const s = pcap_source.open(&(struct sinks){ .flow = NULL }, NULL, &report);

		assert_int_equal(pcap_source.feed(s, c.p, n, &e), 0);
		pcap_source.close(s);
	}
	free(c.p);
}

static void files_that_end_or_break(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	one_udp(&f);
	capfile_pcap(&c, ETHERNET, 65535);
	capfile_packet(&c, 0, &f);
	capfile_packet(&c, 0, &f);
	c.n -= 7;
	expect(&c, ONE_UDP(ORIG_MAC, RESP_MAC) "packets 1\nnote the capture ends in the middle of a packet\n0 \n");

	c = (struct capfile){ 0 };
	capfile_pcap(&c, ETHERNET, 65535);
	capfile_packet(&c, 0, &f);
	capfile_bytes(&c, "\0\0\0\0\0\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f", 16);
	expect(&c, ONE_UDP(ORIG_MAC, RESP_MAC) "packets 1\n"
		   "note after packet 1 the capture cannot be read: a packet claims more bytes than any capture has\n0 \n");

	c = (struct capfile){ 0 };
	capfile_pcap(&c, ETHERNET, 65535);
	capfile_bytes(&c, "\0\0\0\0\0\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f", 16);
	expect(&c, "rows 0 skipped 0\n-3 the capture cannot be read: a packet claims more bytes than any capture has\n");

	c = (struct capfile){ 0 };
	capfile_pcap(&c, ETHERNET, 65535);
	expect(&c, "rows 0 skipped 0\n0 \n");

	c = (struct capfile){ 0 };
	capfile_pcap(&c, ETHERNET, 65535);
	c.n = 20;
	expect(&c, "rows 0 skipped 0\n-3 the capture ends within its header\n");

	c = (struct capfile){ 0 };
	capfile_bytes(&c, "\x0a\x0d\x0d\x0a\0\0\0\0\0\0\0\0................", 28);
	expect_source(&pcapng_source, &c, "rows 0 skipped 0\n-3 the capture cannot be read: a section has no byte order\n");
}

/* Its own clock may be set back: flows go on from there. */
static void time_goes_back(void **state)
{
	struct capfile c = { 0 };
	struct frame f;

	(void)state;
	one_udp(&f);
	capfile_pcap(&c, ETHERNET, 65535);
	capfile_packet(&c, INT64_C(100000000000), &f);
	frame_udp(&f, 0, A, 40001, 9999, 30);
	for (int i = 0; i < 3; i++)
		capfile_packet(&c, i * 1000000, &f);
	expect(&c, "flow 0 ts 1577936800 orig_pkts 1 resp_pkts 0 orig_bytes 0 resp_bytes 0 label none" ORIG4 "58" ORIG_MAC RESP4 "0" RESP_MAC
		   " proto udp state S0 history D\n"
		   "flow 1 " TIME "orig_pkts 3 resp_pkts 0 orig_bytes 90 resp_bytes 0 label none duration 2 orig_h 10.0.0.2 orig_p 40001 "
		   "orig_ip_bytes 174" ORIG_MAC RESP4 "0" RESP_MAC " proto udp state S0 history D\nrows 2 skipped 0\npackets 4\n0 \n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_layers),
		cmocka_unit_test(tags_before_ip),
		cmocka_unit_test(orders_and_units),
		cmocka_unit_test(pcapng_sections_and_interfaces),
		cmocka_unit_test(pcapng_simple_packets_have_no_time),
		cmocka_unit_test(cut_packets_count_whole),
		cmocka_unit_test(ipv4_fragments),
		cmocka_unit_test(ipv6_headers),
		cmocka_unit_test(tunnels),
		cmocka_unit_test(what_is_not_a_flow_is_counted),
		cmocka_unit_test(other_link_types_are_told),
		cmocka_unit_test(checksums),
		cmocka_unit_test(altered_captures),
		cmocka_unit_test(arp_conflicts_and_answers_that_nobody_asked_for),
		cmocka_unit_test(arp_memory_is_bounded),
		cmocka_unit_test(table_overflow),
		cmocka_unit_test(a_sink_may_stop_it),
		cmocka_unit_test(it_may_be_closed_at_any_time),
		cmocka_unit_test(files_that_end_or_break),
		cmocka_unit_test(time_goes_back),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
