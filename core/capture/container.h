/*
 * container: packets out of a capture file, record by record.
 *
 * The two formats (pcap: draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng) are read here and not by libpcap, because
 * libpcap pulls from a file while a source is pushed (a thread per upload would be the bridge), and because it refuses a pcapng
 * whose interfaces have different link types. The tests hold what is read here against libpcap, packet by packet.
 *
 * A container looks at the bytes it is given and either takes some, which may be a packet, or says how many it wants to see at once.
 * It holds no bytes of the file.
 */
#ifndef CAPTURE_CONTAINER_H
#define CAPTURE_CONTAINER_H

#include <stddef.h>
#include <stdint.h>

enum {
	CONTAINER_PACKET_MAX = 262144, /* captured bytes of a packet; libpcap's MAXIMUM_SNAPLEN */
	CONTAINER_NEED_MAX = CONTAINER_PACKET_MAX + 64,
	CONTAINER_INTERFACES = 1024, /* of one section of a pcapng */
};

/* A packet as the file has it; data is borrowed. */
struct packet {
	int64_t ts;    /* nanoseconds since 1970, 0 .. PACKET_TS_MAX */
	uint32_t link; /* LINKTYPE_ (www.tcpdump.org/linktypes.html) */
	uint32_t cap;  /* bytes of data */
	uint32_t wire; /* bytes that it had on the wire, >= cap */
	const uint8_t *data;
};

#define PACKET_TS_MAX INT64_C(5000000000000000000) /* pcap ends in 2106 below it; far from overflow when timeouts are added */

struct interface {
	uint32_t link;
	uint32_t snap;
	uint8_t resolution; /* if_tsresol: 10^-n, or 2^-n with the top bit */
	int64_t offset;     /* seconds to add */
};

struct container {
	int big;      /* byte order */
	int started;  /* the file header, or the first section, was read */
	/* pcap */
	int nano, swapped; /* swapped: very old files have the two lengths the other way round, 1; or perhaps, 2 */
	/* pcapng */
	struct interface *interface;
	size_t interface_n, interface_room;
	/* What the file says of itself, from pcap's header or the first interface. */
	struct interface first;
};

/* One of used, need and broken is set. */
struct step {
	size_t used;        /* bytes taken */
	uint64_t skip;      /* and so many more to be passed over unseen */
	size_t need;        /* bytes that are to be shown at once, more than there were, <= CONTAINER_NEED_MAX */
	const char *broken; /* why the rest of the file cannot be read */
	const char *lost;   /* why a record that should have been a packet is none: a static kind, or NULL */
	int has_packet;
	struct packet packet;
};

struct step pcap_step(struct container *c, const uint8_t *p, size_t n);
struct step pcapng_step(struct container *c, const uint8_t *p, size_t n);

/* What interfaces took. */
void container_free(struct container *c);

#endif
