/* incident_open: the most frequent, the distinct, the strongest, the sums. */
#include "detect/incident_open.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "flow/device.h"

int rule_is_unusual(const struct rule *r)
{
	return strcmp(r->attack, "unusual") == 0;
}

static int same_family(const struct rule *a, const struct rule *b)
{
	return a == b || strcmp(a->attack, b->attack) == 0;
}

/* An unusual flow belongs to what goes on with its peer, or on the port of what has many peers. */
static int near(const struct incident_open *x, const struct incident_arrival *a)
{
	if (a->hash == 0)
		return distinct_n(&x->peers) == 0;
	if (x->bound.family != 0)
		return ip_equal(&x->bound, &a->peer);
	return distinct_has(&x->peers, a->hash) || (x->bound_port != PORT_UNSET && x->bound_port == a->port);
}

int incident_open_names(const struct incident_open *x, const struct incident_arrival *a)
{
	if (a->bound.family != 0)
		return 2 * frequent_n(&x->by_peer, hash_ip(&a->bound)) >= x->i.flows;
	return a->bound_port == PORT_UNSET || 2 * frequent_n(&x->by_port, (uint64_t)a->bound_port) >= x->i.flows;
}

enum incident_fit incident_open_fit(const struct incident_open *x, const struct incident_arrival *a)
{
	if (rule_is_unusual(a->v->rule))
		return near(x, a) ? FIT_SAME : FIT_NOT;
	if (!same_family(x->i.rule, a->v->rule))
		return FIT_NOT;
	if (ip_equal(&x->bound, &a->bound))
		return FIT_SAME;
	return x->bound.family == 0 || a->bound.family == 0 ? FIT_PARTLY : FIT_OTHER;
}

void incident_arrival_of(struct incident_arrival *a, const struct verdict *v, const struct rule_hit *hit, const char *sentence)
{
	const struct flow *const f = v->flow;

	*a = (struct incident_arrival){ .v = v, .hit = hit, .sentence = sentence, .from = f->ts, .to = f->ts, .port = PORT_UNSET };
	if (f->duration > 0)
		a->to += f->duration;
	if (v->side != DEVICE_NONE)
		a->peer = f->host[!v->side];
	if (a->peer.family != 0)
		a->hash = hash_ip(&a->peer);
	if (f->proto != PROTO_ICMP && f->proto != PROTO_ICMP6)
		a->port = f->port[RESP];
	a->bound_port = hit != NULL ? hit->port : PORT_UNSET;
	if (!rule_is_unusual(v->rule))
		a->bound = hit != NULL ? hit->peer : a->peer;
}

void incident_open_begin(struct incident_open *x, const struct incident_arrival *a, uint64_t id)
{
	const struct flow *const f = a->v->flow;
	const int side = a->v->side;

	memset(x, 0, sizeof(*x));
	x->i.id = id;
	x->i.device = a->v->device;
	x->i.start = x->i.end = x->i.peak_score = x->i.least_p = NAN;
	x->i.first_row = x->i.last_row = f->row;
	x->seen[0] = x->seen[1] = a->v->device_flow;
	incident_open_name(x, a);
	if (side != DEVICE_NONE) {
		x->i.device_ip = f->host[side];
		x->i.has_mac = f->has_mac[side];
		memcpy(x->i.device_mac, f->mac[side], sizeof(x->i.device_mac));
	}
}

void incident_open_name(struct incident_open *x, const struct incident_arrival *a)
{
	x->i.rule = a->v->rule;
	x->bound = a->bound;
	x->bound_port = a->bound_port;
}

/* A hit of many peers, or of others than so far, makes it an incident of many. */
static void widen(struct incident_open *x, const struct incident_arrival *a)
{
	if (x->bound.family != 0 && ip_equal(&x->bound, &a->bound))
		return;
	if (a->bound.family == 0)
		x->bound_port = a->bound_port;
	else if (x->bound.family != 0 && x->bound_port != a->bound_port)
		x->bound_port = PORT_UNSET;
	x->bound = (struct ip){ 0 };
}

/* ---- what a flow adds --------------------------------------------------------------------------------------------------------- */

