/* conn: what flows of all protocols have, UDP and ICMP. */
#include "capture/conn.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int is_icmp(const struct conn *c)
{
	return c->key.proto == PROTO_ICMP || c->key.proto == PROTO_ICMP6;
}

int conn_key(struct conn_key *key, const struct segment *s)
{
	const size_t size = s->host[SRC].family == 4 ? 4 : 16;
	int order = memcmp(s->host[SRC].b, s->host[DST].b, size), from;

	if (order == 0)
		order = s->port[SRC] < s->port[DST] ? -1 : s->port[SRC] > s->port[DST];
	from = order > 0 && !s->one_way;
	*key = (struct conn_key){ .proto = s->proto, .family = s->host[SRC].family, .one_way = s->one_way };
	memcpy(key->host[from], s->host[SRC].b, size);
	memcpy(key->host[!from], s->host[DST].b, size);
	key->port[from] = s->port[SRC];
	key->port[!from] = s->port[DST];
	return from;
}

/*
 * Who answers where the beginning was not seen: who sends a SYN ACK (as Zeek does since 5.1), or has a server's port (Zeek's WantConnection).
 * Broadcasts are never answers.
 */
static int is_backwards(const struct segment *s)
{
	static const uint8_t everybody[4] = { 255, 255, 255, 255 };
	int src, dst;

	if (s->proto != PROTO_TCP && s->proto != PROTO_UDP)
		return 0;
	if (s->host[DST].family == 4 && memcmp(s->host[DST].b, everybody, 4) == 0)
		return 0;
	if (s->proto == PROTO_TCP && (s->flags & TCP_SYN))
		return (s->flags & TCP_ACK) != 0;
	src = port_is_server(s->proto, s->port[SRC]);
	dst = port_is_server(s->proto, s->port[DST]);
	return src && (!dst || (s->proto == PROTO_TCP && s->port[SRC] < s->port[DST]));
}

void conn_begin(struct conn *c, const struct conn_key *key, const struct segment *s, int from, int64_t now)
{
	*c = (struct conn){ .key = *key, .start = s->ts, .last = s->ts, .attempt = NEVER, .gone = NEVER, .look = NEVER };
	c->orig = (uint8_t)from;
	if (is_backwards(s))
		conn_flip(c);
	c->timeout = key->proto == PROTO_TCP ? TCP_HANDSHAKE_TIMEOUT : key->proto == PROTO_UDP ? UDP_TIMEOUT : ICMP_TIMEOUT;
	if (key->proto == PROTO_TCP)
		c->look = now + TCP_LINGER;
	if (key->proto == PROTO_UDP && port_is_dns(key->port[!c->orig]))
		c->look = now + DNS_TIMEOUT;
}

int conn_is_reused(const struct conn *c, const struct segment *s)
{
	return c->key.proto == PROTO_TCP && tcp_is_reused(c, s);
}

static void swap(void *a, void *b, size_t n)
{
	uint8_t t[sizeof(struct end)];

	memcpy(t, a, n);
	memcpy(a, b, n);
	memcpy(b, t, n);
}

void conn_flip(struct conn *c)
{
	c->orig = !c->orig;
	swap(&c->has_mac[0], &c->has_mac[1], sizeof(c->has_mac[0]));
	swap(&c->sent[0], &c->sent[1], sizeof(c->sent[0]));
	swap(c->mac[0], c->mac[1], sizeof(c->mac[0]));
	swap(&c->seen[0], &c->seen[1], sizeof(c->seen[0]));
	swap(&c->pkts[0], &c->pkts[1], sizeof(c->pkts[0]));
	swap(&c->ip_bytes[0], &c->ip_bytes[1], sizeof(c->ip_bytes[0]));
	swap(&c->payload[0], &c->payload[1], sizeof(c->payload[0]));
	swap(&c->bad_sums[0], &c->bad_sums[1], sizeof(c->bad_sums[0]));
	swap(&c->letters[0], &c->letters[1], sizeof(c->letters[0]));
	swap(&c->end[0], &c->end[1], sizeof(c->end[0]));
	c->partial = 0;
	conn_letter(c, ORIG, '^');
}

/* What does not fit is left out: a flow's history has FLOW_WORD - 1 letters. */
void conn_letter(struct conn *c, int side, char letter)
{
	if (c->history_n + 1 >= FLOW_WORD)
		return;
	c->history[c->history_n++] = (char)(side == RESP && letter != '^' ? letter - 'A' + 'a' : letter);
}

int conn_letter_once(struct conn *c, int side, char letter, uint8_t bit)
{
	if (c->letters[side] & bit)
		return 1;
	c->letters[side] |= bit;
	conn_letter(c, side, letter);
	return 0;
}

void conn_letter_scaled(struct conn *c, int side, char letter, uint32_t *count)
{
	uint32_t power = 1;

	if (*count == UINT32_MAX)
		return;
	++*count;
	while (power < *count && power <= UINT32_MAX / 10)
		power *= 10;
	if (power == *count)
		conn_letter(c, side, letter);
}

