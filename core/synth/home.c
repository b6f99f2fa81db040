/* home: everything that goes on is a source with a next time; a heap says which is next. */
#include "synth/home.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synth/attack.h"
#include "synth/conversation.h"
#include "synth/device.h"
#include "synth/draw.h"
#include "synth/network.h"

enum {
	WARM_UP = 200,       /* flows before the first attack */
	CAMPAIGNS = 16,      /* at a time */
	CAMPAIGN_LEAST = 12, /* flows */
	BURST_MOST = 250,    /* conversations */
	SECOND = 1000000,    /* us */
	SOURCES = NETWORK_DEVICES_MAX * HABITS + CAMPAIGNS,
};

_Static_assert((int)HOME_DEVICES_MAX == (int)NETWORK_DEVICES_MAX, "home.h promises what network.h holds");

/* A device's habit, or a campaign. Each has its own random numbers: what one does changes nothing for the others. */
struct source {
	struct rng rng;
	const struct habit *habit; /* NULL: a campaign */
	uint32_t device;
	uint32_t left;     /* conversations of the visit that has begun, flows of the campaign; 0: it begins */
	uint64_t began_us; /* the visit */
	int asked;         /* the name was looked up */
	struct campaign campaign;
};

/* When a source is next. Ties: the lower source first. */
struct due {
	uint64_t us;
	uint32_t source;
};

struct home {
	struct home_options o;
	struct rng rng; /* of what campaigns are chosen */
	uint64_t rows;
	uint64_t planned; /* flows of all campaigns that have begun */
	size_t turn;      /* of the attacks */
	size_t n;
	struct due heap[SOURCES];
	size_t habits; /* sources before those of the campaigns */
	struct source source[SOURCES];
};

static int before(const struct due *a, const struct due *b)
{
	return a->us < b->us || (a->us == b->us && a->source < b->source);
}

/* The first has another time, or is another. */
static void sift_down(struct home *h)
{
	const struct due moved = h->heap[0];
	size_t i = 0, least;

	for (; (least = 2 * i + 1) < h->n; i = least) {
		least += least + 1 < h->n && before(&h->heap[least + 1], &h->heap[least]);
		if (!before(&h->heap[least], &moved))
			break;
		h->heap[i] = h->heap[least];
	}
	h->heap[i] = moved;
}

static void push(struct home *h, uint64_t us, size_t source)
{
	const struct due d = { us, (uint32_t)source };
	size_t i = h->n++;

	for (; i > 0 && before(&d, &h->heap[(i - 1) / 2]); i = (i - 1) / 2)
		h->heap[i] = h->heap[(i - 1) / 2];
	h->heap[i] = d;
}

int home_new(struct home **out, const struct home_options *o, struct err *e)
{
	struct home *h;

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
			struct source *const s = &h->source[h->habits];

			s->device = d;
			s->habit = &kind->habit[i];
			rng_init(&s->rng, rng_next(&h->rng));
			push(h, o->start_s * SECOND + rng_below(&s->rng, (uint64_t)s->habit->every_s * SECOND), h->habits++);
		}
	}
	*out = h;
	return OK;
}

void home_del(struct home *h)
{
	free(h);
}

static uint64_t amount(struct rng *r, const struct amount *a)
{
	return a->spread > 0 && a->median > 0 ? draw_amount(r, a->median, a->spread) : a->median;
}

/* How a TCP connection ends: of those that work, and of those that do not. */
static enum conn_state ending(struct rng *r, int fails)
{
	static const struct {
		uint8_t of_256;
		enum conn_state state;
	} ends[2][8] = {
		{ { 206, CONN_SF }, { 22, CONN_RSTR }, { 14, CONN_RSTO }, { 10, CONN_S3 }, { 2, CONN_S2 }, { 2, CONN_S1 } },
		{ { 120, CONN_S0 },
		  { 52, CONN_REJ },
		  { 36, CONN_OTH },
		  { 18, CONN_SH },
		  { 12, CONN_RSTOS0 },
		  { 10, CONN_RSTRH },
		  { 8, CONN_SHR } },
	};
	uint64_t at = rng_below(r, 256);
	size_t i = 0;

	for (; at >= ends[fails][i].of_256; i++)
		at -= ends[fails][i].of_256;
	return ends[fails][i].state;
}

/* One conversation of a device. */
static void talk(const struct home *h, struct source *s, const struct habit *b, struct flow *f)
{
	struct rng *const r = &s->rng;
	const int fails = draw_chance(r, b->fails);
	struct conversation c = { .proto = b->proto, .turns = b->turns, .tries = 1 };

	network_meet(f, b, s->device, h->o.devices, r);
	f->port[ORIG] = b->port[ORIG] > 0 ? b->port[ORIG] : (int32_t)(32768 + rng_below(r, 28000));
	f->port[RESP] = b->port[RESP];
	c.state = ending(r, fails);
	c.turns = c.turns > 1 ? 1 + (unsigned)draw_amount(r, c.turns - 1U, 150) : 1;
	c.bytes[ORIG] = amount(r, &b->up);
	c.bytes[RESP] = amount(r, &b->down);
	c.us = amount(r, &b->ms) * 1000 + rng_below(r, 1000);
	c.round_us = b->peer == PEER_CLOUD || b->peer == PEER_WEB || b->peer == PEER_WEB6 ? draw_amount(r, 24000, 140) : 800;
	c.variant = (unsigned)rng_below(r, 12) / 5; /* of SF mostly the first two */
	c.lost = draw_chance(r, 8);
	if (fails) {
		c.tries = 1 + (unsigned)rng_below(r, 3);
		c.us = ((1U << (c.tries - 1)) - 1) * (uint64_t)SECOND + rng_below(r, 90000);
		c.bytes[RESP] *= b->proto == PROTO_TCP;
	}
	strcpy(f->service, b->service);
	conversation_flow(&c, f);
	if (f->bytes[ORIG] + f->bytes[RESP] == 0 && f->proto == PROTO_TCP)
		f->service[0] = '\0'; /* known by what is said */
	f->label = LABEL_BENIGN;
}

