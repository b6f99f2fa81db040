/* network: addresses. */
#include "synth/network.h"

#include <string.h>

#include "synth/draw.h"

enum { HUB = 2, FIRST = 10, SERVERS = 4 };

static void set_mac(struct flow *f, int side, uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t e, uint8_t g)
{
	memcpy(f->mac[side], (uint8_t[]){ a, b, c, d, e, g }, 6);
	f->has_mac[side] = 1;
}

static struct ip ip4(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return ip_of(4, (uint8_t[]){ (uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d });
}

/* 2001:db8:<net>::<host>, or fe80::<host> for net 0. */
static struct ip ip6(unsigned net, unsigned host)
{
	uint8_t b[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, (uint8_t)net };

	if (net == 0)
		memcpy(b, (uint8_t[]){ 0xfe, 0x80, 0, 0 }, 4);
	b[13] = (uint8_t)(host >> 16);
	b[14] = (uint8_t)(host >> 8);
	b[15] = (uint8_t)host;
	return ip_of(6, b);
}

void network_device(struct flow *f, int side, size_t device, int family)
{
	f->host[side] = family == 6 ? ip6(1, (unsigned)(FIRST + device)) : ip4(192, 168, 1, (unsigned)(FIRST + device));
	set_mac(f, side, 2, 0, 0, 0, 1, (uint8_t)device);
}

void network_outside(struct flow *f, int side, struct ip address)
{
	f->host[side] = address;
	set_mac(f, side, 2, 0, 0, 0, 0, 1);
}

struct ip network_stranger(struct rng *r)
{
	const uint64_t n = rng_next(r);

	return ip4(198, (unsigned)(18 + (n & 1)), (unsigned)(n >> 8 & 255), (unsigned)(1 + (n >> 16) % 254));
}

struct ip network_villain(struct rng *r)
{
	return ip4(203, 0, 113, (unsigned)(1 + rng_below(r, 254)));
}

/* Few sites have most of the visits. */
static struct ip website(struct rng *r, int family)
{
	const unsigned n = (unsigned)(draw_amount(r, 40, 700) % (1U << 17));

	return family == 6 ? ip6(2, n + 1) : ip4(198, 18 + (n >> 16), n >> 8 & 255, n & 255);
}

void network_meet(struct flow *f, const struct habit *h, size_t device, size_t devices, struct rng *r)
{
	const int six = h->peer == PEER_WEB6 || h->peer == PEER_ROUTER6 || h->peer == PEER_GROUP6;
	const size_t hub = HUB < devices ? HUB : 0;
	unsigned server;

	network_device(f, ORIG, device, six ? 6 : 4);
	switch (h->peer) {
	case PEER_CLOUD: /* each kind of device has a few servers of its maker, the first one most of the time */
		server = (unsigned)(rng_below(r, SERVERS) * rng_below(r, 2));
		network_outside(
			f, RESP,
			ip4(198, 51, 100, 10 + 20 * (unsigned)(device % device_kinds()) + server + h->port[RESP] % 4 * SERVERS));
		break;
	case PEER_WEB:
	case PEER_WEB6:
		network_outside(f, RESP, website(r, six ? 6 : 4));
		break;
	case PEER_ROUTER:
		network_outside(f, RESP, ip4(192, 168, 1, 1));
		break;
	case PEER_ROUTER6:
		f->host[ORIG] = ip6(0, (unsigned)(FIRST + device));
		network_outside(f, RESP, ip6(0, 1));
		break;
	case PEER_HUB:
		network_device(f, RESP, hub, 4);
		break;
	case PEER_GROUP: /* RFC 6762, and the Ethernet addresses of groups: RFC 1112, RFC 2464 */
		f->host[RESP] = ip4(224, 0, 0, 251);
		set_mac(f, RESP, 1, 0, 0x5e, 0, 0, 0xfb);
		break;
	case PEER_GROUP6:
		f->host[ORIG] = ip6(0, (unsigned)(FIRST + device));
		f->host[RESP] = ip_of(6, (uint8_t[]){ 0xff, 2, [15] = 0xfb });
		set_mac(f, RESP, 0x33, 0x33, 0, 0, 0, 0xfb);
		break;
	}
}
