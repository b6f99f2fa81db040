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

static double flood_packets(struct moment *m, int *fire)
{
	const struct limit *const l = &limits[m->external ? LIMIT_FLOOD_PACKETS : LIMIT_FLOOD_LOCAL];
	struct bucket *const b = &m->with->packets;

	bucket_drain(b, m->t, l->drain);
	bucket_add(b, m->t, packets_over(m, m->sent_pkts, m->got_pkts, l->drain), LEVEL_CAP * l->level);
	*fire = bucket_level(b, l->drain) >= l->level;
	return strength_of(b->n, l->level);
}

/* A port that was not tried before, with next to nothing, is more of a scan. */
static int is_probe(const struct moment *m)
{
	return m->fresh && m->sent_pkts <= 3 && m->sent < 64;
}

static double flood_flows(struct moment *m, struct bucket *b, enum limit_id id, int counted, int *fire)
{
	const double level = limits[id].level * (id == LIMIT_FLOOD_FAILED ? tolerances[m->port_class].flood : 1);

	bucket_drain(b, m->t, limits[id].drain);
	bucket_add(b, m->t, counted, LEVEL_CAP * level);
	*fire = bucket_level(b, limits[id].drain) >= level;
	return strength_of(b->n, level);
}

static void outwards(struct moment *m)
{
	struct peer_state *const w = m->with;
	int by_packets, by_failed, by_flows;
	double strength = flood_packets(m, &by_packets);
	const double failed = flood_flows(m, &w->flows_failed, LIMIT_FLOOD_FAILED, m->failed && !is_probe(m), &by_failed);
	const double all = flood_flows(m, &w->flows, LIMIT_FLOOD_FLOWS, 1, &by_flows);
	const struct bucket *const b = by_failed ? &w->flows_failed : by_flows ? &w->flows : &w->packets;
	struct rule_hit *h;

	by_packets &= packets_over(m, m->sent_pkts, m->got_pkts, 0) > 0;
	if (!by_packets && !by_failed && !by_flows)
		return;
	strength = fmax(by_packets ? strength : 0, fmax(by_failed ? failed : 0, by_flows ? all : 0));
	if ((h = hit_new(m, RULE_DDOS_OUT, 1, strength, fmax(bucket_span(b), m->f->duration))) == NULL)
		return;
	say(h, by_failed || by_flows ? b->n : w->flows.n, w->packets.n);
	hit_say(m, h,
		by_failed  ? "sent {0} flows to {peer} on {port} in {span} without an answer"
		: by_flows ? "opened {0} connections to {peer} on {port} in {span}"
			   : "sent {1} packets to {peer} on {port} in {span} without an answer");
}

/* Sources may be forged: only the device counts. */
static void inwards(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_INFLOOD_PACKETS];
	struct device_state *const d = m->device;
	struct rule_hit *h;
	int by_flows, by_packets;
	double strength, packets;

	if (bucket_drain(&d->in_flows, m->t, limits[LIMIT_INFLOOD_FLOWS].drain))
		d->in_sources = 0;
	d->in_sources += m->fresh;
	strength = flood_flows(m, &d->in_flows, LIMIT_INFLOOD_FLOWS, m->failed, &by_flows);
	bucket_drain(&d->in_packets, m->t, l->drain);
	bucket_add(&d->in_packets, m->t, packets_over(m, m->got_pkts, m->sent_pkts, l->drain), LEVEL_CAP * l->level);
	by_packets = bucket_level(&d->in_packets, l->drain) >= l->level;
	packets = strength_of(d->in_packets.n, l->level);
	if (!m->failed || (!by_flows && !by_packets))
		return;
	strength = fmax(by_flows ? strength : 0, by_packets ? packets : 0);
	if ((h = hit_new(m, RULE_DDOS_IN, 1, strength, bucket_span(by_flows ? &d->in_flows : &d->in_packets))) == NULL)
		return;
	if (d->in_sources > 1)
		h->peer.family = 0;
	say(h, d->in_flows.n, d->in_packets.n);
	hit_number(h, "sources", "addresses", d->in_sources, NAN);
	hit_say(m, h,
		by_flows ? "got {0} flows from {3} addresses in {span} that it did not answer"
			 : "got {1} packets from outside in {span} that it did not answer");
}

void flood_judge(struct moment *m)
{
	if (m->out)
		outwards(m);
	else
		inwards(m);
}
