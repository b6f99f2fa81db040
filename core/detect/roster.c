/* roster: a table of devices by number; when it is full the smaller half goes. */
#include "detect/roster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "detect/distinct.h"
#include "flow/device.h"

enum { FIRST = 64, CHAINS = 2 * ROSTER_HELD, NOBODY = UINT32_MAX, DIGITS = 6 };

struct roster {
	struct home_networks home;
	int listed;
	size_t n, cap;
	struct roster_device *device;
	uint32_t chain[CHAINS], next[ROSTER_HELD]; /* first of each; what follows a device in its chain */
	struct roster_others others;
};

struct roster *roster_new(const struct home_networks *home)
{
	struct roster *const r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	if (home != NULL)
		r->home = *home;
	memset(r->chain, 0xff, sizeof(r->chain)); /* NOBODY */
	return r;
}

void roster_del(struct roster *r)
{
	if (r == NULL)
		return;
	free(r->device);
	free(r);
}

static uint32_t *chain_of(struct roster *r, uint64_t number)
{
	return &r->chain[hash_mix(number) & (CHAINS - 1)];
}

/* Most flows first. */
static int compare(const void *va, const void *vb)
{
	const struct roster_device *const a = va, *const b = vb;

	if (a->flows != b->flows)
		return a->flows > b->flows ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void drop_behind(struct roster *r, size_t keep)
{
	if (r->n > 0)
		qsort(r->device, r->n, sizeof(*r->device), compare);
	for (size_t i = keep; i < r->n; i++) {
		r->others.devices++;
		r->others.flows += r->device[i].flows;
		r->others.flagged += r->device[i].flagged;
	}
	r->n = keep;
	memset(r->chain, 0xff, sizeof(r->chain));
	for (size_t i = 0; i < keep; i++) {
		uint32_t *const chain = chain_of(r, r->device[i].number);

		r->next[i] = *chain;
		*chain = (uint32_t)i;
	}
}

/* The device with that number, new or not; NULL: memory is out. */
static struct roster_device *get(struct roster *r, uint64_t number)
{
	void *devices = r->device;
	uint32_t at = *chain_of(r, number), *chain;

	while (at != NOBODY && r->device[at].number != number)
		at = r->next[at];
	if (at != NOBODY)
		return &r->device[at];
	if (r->n == ROSTER_HELD)
		drop_behind(r, ROSTER_HELD / 2);
	if (!array_room(&devices, r->n, &r->cap, sizeof(*r->device), FIRST))
		return NULL;
	r->device = devices;
	chain = chain_of(r, number);
	r->device[r->n] = (struct roster_device){ .number = number, .first_ts = NAN, .last_ts = NAN };
	r->next[r->n] = *chain;
	*chain = (uint32_t)r->n;
	return &r->device[r->n++];
}

/* Who asks for an address has none yet. */
static int is_nothing(const struct ip *a)
{
	static const uint8_t none[sizeof(a->b)] = { 0 };

	return memcmp(a->b, none, sizeof(none)) == 0;
}

int roster_add(struct roster *r, const struct verdict *v)
{
	const struct flow *const f = v->flow;
	uint8_t key[DEVICE_KEY];
	struct roster_device *d;

	if (v->side == DEVICE_NONE)
		return OK;
	if ((d = get(r, v->device)) == NULL)
		return ERR_NOMEM;
	flow_device_key(f, &r->home, v->side, key);
	if (key[0] == 'm') {
		d->has_mac = 1;
		memcpy(d->mac, f->mac[v->side], sizeof(d->mac));
	}
	if (d->ip.family == 0 || !is_nothing(&f->host[v->side]))
		d->ip = f->host[v->side];
	d->flows++;
	d->flagged += v->anomalous != 0;
	d->bytes[0] += f->bytes[v->side];
	d->bytes[1] += f->bytes[!v->side];
	d->first_ts = fmin(d->first_ts, f->ts); /* of a number and NaN: the number */
	d->last_ts = fmax(d->last_ts, f->ts);
	return OK;
}

size_t roster_list(struct roster *r, const struct roster_device **out, struct roster_others *others)
{
	if (!r->listed)
		drop_behind(r, r->n < ROSTER_LISTED ? r->n : ROSTER_LISTED);
	r->listed = 1;
	*out = r->device;
	*others = r->others;
	return r->n;
}

struct json_object *roster_usual(const struct scan *s, const struct roster_device *d, size_t at)
{
	struct usual_range usual[FEATURE_MAX];
	struct json_object *o, *list;
	struct scan_summary sum;
	uint64_t flows;

	if (at >= ROSTER_USUAL || (flows = scan_usual_of(s, d->number, usual)) < USUAL_FLOWS)
		return NULL;
	scan_summary(s, &sum);
	o = json_object_new_object();
	list = json_object_new_array();
	for (size_t f = 0; f < sum.detector->features->n; f++) {
		const struct feature *const feature = sum.detector->features->feature[f];
		struct json_object *const range = json_object_new_object();

		json_object_object_add(range, "name", json_object_new_string(feature->name));
		json_object_object_add(range, "unit", json_object_new_string(feature->unit));
		json_object_object_add(range, "low", json_number(usual[f].low, DIGITS));
		json_object_object_add(range, "middle", json_number(usual[f].middle, DIGITS));
		json_object_object_add(range, "high", json_number(usual[f].high, DIGITS));
		json_object_array_add(list, range);
	}
	json_object_object_add(o, "flows", json_count(flows));
	json_object_object_add(o, "features", list);
	return o;
}
