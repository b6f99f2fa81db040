/* rules: finds what is remembered of the flow's device, peer and port, and lets each family of conditions judge. */
#include "rule/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rule/memory.h"
#include "rule/sight.h"
#include "rule/state.h"

enum { DEVICES = 4096, PAIRS = 65536, PEER_SHARE = 4, PORT_SHARE = 8 };

struct rules {
	struct home_networks home;
	struct memory device, peer, port, end;
	struct peer_state
		nobody; /* stands for new sources in a flood from outside, which may be forged: they shall not displace the others */
};

int rules_new(struct rules **out, const struct rules_options *o, struct err *e)
{
	const size_t devices = o != NULL && o->devices_max != 0 ? o->devices_max : DEVICES;
	const size_t pairs = o != NULL && o->pairs_max != 0 ? o->pairs_max : PAIRS;
	struct rules *r = calloc(1, sizeof(*r));

	if (r != NULL && o != NULL)
		r->home = o->home;
	if (r != NULL && memory_new(&r->device, devices, sizeof(struct device_state)) == OK &&
	    memory_new(&r->peer, pairs / PEER_SHARE, sizeof(struct peer_state)) == OK &&
	    memory_new(&r->port, pairs / PORT_SHARE, sizeof(struct port_state)) == OK &&
	    memory_new(&r->end, pairs, sizeof(struct end_state)) == OK) {
		*out = r;
		return OK;
	}
	rules_del(r);
	return err_set(e, ERR_NOMEM, "no memory for the rules' %zu devices and %zu pairs", devices, pairs);
}

void rules_del(struct rules *r)
{
	if (r == NULL)
		return;
	memory_del(&r->device);
	memory_del(&r->peer);
	memory_del(&r->port);
	memory_del(&r->end);
	free(r);
}

/* Another span begins. What is usual comes from those before, but for the day after an alarm: 1 is told, with the sum of the span that ended. */
static int roll(double *start, double *sum, double *ended, double t, double span)
{
	const double gone = (t - *start) / span;

	if (*start == 0 || t < *start - CLOCK_JUMP) {
		*start = t;
		*sum = 0;
		return 0;
	}
	if (gone < 1)
		return 0;
	*start = gone < 2 ? *start + span : t;
	*ended = *sum;
	*sum = 0;
	return 1;
}

static struct device_state *device_at(struct rules *r, const struct moment *m, uint64_t device)
{
	double ended;
	int fresh;
	struct device_state *d = memory_get(&r->device, memory_mix(0xD, device), &fresh);

	if (fresh) {
		d->first = m->t;
		d->peers_usual = d->upload_most = -1;
	}
	if (m->t < d->first)
		d->first = m->t;
	if (roll(&d->minute, &d->peers, &ended, m->t, 60) && m->t > d->alarm_until)
		d->peers_usual = d->peers_usual < 0 ? ended : d->peers_usual + USUAL_WEIGHT * (ended - d->peers_usual);
	if (roll(&d->hour, &d->upload, &ended, m->t, 3600) && m->t > d->alarm_until)
		d->upload_most = fmax(ended, UPLOAD_FORGET * d->upload_most);
	return d;
}

static uint64_t address_mix(uint64_t h, const struct ip *a)
{
	uint64_t part[2] = { 0, 0 };

	memcpy(part, a->b, a->family == 4 ? 4 : 16);
	return a->family == 4 ? memory_mix(h, part[0]) : memory_mix(memory_mix(h, part[0]), part[1]);
}

/* Attempts are told apart by the port of the originator. */
static void attempt(struct moment *m)
{
	struct end_state *const e = m->end;

	m->repeat = !m->fresh && m->f->proto == PROTO_TCP && m->f->port[ORIG] == e->orig_port && m->f->port[ORIG] != PORT_UNSET &&
		    fabs(m->t - e->last) < 120;
	e->orig_port = m->f->port[ORIG];
}

static void remember(struct rules *r, struct moment *m, uint64_t device)
{
	const uint64_t dir = memory_mix(memory_mix(0xF, device), (uint64_t)m->out);
	const uint64_t service = (uint64_t)m->f->proto << 32 | (uint32_t)m->port;
	const uint64_t peer = address_mix(dir, &m->peer);
	int fresh;

	m->device = device_at(r, m, device);
	if (!m->out && m->device->in_flows.level >= limits[LIMIT_INFLOOD_FLOWS].level) {
		fresh = (m->with = memory_find(&r->peer, peer)) == NULL;
		if (fresh) {
			memset(&r->nobody, 0, sizeof(r->nobody));
			m->with = &r->nobody;
		}
	} else
		m->with = memory_get(&r->peer, peer, &fresh);
	m->fresh_peer = fresh;
	if (fresh) {
		m->with->first = m->t;
		m->device->peers++;
	}
	m->on = memory_get(&r->port, memory_mix(dir, service), &fresh);
	m->end = memory_get(&r->end, memory_mix(peer, service), &m->fresh);
	if (m->fresh)
		m->end->first = m->t;
	attempt(m);
}

static void keep_alarm(struct moment *m, const struct rule_hit *h)
{
	const struct rule *const r = h->rule;

	m->device->alarm_until = fmax(m->device->alarm_until, m->t + SUSPECT_SECONDS);
	if (m->out && r != rule_get(RULE_EXFILTRATION)) /* people upload too */
		m->device->infected_until = fmax(m->device->infected_until, m->t + INFECTED_SECONDS);
	if (h->peer.family != 0 && r != rule_get(RULE_C2_RETRY)) /* more of the same does not make it another thing */
		m->with->suspect_until = m->t + SUSPECT_SECONDS;
}

/* What the next flow is compared with; after the rules, which compare this one. */
static void keep(struct moment *m)
{
	m->end->last = fmax(m->t, m->end->last);
	for (size_t i = 0; i < m->hits; i++)
		if (m->hit[i].alarm)
			keep_alarm(m, &m->hit[i]);
}

static int before(const struct rule_hit *a, const struct rule_hit *b)
{
	return a->alarm != b->alarm ? a->alarm > b->alarm : a->strength > b->strength;
}

/* A handful at most. */
static void sort(struct rule_hit *hit, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && before(&hit[k], &hit[k - 1]); k--) {
			const struct rule_hit h = hit[k];

			hit[k] = hit[k - 1];
			hit[k - 1] = h;
		}
}

size_t rules_take(struct rules *r, const struct flow *f, uint64_t device, int side, int words, struct rule_hit *hit)
{
	struct moment m = { .hit = hit, .words = words, .home = &r->home };

	if ((side != ORIG && side != RESP) || !sight(&m, f, side))
		return 0;
	if (!m.timed) {
		flood_single(&m);
		return m.hits;
	}
	remember(r, &m, device);
	mitm_judge(&m);
	scan_judge(&m);
	flood_judge(&m);
	login_judge(&m);
	c2_judge(&m);
	download_judge(&m);
	upload_judge(&m);
	keep(&m);
	sort(hit, m.hits);
	return m.hits;
}
