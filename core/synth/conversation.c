/* conversation: segments of 1,448 bytes, every second one acknowledged, timestamps in each TCP header. */
#include "synth/conversation.h"

#include <math.h>
#include <string.h>

enum { SEGMENT = 1448, DATAGRAM = 1350, TCP_HEADERS = 52, SYN_HEADERS = 60, UDP_HEADERS = 28 };

/* What each state of a TCP connection consists of. */
static const struct shape {
	enum conn_state state;
	uint8_t syn, established, end[2]; /* packets: SYN of the originator, is there data, FIN or RST of each side */
	const char *history;
} shapes[] = {
	{ CONN_S0, 1, 0, { 0, 0 }, "S" },       { CONN_REJ, 1, 0, { 0, 1 }, "Sr" },       { CONN_SF, 1, 1, { 2, 2 }, "ShADadFf" },
	{ CONN_S1, 1, 1, { 0, 0 }, "ShADad" },  { CONN_RSTO, 1, 1, { 1, 0 }, "ShADadR" }, { CONN_RSTR, 1, 1, { 0, 1 }, "ShADadr" },
	{ CONN_S3, 1, 1, { 0, 1 }, "ShADadf" }, { CONN_RSTOS0, 1, 0, { 1, 0 }, "SR" },    { CONN_OTH, 0, 1, { 0, 0 }, "DdA" },
};

static void tcp(const struct conversation *c, struct flow *f)
{
	const struct shape *s = shapes;
	uint64_t segments[2], pkts[2];

	while (s->state != c->state && s + 1 < shapes + sizeof(shapes) / sizeof(*shapes))
		s++;
	for (int i = 0; i < 2; i++) {
		f->bytes[i] = s->established ? (double)c->bytes[i] : 0;
		segments[i] = ((uint64_t)f->bytes[i] + SEGMENT - 1) / SEGMENT;
	}
	for (int i = 0; i < 2; i++)
		pkts[i] = segments[i] + (s->established ? (segments[!i] + 1) / 2 : 0) + s->end[i];
	/* SYN and the ACK of the handshake; SYN ACK. */
	pkts[ORIG] += s->syn && s->established ? 2 : s->syn ? (c->tries > 1 ? c->tries : 1) : 0;
	pkts[RESP] += s->syn && s->established;
	for (int i = 0; i < 2; i++) {
		f->pkts[i] = (double)pkts[i];
		f->ip_bytes[i] = f->bytes[i] + (double)(TCP_HEADERS * pkts[i]);
	}
	f->ip_bytes[ORIG] += s->syn ? (s->established ? 1 : f->pkts[ORIG] - s->end[ORIG]) * (SYN_HEADERS - TCP_HEADERS) : 0;
	f->ip_bytes[RESP] += s->syn && s->established ? SYN_HEADERS - TCP_HEADERS : 0;
	f->state = s->state;
	strcpy(f->history, s->history);
}

static void datagrams(const struct conversation *c, struct flow *f)
{
	for (int i = 0; i < 2; i++) {
		const int silent = i == RESP && c->state == CONN_S0;
		uint64_t pkts = (c->bytes[i] + DATAGRAM - 1) / DATAGRAM;

		pkts += pkts == 0 && i == ORIG;
		pkts *= i == ORIG && c->state == CONN_S0 && c->tries > 1 ? c->tries : 1;
		f->pkts[i] = silent ? 0 : (double)pkts;
		f->bytes[i] =
			silent ? 0 : (double)(c->bytes[i] * (i == ORIG && c->state == CONN_S0 && c->tries > 1 ? c->tries : 1));
		f->ip_bytes[i] = f->bytes[i] + UDP_HEADERS * f->pkts[i];
	}
	f->state = c->proto == PROTO_ICMP ? CONN_OTH : f->pkts[RESP] > 0 ? CONN_SF : CONN_S0;
	strcpy(f->history, c->proto == PROTO_ICMP ? "" : f->pkts[RESP] > 0 ? "Dd" : "D");
}

void conversation_flow(const struct conversation *c, struct flow *f)
{
	f->proto = c->proto;
	(c->proto == PROTO_TCP ? tcp : datagrams)(c, f);
	/* One packet has no duration, as in Zeek. */
	f->duration = f->pkts[ORIG] + f->pkts[RESP] > 1 ? (double)c->us / 1e6 : NAN;
}
