/* ip: an IPv4 or IPv6 address (RFC 791, RFC 8200), in network byte order. */
#ifndef FLOW_IP_H
#define FLOW_IP_H

#include <stddef.h>
#include <stdint.h>

enum { IP_TEXT = 46 }; /* longest text form with its NUL: INET6_ADDRSTRLEN */

struct ip {
	uint8_t family; /* 4, 6; 0: unset */
	uint8_t b[16];  /* the first 4 or all 16 */
};

struct ip ip_of(uint8_t family, const void *bytes);
int ip_equal(const struct ip *a, const struct ip *b);

/* All of text[len] is an address: 0 and *out; -1 when it is none. Not taken: zones ("fe80::1%eth0"), prefixes, leading zeros. */
int ip_parse(const char *text, size_t len, struct ip *out);

/* RFC 5952 text in out, which is returned; "-" when unset. */
const char *ip_print(const struct ip *a, char out[IP_TEXT]);

/* An address of a home or office network: RFC 1918, RFC 4193, link-local, loopback. Devices have these. */
int ip_is_local(const struct ip *a);

/* Of these, what no router hands on: link-local (RFC 3927, RFC 4291) and loopback. */
int ip_is_on_link(const struct ip *a);

#endif
