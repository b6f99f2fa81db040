/* pcap_file: the classic format: a header of 24 bytes, then records of 16 bytes and a packet each. */
#include "capture/container.h"

#include <stdlib.h>

#include "capture/bytes.h"

enum { HEADER = 24, RECORD = 16, LINK_MASK = 0x03ffffff };

void container_free(struct container *c)
{
	free(c->interface);
	c->interface = NULL;
}

/* The magic number was recognised before (input/format.c): one of four. */
static struct step header(struct container *c, const uint8_t *p)
{
	const uint32_t magic = be32(p);
	uint16_t major, minor;

	c->big = magic == 0xa1b2c3d4 || magic == 0xa1b23c4d;
	c->nano = magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
	if (!c->big && magic != 0xd4c3b2a1 && magic != 0x4d3cb2a1)
		return (struct step){ .broken = "the magic number is none of a packet capture" };
	major = end16(p + 4, c->big);
	minor = end16(p + 6, c->big);
	/* As libpcap: 2.2 and older, and 543 of DG/UX, wrote the lengths in the other order, 2.3 sometimes. */
	c->swapped = (major == 2 && minor < 3) || major == 543 ? 1 : major == 2 && minor == 3 ? 2 : 0;
	if (major < 2)
		return (struct step){ .broken = "a version of the format before 2.0" };
	c->first.snap = end32(p + 16, c->big);
	c->first.link = end32(p + 20, c->big) & LINK_MASK;
	c->first.resolution = c->nano ? 9 : 6;
	c->started = 1;
	return (struct step){ .used = HEADER };
}

struct step pcap_step(struct container *c, const uint8_t *p, size_t n)
{
	uint32_t cap, wire;

	if (!c->started && n < HEADER)
		return (struct step){ .need = HEADER };
	if (!c->started)
		return header(c, p);
	if (n < RECORD)
		return (struct step){ .need = RECORD };
	cap = end32(p + 8, c->big);
	wire = end32(p + 12, c->big);
	if (c->swapped == 1 || (c->swapped == 2 && cap > wire)) {
		const uint32_t was = cap;

		cap = wire;
		wire = was;
	}
	if (cap > CONTAINER_PACKET_MAX)
		return (struct step){ .broken = "a packet claims more bytes than any capture has" };
	if (n < RECORD + (size_t)cap)
		return (struct step){ .need = RECORD + (size_t)cap };
	return (struct step){
		.used = RECORD + (size_t)cap,
		.has_packet = 1,
		.packet = {
			.ts = end32(p, c->big) * INT64_C(1000000000) + end32(p + 4, c->big) * (c->nano ? INT64_C(1) : INT64_C(1000)),
			.link = c->first.link,
			.cap = cap,
			.wire = wire > cap ? wire : cap,
			.data = p + RECORD,
		},
	};
}
