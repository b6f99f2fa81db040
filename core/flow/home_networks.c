/* home_networks: prefixes, compared bit by bit. */
#include "flow/home_networks.h"

#include <string.h>

static int bits_max(const struct ip *a)
{
	return a->family == 4 ? 32 : 128;
}

static int has_prefix(const struct ip *a, const struct ip_prefix *p)
{
	const size_t whole = p->bits / 8;
	const unsigned mask = 0xff00U >> p->bits % 8 & 0xff;

	return a->family == p->ip.family && memcmp(a->b, p->ip.b, whole) == 0 &&
	       (mask == 0 || ((unsigned)(a->b[whole] ^ p->ip.b[whole]) & mask) == 0);
}

/* The digits behind the slash; -1: not a number of bits of such an address. */
static int parse_bits(const char *text, size_t len, int max)
{
	int bits = 0;

	if (len < 1 || len > 3 || (len > 1 && text[0] == '0'))
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		bits = 10 * bits + (text[i] - '0');
	}
	return bits <= max ? bits : -1;
}

/* The address without what is behind the prefix. */
static struct ip masked(const struct ip *a, int bits)
{
	struct ip m = *a;

	for (int i = bits; i < bits_max(a); i++)
		m.b[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return m;
}

static int parse_one(struct ip_prefix *p, const char *text, size_t len, struct err *e)
{
	const char *const slash = memchr(text, '/', len);
	const size_t n = slash != NULL ? (size_t)(slash - text) : len;
	struct ip first;
	char ip[IP_TEXT];
	int bits;

	if (ip_parse(text, n, &p->ip) < 0)
		return err_set(e, ERR_USAGE, "\"%.*s\" is no network: wanted is an address and a length, as 192.168.0.0/16",
			       (int)(len < IP_TEXT ? len : IP_TEXT), text);
	bits = slash != NULL ? parse_bits(slash + 1, len - n - 1, bits_max(&p->ip)) : bits_max(&p->ip);
	if (bits < 0)
		return err_set(e, ERR_USAGE, "\"%.*s\": the length of an IPv%d network is 0 to %d", (int)(len < 64 ? len : 64),
			       text, p->ip.family, bits_max(&p->ip));
	first = masked(&p->ip, bits);
	if (!ip_equal(&first, &p->ip))
		return err_set(e, ERR_USAGE, "\"%.*s\" has bits behind its length: the network is %s/%d",
			       (int)(len < 64 ? len : 64), text, ip_print(&first, ip), bits);
	p->bits = (uint8_t)bits;
	return OK;
}

int home_networks_parse(struct home_networks *out, const char *list, struct err *e)
{
	static const char between[] = " \t,";
	struct home_networks h = { 0 };
	int r;

	for (const char *at = list + strspn(list, between); *at != '\0'; at += strspn(at, between)) {
		const size_t len = strcspn(at, between);

		if (h.n == HOME_NETWORKS_MAX)
			return err_set(e, ERR_USAGE, "more than %d networks", HOME_NETWORKS_MAX);
		if ((r = parse_one(&h.net[h.n++], at, len, e)) < 0)
			return r;
		at += len;
	}
	*out = h;
	return OK;
}

int home_networks_have(const struct home_networks *h, const struct ip *a)
{
	if (h == NULL || h->n == 0)
		return ip_is_local(a);
	for (size_t i = 0; i < h->n; i++)
		if (has_prefix(a, &h->net[i]))
			return 1;
	return ip_is_on_link(a);
}