static void add_hit(struct incident_open *x, const struct incident_arrival *a)
{
	const struct rule_hit *const hit = a->hit, *const best = &x->i.hit;

	if (hit == NULL || !same_family(hit->rule, x->i.rule))
		return;
	if (hit->alarm) {
		x->alarms_differ |= x->alarm != NULL && x->alarm != hit->rule;
		x->alarm = x->alarm != NULL ? x->alarm : hit->rule;
		x->i.severity = severity_worst(x->i.severity, (enum severity)hit->rule->severity);
	}
	if (best->rule != NULL && (best->alarm > hit->alarm || (best->alarm == hit->alarm && best->strength >= hit->strength)))
		return;
	x->i.hit = *hit;
	x->i.rule = hit->rule;
}

static void add_name(struct incident_open *x, const struct rule *rule)
{
	size_t k = 0;

	if (rule_is_unusual(rule))
		return;
	while (k < INCIDENT_NAMES && x->name[k] != NULL && x->name[k] != rule)
		k++;
	if (k < INCIDENT_NAMES)
		x->name[k] = rule;
}

static void add_score(struct incident_open *x, const struct incident_arrival *a)
{
	const struct verdict *const v = a->v;
	const char *const said = a->sentence != NULL ? a->sentence : "";

	x->i.severity = severity_worst(x->i.severity, severity_of_p(v->p));
	if (isnan(x->i.least_p) || v->p < x->i.least_p)
		x->i.least_p = v->p;
	if (x->i.flows > 0 && !(v->score > x->i.peak_score) && !(isnan(x->i.peak_score) && !isnan(v->score)))
		return;
	x->i.peak_score = v->score;
	x->i.peak_row = v->flow->row;
	x->peak.peer = a->peer;
	x->peak.port = a->port;
	x->peak.outgoing = v->side != RESP;
	x->peak.bytes[0] = v->flow->bytes[v->side == RESP];
	x->peak.bytes[1] = v->flow->bytes[v->side != RESP];
	utf8_clean(x->peak.said, sizeof(x->peak.said), RULE_SENTENCE, 0, said, strlen(said));
}

static void add_peer(struct incident_open *x, const struct incident_arrival *a)
{
	int k;

	if (a->port != PORT_UNSET)
		frequent_add(&x->by_port, (uint64_t)a->port);
	if (a->hash == 0)
		return;
	distinct_add(&x->peers, a->hash);
	if ((k = frequent_add(&x->by_peer, a->hash)) >= 0)
		x->peer[k] = a->peer;
}

void incident_open_add(struct incident_open *x, const struct incident_arrival *a)
{
	const struct verdict *const v = a->v;
	const struct flow *const f = v->flow;
	struct incident *const i = &x->i;

	if (!rule_is_unusual(v->rule))
		widen(x, a);
	add_score(x, a);
	add_name(x, v->rule);
	add_hit(x, a);
	add_peer(x, a);
	if (isnan(i->start) || a->from < i->start)
		i->start = a->from;
	if (isnan(i->end) || a->to > i->end)
		i->end = a->to;
	i->first_row = f->row < i->first_row ? f->row : i->first_row;
	i->last_row = f->row > i->last_row ? f->row : i->last_row;
	x->seen[0] = v->device_flow < x->seen[0] ? v->device_flow : x->seen[0];
	x->seen[1] = v->device_flow > x->seen[1] ? v->device_flow : x->seen[1];
	x->outgoing += v->side != RESP;
	i->bytes[0] += f->bytes[v->side == RESP];
	i->bytes[1] += f->bytes[v->side != RESP];
	i->flows++;
}

void incident_open_complete(struct incident_open *x)
{
	struct incident *const i = &x->i;
	const int peer = frequent_most(&x->by_peer, i->flows), port = frequent_most(&x->by_port, i->flows);
	size_t n = 0;

	i->peers = distinct_n(&x->peers);
	i->peer = peer >= 0 ? x->peer[peer] : (struct ip){ 0 };
	i->port = port >= 0 ? (int32_t)x->by_port.key[port] : PORT_UNSET;
	for (size_t k = 0; k < INCIDENT_NAMES && x->name[k] != NULL; k++)
		if (x->name[k] != i->rule && n < INCIDENT_ALSO)
			i->also[n++] = x->name[k];
	if (x->alarms_differ && i->severity < SEVERITY_CRITICAL)
		i->severity++;
	incident_story(i, &x->peak, x->outgoing);
}
