/* segment: names, and the transport layer. */
#include "capture/segment.h"

#include <string.h>

#include "capture/bytes.h"
#include "capture/checksum.h"
#include "flow/conn_state.h"

static const char *const names[LEFT_KINDS] = {
	[LEFT_ARP] = "ARP packet",
	[LEFT_LLDP] = "LLDP packet",
	[LEFT_EAPOL] = "EAPOL packet (802.1X)",
	[LEFT_STP] = "spanning tree packet",
	[LEFT_LLC] = "other LLC packet (802.2)",
	[LEFT_ETHERTYPE] = "packet of another network protocol",
	[LEFT_LINK] = "packet of another link type",
	[LEFT_IGMP] = "IGMP packet",
	[LEFT_ESP] = "ESP packet (IPsec)",
	[LEFT_PROTOCOL] = "packet of another transport protocol",
	[LEFT_NO_NEXT] = "IPv6 packet without a payload",
	[LEFT_FRAGMENT] = "fragment of an incomplete packet",
	[LEFT_SHORT] = "packet cut within its headers",
	[LEFT_IP_VERSION] = "packet with no IP version",
	[LEFT_IP_LENGTH] = "IP packet longer than its frame",
	[LEFT_IP_HEADER] = "broken IP header",
	[LEFT_IP_CHECKSUM] = "IP header with a wrong checksum",
	[LEFT_TRANSPORT] = "broken TCP, UDP or ICMP header",
	[LEFT_CHECKSUM] = "TCP, UDP or ICMP with a wrong checksum",
	[LEFT_NESTED] = "packet with too many tunnels or headers",
};

const char *left_out_name(enum left_out kind)
{
	return names[kind];
}

/* Messages of which one answers the other, as Zeek pairs them (ICMP4_counterpart and ICMP6_counterpart). */
static const struct {
	uint8_t proto, type, answer;
} pairs[] = {
	{ PROTO_ICMP, 8, 0 },      /* echo */
	{ PROTO_ICMP, 13, 14 },    /* timestamp */
	{ PROTO_ICMP, 15, 16 },    /* information */
	{ PROTO_ICMP, 10, 9 },     /* router */
	{ PROTO_ICMP, 17, 18 },    /* address mask */
	{ PROTO_ICMP6, 128, 129 }, /* echo */
	{ PROTO_ICMP6, 133, 134 }, /* router */
	{ PROTO_ICMP6, 135, 136 }, /* neighbour */
	{ PROTO_ICMP6, 130, 131 }, /* multicast listener */
	{ PROTO_ICMP6, 139, 140 }, /* node information */
	{ PROTO_ICMP6, 144, 145 }, /* home agent */
};

static enum left_out icmp(struct part t, struct segment *s)
{
	if (t.wire < 8)
		return LEFT_TRANSPORT;
	if (t.cap < 8)
		return LEFT_SHORT;
	s->port[SRC] = t.p[0];
	s->port[DST] = t.p[1];
	s->one_way = 1;
	s->payload = t.wire - 8;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (pairs[i].proto == s->proto && (pairs[i].type == t.p[0] || pairs[i].answer == t.p[0])) {
			s->port[DST] = pairs[i].type == t.p[0] ? pairs[i].answer : pairs[i].type;
			s->one_way = 0;
		}
	return LEFT_NONE;
}

/* A length in the header that says more than was sent is not believed. */
static enum left_out udp(struct part t, struct segment *s)
{
	uint32_t len;

	if (t.wire < 8)
		return LEFT_TRANSPORT;
	if (t.cap < 8)
		return LEFT_SHORT;
	len = be16(t.p + 4);
	s->port[SRC] = be16(t.p);
	s->port[DST] = be16(t.p + 2);
	s->payload = (len >= 8 && len <= t.wire ? len : t.wire) - 8;
	return LEFT_NONE;
}

/* The window scale of a SYN (RFC 7323), as far as the options were captured. */
static uint8_t window_scale(const uint8_t *p, size_t n)
{
	while (n > 0 && p[0] != 0) {
		const size_t len = p[0] == 1 ? 1 : n > 1 ? p[1] : 0;

		if (len == 0 || len > n)
			break;
		if (p[0] == 3 && len >= 3)
			return p[2] < 14 ? p[2] : 14;
		p += len;
		n -= len;
	}
	return TCP_NO_SCALE;
}

static enum left_out tcp(struct part t, struct segment *s)
{
	uint32_t header;

	if (t.wire < 20)
		return LEFT_TRANSPORT;
	if (t.cap < 20)
		return LEFT_SHORT;
	header = 4u * (t.p[12] >> 4);
	if (header < 20 || header > t.wire)
		return LEFT_TRANSPORT;
	s->port[SRC] = be16(t.p);
	s->port[DST] = be16(t.p + 2);
	s->seq = be32(t.p + 4);
	s->ack = be32(t.p + 8);
	s->flags = t.p[13];
	s->window = be16(t.p + 14);
	s->scale = TCP_NO_SCALE;
	if (s->flags & TCP_SYN)
		s->scale = window_scale(t.p + 20, (header < t.cap ? header : t.cap) - 20);
	s->payload = t.wire - header;
	return LEFT_NONE;
}

enum left_out transport_decode(struct part t, int whole, struct segment *s)
{
	const enum left_out left = s->proto == PROTO_TCP ? tcp(t, s) : s->proto == PROTO_UDP ? udp(t, s) : icmp(t, s);

	s->bad_sum = left == LEFT_NONE && whole && t.cap >= t.wire && !checksum_ok(s, t.p, t.wire);
	return left;
}
