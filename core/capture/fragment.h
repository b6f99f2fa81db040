/*
 * fragment: datagrams that came in pieces (RFC 791, RFC 8200 4.5), counted together as Zeek does: as one packet, when the last piece is
 * there.
 *
 * Only lengths and the transport header are kept, no content; so a capture that is cut gives the same. Memory: FRAGMENTS_OPEN
 * datagrams, the oldest goes when there are more; what goes incomplete is counted.
 */
#ifndef CAPTURE_FRAGMENT_H
#define CAPTURE_FRAGMENT_H

#include <stdint.h>

#include "capture/segment.h"

enum { FRAGMENTS_OPEN = 128, FRAGMENT_HOLES = 8 };

struct fragment {
	uint32_t id;
	uint32_t at; /* place in the datagram, bytes */
	int more;    /* others follow */
};

struct fragments *fragments_new(void); /* NULL: memory is out */
void fragments_del(struct fragments *f);

/*
 * The piece in body of the datagram that s (hosts, proto, ip_bytes) belongs to. LEFT_NONE: the datagram is complete, *s is its segment.
 * LEFT_HELD: it is kept. Others: it is broken.
 */
enum left_out fragment_add(struct fragments *f, const struct fragment *piece, struct part body, struct segment *s);

/* At the end of the file: packets that were kept and are part of no complete datagram. */
uint64_t fragments_lost(struct fragments *f);

#endif
