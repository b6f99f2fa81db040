/* home: everything that goes on is a source with a next time; a heap says which is next. */
#include "synth/home.h"

#include <stdlib.h>
#include <string.h>

#include "synth/attack.h"
#include "synth/conversation.h"
#include "synth/device.h"
#include "synth/draw.h"

enum { WARM_UP = 200, CAMPAIGN_LEAST = 12 };

/* A device's habit, or the campaign that is going on. */
struct source {
	uint64_t us; /* when it is next */
	uint32_t id; /* breaks ties */
	uint32_t device;
	const struct habit *habit; /* NULL: the campaign */
	struct rng rng;
};

struct home {
	struct home_options o;
	struct rng rng; /* of what campaigns are chosen */
	uint64_t rows, attack_rows;
	size_t turn; /* of the attacks */
	struct campaign campaign;
	uint32_t campaign_left;
	size_t n;
	struct source heap[HOME_DEVICES_MAX * HABITS + 1];
};

static int before(const struct source *a, const struct source *b)
{
	return a->us < b->us || (a->us == b->us && a->id < b->id);
}

static void sift_down(struct home *h, size_t i)
{
	for (;;) {
		size_t least = 2 * i + 1;
		struct source t;

		if (least >= h->n)
			return;
		if (least + 1 < h->n && before(&h->heap[least + 1], &h->heap[least]))
			least++;
		if (!before(&h->heap[least], &h->heap[i]))
			return;
		t = h->heap[i];
		h->heap[i] = h->heap[least];
		h->heap[least] = t;
		i = least;
	}
}

static void push(struct home *h, const struct source *s)
{
	size_t i = h->n++;

	for (; i > 0 && before(s, &h->heap[(i - 1) / 2]); i = (i - 1) / 2)
		h->heap[i] = h->heap[(i - 1) / 2];
	h->heap[i] = *s;
}

static uint64_t next_wait(const struct habit *b, struct rng *r)
{
	const uint64_t mean = (uint64_t)b->every_s * 1000000;

	return b->jitter > 0 ? draw_period(r, mean, b->jitter) : draw_wait(r, mean);
}

