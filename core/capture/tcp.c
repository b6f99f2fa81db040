/*
 * tcp: the states of a connection's two ends, as Zeek follows them (packet_analysis/protocol/tcp/TCPSessionAdapter.cc tells the rules).
 *
 * Zeek is lenient: a state says what an end did, not what TCP allows. conn_state is read off both ends' states when the flow is over.
 */
#include "capture/conn.h"

#include <string.h>

enum { FAR = 1048576 }; /* a SYN or RST whose number is farther away is not believed */

static int is_handshake(uint8_t state)
{
	return state == END_INACTIVE || state == END_SYN_SENT || state == END_SYN_ACK_SENT;
}

/* When the first end leaves the handshake, the connection may be silent for longer. */
static void set_state(struct conn *c, int side, enum end_state state)
{
	struct end *const e = &c->end[side];

	if (e->state == state)
		return;
	if (!is_handshake(state) && is_handshake(e->state) && is_handshake(c->end[!side].state))
		c->timeout = TCP_TIMEOUT;
	e->prev = e->state;
	e->state = state;
}

/* Where the numbers of an end begin. Without a SYN it is taken to have been just before. */
static void begin_numbers(struct end *e, const struct segment *s, int64_t length)
{
	const int syn = s->flags & TCP_SYN;

	switch (e->state) {
	case END_INACTIVE:
		if (syn)
			stream_start(&e->stream, s->seq, length);
		else
			stream_start(&e->stream, s->seq - 1, 1);
		break;
	case END_SYN_SENT:
	case END_SYN_ACK_SENT:
		if (syn && s->seq != e->stream.start)
			stream_start(&e->stream, s->seq, length);
		break;
	case END_ESTABLISHED:
	case END_PARTIAL:
		if (syn)
			stream_start(&e->stream, s->seq, length);
		break;
	case END_RESET:
		/* The RST may have been somebody else's. */
		if (syn && e->prev == END_INACTIVE)
			stream_start(&e->stream, s->seq, length);
		break;
	default:
		break;
	}
}

/* SYN, FIN and RST are written again when their number is another one. */
static void letter_numbered(struct conn *c, int side, char letter, uint8_t bit, int64_t *last, int64_t number)
{
	if (conn_letter_once(c, side, letter, bit) && *last != number)
		conn_letter(c, side, letter);
	*last = number;
}

static void history(struct conn *c, int side, const struct segment *s, int64_t at)
{
	struct end *const e = &c->end[side];
	const int flags = s->flags & (TCP_SYN | TCP_FIN | TCP_RST);

	switch (flags) {
	case 0:
		if (s->payload > 0)
			conn_letter_once(c, side, 'D', ONCE_DATA);
		else if (s->flags & TCP_ACK)
			conn_letter_once(c, side, 'A', ONCE_ACK);
		break;
	case TCP_SYN:
		letter_numbered(c, side, s->flags & TCP_ACK ? 'H' : 'S', ONCE_SYN, &e->last_syn, at);
		break;
	case TCP_FIN:
		letter_numbered(c, side, 'F', ONCE_FIN, &e->last_fin, at + s->payload);
		break;
	case TCP_RST:
		letter_numbered(c, side, 'R', ONCE_RST, &e->last_rst, at);
		break;
	default:
		if ((flags & TCP_FIN) && (flags & TCP_RST))
			conn_letter_once(c, side, 'I', ONCE_ODD);
		else
			conn_letter_once(c, side, 'Q', ONCE_MULTI);
	}
}

/* A window of 0 tells something unless who it is told to has sent all it had, or all is over. */
static void window(struct conn *c, int side, const struct segment *s)
{
	struct end *const e = &c->end[side];

	if (s->window == 0 && !(s->flags & TCP_RST) && c->end[!side].state != END_CLOSED && e->state != END_RESET)
		conn_letter_scaled(c, side, 'W', &e->shut);
}

