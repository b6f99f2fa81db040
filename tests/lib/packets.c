/* packets: bytes, lengths and checksums. */
#include "lib/packets.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 0x0a }, { 2, 0, 0, 0, 0, 0x0b } };
static const uint8_t ip4[2][4] = { { 10, 0, 0, 2 }, { 93, 184, 216, 34 } };
static const uint8_t ip6[2][16] = { { 0xfd, [15] = 2 }, { 0x20, 1, 0x0d, 0xb8, [15] = 0x34 } };

void capfile_bytes(struct capfile *c, const void *p, size_t n)
{
	if (c->n + n > c->room) {
		c->room = 2 * (c->n + n);
		c->p = realloc(c->p, c->room);
		assert(c->p != NULL);
	}
	if (n > 0)
		memcpy(c->p + c->n, p, n);
	c->n += n;
}

static void put(struct capfile *c, uint64_t v, size_t n)
{
	uint8_t b[8];

	for (size_t i = 0; i < n; i++)
		b[c->big ? n - 1 - i : i] = (uint8_t)(v >> 8 * i);
	capfile_bytes(c, b, n);
}

void capfile_pcap(struct capfile *c, uint32_t link, uint32_t snap)
{
	put(c, c->nano ? 0xa1b23c4d : 0xa1b2c3d4, 4);
	put(c, 2, 2);
	put(c, 4, 2);
	put(c, 0, 8);
	put(c, snap, 4);
	put(c, link, 4);
}

void capfile_packet(struct capfile *c, int64_t us, const struct frame *f)
{
	put(c, (uint64_t)(CAPFILE_EPOCH + us / 1000000), 4);
	put(c, (uint64_t)(us % 1000000 * (c->nano ? 1000 : 1)), 4);
	put(c, f->n, 4);
	put(c, f->wire ? f->wire : f->n, 4);
	capfile_bytes(c, f->b, f->n);
}

void capfile_section(struct capfile *c)
{
	put(c, 0x0a0d0d0a, 4);
	put(c, 28, 4);
	put(c, 0x1a2b3c4d, 4);
	put(c, 1, 2);
	put(c, 0, 2);
	put(c, UINT64_MAX, 8);
	put(c, 28, 4);
}

void capfile_interface(struct capfile *c, uint16_t link, uint8_t resolution, int64_t offset)
{
	const uint32_t length = 20 + (resolution ? 8 : 0) + (offset ? 12 : 0) + 8 + 4;

	put(c, 1, 4);
	put(c, length, 4);
	put(c, link, 2);
	put(c, 0, 2);
	put(c, 65535, 4);
	put(c, 2, 2); /* a name, which nobody needs */
	put(c, 3, 2);
	capfile_bytes(c, "eth", 4);
	if (resolution) {
		put(c, 9, 2);
		put(c, 1, 2);
		put(c, c->big ? (uint64_t)resolution << 24 : resolution, 4);
	}
	if (offset) {
		put(c, 14, 2);
		put(c, 8, 2);
		put(c, (uint64_t)offset, 8);
	}
	put(c, 0, 4);
	put(c, length, 4);
}

static void padded(struct capfile *c, const struct frame *f)
{
	capfile_bytes(c, f->b, f->n);
	put(c, 0, (4 - f->n % 4) % 4);
}

void capfile_enhanced(struct capfile *c, uint32_t interface, uint64_t ticks, const struct frame *f)
{
	const uint32_t length = (uint32_t)(32 + (f->n + 3) / 4 * 4);

	put(c, 6, 4);
	put(c, length, 4);
	put(c, interface, 4);
	put(c, ticks >> 32, 4);
	put(c, ticks & 0xffffffff, 4);
	put(c, f->n, 4);
	put(c, f->wire ? f->wire : f->n, 4);
	padded(c, f);
	put(c, length, 4);
}

void capfile_simple(struct capfile *c, const struct frame *f)
{
	const uint32_t length = (uint32_t)(16 + (f->n + 3) / 4 * 4);

	put(c, 3, 4);
	put(c, length, 4);
	put(c, f->wire ? f->wire : f->n, 4);
	padded(c, f);
	put(c, length, 4);
}

