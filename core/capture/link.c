/* link: from the link layer to the network layer. */
#include "capture/segment.h"

#include <string.h>

#include "capture/bytes.h"

/* LINKTYPE_ numbers. */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_BSD = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_HDLC = 50,
	LINK_PPPOE = 51,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

enum {
	TYPE_IPV4 = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_LEAST = 0x0600, /* below it is a length (IEEE 802.3) */
	TYPE_VLAN = 0x8100,
	TYPE_IPV6 = 0x86dd,
	TYPE_PPP = 0x880b,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPPOE = 0x8864,
	TYPE_EAPOL = 0x888e,
	TYPE_QINQ = 0x88a8,
	TYPE_LLDP = 0x88cc,
	TYPE_QINQ_OLD = 0x9100,
	TAGS_MAX = 8, /* tags and labels in front of a packet that are followed */
};

static const struct {
	uint32_t link;
	const char *name;
} names[] = {
	{ LINK_ETHERNET, "Ethernet" },
	{ LINK_SLL, "Linux cooked v1" },
	{ LINK_SLL2, "Linux cooked v2" },
	{ LINK_RAW, "raw IP" },
	{ LINK_RAW_BSD, "raw IP" },
	{ LINK_RAW_OPENBSD, "raw IP" },
	{ LINK_IPV4, "raw IPv4" },
	{ LINK_IPV6, "raw IPv6" },
	{ LINK_NULL, "loopback" },
	{ LINK_LOOP, "loopback" },
	{ LINK_PPP, "PPP" },
	{ LINK_PPP_HDLC, "PPP" },
	{ LINK_PPPOE, "PPPoE" },
	{ 105, "802.11" },
	{ 119, "802.11 with Prism header" },
	{ 127, "802.11 with radiotap header" },
	{ 163, "802.11 with AVS header" },
	{ 187, "Bluetooth HCI" },
	{ 195, "802.15.4" },
	{ 201, "Bluetooth HCI" },
	{ 220, "USB" },
	{ 230, "802.15.4" },
	{ 249, "USB" },
	{ 251, "Bluetooth Low Energy" },
	{ 256, "Bluetooth Low Energy" },
};

const char *link_name(uint32_t link)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].link == link)
			return names[i].name;
	return "unknown";
}

/* Take n bytes off the front: 0, or -1 when they were not captured. */
static int cut(struct part *t, uint32_t n)
{
	if (t->cap < n || t->wire < n)
		return -1;
	t->p += n;
	t->cap -= n;
	t->wire -= n;
	return 0;
}

/* PPP's protocol field (RFC 1661), which may be compressed to one byte. */
static enum left_out ppp(struct part *t)
{
	uint32_t proto;

	if (t->cap >= 2 && t->p[0] == 0xff && t->p[1] == 0x03 && cut(t, 2) < 0)
		return LEFT_SHORT;
	if (t->cap < 1)
		return LEFT_SHORT;
	proto = t->p[0];
	if ((proto & 1) != 0)
		return cut(t, 1) < 0 ? LEFT_SHORT : proto == 0x21 || proto == 0x57 ? LEFT_NONE : LEFT_ETHERTYPE;
	if (t->cap < 2)
		return LEFT_SHORT;
	proto = be16(t->p);
	return cut(t, 2) < 0 ? LEFT_SHORT : proto == 0x21 || proto == 0x57 ? LEFT_NONE : LEFT_ETHERTYPE;
}

/* Labels (RFC 3032) up to the one at the bottom of the stack; what they carry shows in its first four bits (RFC 4928). */
static enum left_out mpls(struct part *t)
{
	for (int i = 0; i < TAGS_MAX; i++) {
		const int bottom = t->cap >= 4 && (t->p[2] & 1);

		if (cut(t, 4) < 0)
			return LEFT_SHORT;
		if (bottom)
			return t->cap > 0 && (t->p[0] >> 4 == 4 || t->p[0] >> 4 == 6) ? LEFT_NONE : LEFT_ETHERTYPE;
	}
	return LEFT_NESTED;
}