/* An acknowledgement is the first that is heard of a silent peer's numbers; otherwise it moves them on. Returns it as the peer's number. */
static int64_t acknowledge(struct conn *c, int side, const struct segment *s)
{
	struct end *const peer = &c->end[!side];
	int64_t ack;

	if (peer->state == END_INACTIVE) {
		stream_start(&peer->stream, s->ack - 1, 0);
		return 1;
	}
	ack = stream_relative(&peer->stream, s->ack, peer->stream.acked);
	if (ack < 0)
		return 0;
	/* Far away and 0 is more likely broken than true. */
	if (!(s->flags & TCP_RST) && ack > peer->stream.acked && !(s->ack == 0 && ack - peer->stream.acked > FAR))
		peer->stream.acked = ack;
	return ack;
}

/* The last number sent. */
static void advance(struct conn *c, int side, const struct segment *s, uint32_t past)
{
	struct end *const e = &c->end[side];
	struct stream *const t = &e->stream;
	const int64_t delta = stream_relative(t, past, t->top) - t->top;

	if ((s->flags & (TCP_SYN | TCP_RST)) && (delta > FAR || delta < -FAR))
		return;
	/* Only SYN and FIN were seen: there may be more than 2 GiB between them. */
	if ((s->flags & TCP_FIN) && t->top == 1)
		t->top += (uint32_t)delta;
	else if (e->state == END_RESET)
		return;
	else if (delta > 0)
		t->top += delta;
	else if (s->payload > 0)
		conn_letter_scaled(c, side, 'T', &e->again);
}

/* The handshake is done, or looks so. */
static void established(struct conn *c)
{
	uint16_t port = c->key.port[!c->orig];

	if (c->end[ORIG].state == END_INACTIVE && !port_is_server(PROTO_TCP, port) && port_is_server(PROTO_TCP, c->key.port[c->orig]))
		port = c->key.port[c->orig];
	if (port_is_interactive(port))
		c->timeout = TCP_LONG_TIMEOUT;
}

static void first_syn(struct conn *c, int *side, const struct segment *s)
{
	struct end *const peer = &c->end[!*side];

	if (*side == ORIG) {
		set_state(c, ORIG, s->flags & TCP_ACK ? END_SYN_ACK_SENT : END_SYN_SENT);
		c->attempt = s->ts + TCP_ATTEMPT_DELAY;
		return;
	}
	/* The answer was captured before the question. */
	if (!(s->flags & TCP_ACK) && peer->state == END_SYN_ACK_SENT) {
		conn_flip(c);
		*side = ORIG;
		set_state(c, RESP, END_ESTABLISHED);
	} else if (peer->state == END_SYN_SENT) {
		set_state(c, ORIG, END_ESTABLISHED);
	}
	set_state(c, *side, END_ESTABLISHED);
	if (c->end[!*side].state != END_PARTIAL)
		established(c);
}

/* The first that this end says. Returns whether it closes. */
static int from_inactive(struct conn *c, int *side, const struct segment *s)
{
	const uint8_t flags = s->flags;
	int peer;

	if (flags & TCP_SYN)
		first_syn(c, side, s);
	if (flags & TCP_FIN)
		set_state(c, *side, END_CLOSED);
	if (flags & TCP_RST)
		set_state(c, *side, END_RESET);
	peer = c->end[!*side].state;
	if (c->end[*side].state == END_INACTIVE) {
		if (*side == RESP && s->payload == 0 && peer == END_SYN_SENT)
			; /* some acknowledge a SYN before they answer it */
		else if ((flags & TCP_ACK) && peer == END_ESTABLISHED) {
			set_state(c, *side, END_ESTABLISHED); /* only the SYN was missed */
			c->partial = 0;
			c->seen[*side] = 1;
		} else
			set_state(c, *side, END_PARTIAL);
	}
	return (flags & (TCP_FIN | TCP_RST)) != 0;
}

static int from_syn_sent(struct conn *c, int side, const struct segment *s)
{
	if (s->flags & TCP_FIN)
		set_state(c, side, END_CLOSED);
	if (s->flags & TCP_RST)
		set_state(c, side, END_RESET);
	return (s->flags & (TCP_FIN | TCP_RST)) != 0;
}

