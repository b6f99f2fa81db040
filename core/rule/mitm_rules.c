/*
 * mitm_rules: somebody in between. Flows show it only indirectly, so that these are hints: the way out has another hardware address than before,
 * or TLS connections are broken off when the certificate came. What ARP packets of a capture show is judged by rules_arp().
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rule/state.h"

enum { UNASKED_ALARM = 4 };

/* 1: hosts outside are suddenly reached by another hardware address. */
static int gateway_differs(struct moment *m)
{
	struct gateway *const g = &m->device->gateway[m->peer.family == 6];
	const uint8_t *const mac = m->f->mac[m->out ? RESP : ORIG];

	if (!m->external || !m->f->has_mac[m->out ? RESP : ORIG])
		return 0;
	if (g->n == 0 || memcmp(g->mac, mac, sizeof(g->mac)) == 0) {
		memcpy(g->mac, mac, sizeof(g->mac));
		g->n++;
		return 0;
	}
	if (memcmp(g->other, mac, sizeof(g->other)) != 0)
		g->other_n = 0;
	memcpy(g->other, mac, sizeof(g->other));
	if (++g->other_n < GATEWAY_FLOWS && g->n < GATEWAY_FLOWS) {
		return 0;
	}
	if (g->other_n > 4 * GATEWAY_FLOWS) { /* the router was replaced */
		memcpy(g->mac, mac, sizeof(g->mac));
		g->n = g->other_n;
		return 0;
	}
	return g->n >= GATEWAY_FLOWS;
}

static void another_way(struct moment *m)
{
	const struct gateway *const g = &m->device->gateway[m->peer.family == 6];
	struct rule_hit *h;
	char pattern[RULE_SENTENCE];

	if (!gateway_differs(m) || (h = hit_new(m, RULE_MITM, 0, strength_of(g->other_n, 1), 0)) == NULL)
		return;
	hit_number(h, "flows", "flows", g->other_n, NAN);
	hit_number(h, "before", "flows", g->n, NAN);
	snprintf(pattern, sizeof(pattern),
		 "{0} flows to hosts outside went by %02x:%02x:%02x:%02x:%02x:%02x, {1} before by %02x:%02x:%02x:%02x:%02x:%02x; "
		 "possible only: a new router "
		 "looks the same",
		 g->other[0], g->other[1], g->other[2], g->other[3], g->other[4], g->other[5], g->mac[0], g->mac[1], g->mac[2],
		 g->mac[3], g->mac[4], g->mac[5]);
	hit_say(m, h, pattern);
}

/* A device that does not like a certificate goes right after it: a hello of some hundred bytes, an answer with the certificate, a reset. */
static void tls_broken(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_TLS_BROKEN];
	struct bucket *const b = &m->device->tls_broken;
	const struct flow *const f = m->f;
	struct rule_hit *h;

	if (!m->out || f->proto != PROTO_TCP || f->state != CONN_RSTO || (m->port != 443 && m->port != 8883) || m->sent < 100 ||
	    m->sent > 800 || m->got < 1000 || m->got > 6000)
		return;
	bucket_drain(b, m->t, l->drain);
	bucket_add(b, m->t, 1, LEVEL_CAP * l->level);
	if (bucket_level(b, l->drain) < l->level ||
	    (h = hit_new(m, RULE_MITM, 0, strength_of(b->n, l->level), bucket_span(b))) == NULL)
		return;
	hit_number(h, "broken", "connections", b->n, NAN);
	hit_say(m, h,
		"broke off {0} TLS connections in {span} after the certificate came; possible only: a server's expired certificate "
		"looks the same");
}

void mitm_judge(struct moment *m)
{
	another_way(m);
	tls_broken(m);
}

size_t rules_arp(const struct rule_arp *a, int words, struct rule_hit *hit)
{
	struct moment m = { .hit = hit, .words = words, .peer = ip_of(4, a->ip), .port = PORT_UNSET };
	const int alarm = a->claimants > 1 && a->unasked >= UNASKED_ALARM;
	char pattern[RULE_SENTENCE];
	struct rule_hit *h;

	if (a->claimants < 2 && a->unasked < UNASKED_ALARM)
		return 0;
	h = hit_new(&m, RULE_MITM, alarm, strength_of(fmax(a->unasked, a->claims[1]), UNASKED_ALARM), a->span);
	hit_number(h, "claimants", "addresses", a->claimants, 1);
	hit_number(h, "claims", "messages", a->claims[1], NAN);
	hit_number(h, "unasked", "messages", a->unasked, NAN);
	if (a->claimants > 1)
		snprintf(pattern, sizeof(pattern),
			 "%02x:%02x:%02x:%02x:%02x:%02x claims to be {peer} {1} times, as does %02x:%02x:%02x:%02x:%02x:%02x; {2} "
			 "answers came that nobody asked for",
			 a->mac[1][0], a->mac[1][1], a->mac[1][2], a->mac[1][3], a->mac[1][4], a->mac[1][5], a->mac[0][0],
			 a->mac[0][1], a->mac[0][2], a->mac[0][3], a->mac[0][4], a->mac[0][5]);
	else
		snprintf(pattern, sizeof(pattern),
			 "%02x:%02x:%02x:%02x:%02x:%02x told others {2} times, without being asked, that it is {peer}",
			 a->mac[0][0], a->mac[0][1], a->mac[0][2], a->mac[0][3], a->mac[0][4], a->mac[0][5]);
	hit_say(&m, h, pattern);
	return 1;
}
