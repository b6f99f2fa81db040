/*
 * scan_rules: who looks for hosts and services: one port of many peers (fast and slow), many ports of one, echo requests to many.
 *
 * Each peer (or port) counts once in an episode, by its first flow. For horizontal scans one with an answer takes one off again, but not on
 * login ports: worms go on with a host that answers, with passwords.
 */
#include <math.h>

#include "rule/state.h"

enum { FAST, SLOW, PORTS, PORTS_SLOW };

/* Whether this end of the conversation is new in the episode; notes that it is not any more. */
static int counts(struct moment *m, const struct bucket *b, int which, int fresh_episode)
{
	double *const at = &m->end->counted[which];
	const int first = m->fresh || fresh_episode || *at < b->start;

	if (first)
		*at = m->t > b->start ? m->t : b->start;
	return first;
}

static void say_horizontal(struct moment *m, struct rule_hit *h, const struct bucket *b, double answered)
{
	const double peers = b->n + answered, share = 100 * b->n / peers;
	const int per_minute = h->rule == rule_get(RULE_SCAN_HORIZONTAL) && m->device->peers_usual >= 0;

	h->peer.family = 0;
	hit_number(h, "peers", "addresses", peers, per_minute ? m->device->peers_usual * fmax(1, h->span / 60) : NAN);
	hit_number(h, "failed", "%", share, NAN);
	hit_number(h, "span", "s", h->span, NAN);
	hit_say(m, h, "contacted {0} addresses on {port} in {span}; {1} % did not answer{usual}");
}

static void horizontal(struct moment *m, int which, enum rule_id rule, enum limit_id id)
{
	const struct limit *const l = &limits[id];
	const double level = l->level * tolerances[m->port_class].scan * (m->f->proto == PROTO_UDP ? UDP_SCAN_TOLERANCE : 1);
	struct bucket *const b = which == FAST ? &m->on->fast : &m->on->slow;
	double *const answered = &m->on->answered[which];
	const int began = bucket_drain(b, m->t, l->drain);
	const int first = counts(m, b, which, began);
	struct rule_hit *h;

	if (began)
		*answered = 0;
	if (first) {
		*answered += !m->failed;
		bucket_add(b, m->t, m->failed ? 1 : m->port_class == PORT_LOGIN ? 0 : -1, LEVEL_CAP * level);
	}
	if (bucket_level(b, l->drain) < level * HINT_SHARE || (!m->failed && !first && m->port_class != PORT_LOGIN))
		return;
	if ((h = hit_new(m, rule, bucket_level(b, l->drain) >= level, strength_of(b->n, level), bucket_span(b))) != NULL)
		say_horizontal(m, h, b, *answered);
}

/* Peer-to-peer worms look for each other on ports of all kinds. Browsers and their like are kept out by the tolerances. */
static void wide(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_SCAN_WIDE];
	struct bucket *const b = &m->device->wide;
	const double weight = 1 / (tolerances[m->port_class].scan * (m->f->proto == PROTO_UDP ? UDP_SCAN_TOLERANCE : 1));
	struct rule_hit *h;

	bucket_drain(b, m->t, l->drain);
	if (!m->fresh_peer)
		return;
	bucket_add(b, m->t, m->failed ? weight : -weight, LEVEL_CAP * l->level);
	if (!m->failed || bucket_level(b, l->drain) < l->level || m->hits > 0 ||
	    (h = hit_new(m, RULE_SCAN_HORIZONTAL, 1, strength_of(b->n, l->level), bucket_span(b))) == NULL)
		return;
	h->peer.family = 0;
	h->port = PORT_UNSET;
	hit_number(h, "peers", "addresses", ceil(b->n), NAN);
	hit_number(h, "span", "s", h->span, NAN);
	hit_say(m, h, "contacted at least {0} new addresses on {port} in {span} that did not answer");
}

static void vertical(struct moment *m, int which, enum rule_id rule, enum limit_id id)
{
	const struct limit *const l = &limits[id];
	const double level = l->level * (m->f->proto == PROTO_UDP ? UDP_SCAN_TOLERANCE : 1);
	struct bucket *const b = which == PORTS ? &m->with->ports : &m->with->ports_slow;
	const int first = counts(m, b, which, bucket_drain(b, m->t, l->drain));
	struct rule_hit *h;

	if (!m->failed)
		return;
	if (first)
		bucket_add(b, m->t, 1, LEVEL_CAP * level);
	if (bucket_level(b, l->drain) < level * HINT_SHARE ||
	    (h = hit_new(m, rule, bucket_level(b, l->drain) >= level, strength_of(b->n, level), bucket_span(b))) == NULL)
		return;
	h->port = PORT_UNSET;
	hit_number(h, "ports", "ports", b->n, NAN);
	hit_number(h, "span", "s", h->span, NAN);
	hit_say(m, h,
		m->out ? "tried {0} ports of {peer} in {span} without an answer"
		       : "{peer} tried {0} ports of the device in {span} without an answer");
}

/* Echo requests (type 8; of ICMPv6 128) that nobody answers. */
static void sweep(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_SWEEP];
	struct bucket *const b = &m->on->fast;
	const int first = counts(m, b, FAST, bucket_drain(b, m->t, l->drain));
	const int32_t type = m->f->port[ORIG];
	struct rule_hit *h;

	if (!m->out || (type != 8 && type != 128 && type != PORT_UNSET))
		return;
	if (first)
		bucket_add(b, m->t, m->failed ? 1 : -1, LEVEL_CAP * l->level);
	if (!m->failed || bucket_level(b, l->drain) < l->level * HINT_SHARE ||
	    (h = hit_new(m, RULE_SWEEP, bucket_level(b, l->drain) >= l->level, strength_of(b->n, l->level), bucket_span(b))) ==
		    NULL)
		return;
	h->peer.family = 0;
	h->port = PORT_UNSET;
	hit_number(h, "peers", "addresses", b->n, NAN);
	hit_number(h, "span", "s", h->span, NAN);
	hit_say(m, h, "asked {0} addresses in {span} by ICMP whether they are there; they did not answer");
}

void scan_judge(struct moment *m)
{
	if (m->f->proto == PROTO_ICMP || m->f->proto == PROTO_ICMP6) {
		sweep(m);
		return;
	}
	if (m->port == PORT_UNSET)
		return;
	vertical(m, PORTS, RULE_SCAN_VERTICAL, LIMIT_SCAN_PORTS);
	vertical(m, PORTS_SLOW, RULE_SCAN_SLOW, LIMIT_SCAN_PORTS_SLOW);
	if (!m->out)
		return; /* of an attacker outside no other victims are seen */
	horizontal(m, FAST, RULE_SCAN_HORIZONTAL, LIMIT_SCAN_FAST);
	horizontal(m, SLOW, RULE_SCAN_SLOW, LIMIT_SCAN_SLOW);
	wide(m);
}