static int from_established(struct conn *c, int side, const struct segment *s)
{
	const struct end *const peer = &c->end[!side];

	if ((s->flags & TCP_SYN) && !(s->flags & TCP_ACK) && c->end[side].state == END_PARTIAL && peer->state == END_INACTIVE)
		set_state(c, side, END_SYN_SENT);
	if ((s->flags & TCP_FIN) && !(s->flags & TCP_RST)) {
		set_state(c, side, END_CLOSED);
		/* The peer's RST behind its FIN was no more than an impatient end. */
		if (peer->state == END_RESET && peer->prev == END_CLOSED)
			set_state(c, !side, END_CLOSED);
	}
	if (s->flags & TCP_RST)
		set_state(c, side, END_RESET);
	return (s->flags & (TCP_FIN | TCP_RST)) != 0;
}

/* After both FINs a RST changes nothing. */
static int from_closed(struct conn *c, int side, const struct segment *s)
{
	struct end *const e = &c->end[side];

	if (!(s->flags & TCP_RST) || c->end[!side].state == END_CLOSED)
		return 0;
	set_state(c, side, END_RESET);
	if (!e->closed)
		return 1;
	if (c->gone == NEVER)
		c->gone = s->ts + TCP_RESET_DELAY;
	return 0;
}

static int step(struct conn *c, int *side, const struct segment *s)
{
	switch (c->end[*side].state) {
	case END_INACTIVE:
		return from_inactive(c, side, s);
	case END_SYN_SENT:
	case END_SYN_ACK_SENT:
		return from_syn_sent(c, *side, s);
	case END_ESTABLISHED:
	case END_PARTIAL:
		return from_established(c, *side, s);
	case END_CLOSED:
		return from_closed(c, *side, s);
	default:
		return 0;
	}
}

/* Of what this end sent, something is still to come; or it holds something back behind a hole of its peer's. */
static int is_pending(const struct conn *c, int side)
{
	const struct stream *const s = &c->end[side].stream;

	if (s->lost)
		return 0;
	return stream_is_pending(s) || (s->top >= s->delivered && c->end[side].state != END_RESET && c->end[!side].stream.block_n > 0);
}

static void close_end(struct conn *c, int side)
{
	struct end *const e = &c->end[side], *const peer = &c->end[!side];

	if (is_pending(c, side)) {
		c->deferred = 1;
		return;
	}
	c->deferred = 0;
	if (e->closed)
		return;
	e->closed = 1;
	if (e->state == END_RESET || peer->closed || peer->state == END_INACTIVE) {
		c->attempt = NEVER;
		c->gone = c->last + TCP_CLOSE_DELAY;
	}
}

/* All that an end sent is there: a close that waited for it can be. */
static void check_end(struct conn *c, int side)
{
	struct end *const e = &c->end[side];

	if (e->all_out || (!e->stream.fin && e->state != END_CLOSED && e->state != END_RESET) || is_pending(c, side))
		return;
	e->all_out = 1;
	if (c->deferred) {
		close_end(c, side);
		c->deferred = 0;
	}
}

/* Gaps count only where both ends are in order: elsewhere numbers may be guesses. */
static int is_clean(const struct end *e)
{
	return e->state == END_ESTABLISHED || (e->state == END_CLOSED && e->prev == END_ESTABLISHED);
}

static void gaps(struct conn *c, int side, int64_t ack)
{
	unsigned n = stream_ack(&c->end[side].stream, ack, c->partial);

	if (!is_clean(&c->end[ORIG]) || !is_clean(&c->end[RESP]))
		return;
	while (n-- > 0)
		conn_letter_scaled(c, side, 'G', &c->end[side].gaps);
}

static void partial_status(struct conn *c, int side, uint8_t flags)
{
	if (c->seen[side])
		return;
	if (side == ORIG)
		c->partial = !(flags & TCP_SYN) || (flags & TCP_ACK);
	else if (!c->partial)
		c->partial = !(flags & TCP_SYN);
}

