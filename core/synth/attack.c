/* attack: what each campaign sends. */
#include "synth/attack.h"

#include <string.h>

#include "synth/conversation.h"
#include "synth/draw.h"

static void talk(struct flow *f, uint8_t proto, enum conn_state state, uint64_t orig, uint64_t resp, uint64_t us, unsigned tries)
{
	const struct conversation c = { .proto = proto, .state = state, .bytes = { orig, resp }, .us = us, .tries = tries };

	conversation_flow(&c, f);
}

/*
 * The order in which C evaluates arguments and initialisers is open: every draw below is a statement of its own, so that all
 * compilers make the same traffic.
 */

/* Addresses of the whole internet but those of homes. */
static struct ip stranger(struct rng *r)
{
	const uint64_t bits = rng_next(r);
	const uint8_t b[4] = { (uint8_t)(11 + bits % 110), (uint8_t)(bits >> 16), (uint8_t)(bits >> 24),
			       (uint8_t)(1 + (bits >> 32) % 254) };

	return ip_of(4, b);
}

/* Telnet ports of one address after the other, or all ports of one neighbour. */
static void port_scan(const struct campaign *c, struct rng *r, struct flow *f)
{
	const int refused = draw_chance(r, c->inside ? 230 : 40);
	const unsigned tries = refused ? 1 : 1 + (unsigned)rng_below(r, 3);

	if (!c->inside)
		f->host[RESP] = stranger(r);
	f->port[RESP] = c->inside ? (int32_t)(1 + c->step % 65535) : draw_chance(r, 200) ? 23 : 2323;
	talk(f, PROTO_TCP, refused ? CONN_REJ : CONN_S0, 0, 0, refused ? 2000 : 3000000, tries);
}

/* Many small packets at one victim. */
static void ddos(const struct campaign *c, struct rng *r, struct flow *f)
{
	const int syn = c->chosen % 2 == 1;
	const uint64_t size = 512 + rng_below(r, 900);
	const unsigned tries = syn ? 1 + (unsigned)rng_below(r, 40) : 100 + (unsigned)rng_below(r, 3000);

	f->port[RESP] = syn ? 80 : 53;
	f->port[ORIG] = (int32_t)(1024 + rng_below(r, 64000));
	if (syn)
		talk(f, PROTO_TCP, CONN_S0, 0, 0, 400000, tries);
	else
		talk(f, PROTO_UDP, CONN_S0, size, 0, 900000, tries);
}

static void exfiltration(const struct campaign *c, struct rng *r, struct flow *f)
{
	const uint64_t out = draw_amount(r, 9000000, 300);
	const uint64_t in = 3000 + rng_below(r, 9000);
	const uint64_t us = draw_amount(r, 40000000, 200);

	(void)c;
	f->port[RESP] = 443;
	strcpy(f->service, "ssl");
	talk(f, PROTO_TCP, CONN_SF, out, in, us, 1);
}

static void brute_force(const struct campaign *c, struct rng *r, struct flow *f)
{
	const enum conn_state state = draw_chance(r, 60) ? CONN_RSTR : CONN_SF;
	const uint64_t out = 900 + rng_below(r, 700);
	const uint64_t in = 1100 + rng_below(r, 900);
	const uint64_t us = 1200000 + rng_below(r, 900000);

	f->port[RESP] = c->chosen % 2 ? 22 : 23;
	strcpy(f->service, c->chosen % 2 ? "ssh" : "");
	talk(f, PROTO_TCP, state, out, in, us, 1);
}

/* The same few bytes, at the same time of each period. */
static void beacon(const struct campaign *c, struct rng *r, struct flow *f)
{
	const enum conn_state state = draw_chance(r, 40) ? CONN_S0 : CONN_SF;
	const uint64_t us = 180000 + rng_below(r, 9000);

	f->port[RESP] = c->chosen % 2 ? 6667 : 4444;
	talk(f, PROTO_TCP, state, 74 + c->chosen % 60, 52 + c->chosen % 40, us, 3);
}

static void download(const struct campaign *c, struct rng *r, struct flow *f)
{
	const uint64_t in = draw_amount(r, 140000, 180);
	const uint64_t us = draw_amount(r, 900000, 150);

	f->port[RESP] = 80;
	strcpy(f->service, "http");
	talk(f, PROTO_TCP, CONN_SF, 110 + c->chosen % 90, in, us, 1);
}

/* The victim's traffic goes by a neighbour: every packet is seen twice, the router has another Ethernet address. */
static void mitm(const struct campaign *c, struct rng *r, struct flow *f)
{
	const int tls = draw_chance(r, 128);
	const uint64_t out = draw_amount(r, 2600, 200);
	const uint64_t in = draw_amount(r, 9000, 250);
	const uint64_t us = draw_amount(r, 2500000, 150);

	f->port[RESP] = tls ? 443 : 80;
	strcpy(f->service, tls ? "ssl" : "http");
	talk(f, PROTO_TCP, CONN_SF, out, in, us, 1);
	for (int i = 0; i < 2; i++) {
		f->pkts[i] *= 2;
		f->ip_bytes[i] *= 2;
	}
	strcpy(f->history, "ShAtDaTdFf");
	memcpy(f->mac[RESP], (uint8_t[]){ 2, 0, 0, 0, 0, (uint8_t)(200 + c->chosen % 50) }, 6);
}

static const struct attack table[] = {
	{ "port_scan", "one port of many addresses, or all ports of a neighbour", 25, 0, 400, 85, port_scan },
	{ "ddos", "a flood of SYN or UDP packets at one victim", 4, 0, 900, 0, ddos },
	{ "exfiltration", "large uploads to a stranger", 40000, 0, 14, 0, exfiltration },
	{ "brute_force", "logins at SSH or Telnet, one after the other", 700, 60, 180, 120, brute_force },
	{ "beacon", "small calls to a command server, with the precision of a clock", 60000, 6, 60, 0, beacon },
	{ "download", "programs fetched by HTTP from a stranger", 9000, 0, 12, 0, download },
	{ "mitm", "a neighbour stands between a device and the router", 20000, 0, 30, 0, mitm },
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
