/* ip: addresses and their text. */
#include "flow/ip.h"

#include <arpa/inet.h>
#include <string.h>

struct ip ip_of(uint8_t family, const void *bytes)
{
	struct ip a = { .family = family };

	memcpy(a.b, bytes, family == 4 ? 4 : 16);
	return a;
}

int ip_equal(const struct ip *a, const struct ip *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

int ip_parse(const char *text, size_t len, struct ip *out)
{
	struct ip a = { 0 };
	char s[IP_TEXT];

	if (len >= sizeof(s) || memchr(text, '\0', len) != NULL)
		return -1;
	memcpy(s, text, len);
	s[len] = '\0';
	a.family = memchr(text, ':', len) != NULL ? 6 : 4;
	if (inet_pton(a.family == 6 ? AF_INET6 : AF_INET, s, a.b) != 1)
		return -1;
	*out = a;
	return 0;
}

const char *ip_print(const struct ip *a, char out[IP_TEXT])
{
	if (a->family == 0 || inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->b, out, IP_TEXT) == NULL)
		return strcpy(out, "-");
	return out;
}

/* Prefixes by family; bits of the first 8 bytes are enough for all but ::1. */
static const struct {
	uint8_t family, bits, b[2], on_link;
} local[] = {
	{ 4, 8, { 10 }, 0 },          /* RFC 1918 */
	{ 4, 12, { 172, 16 }, 0 },    /* RFC 1918 */
	{ 4, 16, { 192, 168 }, 0 },   /* RFC 1918 */
	{ 4, 16, { 169, 254 }, 1 },   /* RFC 3927 */
	{ 4, 8, { 127 }, 1 },         /* RFC 1122 */
	{ 6, 7, { 0xfc }, 0 },        /* RFC 4193 */
	{ 6, 10, { 0xfe, 0x80 }, 1 }, /* RFC 4291 */
};

static int is_local(const struct ip *a, int on_link)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	const unsigned head = (unsigned)a->b[0] << 8 | a->b[1];

	for (size_t i = 0; i < sizeof(local) / sizeof(*local); i++) {
		const unsigned prefix = (unsigned)local[i].b[0] << 8 | local[i].b[1],
			       mask = 0xffffU << (16 - local[i].bits) & 0xffffU;

		if (a->family == local[i].family && local[i].on_link >= on_link && (head & mask) == prefix)
			return 1;
	}
	return a->family == 6 && memcmp(a->b, loopback, 16) == 0;
}

int ip_is_local(const struct ip *a)
{
	return is_local(a, 0);
}

int ip_is_on_link(const struct ip *a)
{
	return is_local(a, 1);
}
