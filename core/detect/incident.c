/* incident: open incidents by device in a hash table of chains, and in a list by who was joined last. */
#include "detect/incident.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/carve.h"
#include "detect/incident_open.h"

enum { NONE = UINT32_MAX, GAP_SECONDS = 600, GAP_FLOWS = 100, OPEN_MAX = 1024, DEVICE_MAX = 64, PLAIN_FLOWS = 20 };

static const double PLAIN_P = 1e-5;

struct incidents {
	struct incidents_options o;
	struct incident_open *open; /* [open_max] */
	uint32_t *chain, chains;    /* first of each; a power of two */
	uint32_t free_one, newest, oldest;
	uint64_t begun, parts;
};

/* ---- ending ------------------------------------------------------------------------------------------------------------------- */

static void list_remove(struct incidents *s, uint32_t at)
{
	struct incident_open *const x = &s->open[at];

	*(x->newer == NONE ? &s->newest : &s->open[x->newer].older) = x->older;
	*(x->older == NONE ? &s->oldest : &s->open[x->older].newer) = x->newer;
}

static void list_put_first(struct incidents *s, uint32_t at)
{
	struct incident_open *const x = &s->open[at];

	x->newer = NONE;
	x->older = s->newest;
	*(s->newest == NONE ? &s->oldest : &s->open[s->newest].newer) = at;
	s->newest = at;
}

static uint32_t *chain_of(const struct incidents *s, uint64_t device)
{
	return &s->chain[hash_mix(device) & (s->chains - 1)];
}

/* It is out of the way when the sink is called. */
static int end(struct incidents *s, uint32_t at)
{
	struct incident_open *const x = &s->open[at];
	uint32_t *link = chain_of(s, x->i.device);

	while (*link != at)
		link = &s->open[*link].next;
	*link = x->next;
	list_remove(s, at);
	x->next = s->free_one;
	s->free_one = at;
	incident_open_complete(x);
	return s->o.sink != NULL ? s->o.sink(s->o.arg, &x->i) : 0;
}

/* ---- time --------------------------------------------------------------------------------------------------------------------- */

/* Whether the flow lies within `gaps` gaps behind the incident. */
static int behind(const struct incidents *s, const struct incident_open *x, const struct incident_arrival *a, double gaps)
{
	if (!isnan(a->from) && !isnan(x->i.end))
		return a->from <= x->i.end + gaps * s->o.gap;
	return (double)a->v->device_flow <= (double)x->seen[1] + gaps * (double)s->o.gap_flows;
}

static int in_time(const struct incidents *s, const struct incident_open *x, const struct incident_arrival *a)
{
	if (!behind(s, x, a, 1))
		return 0;
	if (!isnan(a->from) && !isnan(x->i.start))
		return a->to >= x->i.start - s->o.gap;
	return a->v->device_flow + s->o.gap_flows >= x->seen[0];
}

/* Those of any device that nothing can join any more. Without times only the device's own flows tell that. */
static int end_old(struct incidents *s, const struct incident_arrival *a)
{
	int r = 0;

	while (r == 0 && s->oldest != NONE && s->open[s->oldest].i.end + 2 * s->o.gap < a->from)
		r = end(s, s->oldest);
	for (uint32_t at = *chain_of(s, a->v->device), next; r == 0 && at != NONE; at = next) {
		next = s->open[at].next;
		if (s->open[at].i.device == a->v->device && !behind(s, &s->open[at], a, 2))
			r = end(s, at);
	}
	return r;
}

/* ---- joining ------------------------------------------------------------------------------------------------------------------ */

struct found {
	uint32_t at;      /* where the flow goes; NONE */
	uint32_t unusual; /* the device's incident without a name; NONE */
	uint32_t first;   /* the device's incident that was begun first, if there are too many; NONE */
};

/* Of those that fit equally well the one begun first. */
static struct found find(const struct incidents *s, const struct incident_arrival *a)
{
	struct found found = { NONE, NONE, NONE };
	enum incident_fit best = FIT_NOT;
	size_t apart = 0, n = 0;

	for (uint32_t at = *chain_of(s, a->v->device); at != NONE; at = s->open[at].next) {
		const struct incident_open *const x = &s->open[at];
		enum incident_fit fit;

		if (x->i.device != a->v->device)
			continue;
		n++;
		if (found.first == NONE || x->i.id < s->open[found.first].i.id)
			found.first = at;
		if (!in_time(s, x, a))
			continue;
		if (rule_is_unusual(x->i.rule)) {
			found.unusual = at;
			continue;
		}
		fit = incident_open_fit(x, a);
		apart += fit == FIT_OTHER;
		if (fit != FIT_NOT && (fit > best || (fit == best && x->i.id < s->open[found.at].i.id))) {
			best = fit;
			found.at = at;
		}
	}
	if (best == FIT_OTHER && apart < INCIDENT_APART)
		found.at = NONE;
	if (n < DEVICE_MAX)
		found.first = NONE;
	return found;
}

