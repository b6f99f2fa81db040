/* attack: what each campaign sends. */
#include "synth/attack.h"

#include <string.h>

#include "synth/conversation.h"
#include "synth/draw.h"
#include "synth/network.h"

/*
 * The order in which C evaluates arguments and initialisers is open: every draw below is a statement of its own, so that all
 * compilers make the same traffic.
 */

/* What all of them have in common. */
static struct conversation tcp(struct rng *r, enum conn_state state)
{
	struct conversation c = { .proto = PROTO_TCP, .state = state, .turns = 1, .tries = 1 };

	c.round_us = draw_amount(r, 60000, 120);
	c.variant = (unsigned)rng_below(r, 6);
	return c;
}

static void send(struct flow *f, const struct conversation *c, int32_t port, const char *service)
{
	f->port[RESP] = port;
	strcpy(f->service, service);
	conversation_flow(c, f);
}

/* How often an attempt is repeated without an answer, and how long that takes: after 1, 3 and 7 seconds (RFC 6298). */
static void unanswered(struct conversation *c, struct rng *r)
{
	c->tries = 1 + (unsigned)rng_below(r, 3);
	c->us = ((1U << (c->tries - 1)) - 1) * 1000000ULL + rng_below(r, 90000);
}

/* Outwards one port of many addresses, as worms look for victims; else all ports of one host. */
static void port_scan(const struct campaign *c, struct rng *r, struct flow *f)
{
	static const int32_t ports[] = { 23, 23, 23, 2323, 8080, 5555, 37215, 7547 };
	const int refused = draw_chance(r, c->course == OUTWARD ? 40 : 225), open = draw_chance(r, 5);
	struct conversation t = tcp(r, refused ? CONN_REJ : open ? CONN_RSTO : CONN_S0);

	t.bare = 1;
	if (t.state == CONN_S0)
		unanswered(&t, r);
	if (c->course == OUTWARD)
		f->host[RESP] = network_stranger(r);
	send(f, &t, c->course == OUTWARD ? ports[c->chosen % 8] : (int32_t)(1 + c->step % 65535), "");
}

/* Many packets at one victim: SYN segments or large datagrams. Inwards they come from everywhere. */
static void ddos(const struct campaign *c, struct rng *r, struct flow *f)
{
	const int syn = c->chosen % 2 == 1;
	struct conversation t = tcp(r, draw_chance(r, 20) ? CONN_REJ : CONN_S0);

	f->port[ORIG] = (int32_t)(1024 + rng_below(r, 64000));
	if (c->course == INWARD)
		f->host[ORIG] = network_stranger(r);
	t.bare = 1;
	t.us = 300000 + rng_below(r, 4000000);
	t.tries = 1 + (unsigned)draw_amount(r, c->course == INWARD ? 2 : 60, 400);
	if (!syn) {
		t.proto = PROTO_UDP;
		t.bytes[ORIG] = 512 + 64 * (c->chosen % 12);
	}
	send(f, &t, syn ? 80 : 53, syn ? "" : "dns");
}

/* All that there is, in a few pieces. */
static void exfiltration(const struct campaign *c, struct rng *r, struct flow *f)
{
	struct conversation t = tcp(r, CONN_SF);

	t.bytes[ORIG] = draw_amount(r, 9000000, 300);
	t.bytes[RESP] = 3000 + rng_below(r, 9000);
	t.us = draw_amount(r, 40000000, 200);
	t.turns = 4;
	send(f, &t, c->chosen % 3 ? 443 : 22, c->chosen % 3 ? "ssl" : "ssh");
}

/* Logins at SSH or Telnet, one after the other. */
static void brute_force(const struct campaign *c, struct rng *r, struct flow *f)
{
	const int ssh = c->chosen % 2;
	struct conversation t = tcp(r, draw_chance(r, 60) ? CONN_RSTR : CONN_SF);

	t.bytes[ORIG] = (ssh ? 900 : 60) + rng_below(r, ssh ? 700 : 40);
	t.bytes[RESP] = (ssh ? 1100 : 150) + rng_below(r, ssh ? 900 : 60);
	t.us = 1200000 + rng_below(r, 900000);
	t.turns = 5;
	send(f, &t, ssh ? 22 : 23, ssh ? "ssh" : "");
}

