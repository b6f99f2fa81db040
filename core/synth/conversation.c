/* conversation: segments of 1,448 bytes, every second one acknowledged, timestamps in each TCP header. */
#include "synth/conversation.h"

#include <math.h>
#include <string.h>

enum { SEGMENT = 1448, DATAGRAM = 1350, IPV4 = 20, IPV6 = 40, TCP = 20, TIMESTAMPS = 12, SYN_OPTIONS = 8, UDP = 8, MBIT = 100 };

/* What each state of a TCP connection consists of. */
static const struct shape {
	enum conn_state state;
	uint8_t syn, answer, data; /* whether there are SYN, SYN ACK, payload */
	uint8_t end[2];            /* packets with FIN or RST, and what acknowledges them */
	const char *history;
} shapes[] = {
	{ CONN_SF, 1, 1, 1, { 2, 1 }, "ShADadFf" },  { CONN_SF, 1, 1, 1, { 1, 2 }, "ShADadfF" },
	{ CONN_SF, 1, 1, 1, { 3, 2 }, "ShADadFfR" }, { CONN_S0, 1, 0, 0, { 0, 0 }, "S" },
	{ CONN_REJ, 1, 0, 0, { 0, 1 }, "Sr" },       { CONN_S1, 1, 1, 1, { 0, 0 }, "ShADad" },
	{ CONN_S2, 1, 1, 1, { 1, 1 }, "ShADadF" },   { CONN_S3, 1, 1, 1, { 1, 1 }, "ShADadf" },
	{ CONN_RSTO, 1, 1, 1, { 1, 0 }, "ShADadR" }, { CONN_RSTR, 1, 1, 1, { 0, 1 }, "ShADadr" },
	{ CONN_RSTOS0, 1, 0, 0, { 1, 0 }, "SR" },    { CONN_RSTRH, 0, 1, 0, { 0, 1 }, "^hr" },
	{ CONN_SH, 1, 0, 0, { 1, 0 }, "SF" },        { CONN_SHR, 0, 1, 0, { 0, 1 }, "^hf" },
	{ CONN_OTH, 0, 0, 1, { 0, 0 }, "DdA" },
};

enum { SHAPES = sizeof(shapes) / sizeof(*shapes) };

/* The variant'th shape of the state, counted round. */
static const struct shape *shape_of(enum conn_state state, unsigned variant)
{
	unsigned n = 0;

	for (size_t i = 0; i < SHAPES; i++)
		n += shapes[i].state == state;
	if (n == 0)
		return shapes;
	variant %= n;
	for (size_t i = 0;; i++)
		if (shapes[i].state == state && variant-- == 0)
			return &shapes[i];
}

/* Packets that carry the bytes: full ones, but one at least for each turn. */
static uint64_t packets(uint64_t bytes, unsigned turns, uint64_t size)
{
	const uint64_t full = (bytes + size - 1) / size, least = turns > 1 ? turns : 1;

	return bytes == 0 ? 0 : full > least ? full : least < bytes ? least : bytes;
}

static unsigned ip_header(const struct flow *f)
{
	return f->host[ORIG].family == 6 ? IPV6 : IPV4;
}

/* The letters that there was payload for; t: a segment came twice. */
static void tell(struct flow *f, const char *letters, const uint64_t bytes[2], int lost)
{
	char *out = f->history;

	for (; *letters != '\0'; letters++) {
		if ((*letters == 'D' && bytes[ORIG] == 0) || (*letters == 'd' && bytes[RESP] == 0))
			continue;
		*out++ = *letters;
		if (*letters == 'd' && lost)
			*out++ = 't';
	}
	*out = '\0';
}

static void tcp(const struct conversation *c, struct flow *f)
{
	const struct shape *const s = shape_of(c->state, c->variant);
	const unsigned header = ip_header(f) + TCP + (c->bare ? 0 : TIMESTAMPS), options = c->bare ? 0 : SYN_OPTIONS;
	const uint64_t bytes[2] = { s->data ? c->bytes[ORIG] : 0, s->data ? c->bytes[RESP] : 0 };
	const int lost = c->lost && bytes[RESP] > 0;
	const uint64_t again = lost ? (bytes[RESP] < SEGMENT ? bytes[RESP] : SEGMENT) : 0;
	uint64_t carried[2], pkts[2], ip[2], syns;

	syns = !s->syn ? 0 : s->answer || s->end[ORIG] + s->end[RESP] > 0 || c->tries < 1 ? 1 : c->tries;
	for (int i = 0; i < 2; i++)
		carried[i] = packets(bytes[i], c->turns, SEGMENT);
	for (int i = 0; i < 2; i++)
		pkts[i] = carried[i] + (carried[!i] + 1) / 2 + s->end[i];
	pkts[ORIG] += syns + (s->syn && s->answer); /* the handshake's last ACK */
	pkts[RESP] += s->answer + (unsigned)lost;
	for (int i = 0; i < 2; i++)
		ip[i] = bytes[i] + header * pkts[i];
	ip[ORIG] += options * syns;
	ip[RESP] += (uint64_t)options * s->answer + again;
	for (int i = 0; i < 2; i++) {
		f->bytes[i] = (double)bytes[i];
		f->pkts[i] = (double)pkts[i];
		f->ip_bytes[i] = (double)ip[i];
	}
	f->state = s->state;
	tell(f, s->history, bytes, lost);
}

static void datagrams(const struct conversation *c, struct flow *f)
{
	const unsigned header = ip_header(f) + UDP;

	for (int i = 0; i < 2; i++) {
		const unsigned times = i == ORIG && c->bytes[RESP] == 0 && c->tries > 1 ? c->tries : 1;
		const uint64_t pkts = packets(c->bytes[i], c->turns, DATAGRAM) * times;

		f->pkts[i] = (double)pkts;
		f->bytes[i] = (double)(c->bytes[i] * times);
		f->ip_bytes[i] = (double)(c->bytes[i] * times + header * pkts);
	}
	f->state = c->proto != PROTO_UDP ? CONN_OTH : f->pkts[RESP] > 0 ? CONN_SF : CONN_S0;
	strcpy(f->history, c->proto != PROTO_UDP ? "" : f->pkts[RESP] > 0 ? "Dd" : "D");
}

void conversation_flow(const struct conversation *c, struct flow *f)
{
	uint64_t us = c->us, least;

	f->proto = c->proto;
	(c->proto == PROTO_TCP ? tcp : datagrams)(c, f);
	if (f->pkts[ORIG] + f->pkts[RESP] <= 1) {
		f->bytes[ORIG] = f->bytes[RESP] = 0;
		f->duration = NAN;
		return;
	}
	least = (uint64_t)(f->ip_bytes[ORIG] > f->ip_bytes[RESP] ? f->ip_bytes[ORIG] : f->ip_bytes[RESP]) * 8 / MBIT;
	least += f->pkts[RESP] > 0 ? c->round_us * (1 + (c->turns > 1 && f->bytes[RESP] > 0 ? c->turns : 0)) : 0;
	f->duration = (double)(us > least ? us : least) / 1e6;
}
