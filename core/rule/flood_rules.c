/*
 * flood_rules: too much for one host. Counted are flows and packets without an answer, and flows at all; one flow may be a flood.
 *
 * What is answered is no flood, however much it is: a download has ten thousand packets a second.
 */
#include <math.h>

#include "rule/state.h"

/* Packets without an answer beyond what a one-way stream of the flow's length may have. Of TCP data comes back only if all was received. */
static double packets_over(const struct moment *m, double sent, double got, double rate)
{
	const double seconds = m->f->duration > 0 ? m->f->duration : 0;

	if (m->f->proto == PROTO_TCP && !m->failed)
		return 0;
	if (m->f->state == CONN_REJ || m->f->state == CONN_RSTOS0) /* each SYN of a flood may be refused */
		got = 0;
	return fmax(0, sent - PACKETS_ANSWERED * got - rate * seconds);
}

static void say(struct rule_hit *h, double flows, double packets)
{
	hit_number(h, "flows", "flows", flows, NAN);
	hit_number(h, "packets", "packets", packets, NAN);
	hit_number(h, "span", "s", h->span, NAN);
}

void flood_single(struct moment *m)
{
	const struct limit *const l = &limits[m->external ? LIMIT_FLOOD_PACKETS : LIMIT_FLOOD_LOCAL];
	const double over = packets_over(m, m->sent_pkts, m->got_pkts, l->drain);
	struct rule_hit *h;

	if (!m->out || over < l->level ||
	    (h = hit_new(m, RULE_DDOS_OUT, 1, strength_of(over, l->level), fmax(0, m->f->duration))) == NULL)
		return;
	say(h, 1, m->sent_pkts);
	hit_say(m, h, "sent {1} packets to {peer} in one flow of {span} without an answer");
}

/* A sum after it took the flow in. */
struct sum {
	const struct bucket *b;
	double share; /* of the level at which it is an alarm */
	double strength;
};

static struct sum add(struct moment *m, struct bucket *b, enum limit_id id, double tolerance, double x)
{
	const double level = limits[id].level * tolerance;

	bucket_drain(b, m->t, limits[id].drain);
	bucket_add(b, m->t, x, LEVEL_CAP * level);
	return (struct sum){ b, bucket_level(b, limits[id].drain) / level, strength_of(b->n, level) };
}

/* A port that was not tried before, with next to nothing, is more of a scan. */
static int is_probe(const struct moment *m)
{
	return m->fresh && m->sent_pkts <= 3 && m->sent < 64;
}

enum { FAILED, FLOWS, PACKETS, SUMS };

static size_t worst(const struct sum *s, size_t n)
{
	size_t w = 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i].share >= 1) > (s[w].share >= 1) ||
		    ((s[i].share >= 1) == (s[w].share >= 1) && s[i].strength > s[w].strength))
			w = i;
	return w;
}

static void outwards(struct moment *m)
{
	static const char *const words[SUMS] = { "sent {0} flows to {peer} on {port} in {span} without an answer",
						 "opened {0} connections to {peer} on {port} in {span}",
						 "sent {1} packets to {peer} on {port} in {span} without an answer" };
	struct peer_state *const w = m->with;
	const enum limit_id stream = m->external ? LIMIT_FLOOD_PACKETS : LIMIT_FLOOD_LOCAL;
	struct sum s[SUMS];
	struct rule_hit *h;
	size_t by;

	s[FAILED] = add(m, &w->flows_failed, LIMIT_FLOOD_FAILED, tolerances[m->port_class].flood, m->failed && !is_probe(m));
	s[FLOWS] = add(m, &w->flows, LIMIT_FLOOD_FLOWS, 1, 1);
	s[PACKETS] = add(m, &w->packets, stream, 1, packets_over(m, m->sent_pkts, m->got_pkts, limits[stream].drain));
	if (!(packets_over(m, m->sent_pkts, m->got_pkts, 0) > 0))
		s[PACKETS].share = 0;
	by = worst(s, SUMS);
	if (s[by].share < HINT_SHARE ||
	    (h = hit_new(m, RULE_DDOS_OUT, s[by].share >= 1, s[by].strength, fmax(bucket_span(s[by].b), m->f->duration))) == NULL)
		return;
	say(h, by == PACKETS ? w->flows.n : s[by].b->n, w->packets.n);
	hit_say(m, h, words[by]);
}

/* Sources may be forged: only the device counts. */
static void inwards(struct moment *m)
{
	struct device_state *const d = m->device;
	const double over = packets_over(m, m->got_pkts, m->sent_pkts, limits[LIMIT_INFLOOD_PACKETS].drain);
	struct sum s[2];
	struct rule_hit *h;
	size_t by;

	if (bucket_drain(&d->in_flows, m->t, limits[LIMIT_INFLOOD_FLOWS].drain))
		d->in_sources = 0;
	d->in_sources += m->fresh;
	s[0] = add(m, &d->in_flows, LIMIT_INFLOOD_FLOWS, 1, m->failed);
	s[1] = add(m, &d->in_packets, LIMIT_INFLOOD_PACKETS, 1, over);
	by = worst(s, 2);
	if (!m->failed || s[by].share < HINT_SHARE ||
	    (h = hit_new(m, RULE_DDOS_IN, s[by].share >= 1, s[by].strength, bucket_span(s[by].b))) == NULL)
		return;
	if (d->in_sources > 1)
		h->peer.family = 0;
	say(h, d->in_flows.n, d->in_packets.n);
	hit_number(h, "sources", "addresses", d->in_sources, NAN);
	hit_say(m, h,
		by == 0 ? "got {0} flows from {3} addresses in {span} that it did not answer"
			: "got {1} packets from outside in {span} that it did not answer");
}

void flood_judge(struct moment *m)
{
	if (m->out)
		outwards(m);
	else
		inwards(m);
}
