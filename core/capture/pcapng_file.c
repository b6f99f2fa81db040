/*
 * pcapng_file: blocks of type, length, content and length again.
 *
 * Read are the section header, interface descriptions and the three kinds of packet blocks; other blocks and most options are
 * passed over. A new section forgets the interfaces and may have another byte order.
 */
#include "capture/container.h"

#include <stdlib.h>
#include <string.h>

#include "capture/bytes.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
	HEAD = 8,   /* type and length */
	FRAME = 12, /* and the length at the end */
	SECTION = 28,
	INTERFACE = 20,
	OPTIONS_MAX = 65536, /* of an interface that are looked at */
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14,
	BLOCK_MAX = 16 << 20, /* of blocks that matter; libpcap's limit too */
};

/* Pass over a block of that many bytes, of which n are here. */
static struct step pass(size_t n, uint32_t length)
{
	if (n >= length)
		return (struct step){ .used = length };
	return (struct step){ .used = n, .skip = length - n };
}

static struct step section(struct container *c, const uint8_t *p, size_t n)
{
	uint32_t length;

	if (n < SECTION)
		return (struct step){ .need = SECTION };
	if (be32(p + 8) != 0x1a2b3c4d && le32(p + 8) != 0x1a2b3c4d)
		return (struct step){ .broken = "a section has no byte order" };
	c->big = be32(p + 8) == 0x1a2b3c4d;
	length = end32(p + 4, c->big);
	if (length < SECTION || length % 4 != 0 || length > BLOCK_MAX)
		return (struct step){ .broken = "a section header has no sensible length" };
	if (end16(p + 12, c->big) != 1)
		return (struct step){ .broken = "a section of another version than 1" };
	c->interface_n = 0;
	c->started = 1;
	return pass(n, length);
}

/* Code, length, value padded to four bytes, until code 0 or the end. */
static void options(struct interface *i, const uint8_t *p, size_t n, int big)
{
	while (n >= 4) {
		const uint16_t code = end16(p, big), len = end16(p + 2, big);
		const size_t room = 4 + ((size_t)len + 3) / 4 * 4;

		if (code == 0 || room > n)
			return;
		if (code == OPTION_TSRESOL && len == 1)
			i->resolution = p[4];
		if (code == OPTION_TSOFFSET && len == 8)
			i->offset = (int64_t)(big ? (uint64_t)be32(p + 4) << 32 | be32(p + 8) : (uint64_t)le32(p + 8) << 32 | le32(p + 4));
		p += room;
		n -= room;
	}
}

static int interface_add(struct container *c, const struct interface *i)
{
	if (c->interface_n == c->interface_room) {
		const size_t room = c->interface_room == 0 ? 8 : 2 * c->interface_room;
		struct interface *const more = realloc(c->interface, room * sizeof(*more));

		if (more == NULL)
			return -1;
		c->interface = more;
		c->interface_room = room;
	}
	if (c->first.resolution == 0)
		c->first = *i;
	c->interface[c->interface_n++] = *i;
	return 0;
}

static struct step interface(struct container *c, const uint8_t *p, size_t n, uint32_t length)
{
	const size_t seen = length < OPTIONS_MAX ? length : OPTIONS_MAX;
	struct interface i = { .resolution = 6 };

	if (length < INTERFACE)
		return (struct step){ .broken = "an interface description is too short" };
	if (n < seen)
		return (struct step){ .need = seen };
	i.link = end16(p + 8, c->big);
	i.snap = end32(p + 12, c->big);
	options(&i, p + 16, seen - 16 - (seen == length ? 4 : 0), c->big);
	if (c->interface_n == CONTAINER_INTERFACES || interface_add(c, &i) < 0)
		return (struct step){ .broken = "there are too many interfaces" };
	return pass(n, length);
}