/* The next flow of a habit, unless its device sleeps; *us becomes the time of the one after it. */
static int habitual(const struct home *h, struct source *s, uint64_t *us, struct flow *f)
{
	const struct habit *const b = s->habit;
	const uint64_t mean = (uint64_t)b->every_s * SECOND;
	uint64_t next;
	int awake = 1;

	if (s->left == 0) {
		awake = draw_chance(&s->rng, habit_share(b, (unsigned)(*us / SECOND % 86400)));
		s->left = b->burst > 1 ? 1 + (uint32_t)draw_amount(&s->rng, b->burst - 1U, 220) : 1;
		s->left = s->left < BURST_MOST ? s->left : BURST_MOST;
		s->began_us = *us;
	}
	if (awake && !s->asked && draw_chance(&s->rng, b->lookup)) {
		s->asked = 1;
		talk(h, s, &habit_lookup, f);
		*us += isnan(f->duration) ? 5 * SECOND : (uint64_t)(f->duration * SECOND); /* a resolver waits five seconds */
		*us += 1000 + draw_wait(&s->rng, 9000);
		return 1;
	}
	s->asked = 0;
	s->left = awake ? s->left - 1 : 0;
	if (awake)
		talk(h, s, b, f);
	if (s->left > 0) {
		*us += draw_wait(&s->rng, (uint64_t)b->gap_ms * 1000);
		return 1;
	}
	next = s->began_us + (b->jitter > 0 ? draw_period(&s->rng, mean, b->jitter) : draw_wait(&s->rng, mean));
	*us = next > *us ? next : *us + SECOND;
	return awake;
}

static void campaign_choose(struct home *h, struct campaign *c)
{
	enum { COURSES = 3 };

	do
		c->attack = attack_get(h->turn++ % attacks());
	while ((h->o.attacks >> ((h->turn - 1) % attacks()) & 1) == 0);
	c->device = rng_below(&h->rng, h->o.devices);
	c->neighbour = (c->device + 1 + rng_below(&h->rng, h->o.devices)) % h->o.devices;
	c->neighbour = c->neighbour != c->device ? c->neighbour : (c->device + 1) % h->o.devices;
	c->peer = network_villain(&h->rng);
	c->chosen = (uint32_t)rng_below(&h->rng, 1000);
	c->step = 0;
	do
		c->course = (enum course)(1U << rng_below(&h->rng, COURSES));
	while ((c->attack->courses & c->course) == 0 || (c->course == SIDEWAYS && h->o.devices < 2));
}

/* Begin a campaign when too few flows were attacks so far, and there is room for one. */
static void campaign_begin(struct home *h)
{
	size_t i = h->habits;
	uint64_t flows, most;
	struct source *s;

	while (i < h->habits + CAMPAIGNS && h->source[i].left > 0)
		i++;
	if (i == h->habits + CAMPAIGNS)
		return;
	s = &h->source[i];
	rng_init(&s->rng, rng_next(&h->rng));
	campaign_choose(h, &s->campaign);
	/* Not so long that the first thousand rows are nothing else. */
	flows = draw_amount(&h->rng, s->campaign.attack->flows, 160);
	most = CAMPAIGN_LEAST + h->rows * h->o.attack_per_mille / 1000;
	s->left = (uint32_t)(flows < CAMPAIGN_LEAST ? CAMPAIGN_LEAST : flows < most ? flows : most);
	h->planned += s->left;
	push(h, h->heap[0].us, i);
}

static void hostile(struct source *s, uint64_t *us, struct flow *f)
{
	struct campaign *const c = &s->campaign;
	const uint64_t mean = (uint64_t)c->attack->every_ms * 1000;

	network_device(f, c->course == INWARD ? RESP : ORIG, c->device, 4);
	if (c->course == SIDEWAYS)
		network_device(f, RESP, c->neighbour, 4);
	else
		network_outside(f, c->course == INWARD ? ORIG : RESP, c->peer);
	f->port[ORIG] = (int32_t)(32768 + rng_below(&s->rng, 28000));
	c->attack->flow(c, &s->rng, f);
	f->label = LABEL_MALICIOUS;
	strcpy(f->attack, c->attack->name);
	c->step++;
	s->left--;
	*us += c->attack->jitter > 0 ? draw_period(&s->rng, mean, c->attack->jitter) : draw_wait(&s->rng, mean);
}

void home_next(struct home *h, struct flow *f)
{
	int made = 0;

	if (h->o.attacks != 0 && h->rows >= WARM_UP && h->planned * 1000 < h->rows * h->o.attack_per_mille)
		campaign_begin(h);
	flow_clear(f);
	while (!made) {
		struct due *const d = &h->heap[0];
		struct source *const s = &h->source[d->source];

		f->ts = (double)d->us / SECOND;
		made = 1;
		if (s->habit != NULL)
			made = habitual(h, s, &d->us, f);
		else
			hostile(s, &d->us, f);
		if (s->habit == NULL && s->left == 0)
			*d = h->heap[--h->n];
		sift_down(h);
	}
	f->row = h->rows++;
}