/* The same few bytes with the precision of a clock; now and then the command server is away. */
static void beacon(const struct campaign *c, struct rng *r, struct flow *f)
{
	static const int32_t ports[] = { 6667, 4444, 8080, 443, 48101 };
	struct conversation t = tcp(r, draw_chance(r, 40) ? CONN_S0 : draw_chance(r, 60) ? CONN_S3 : CONN_SF);

	t.bytes[ORIG] = 62 + c->chosen % 60 + rng_below(r, 3);
	t.bytes[RESP] = 52 + c->chosen % 40;
	t.turns = 2;
	t.us = 180000 + rng_below(r, 9000);
	if (t.state == CONN_S0)
		unanswered(&t, r);
	send(f, &t, ports[c->chosen % 5], c->chosen % 5 == 0 ? "irc" : "");
}

/* Programs for one processor after the other, until one runs. */
static void download(const struct campaign *c, struct rng *r, struct flow *f)
{
	struct conversation t = tcp(r, draw_chance(r, 12) ? CONN_RSTO : CONN_SF);

	t.bytes[ORIG] = 110 + c->chosen % 90 + rng_below(r, 6);
	t.bytes[RESP] = draw_amount(r, 140000, 90);
	t.us = draw_amount(r, 900000, 150);
	t.lost = draw_chance(r, 30);
	send(f, &t, c->chosen % 2 ? 80 : 8080, "http");
}

/* The victim's traffic goes by a neighbour, which has the router's place on the wire: every packet is there twice, and takes longer. */
static void mitm(const struct campaign *c, struct rng *r, struct flow *f)
{
	const int tls = draw_chance(r, 128), suspicious = tls && draw_chance(r, 90);
	struct conversation t = tcp(r, suspicious ? CONN_RSTO : CONN_SF);
	const struct ip server = f->host[RESP];

	t.bytes[ORIG] = suspicious ? 517 + 7 : draw_amount(r, 2600, 200);
	t.bytes[RESP] = suspicious ? 2100 : draw_amount(r, 9000, 250);
	t.us = draw_amount(r, 2500000, 150);
	t.round_us *= 2;
	t.turns = 4;
	send(f, &t, tls ? 443 : 80, tls ? "ssl" : "http");
	for (int i = 0; i < 2; i++) {
		f->pkts[i] *= 2;
		f->ip_bytes[i] *= 2;
	}
	strcpy(f->history, suspicious ? "ShADTadtR" : "ShADTadtFf");
	network_device(f, RESP, c->neighbour, 4);
	f->host[RESP] = server;
}

static const struct attack table[] = {
	{ "port_scan", OUTWARD | SIDEWAYS | INWARD, 25, 0, 300, port_scan },
	{ "ddos", OUTWARD | INWARD, 4, 0, 600, ddos },
	{ "exfiltration", OUTWARD, 40000, 0, 14, exfiltration },
	{ "brute_force", OUTWARD | SIDEWAYS | INWARD, 700, 60, 120, brute_force },
	{ "beacon", OUTWARD, 60000, 6, 60, beacon },
	{ "download", OUTWARD, 9000, 0, 12, download },
	{ "mitm", OUTWARD, 20000, 0, 30, mitm },
};

size_t attacks(void)
{
	return sizeof(table) / sizeof(*table);
}

const struct attack *attack_get(size_t i)
{
	return &table[i];
}

int64_t attack_list(const char *list)
{
	int64_t bits = 0;

	if (strcmp(list, "none") == 0)
		return 0;
	if (strcmp(list, "all") == 0)
		return ((int64_t)1 << attacks()) - 1;
	for (const char *p = list;; p++) {
		const size_t n = strcspn(p, ",");
		size_t i = 0;

		while (i < attacks() && (strlen(table[i].name) != n || memcmp(table[i].name, p, n) != 0))
			i++;
		if (i == attacks())
			return -1;
		bits |= (int64_t)1 << i;
		p += n;
		if (*p == '\0')
			return bits;
	}
}