/* IEEE 802.2: a SNAP header has an Ethernet type again, in *type. */
static enum left_out llc(struct part *t, uint32_t *type)
{
	if (t->cap < 3)
		return LEFT_SHORT;
	if (t->p[0] == 0x42 && t->p[1] == 0x42)
		return LEFT_STP;
	if (t->p[0] != 0xaa || t->p[1] != 0xaa || t->p[2] != 3 || t->cap < 8 || t->p[3] != 0 || t->p[4] != 0 || t->p[5] != 0)
		return LEFT_LLC;
	*type = be16(t->p + 6);
	return cut(t, 8) < 0 ? LEFT_SHORT : LEFT_NONE;
}

/* By Ethernet type, through the tags that may come first. */
static enum left_out by_type(struct part *t, uint32_t type)
{
	for (int i = 0; i < TAGS_MAX; i++) {
		enum left_out left;

		if (type < TYPE_LEAST && (left = llc(t, &type)) != LEFT_NONE)
			return left;
		switch (type) {
		case TYPE_IPV4:
		case TYPE_IPV6:
			return LEFT_NONE;
		case TYPE_VLAN:
		case TYPE_QINQ:
		case TYPE_QINQ_OLD:
			if (t->cap < 4)
				return LEFT_SHORT;
			type = be16(t->p + 2);
			if (cut(t, 4) < 0)
				return LEFT_SHORT;
			break;
		case TYPE_PPPOE:
			return cut(t, 6) < 0 ? LEFT_SHORT : ppp(t);
		case TYPE_PPP:
			return ppp(t);
		case TYPE_MPLS:
		case TYPE_MPLS_MULTICAST:
			return mpls(t);
		case TYPE_ARP:
			return LEFT_ARP;
		case TYPE_LLDP:
			return LEFT_LLDP;
		case TYPE_EAPOL:
			return LEFT_EAPOL;
		default:
			return LEFT_ETHERTYPE;
		}
	}
	return LEFT_NESTED;
}

static enum left_out ethernet(struct link *l)
{
	uint32_t type;

	if (l->net.cap < 14)
		return LEFT_SHORT;
	l->mac[DST] = l->net.p;
	l->mac[SRC] = l->net.p + 6;
	type = be16(l->net.p + 12);
	return cut(&l->net, 14) < 0 ? LEFT_SHORT : by_type(&l->net, type);
}

/* Linux cooked: v1 has 16 bytes with the type at their end, v2 20 bytes that begin with it. Addresses only of who sent it. */
static enum left_out cooked(struct link *l, uint32_t size, uint32_t type_at, uint32_t address_at)
{
	uint32_t type;
	const uint8_t *const p = l->net.p;

	if (l->net.cap < size)
		return LEFT_SHORT;
	type = be16(p + type_at);
	/* The length of the address: 16 bits in v1, 8 in v2. */
	if (p[address_at - 1] == 6)
		l->mac[SRC] = p + address_at;
	return cut(&l->net, size) < 0 ? LEFT_SHORT : by_type(&l->net, type == 4 ? 0 : type);
}

/* What follows four bytes with an address family that nobody agrees upon: IP shows by its version. */
static enum left_out loopback(struct part *t)
{
	if (cut(t, 4) < 0 || t->cap < 1)
		return LEFT_SHORT;
	return t->p[0] >> 4 == 4 || t->p[0] >> 4 == 6 ? LEFT_NONE : LEFT_ETHERTYPE;
}

struct link link_decode(const struct packet *p)
{
	struct link l = { .net = { .p = p->data, .cap = p->cap, .wire = p->wire } };

	switch (p->link) {
	case LINK_ETHERNET:
		l.left = ethernet(&l);
		break;
	case LINK_SLL:
		l.left = cooked(&l, 16, 14, 6);
		break;
	case LINK_SLL2:
		l.left = cooked(&l, 20, 0, 12);
		break;
	case LINK_NULL:
	case LINK_LOOP:
		l.left = loopback(&l.net);
		break;
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_IPV4:
	case LINK_IPV6:
		break;
	case LINK_PPP:
	case LINK_PPP_HDLC:
		l.left = ppp(&l.net);
		break;
	case LINK_PPPOE:
		l.left = cut(&l.net, 6) < 0 ? LEFT_SHORT : ppp(&l.net);
		break;
	default:
		l.left = LEFT_LINK;
		break;
	}
	return l;
}
