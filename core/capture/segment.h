/*
 * segment: what flows need to know of one packet, and how it is found in the packet's layers.
 *
 *   link_decode()  link layer: Ethernet with VLAN tags, PPPoE, MPLS, LLC/SNAP; Linux cooked v1, v2; raw IP; loopback; PPP
 *   ip_decode()    IPv4 with options, IPv6 with extension headers, fragments, IP and GRE tunnels, TCP, UDP, ICMP
 *
 * Two lengths bound every step: of what was captured, beyond which nothing is read, and of what was on the wire, which is what
 * counts: a capture cut by a snap length gives the same flows as a whole one.
 */
#ifndef CAPTURE_SEGMENT_H
#define CAPTURE_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "capture/container.h"
#include "flow/ip.h"

enum { SRC, DST };

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16, TCP_NO_SCALE = 255 };

/* Why a packet is part of no flow; names in segment.c. */
enum left_out {
	LEFT_NONE,
	/* by kind */
	LEFT_ARP,
	LEFT_LLDP,
	LEFT_EAPOL,
	LEFT_STP,
	LEFT_LLC,
	LEFT_ETHERTYPE,
	LEFT_LINK,
	LEFT_IGMP,
	LEFT_ESP,
	LEFT_PROTOCOL,
	LEFT_NO_NEXT,
	LEFT_HELD,     /* a fragment that waits for others */
	LEFT_FRAGMENT, /* one that waited in vain, or cannot wait */
	/* broken, which is told with the packet's number */
	LEFT_SHORT,
	LEFT_IP_VERSION,
	LEFT_IP_LENGTH,
	LEFT_IP_HEADER,
	LEFT_IP_CHECKSUM,
	LEFT_TRANSPORT,
	LEFT_CHECKSUM, /* it makes a flow, or is of one, but is not counted in it */
	LEFT_NESTED,
	LEFT_KINDS,
};

/* "ARP packet"; NULL for LEFT_NONE. */
const char *left_out_name(enum left_out kind);

/* A part of a packet. */
struct part {
	const uint8_t *p;
	uint32_t cap;  /* bytes there */
	uint32_t wire; /* bytes on the wire; can be below cap where a frame was padded */
};

struct link {
	enum left_out left; /* LEFT_NONE: it is IP. LEFT_ARP: net is the ARP packet */
	struct part net;
	const uint8_t *mac[2]; /* Ethernet source and destination; NULL where unknown. Borrowed from the packet */
};

struct link link_decode(const struct packet *p);

/* "Ethernet", "802.11": for messages; "unknown" when it has no name here. */
const char *link_name(uint32_t link);

struct segment {
	int64_t ts; /* nanoseconds */
	struct ip host[2];
	uint16_t port[2]; /* ICMP: the type, and that of the answer, or the code where there is none */
	uint8_t proto;    /* PROTO_TCP, PROTO_UDP, PROTO_ICMP, PROTO_ICMP6 */
	uint8_t one_way;  /* ICMP without an answer: not paired */
	uint8_t blind;    /* the caller's: checksums are not to be looked at */
	uint8_t bad_sum;  /* the checksum is wrong, and not because a network card was to fill it in */
	uint32_t ip_bytes;
	uint32_t payload; /* bytes after the transport header, on the wire */
	/* TCP */
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags;
	uint8_t scale; /* of a SYN; TCP_NO_SCALE: no such option */
	const uint8_t *mac[2];
};

struct fragments;

/*
 * The packet in net as a segment; ts, mac and blind are the caller's. LEFT_NONE: *s is filled. Fragments are collected in f: the last one to come
 * makes the segment.
 */
enum left_out ip_decode(struct part net, struct fragments *f, struct segment *s);

/* TCP, UDP or ICMP from its header in t, proto and hosts of s being set. whole: all of t belongs to it, the checksum can be looked at. */
enum left_out transport_decode(struct part t, int whole, struct segment *s);

#endif
