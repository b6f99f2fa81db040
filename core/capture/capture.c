/* capture: bytes of a file become packets, packets segments, segments flows. */
#include "capture/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/conn_table.h"
#include "capture/container.h"
#include "capture/fragment.h"
#include "capture/segment.h"
#include "flow/ip.h"

enum { BLIND_AFTER = 8 }; /* IP headers with a wrong checksum, when they are most: the capture was altered */

struct capture {
	struct step (*step)(struct container *c, const uint8_t *p, size_t n);
	struct sinks sinks;
	struct read_report *report;
	int code; /* of the first failure, which is final */
	int sink_failed;
	struct err err;

	struct container container;
	uint64_t skip;          /* bytes of the file to be passed over */
	size_t held, need;      /* bytes of a record in hold, and how many it takes at least */
	int broken;             /* the rest of the file is not read */
	int blind;              /* checksums are not looked at any more */
	uint64_t other_link;    /* the last link type that could not be read, + 1 */

	struct fragments *fragments;
	struct conn_table *conns;
	struct arp *arp;
	uint64_t left[LEFT_KINDS], reported[LEFT_KINDS]; /* packets in no flow, by kind; of these in the report */
	uint8_t *hold; /* grows with the records: at most CONTAINER_NEED_MAX */
	size_t hold_room;
};

static void capture_close(void *source)
{
	struct capture *const c = source;

	if (c == NULL)
		return;
	container_free(&c->container);
	fragments_del(c->fragments);
	conn_table_del(c->conns);
	arp_del(c->arp);
	free(c->hold);
	free(c);
}

static void *open_with(struct step (*step)(struct container *c, const uint8_t *p, size_t n), const struct sinks *sinks,
		       const struct source_options *o, struct read_report *report)
{
	struct capture *const c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->step = step;
	c->sinks = *sinks;
	c->report = report;
	c->fragments = fragments_new();
	c->conns = conn_table_new(o != NULL ? o->flow_max : 0);
	c->arp = arp_new();
	if (c->fragments != NULL && c->conns != NULL && c->arp != NULL)
		return c;
	capture_close(c);
	return NULL;
}

static void *pcap_open(const struct sinks *sinks, const struct source_options *o, struct read_report *report)
{
	return open_with(pcap_step, sinks, o, report);
}

static void *pcapng_open(const struct sinks *sinks, const struct source_options *o, struct read_report *report)
{
	return open_with(pcapng_step, sinks, o, report);
}

/* A packet that is part of no flow. */
static void leave_out(struct capture *c, enum left_out kind)
{
	/* The first of its kind at once: so the order of kinds does not depend on how the file is cut. */
	if (c->left[kind]++ == 0)
		report_count(c->report, left_out_name(kind), ++c->reported[kind]);
	if (kind >= LEFT_SHORT)
		report_problem(c->report, c->report->packets, NULL, "%s", left_out_name(kind));
	if (kind == LEFT_IP_CHECKSUM && !c->blind && c->left[kind] >= BLIND_AFTER && c->left[kind] > c->report->packets / 2) {
		c->blind = 1;
		report_note(c->report, "most IP headers have wrong checksums, as in altered captures: from packet %llu on none is looked at",
			    (unsigned long long)c->report->packets + 1);
	}
}

static void another_link(struct capture *c, uint32_t link)
{
	if (c->other_link != link + UINT64_C(1))
		report_note(c->report, "packets of link type %u (%s) cannot be read", (unsigned)link, link_name(link));
	c->other_link = link + UINT64_C(1);
}

static int packet(struct capture *c, const struct packet *p)
{
	const struct link l = link_decode(p);
	struct segment s = { .ts = p->ts, .mac = { l.mac[SRC], l.mac[DST] }, .blind = c->blind };
	enum left_out left = l.left;

	c->report->packets++;
	if (left == LEFT_ARP)
		arp_add(c->arp, l.net.p, l.net.cap, p->ts);
	if (left == LEFT_LINK)
		another_link(c, p->link);
	if (left == LEFT_NONE)
		left = ip_decode(l.net, c->fragments, &s);
	if (left == LEFT_HELD)
		return 0;
	if (left != LEFT_NONE) {
		leave_out(c, left);
		return 0;
	}
	/* The first piece of a datagram has its own time and addresses; what counts is the last. */
	s.ts = p->ts;
	s.mac[SRC] = l.mac[SRC];
	s.mac[DST] = l.mac[DST];
	if (s.bad_sum)
		leave_out(c, LEFT_CHECKSUM);
	return conn_table_add(c->conns, &s, c->sinks.flow, c->sinks.arg);
}

/* Nothing more can be read. From the beginning on it is a failure, later a note. */
static void give_up(struct capture *c, const char *why)
{
	c->broken = 1;
	if (c->report->packets == 0)
		c->code = err_set(&c->err, ERR_FORMAT, "the capture cannot be read: %s", why);
	else
		report_note(c->report, "after packet %llu the capture cannot be read: %s", (unsigned long long)c->report->packets, why);
}

/* What the file, or its first interface, says of itself. */
static void describe(struct capture *c)
{
	const struct interface *const i = &c->container.first;

	snprintf(c->report->dialect, sizeof(c->report->dialect), "%s, times in units of %s%u s, up to %u bytes of a packet", link_name(i->link),
		 i->resolution & 0x80 ? "2^-" : "10^-", i->resolution & 0x7fu, (unsigned)i->snap);
}