void tcp_add(struct conn *c, const struct segment *s, int *side)
{
	const uint8_t flags = s->flags;
	const uint32_t payload = flags & TCP_RST ? 0 : s->payload; /* what a RST carries is no part of the stream */
	const uint32_t length = payload + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
	struct end *e = &c->end[*side];
	int64_t at, ack = 0;
	int closes;

	partial_status(c, *side, flags);
	begin_numbers(e, s, length);
	at = stream_relative(&e->stream, s->seq, e->stream.top);
	history(c, *side, s, at);
	window(c, *side, s);
	if (!c->end[ORIG].closed || !c->end[RESP].closed)
		c->last = s->ts;
	if (flags & TCP_FIN) {
		e->stream.fin = 1;
		e->stream.fin_end = at + length;
	}
	if (flags & TCP_ACK)
		ack = acknowledge(c, *side, s);
	advance(c, *side, s, s->seq + length);
	closes = step(c, side, s);
	e = &c->end[*side];
	if (flags & TCP_ACK) {
		gaps(c, !*side, ack);
		check_end(c, !*side);
	}
	c->seen[*side] = 1;
	if (payload > 0 && at >= 0)
		stream_data(&e->stream, at + !!(flags & TCP_SYN), at + !!(flags & TCP_SYN) + payload);
	check_end(c, *side);
	if (closes)
		close_end(c, *side);
}

int tcp_is_reused(const struct conn *c, const struct segment *s)
{
	const struct end *e = &c->end[ORIG];

	if (!(s->flags & TCP_SYN))
		return 0;
	if (s->flags & TCP_ACK) {
		if (e->state != END_INACTIVE)
			return 0;
		e = &c->end[RESP];
	}
	if (c->end[ORIG].closed || c->end[RESP].closed)
		return 1;
	if (s->seq == e->stream.start)
		return 0;
	/* The answer was captured before the question: this is the question. */
	return (s->flags & TCP_ACK) || e->state != END_SYN_ACK_SENT || c->end[RESP].state != END_INACTIVE || s->seq != c->end[RESP].stream.start;
}

uint64_t tcp_size(const struct conn *c, int side)
{
	const struct end *const e = &c->end[side];

	/* A half-open connection was found and aborted: the numbers are another connection's. */
	if (e->prev == END_SYN_SENT && e->state == END_RESET && c->end[!side].state == END_INACTIVE && e->stream.acked > 1)
		return 0;
	return stream_size(&e->stream);
}

/* Zeek's pattern ^?S[^HAFGIQ]*R: between the SYN and the RST the originator sent nothing of note. */
static int syn_then_reset(const char *h)
{
	h += *h == '^';
	if (*h++ != 'S')
		return 0;
	h += strcspn(h, "HAFGIQR");
	return *h == 'R';
}

/* base/protocols/conn/main.zeek, conn_state(). */
enum conn_state tcp_state(const struct conn *c)
{
	const uint8_t o = c->end[ORIG].state, r = c->end[RESP].state;
	const int o_silent = o == END_INACTIVE || o == END_PARTIAL, r_silent = r == END_INACTIVE || r == END_PARTIAL;

	if (r == END_RESET) {
		if (o == END_SYN_SENT || o == END_SYN_ACK_SENT || (o == END_RESET && tcp_size(c, ORIG) == 0 && tcp_size(c, RESP) == 0))
			return CONN_REJ;
		return o_silent ? CONN_RSTRH : CONN_RSTR;
	}
	if (o == END_RESET)
		return !r_silent ? CONN_RSTO : syn_then_reset(c->history) ? CONN_RSTOS0 : CONN_OTH;
	if (o == END_CLOSED && r == END_CLOSED)
		return CONN_SF;
	if (o == END_CLOSED)
		return r_silent ? CONN_SH : CONN_S2;
	if (r == END_CLOSED)
		return o_silent ? CONN_SHR : CONN_S3;
	if (o == END_SYN_SENT && r == END_INACTIVE)
		return CONN_S0;
	return o == END_ESTABLISHED && r == END_ESTABLISHED ? CONN_S1 : CONN_OTH;
}
