/* ip_packet: IPv4 (RFC 791) and IPv6 (RFC 8200) down to the transport layer. */
#include "capture/segment.h"

#include "capture/bytes.h"
#include "capture/checksum.h"
#include "capture/fragment.h"
#include "flow/conn_state.h"

enum {
	NEXT_HOP = 0,
	NEXT_IGMP = 2,
	NEXT_IPV4 = 4,
	NEXT_IPV6 = 41,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_GRE = 47,
	NEXT_ESP = 50,
	NEXT_AH = 51,
	NEXT_NONE = 59,
	NEXT_DESTINATION = 60,
	NEXT_MOBILITY = 135,
	TUNNELS_MAX = 2, /* as Zeek's Tunnel::max_depth */
};

/* What an IP header says. */
struct network {
	struct part body;  /* behind all headers of the network layer */
	uint32_t total;    /* bytes of the packet */
	uint32_t headers;  /* of these before the body */
	uint8_t next;      /* what the body is */
	int is_fragment;
	struct fragment fragment;
};

static enum left_out ipv4(struct part t, struct network *n, struct segment *s)
{
	const uint8_t *const p = t.p;
	uint16_t flags;

	if (t.cap < 20)
		return LEFT_SHORT;
	n->headers = 4u * (p[0] & 15);
	n->total = be16(p + 2);
	if (n->total == 0) /* segmentation is left to the network card */
		n->total = t.wire;
	if (n->headers < 20 || n->headers > n->total)
		return LEFT_IP_HEADER;
	if (n->total > t.wire)
		return LEFT_IP_LENGTH;
	if (n->headers > t.cap)
		return LEFT_SHORT;
	if (!s->blind && be16(p + 10) != 0 && checksum_sum(p, n->headers) != 0xffff)
		return LEFT_IP_CHECKSUM;
	n->next = p[9];
	flags = be16(p + 6);
	n->is_fragment = (flags & 0x3fff) != 0;
	n->fragment.id = be16(p + 4);
	n->fragment.at = 8u * (flags & 0x1fff);
	n->fragment.more = (flags & 0x2000) != 0;
	s->host[SRC] = ip_of(4, p + 12);
	s->host[DST] = ip_of(4, p + 16);
	return LEFT_NONE;
}

/* Walk over the extension headers: each names the next one and, but for fragments, its length. */
static enum left_out extensions(struct part t, struct network *n)
{
	for (int i = 0; i < 16; i++) {
		const uint8_t *const p = t.p + n->headers;
		uint32_t len = 8;

		switch (n->next) {
		case NEXT_HOP:
		case NEXT_ROUTING:
		case NEXT_DESTINATION:
		case NEXT_AH:
		case NEXT_FRAGMENT:
			break;
		default:
			return LEFT_NONE;
		}
		if (n->headers + 8 > n->total)
			return LEFT_IP_HEADER;
		if (n->headers + 8 > t.cap)
			return LEFT_SHORT;
		if (n->next == NEXT_FRAGMENT) {
			n->fragment.at = be16(p + 2) & 0xfff8u;
			n->fragment.more = p[3] & 1;
			n->fragment.id = be32(p + 4);
			n->is_fragment = n->fragment.at != 0 || n->fragment.more;
		} else {
			len = n->next == NEXT_AH ? 4 * (p[1] + 2u) : 8 * (p[1] + 1u);
		}
		n->next = p[0];
		n->headers += len;
		if (n->headers > n->total)
			return LEFT_IP_HEADER;
		if (n->headers > t.cap)
			return LEFT_SHORT;
		if (n->is_fragment)
			return LEFT_NONE;
	}
	return LEFT_NESTED;
}

static enum left_out ipv6(struct part t, struct network *n, struct segment *s)
{
	if (t.cap < 40)
		return LEFT_SHORT;
	n->headers = 40;
	n->total = 40u + be16(t.p + 4);
	if (n->total == 40 && t.p[6] != NEXT_NONE) /* a jumbogram, or segmentation left to the network card */
		n->total = t.wire;
	if (n->total > t.wire)
		return LEFT_IP_LENGTH;
	n->next = t.p[6];
	s->host[SRC] = ip_of(6, t.p + 8);
	s->host[DST] = ip_of(6, t.p + 24);
	return extensions(t, n);
}

static enum left_out network(struct part t, struct network *n, struct segment *s)
{
	enum left_out left;

	if (t.cap < 1)
		return LEFT_SHORT;
	left = t.p[0] >> 4 == 4 ? ipv4(t, n, s) : t.p[0] >> 4 == 6 ? ipv6(t, n, s) : LEFT_IP_VERSION;
	if (left != LEFT_NONE)
		return left;
	n->body.p = t.p + n->headers;
	n->body.cap = (t.cap < n->total ? t.cap : n->total) - n->headers;
	n->body.wire = n->total - n->headers;
	s->ip_bytes = n->total;
	return LEFT_NONE;
}

/* RFC 2784, 2890: a header whose flags say what is in it; Ethernet frames may be inside, and IP again in these. */
static enum left_out gre(struct part *t)
{
	uint32_t len = 4, type;

	if (t->cap < 4)
		return LEFT_SHORT;
	if ((t->p[1] & 7) != 0 || (t->p[0] & 0x40) != 0)
		return LEFT_PROTOCOL;
	type = be16(t->p + 2);
	len += (t->p[0] & 0x80 ? 4u : 0) + (t->p[0] & 0x20 ? 4u : 0) + (t->p[0] & 0x10 ? 4u : 0);
	if (type == 0x6558) {
		if (t->cap < len + 14)
			return LEFT_SHORT;
		type = be16(t->p + len + 12);
		len += 14;
	}
	if (type != 0x0800 && type != 0x86dd)
		return LEFT_PROTOCOL;
	if (t->cap < len || t->wire < len)
		return LEFT_SHORT;
	*t = (struct part){ t->p + len, t->cap - len, t->wire - len };
	return LEFT_NONE;
}

static enum left_out other(uint8_t next)
{
	return next == NEXT_IGMP ? LEFT_IGMP : next == NEXT_ESP ? LEFT_ESP : next == NEXT_NONE ? LEFT_NO_NEXT : LEFT_PROTOCOL;
}

enum left_out ip_decode(struct part net, struct fragments *f, struct segment *s)
{
	for (int depth = 0; depth <= TUNNELS_MAX; depth++) {
		struct network n = { 0 };
		enum left_out left = network(net, &n, s);

		if (left != LEFT_NONE)
			return left;
		s->proto = n.next;
		if (n.is_fragment && (n.next == PROTO_TCP || n.next == PROTO_UDP || n.next == PROTO_ICMP || n.next == PROTO_ICMP6))
			return fragment_add(f, &n.fragment, n.body, s);
		switch (n.next) {
		case PROTO_TCP:
		case PROTO_UDP:
		case PROTO_ICMP:
		case PROTO_ICMP6:
			return transport_decode(n.body, !s->blind, s);
		case NEXT_GRE:
			if (!n.is_fragment && (left = gre(&n.body)) != LEFT_NONE)
				return left;
			break;
		case NEXT_IPV4:
		case NEXT_IPV6:
			break;
		default:
			return other(n.next);
		}
		if (n.is_fragment)
			return LEFT_FRAGMENT;
		net = n.body;
	}
	return LEFT_NESTED;
}