int home_new(struct home **out, const struct home_options *o, struct err *e)
{
	struct home *h;
	uint32_t id = 0;

	if (o->devices < 1 || o->devices > HOME_DEVICES_MAX)
		return err_set(e, ERR_RANGE, "%zu devices: a home has 1 to %d", o->devices, HOME_DEVICES_MAX);
	if (o->attack_per_mille >= 1000)
		return err_set(e, ERR_RANGE, "an attack share of %u of 1,000 leaves nothing else", o->attack_per_mille);
	if ((h = calloc(1, sizeof(*h))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a home");
	h->o = *o;
	rng_init(&h->rng, o->seed);
	for (uint32_t d = 0; d < o->devices; d++) {
		const struct device_kind *const kind = device_kind(d % device_kinds());

		for (size_t i = 0; i < HABITS && kind->habit[i].every_s > 0; i++) {
			struct source s = { .id = id, .device = d, .habit = &kind->habit[i] };

			id++;
			rng_init(&s.rng, rng_next(&h->rng));
			s.us = o->start_s * 1000000 + rng_below(&s.rng, (uint64_t)kind->habit[i].every_s * 1000000);
			push(h, &s);
		}
	}
	*out = h;
	return OK;
}

void home_del(struct home *h)
{
	free(h);
}

static struct ip address_of(size_t device)
{
	return ip_of(4, (uint8_t[]){ 192, 168, 1, (uint8_t)(10 + device) });
}

static void mac_of(struct flow *f, int side, size_t device)
{
	memcpy(f->mac[side], (uint8_t[]){ 2, 0, 0, 0, 1, (uint8_t)device }, 6);
	f->has_mac[side] = 1;
}

/* Beyond the home everything has the router's address on the wire. */
static void mac_of_router(struct flow *f, int side)
{
	memcpy(f->mac[side], (uint8_t[]){ 2, 0, 0, 0, 0, 1 }, 6);
	f->has_mac[side] = 1;
}

static void meet(struct home *h, struct source *s, struct flow *f)
{
	const size_t kinds = device_kinds();
	size_t hub = 1; /* the first one of its kind */

	mac_of_router(f, RESP);
	switch (s->habit->peer) {
	case PEER_ROUTER:
		f->host[RESP] = ip_of(4, (uint8_t[]){ 192, 168, 1, 1 });
		break;
	case PEER_GROUP:
		f->host[RESP] = ip_of(4, (uint8_t[]){ 224, 0, 0, 251 });
		memcpy(f->mac[RESP], (uint8_t[]){ 1, 0, 0x5e, 0, 0, 0xfb }, 6);
		break;
	case PEER_HUB:
		hub = hub < h->o.devices ? hub : 0;
		f->host[RESP] = address_of(hub);
		mac_of(f, RESP, hub);
		break;
	case PEER_WEB:
		f->host[RESP] = ip_of(4, (uint8_t[]){ 203, 0, 113, (uint8_t)(1 + rng_below(&s->rng, 200)) });
		break;
	case PEER_CLOUD: /* each kind of device has a few servers of its maker */
		f->host[RESP] =
			ip_of(4, (uint8_t[]){ 198, 51, 100, (uint8_t)(10 * (s->device % kinds) + 1 + rng_below(&s->rng, 4)) });
		break;
	}
}

static uint64_t amount(struct rng *r, uint64_t median, unsigned spread)
{
	return spread > 0 && median > 0 ? draw_amount(r, median, spread) : median;
}

static void habitual(struct home *h, struct source *s, struct flow *f)
{
	const struct habit *const b = s->habit;
	const int fails = draw_chance(&s->rng, b->fails_of_256);
	const enum conn_state failed = rng_below(&s->rng, 3) == 0 ? CONN_RSTO : rng_below(&s->rng, 2) == 0 ? CONN_REJ : CONN_S0;
	struct conversation c = { .proto = b->proto, .state = CONN_SF, .tries = 1 };

	f->host[ORIG] = address_of(s->device);
	mac_of(f, ORIG, s->device);
	meet(h, s, f);
	f->port[ORIG] = b->port == 123 || b->port == 5353 ? b->port : (int32_t)(32768 + rng_below(&s->rng, 28000));
	f->port[RESP] = b->port;
	if (b->proto == PROTO_ICMP) {
		f->port[ORIG] = 8; /* echo request and reply */
		f->port[RESP] = 0;
	}
	for (int i = 0; i < 2; i++)
		c.bytes[i] = amount(&s->rng, b->median[i], b->spread[i]);
	c.us = amount(&s->rng, (uint64_t)b->median_ms * 1000, b->spread_ms);
	if (fails || b->peer == PEER_GROUP) {
		c.state = b->proto == PROTO_TCP ? failed : CONN_S0;
		c.tries = fails ? 3 : 1;
		c.us = fails ? 5000000 : c.us;
	}
	strcpy(f->service, b->service);
	conversation_flow(&c, f);
	f->label = LABEL_BENIGN;
}

/* An address of the internet that is nobody's here. */
static struct ip stranger(struct rng *r)
{
	const uint64_t bits = rng_next(r);

	return ip_of(4, (uint8_t[]){ (uint8_t)(20 + bits % 80), (uint8_t)(bits >> 16), (uint8_t)(bits >> 24), 9 });
}

static void campaign_begin(struct home *h, uint64_t us)
{
	struct source s = { .us = us, .id = UINT32_MAX };
	struct campaign *const c = &h->campaign;
	uint64_t flows, most;

	do
		c->attack = attack_get(h->turn++ % attacks());
	while ((h->o.attacks >> ((h->turn - 1) % attacks()) & 1) == 0);
	c->device = rng_below(&h->rng, h->o.devices);
	c->chosen = (uint32_t)rng_below(&h->rng, 1000);
	c->step = 0;
	c->inside = draw_chance(&h->rng, c->attack->inside_of_256) && h->o.devices > 1;
	c->peer = c->inside ? address_of((c->device + 1) % h->o.devices) : stranger(&h->rng);
	/* Not so long that the first thousand rows are nothing else. */
	flows = draw_amount(&h->rng, c->attack->flows, 160);
	most = CAMPAIGN_LEAST + h->rows * h->o.attack_per_mille / 1000;
	h->campaign_left = (uint32_t)(flows < CAMPAIGN_LEAST ? CAMPAIGN_LEAST : flows < most ? flows : most);
	rng_init(&s.rng, rng_next(&h->rng));
	push(h, &s);
}

static void hostile(struct home *h, struct source *s, struct flow *f)
{
	struct campaign *const c = &h->campaign;

	f->host[ORIG] = address_of(c->device);
	mac_of(f, ORIG, c->device);
	if (c->inside)
		mac_of(f, RESP, (c->device + 1) % h->o.devices);
	else
		mac_of_router(f, RESP);
	f->host[RESP] = c->peer;
	f->port[ORIG] = (int32_t)(32768 + rng_below(&s->rng, 28000));
	c->attack->flow(c, &s->rng, f);
	f->label = LABEL_MALICIOUS;
	strcpy(f->attack, c->attack->name);
	c->step++;
	h->campaign_left--;
	h->attack_rows++;
}

/* Due, and not asleep? Its next time is set. */
static int awake(struct source *s)
{
	const unsigned hour = (unsigned)(s->us / 3600000000U % 24);

	return draw_chance(&s->rng, habit_share(s->habit, hour));
}

void home_next(struct home *h, struct flow *f)
{
	int is_attack = 0, is_awake = 0;

	if (h->campaign_left == 0 && h->o.attacks != 0 && h->rows >= WARM_UP &&
	    h->attack_rows * 1000 < h->rows * h->o.attack_per_mille)
		campaign_begin(h, h->heap[0].us);
	while (!is_awake) {
		struct source *const s = &h->heap[0];
		const uint64_t us = s->us;

		is_attack = s->habit == NULL;
		is_awake = is_attack || awake(s);
		if (is_awake) {
			flow_clear(f);
			f->ts = (double)us / 1e6;
			(is_attack ? hostile : habitual)(h, s, f);
		}
		if (!is_attack)
			s->us += next_wait(s->habit, &s->rng);
		else if (h->campaign_left == 0)
			h->heap[0] = h->heap[--h->n];
		else
			s->us += h->campaign.attack->jitter > 0
					 ? draw_period(&s->rng, (uint64_t)h->campaign.attack->every_ms * 1000,
						       h->campaign.attack->jitter)
					 : draw_wait(&s->rng, (uint64_t)h->campaign.attack->every_ms * 1000);
		sift_down(h, 0);
	}
	f->row = h->rows++;
}
