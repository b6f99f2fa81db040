/* checksum: sums. */
#include "capture/checksum.h"

#include <string.h>

#include "capture/bytes.h"
#include "flow/conn_state.h"

static uint16_t fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)sum;
}

/* Ones' complement sums do not care how wide the words are (RFC 1071, 2): four bytes at a time, carries stay in the upper half. */
static uint64_t add(uint64_t sum, const uint8_t *p, size_t n)
{
	for (; n >= 4; p += 4, n -= 4)
		sum += be32(p);
	if (n >= 2)
		sum += be16(p);
	if (n & 1)
		sum += (uint32_t)p[n - 1] << 8;
	return sum;
}

uint16_t checksum_sum(const uint8_t *p, size_t n)
{
	return fold(add(0, p, n));
}

/* Offset of the checksum in the header, by protocol. */
static size_t place(uint8_t proto)
{
	return proto == PROTO_TCP ? 16 : proto == PROTO_UDP ? 6 : 2;
}

int checksum_ok(const struct segment *s, const uint8_t *p, size_t n)
{
	const size_t address = s->host[SRC].family == 4 ? 4 : 16, at = place(s->proto);
	const uint16_t field = be16(p + at);
	uint64_t pseudo = 0;

	if (s->proto == PROTO_UDP && be16(p + 4) >= 8 && be16(p + 4) < n)
		n = be16(p + 4);
	if (s->proto != PROTO_ICMP) {
		pseudo = add(add(s->proto, s->host[SRC].b, address), s->host[DST].b, address);
		/* Left to the card: no sum, that of the pseudo header, or that without the length (segmentation is left to it too). */
		if (s->proto != PROTO_ICMP6 && (field == 0 || field == fold(pseudo) || field == fold(pseudo + n)))
			return 1;
		pseudo += n;
	}
	return fold(add(pseudo, p, n)) == 0xffff;
}
