/* fragment: a ring of open datagrams, each with the ranges of it that are there. */
#include "capture/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "flow/conn_state.h"

enum { DATAGRAM_MAX = 65535 + 40 };

struct range {
	uint32_t from, to;
};

struct datagram {
	int open;
	uint32_t id;
	struct ip host[2];
	uint8_t proto;
	uint8_t has_head;
	uint32_t packets;                   /* pieces so far */
	uint32_t end;                       /* 0: the last piece is missing */
	size_t n;                           /* ranges, in order, not touching */
	struct range there[FRAGMENT_HOLES];
	struct segment head; /* of the first piece, as if DATAGRAM_MAX bytes followed */
	uint32_t headers;    /* bytes of the network layer's headers of the first piece */
};

struct fragments {
	size_t next; /* to be used, or to go */
	uint64_t lost;
	struct datagram ring[FRAGMENTS_OPEN];
};

struct fragments *fragments_new(void)
{
	return calloc(1, sizeof(struct fragments));
}

void fragments_del(struct fragments *f)
{
	free(f);
}

static struct datagram *find(struct fragments *f, const struct fragment *piece, const struct segment *s)
{
	struct datagram *d;

	for (size_t i = 0; i < FRAGMENTS_OPEN; i++) {
		d = &f->ring[i];
		if (d->open && d->id == piece->id && d->proto == s->proto && ip_equal(&d->host[SRC], &s->host[SRC]) &&
		    ip_equal(&d->host[DST], &s->host[DST]))
			return d;
	}
	d = &f->ring[f->next];
	f->next = (f->next + 1) % FRAGMENTS_OPEN;
	if (d->open)
		f->lost += d->packets;
	memset(d, 0, sizeof(*d));
	d->open = 1;
	d->id = piece->id;
	d->proto = s->proto;
	memcpy(d->host, s->host, sizeof(d->host));
	return d;
}

/* Add r to the ranges. Where there is no room for another hole, it stays open for ever: the datagram will not complete. */
static void fill(struct datagram *d, struct range r)
{
	size_t i = 0, j;

	while (i < d->n && d->there[i].to < r.from)
		i++;
	for (j = i; j < d->n && d->there[j].from <= r.to; j++) {
		r.from = d->there[j].from < r.from ? d->there[j].from : r.from;
		r.to = d->there[j].to > r.to ? d->there[j].to : r.to;
	}
	if (j == i && d->n == FRAGMENT_HOLES)
		return;
	memmove(&d->there[i + 1], &d->there[j], (d->n - j) * sizeof(*d->there));
	d->n = d->n - (j - i) + 1;
	d->there[i] = r;
}

/* All of the datagram is there: the first piece's header and everybody's bytes. */
static void complete(struct datagram *d, struct segment *s)
{
	const uint32_t header = d->proto == PROTO_UDP ? 8 : DATAGRAM_MAX - d->head.payload;
	const uint32_t room = d->end > header ? d->end - header : 0;

	*s = d->head;
	s->ip_bytes = d->headers + d->end;
	s->payload = d->proto == PROTO_UDP && s->payload < room ? s->payload : room;
	d->open = 0;
}

enum left_out fragment_add(struct fragments *f, const struct fragment *piece, struct part body, struct segment *s)
{
	const struct range r = { piece->at, piece->at + body.wire };
	struct datagram *d;
	enum left_out left;

	/* All pieces but the last are whole multiples of eight bytes; none is empty or ends beyond what IP can carry. */
	if (body.wire == 0 || r.to > DATAGRAM_MAX || (piece->more && body.wire % 8 != 0))
		return LEFT_IP_HEADER;
	d = find(f, piece, s);
	if (r.from == 0 && !d->has_head) {
		struct segment head = *s;
		/* Its length is the datagram's, which is not known yet: the transport header is looked at as of a long message. */
		const struct part all = { body.p, body.cap, DATAGRAM_MAX };

		left = transport_decode(all, 0, &head);
		if (left != LEFT_NONE) {
			d->open = 0;
			f->lost += d->packets;
			return left;
		}
		d->head = head;
		d->headers = s->ip_bytes - body.wire;
		d->has_head = 1;
	}
	d->packets++;
	if (!piece->more)
		d->end = r.to;
	fill(d, r);
	if (!d->has_head || d->end == 0 || d->n != 1 || d->there[0].from != 0 || d->there[0].to < d->end)
		return LEFT_HELD;
	complete(d, s);
	return LEFT_NONE;
}

uint64_t fragments_lost(struct fragments *f)
{
	for (size_t i = 0; i < FRAGMENTS_OPEN; i++)
		if (f->ring[i].open) {
			f->lost += f->ring[i].packets;
			f->ring[i].open = 0;
		}
	return f->lost;
}