void capfile_keep(const struct capfile *c, const char *name)
{
	static unsigned n;
	const char *const folder = getenv("SEEDS");
	char path[256];
	FILE *f;

	if (folder == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s_%02u", folder, name, n++);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(c->p, 1, c->n, f) != c->n || fclose(f) != 0)
		abort();
}

/* ---- frames ---- */

void frame_append(struct frame *f, const void *p, size_t n)
{
	assert(f->n + n <= sizeof(f->b));
	if (p != NULL)
		memcpy(f->b + f->n, p, n);
	else
		memset(f->b + f->n, 'x', n);
	f->n += n;
}

static void append16(struct frame *f, uint32_t v)
{
	frame_append(f, (const uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

static void append32(struct frame *f, uint32_t v)
{
	append16(f, v >> 16);
	append16(f, v & 0xffff);
}

void frame_ethernet(struct frame *f, int from, uint16_t type, uint16_t outer_vlan, uint16_t inner_vlan)
{
	*f = (struct frame){ .n = 0 };
	frame_append(f, mac[!from], 6);
	frame_append(f, mac[from], 6);
	if (outer_vlan) {
		append16(f, inner_vlan ? 0x88a8 : 0x8100);
		append16(f, outer_vlan);
	}
	if (inner_vlan) {
		append16(f, 0x8100);
		append16(f, inner_vlan);
	}
	append16(f, type);
	f->ip = f->n;
}

static uint32_t add(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

static void store_sum(uint8_t *p, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	p[0] = (uint8_t)(~sum >> 8);
	p[1] = (uint8_t)~sum;
}

void frame_sum(struct frame *f)
{
	uint8_t *const ip = f->b + f->ip, *t;
	const int v6 = ip[0] >> 4 == 6;
	const uint8_t proto = v6 ? ip[6] : ip[9];
	const size_t header = v6 ? 40 : 4u * (ip[0] & 15), len = f->n - f->ip - header;
	const size_t at = proto == 6 ? 16 : proto == 17 ? 6 : 2;
	uint32_t sum = 0;

	if (!v6) {
		ip[10] = ip[11] = 0;
		store_sum(ip + 10, add(0, ip, header));
	}
	t = ip + header;
	if (proto != 6 && proto != 17 && proto != 1 && proto != 58)
		return;
	t[at] = t[at + 1] = 0;
	if (proto != 1)
		sum = add((uint32_t)proto + (uint32_t)len, v6 ? ip + 8 : ip + 12, v6 ? 32 : 8);
	store_sum(t + at, add(sum, t, len));
}

void frame_ip4(struct frame *f, int from, uint8_t proto, size_t len)
{
	const uint8_t head[] = { 0x45, 0, (uint8_t)((20 + len) >> 8), (uint8_t)(20 + len), 0, 7, 0, 0, 64, proto, 0, 0 };

	f->ip = f->n;
	frame_append(f, head, sizeof(head));
	frame_append(f, ip4[from], 4);
	frame_append(f, ip4[!from], 4);
	store_sum(f->b + f->ip + 10, add(0, f->b + f->ip, 20));
}

void frame_ip6(struct frame *f, int from, uint8_t next, size_t len)
{
	const uint8_t head[] = { 0x60, 0, 0, 0, (uint8_t)(len >> 8), (uint8_t)len, next, 64 };

	f->ip = f->n;
	frame_append(f, head, sizeof(head));
	frame_append(f, ip6[from], 16);
	frame_append(f, ip6[!from], 16);
}

static void start(struct frame *f, int v6, int from, uint8_t proto, size_t len)
{
	frame_ethernet(f, from, v6 ? 0x86dd : 0x0800, 0, 0);
	if (v6)
		frame_ip6(f, from, proto, len);
	else
		frame_ip4(f, from, proto, len);
}

void frame_tcp(struct frame *f, const struct tcp_of *t)
{
	static const struct {
		char letter;
		uint8_t bit;
	} bits[] = { { 'F', 1 }, { 'S', 2 }, { 'R', 4 }, { 'P', 8 }, { 'A', 16 } };
	const uint16_t port[2] = { t->port[A] ? t->port[A] : 40000, t->port[B] ? t->port[B] : 80 };
	uint8_t flags = 0;

	for (size_t i = 0; i < sizeof(bits) / sizeof(*bits); i++)
		flags |= strchr(t->flags, bits[i].letter) != NULL ? bits[i].bit : 0;
	start(f, t->v6, t->from, 6, 20 + t->len);
	append16(f, port[t->from]);
	append16(f, port[!t->from]);
	append32(f, t->seq);
	append32(f, t->ack);
	append16(f, 5u << 12 | flags);
	append16(f, t->window == CLOSED_WINDOW ? 0 : t->window ? t->window : 1000);
	append32(f, 0);
	frame_append(f, NULL, t->len);
	frame_sum(f);
}

void frame_udp(struct frame *f, int v6, int from, uint16_t port_a, uint16_t port_b, size_t len)
{
	start(f, v6, from, 17, 8 + len);
	append16(f, from == A ? port_a : port_b);
	append16(f, from == A ? port_b : port_a);
	append16(f, (uint32_t)(8 + len));
	append16(f, 0);
	frame_append(f, NULL, len);
	frame_sum(f);
}

void frame_icmp(struct frame *f, int v6, int from, uint8_t type, uint8_t code, size_t len)
{
	start(f, v6, from, v6 ? 58 : 1, 8 + len);
	append16(f, (uint32_t)type << 8 | code);
	append16(f, 0);
	append32(f, 0x00010001);
	frame_append(f, NULL, len);
	frame_sum(f);
}

void frame_arp(struct frame *f, uint16_t op, const uint8_t sender[6], const char *ip, const char *target)
{
	uint8_t addr[4];

	frame_ethernet(f, A, 0x0806, 0, 0);
	memcpy(f->b + 6, sender, 6);
	append32(f, 0x00010800);
	append16(f, 0x0604);
	append16(f, op);
	frame_append(f, sender, 6);
	assert(inet_pton(AF_INET, ip, addr) == 1);
	frame_append(f, addr, 4);
	frame_append(f, mac[A], 6);
	assert(inet_pton(AF_INET, target, addr) == 1);
	frame_append(f, addr, 4);
}