static int begin(struct incidents *s, const struct incident_arrival *a, uint32_t *at)
{
	uint32_t *const chain = chain_of(s, a->v->device);
	struct incident_open *x;
	int r;

	if (s->free_one == NONE && (r = end(s, s->oldest)) != 0)
		return r;
	*at = s->free_one;
	x = &s->open[*at];
	s->free_one = x->next;
	incident_open_begin(x, a, ++s->begun);
	x->next = *chain;
	*chain = *at;
	list_put_first(s, *at);
	return 0;
}

/* Find it, or begin it. */
static int place(struct incidents *s, const struct incident_arrival *a, uint32_t *at)
{
	const int plain = rule_is_unusual(a->v->rule);
	const struct found found = find(s, a);
	int r;

	*at = found.at;
	if (plain && *at == NONE)
		*at = found.unusual;
	if (!plain && found.unusual != NONE && incident_open_names(&s->open[found.unusual], a)) {
		incident_open_name(&s->open[found.unusual], a);
		if (*at != NONE) {
			s->open[found.unusual].i.part_of = s->open[*at].i.id;
			s->parts++;
			return end(s, found.unusual);
		}
		*at = found.unusual;
	}
	if (*at != NONE)
		return 0;
	if (found.first != NONE && (r = end(s, found.first)) != 0)
		return r;
	return begin(s, a, at);
}

/* ---- public ------------------------------------------------------------------------------------------------------------------- */

int64_t incidents_add(struct incidents *s, const struct verdict *v, const struct rule_hit *hit, const char *sentence)
{
	struct incident_arrival a;
	uint32_t at;
	int r;

	assert(v->rule != NULL);
	incident_arrival_of(&a, v, hit, sentence);
	if ((r = end_old(s, &a)) != 0 || (r = place(s, &a, &at)) != 0)
		return r;
	incident_open_add(&s->open[at], &a);
	list_remove(s, at);
	list_put_first(s, at);
	return (int64_t)s->open[at].i.id;
}

int64_t incidents_tell(struct incidents *s, const struct incident *i)
{
	struct incident whole = *i;
	int r;

	assert(i->rule != NULL);
	whole.id = ++s->begun;
	r = s->o.sink != NULL ? s->o.sink(s->o.arg, &whole) : 0;
	return r != 0 ? r : (int64_t)whole.id;
}

int incident_minor(const struct incident *i, int plain)
{
	return i->part_of != 0 || (plain && rule_is_unusual(i->rule) && i->flows < PLAIN_FLOWS && i->least_p > PLAIN_P);
}

int incidents_finish(struct incidents *s)
{
	int r = 0;

	while (r == 0 && s->oldest != NONE)
		r = end(s, s->oldest);
	return r;
}

uint64_t incidents_count(const struct incidents *s)
{
	return s->begun;
}

uint64_t incidents_parts(const struct incidents *s)
{
	return s->parts;
}

int incidents_new(struct incidents **out, const struct incidents_options *o, struct err *e)
{
	struct incidents_options own = *o;
	struct carve c = { 0 };
	size_t at_open, at_chain, chains = 1;
	unsigned char *block;
	struct incidents *s;

	own.gap = own.gap == 0 ? GAP_SECONDS : own.gap;
	own.gap_flows = own.gap_flows == 0 ? GAP_FLOWS : own.gap_flows;
	own.open_max = own.open_max == 0 ? OPEN_MAX : own.open_max;
	if (!(own.gap > 0) || own.open_max >= NONE / 2)
		return err_set(e, ERR_RANGE, "a gap of %g s and %zu open incidents are not possible", own.gap, own.open_max);
	while (chains < own.open_max)
		chains *= 2;
	carve_add(&c, 1, sizeof(*s));
	at_open = carve_add(&c, own.open_max, sizeof(*s->open));
	at_chain = carve_add(&c, chains, sizeof(*s->chain));
	if ((block = carve_alloc(&c)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for incidents");
	s = (struct incidents *)block;
	s->o = own;
	s->open = (struct incident_open *)(block + at_open);
	s->chain = (uint32_t *)(block + at_chain);
	s->chains = (uint32_t)chains;
	s->newest = s->oldest = NONE;
	memset(s->chain, 0xff, chains * sizeof(*s->chain));
	for (size_t k = 0; k < own.open_max; k++)
		s->open[k].next = k + 1 < own.open_max ? (uint32_t)k + 1 : NONE;
	*out = s;
	return OK;
}

void incidents_del(struct incidents *s)
{
	free(s);
}