/* Ticks of an interface as nanoseconds. */
static int64_t time_of(const struct interface *i, uint64_t ticks)
{
	const unsigned n = i->resolution & 0x7f;
	uint64_t unit = 1;
	__int128 ns;

	if (i->resolution & 0x80)
		unit = n < 64 ? UINT64_C(1) << n : 0;
	else
		for (unsigned k = 0; k < n && unit != 0; k++)
			unit = n <= 19 ? 10 * unit : 0;
	/* A unit that fits no number: there is no second in all ticks. */
	ns = unit == 0 ? 0 : (__int128)(ticks / unit) * 1000000000 + (__int128)(ticks % unit) * 1000000000 / unit;
	ns += (__int128)i->offset * 1000000000;
	return ns < 0 ? 0 : ns > PACKET_TS_MAX ? PACKET_TS_MAX : (int64_t)ns;
}

/* The packet begins at p + at; the block has that many bytes. */
static struct step packet(struct container *c, const uint8_t *p, size_t n, uint32_t length, size_t at, uint32_t which, const uint32_t said[2],
			  uint64_t ticks)
{
	const uint32_t room = length - (uint32_t)at - 4;
	uint32_t cap = said[0];
	struct step s;

	if (cap > room)
		return (struct step){ .broken = "a packet is longer than its block" };
	if (cap > CONTAINER_PACKET_MAX)
		cap = CONTAINER_PACKET_MAX;
	if (n < at + cap)
		return (struct step){ .need = at + cap };
	s = pass(n, length);
	if (which >= c->interface_n) {
		s.lost = "packet of an unknown interface";
		return s;
	}
	s.has_packet = 1;
	s.packet = (struct packet){
		.ts = time_of(&c->interface[which], ticks),
		.link = c->interface[which].link,
		.cap = cap,
		.wire = said[1] > cap ? said[1] : cap,
		.data = p + at,
	};
	return s;
}

/* Interface, time in two halves, captured and original length. Of the obsolete block the interface has 16 bits. */
static struct step enhanced(struct container *c, const uint8_t *p, size_t n, uint32_t length, int obsolete)
{
	uint32_t said[2];
	uint64_t ticks;

	if (length < 28 + 4)
		return (struct step){ .broken = "a packet block is too short" };
	if (n < 28)
		return (struct step){ .need = 28 };
	ticks = (uint64_t)end32(p + 12, c->big) << 32 | end32(p + 16, c->big);
	said[0] = end32(p + 20, c->big);
	said[1] = end32(p + 24, c->big);
	return packet(c, p, n, length, 28, obsolete ? end16(p + 8, c->big) : end32(p + 8, c->big), said, ticks);
}

/* Of the first interface, without a time. What is captured follows from the interface's limit. */
static struct step simple(struct container *c, const uint8_t *p, size_t n, uint32_t length)
{
	uint32_t said[2];

	if (length < 12 + 4)
		return (struct step){ .broken = "a packet block is too short" };
	if (n < 12)
		return (struct step){ .need = 12 };
	said[1] = end32(p + 8, c->big);
	said[0] = said[1] < length - 16 ? said[1] : length - 16;
	if (c->interface_n > 0 && c->interface[0].snap != 0 && said[0] > c->interface[0].snap)
		said[0] = c->interface[0].snap;
	return packet(c, p, n, length, 12, 0, said, 0);
}

struct step pcapng_step(struct container *c, const uint8_t *p, size_t n)
{
	uint32_t type, length;

	if (n < HEAD)
		return (struct step){ .need = HEAD };
	if (be32(p) == BLOCK_SECTION)
		return section(c, p, n);
	if (!c->started)
		return (struct step){ .broken = "the file does not begin with a section" };
	type = end32(p, c->big);
	length = end32(p + 4, c->big);
	if (length < FRAME || length % 4 != 0)
		return (struct step){ .broken = "a block has no sensible length" };
	if (type != BLOCK_INTERFACE && type != BLOCK_PACKET && type != BLOCK_SIMPLE && type != BLOCK_ENHANCED)
		return pass(n, length);
	if (length > BLOCK_MAX)
		return (struct step){ .broken = "a packet block claims more bytes than any capture has" };
	switch (type) {
	case BLOCK_INTERFACE:
		return interface(c, p, n, length);
	case BLOCK_SIMPLE:
		return simple(c, p, n, length);
	default:
		return enhanced(c, p, n, length, type == BLOCK_PACKET);
	}
}