/* A host's address is the source of its frames; until it sends one, the destination of its peer's, unless that is a group. */
static void note_macs(struct conn *c, const struct segment *s, int side)
{
	if (!c->sent[side]) {
		c->sent[side] = 1;
		if (s->mac[SRC] != NULL) {
			memcpy(c->mac[side], s->mac[SRC], 6);
			c->has_mac[side] = 1;
		}
	}
	if (!c->sent[!side] && !c->has_mac[!side] && s->mac[DST] != NULL && !(s->mac[DST][0] & 1)) {
		memcpy(c->mac[!side], s->mac[DST], 6);
		c->has_mac[!side] = 1;
	}
}

void conn_add(struct conn *c, const struct segment *s, int from)
{
	int side = from == c->orig ? ORIG : RESP;

	note_macs(c, s, side);
	if (s->bad_sum) {
		if (!is_icmp(c))
			conn_letter_scaled(c, side, 'C', &c->bad_sums[side]);
		return;
	}
	if (c->key.proto == PROTO_TCP) {
		tcp_add(c, s, &side);
	} else {
		c->last = s->ts;
		if (c->key.proto == PROTO_UDP)
			conn_letter_once(c, side, 'D', ONCE_DATA);
		c->payload[side] += s->payload;
	}
	c->pkts[side]++;
	c->ip_bytes[side] += s->ip_bytes;
}

int64_t conn_due(const struct conn *c)
{
	int64_t due = c->last + c->timeout;

	due = c->attempt < due ? c->attempt : due;
	due = c->look < due ? c->look : due;
	return c->gone < due ? c->gone : due;
}

/* Timers run when a packet moves the time on, all that are due before it is counted. */
int conn_is_over(struct conn *c, int64_t now)
{
	const struct end *const o = &c->end[ORIG], *const r = &c->end[RESP];

	if (c->gone <= now || c->last + c->timeout <= now)
		return 1;
	if (c->attempt <= now) {
		if ((o->state == END_SYN_SENT || o->state == END_SYN_ACK_SENT) && r->state == END_INACTIVE)
			return 1;
		c->attempt = NEVER;
	}
	if (c->look > now)
		return 0;
	if (c->key.proto == PROTO_TCP) {
		if (o->state == END_INACTIVE && r->state == END_INACTIVE && c->last + TCP_LINGER < now)
			return 1;
		c->look = o->state == END_INACTIVE && r->state == END_INACTIVE ? now + TCP_LINGER : NEVER;
		return 0;
	}
	if (now - c->last >= DNS_TIMEOUT - SECOND)
		return 1;
	c->look = now + DNS_TIMEOUT;
	return 0;
}

static enum conn_state state_of(const struct conn *c)
{
	const int o = c->pkts[ORIG] > 0, r = c->pkts[RESP] > 0;

	if (c->key.proto == PROTO_TCP)
		return tcp_state(c);
	if (c->key.proto != PROTO_UDP)
		return CONN_OTH;
	return o ? (r ? CONN_SF : CONN_S0) : r ? CONN_SHR : CONN_OTH;
}

/* A service is one when something was said: in TCP by both ends. */
static const char *service_of(const struct conn *c, const uint64_t bytes[2])
{
	const uint16_t port = c->key.port[!c->orig];

	if (is_icmp(c) || (bytes[ORIG] == 0 && bytes[RESP] == 0))
		return "";
	if (c->key.proto == PROTO_TCP && (bytes[ORIG] == 0 || bytes[RESP] == 0))
		return "";
	return port_service(c->key.proto, port);
}

void conn_flow(const struct conn *c, struct flow *f)
{
	const int64_t seconds = c->start / SECOND; /* apart: a double has no room for nanoseconds since 1970 */
	uint64_t bytes[2];

	flow_clear(f);
	f->ts = (double)seconds + (double)(c->start - seconds * SECOND) / 1e9;
	f->proto = c->key.proto;
	f->state = state_of(c);
	for (int side = ORIG; side <= RESP; side++) {
		const int host = side == ORIG ? c->orig : !c->orig;

		bytes[side] = c->key.proto == PROTO_TCP ? tcp_size(c, side) : c->payload[side];
		f->pkts[side] = (double)c->pkts[side];
		f->ip_bytes[side] = (double)c->ip_bytes[side];
		f->host[side] = ip_of(c->key.family, c->key.host[host]);
		f->port[side] = c->key.port[host];
		f->has_mac[side] = c->has_mac[side];
		memcpy(f->mac[side], c->mac[side], 6);
		/* Zeek leaves duration and bytes unset where all packets have one time. */
		if (c->last > c->start)
			f->bytes[side] = (double)bytes[side];
	}
	if (c->last > c->start)
		f->duration = (double)(c->last - c->start) / 1e9;
	memcpy(f->history, c->history, sizeof(f->history));
	snprintf(f->service, sizeof(f->service), "%s", service_of(c, bytes));
}