/* Look at p[n]. Bytes taken; 0: c->need of them are needed at once, or nothing more is to be done. */
static size_t take(struct capture *c, const uint8_t *p, size_t n)
{
	const struct step s = c->step(&c->container, p, n);

	c->need = s.need;
	if (c->report->dialect[0] == '\0' && c->container.first.resolution != 0)
		describe(c);
	if (s.broken != NULL)
		give_up(c, s.broken);
	if (s.lost != NULL)
		report_count(c->report, s.lost, 1);
	c->skip = s.skip;
	if (s.has_packet && (c->code = packet(c, &s.packet)) != 0)
		c->sink_failed = 1;
	return c->code != 0 ? 0 : s.used;
}

static void update_report(struct capture *c)
{
	for (size_t i = LEFT_NONE + 1; i < LEFT_KINDS; i++) {
		if (c->left[i] > c->reported[i])
			report_count(c->report, left_out_name((enum left_out)i), c->left[i] - c->reported[i]);
		c->reported[i] = c->left[i];
	}
	c->report->rows = conn_table_flows(c->conns);
}

static int settle(struct capture *c, struct err *e)
{
	if (c->code < 0 && !c->sink_failed && e != NULL)
		*e = c->err;
	return c->code;
}

/* Keep n bytes of a record that needs more than there are. */
static void hold(struct capture *c, const uint8_t *p, size_t n)
{
	if (c->need > c->hold_room) {
		const size_t room = c->need > CONTAINER_NEED_MAX / 2 ? CONTAINER_NEED_MAX : 2 * c->need;
		uint8_t *const more = realloc(c->hold, room);

		if (more == NULL) {
			c->code = err_set(&c->err, ERR_NOMEM, "out of memory for a packet");
			return;
		}
		c->hold = more;
		c->hold_room = room;
	}
	memcpy(c->hold + c->held, p, n);
	c->held += n;
}

static int capture_feed(void *source, const void *data, size_t len, struct err *e)
{
	struct capture *const c = source;
	const uint8_t *p = data;

	while (len > 0 && c->code == 0 && !c->broken) {
		size_t n;

		if (c->skip > 0) {
			n = c->skip < len ? (size_t)c->skip : len;
			c->skip -= n;
		} else if (c->held > 0) {
			n = c->need - c->held < len ? c->need - c->held : len;
			hold(c, p, n);
			if (c->code == 0 && c->held == c->need && take(c, c->hold, c->held) > 0)
				c->held = 0;
		} else {
			n = take(c, p, len);
			if (n == 0 && c->need > 0) /* and that is more than len */
				hold(c, p, n = len);
		}
		p += n;
		len -= n;
	}
	update_report(c);
	return settle(c, e);
}

/* Where payload was blanked out, for example. */
static void note_sums(struct capture *c)
{
	if (c->left[LEFT_CHECKSUM] > c->report->packets / 2)
		report_note(c->report, "%llu of %llu packets have a wrong TCP, UDP or ICMP checksum and do not count: was the capture altered?",
			    (unsigned long long)c->left[LEFT_CHECKSUM], (unsigned long long)c->report->packets);
}

static void note_arp(struct capture *c)
{
	const struct arp_host *h;
	char ip[IP_TEXT];
	size_t at = 0;

	while ((h = arp_evidence(c->arp, &at)) != NULL) {
		const struct ip a = ip_of(4, h->ip);
		const uint8_t *const m = h->mac[0], *const o = h->mac[1];

		ip_print(&a, ip);
		if (h->conflict != 0)
			report_note(c->report, "ARP: %s is claimed by %02x:%02x:%02x:%02x:%02x:%02x and by %02x:%02x:%02x:%02x:%02x:%02x", ip, m[0],
				    m[1], m[2], m[3], m[4], m[5], o[0], o[1], o[2], o[3], o[4], o[5]);
		else if (h->unasked[0] > 1)
			report_note(c->report, "ARP: %llu answers for %s that nobody asked for, from %02x:%02x:%02x:%02x:%02x:%02x",
				    (unsigned long long)h->unasked[0], ip, m[0], m[1], m[2], m[3], m[4], m[5]);
	}
}

static int capture_finish(void *source, struct err *e)
{
	struct capture *const c = source;

	if (c->code == 0 && !c->container.started)
		c->code = err_set(&c->err, ERR_FORMAT, "the capture ends within its header");
	if (c->code == 0) {
		if (!c->broken && (c->held > 0 || c->skip > 0))
			report_note(c->report, "the capture ends in the middle of a packet");
		c->code = conn_table_finish(c->conns, c->sinks.flow, c->sinks.arg);
		c->sink_failed = c->code != 0;
	}
	if (conn_table_evicted(c->conns) > 0)
		report_note(c->report, "%llu flows were ended early: more than %zu were open at a time",
			    (unsigned long long)conn_table_evicted(c->conns), conn_table_max(c->conns));
	note_sums(c);
	note_arp(c);
	c->left[LEFT_FRAGMENT] += fragments_lost(c->fragments);
	update_report(c);
	return settle(c, e);
}

const struct arp *capture_arp(const void *source)
{
	return source != NULL ? ((const struct capture *)source)->arp : NULL;
}

const struct source_ops pcap_source = { .open = pcap_open, .feed = capture_feed, .finish = capture_finish, .close = capture_close };
const struct source_ops pcapng_source = { .open = pcapng_open, .feed = capture_feed, .finish = capture_finish, .close = capture_close };
