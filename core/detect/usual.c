/* usual: histograms of devices, found by a hash of chains, forgotten by age of use. */
#include "detect/usual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum {
	SUB = 8, /* buckets an octave */
	OCTAVE_MIN = -10,
	OCTAVE_MAX = 34,
	BUCKETS = (OCTAVE_MAX - OCTAVE_MIN) * SUB + 1, /* 0: what is less */
	SIGNED = 2 * BUCKETS - 1,                      /* from the most negative on; BUCKETS - 1: 0 */
	NOBODY = UINT32_MAX,
};

static const size_t BYTES_MAX = (size_t)64 << 20;

/* Where the buckets of an octave begin, in 128ths above its power of two: 2^(k/8), rounded. No bucket is wider than 1.094 times its beginning. */
static const uint8_t begins[SUB] = { 0, 12, 24, 38, 53, 69, 87, 107 };

/* Where the histogram of a feature is among the counts of a device. */
struct place {
	enum feature_kind kind;
	size_t at, n;
};

struct ends {
	double least, most;
};

struct known {
	uint64_t device, flows;
	uint32_t next;         /* in its chain */
	uint32_t newer, older; /* by use */
	struct ends *ends;     /* [features]; the counts are behind, in the same block */
	uint16_t *count;       /* [count_n] */
};

struct usual {
	size_t features, devices, devices_max;
	struct place place[FEATURE_MAX];
	size_t count_n;
	uint32_t newest, oldest;
	size_t chain_n; /* a power of two */
	uint32_t *chain;
	struct known *known;
	struct usual_range otherwise[FEATURE_MAX];
};

static size_t bucket_of(double v)
{
	uint64_t bits;
	unsigned mantissa;
	int octave;
	size_t sub = 0;

	if (!(v >= 0x1p-10))
		return 0;
	memcpy(&bits, &v, sizeof(bits));
	octave = (int)(bits >> 52) - 1023;
	if (octave >= OCTAVE_MAX)
		return BUCKETS - 1;
	mantissa = (unsigned)(bits >> 45) & 127;
	for (size_t k = 1; k < SUB; k++)
		sub += mantissa >= begins[k];
	return (size_t)(octave - OCTAVE_MIN) * SUB + sub + 1;
}

static double begin_of(size_t bucket)
{
	const size_t i = bucket - 1;

	return ldexp(1 + begins[i % SUB] / 128.0, (int)(i / SUB) + OCTAVE_MIN);
}

/* The value whose relative distance to both ends of the bucket is least: their harmonic mean. */
static double value_of(size_t bucket)
{
	double a, b;

	if (bucket == 0)
		return 0;
	a = begin_of(bucket);
	b = begin_of(bucket + 1);
	return 2 * a * b / (a + b);
}

static size_t bucket_by_kind(enum feature_kind kind, double v)
{
	switch (kind) {
	case FEATURE_FLAG:
		return v >= 0.5;
	case FEATURE_SIGNED:
		return v < 0 ? BUCKETS - 1 - bucket_of(-v) : BUCKETS - 1 + bucket_of(v);
	default:
		return bucket_of(v);
	}
}

static double value_by_kind(enum feature_kind kind, size_t bucket)
{
	switch (kind) {
	case FEATURE_FLAG:
		return (double)bucket;
	case FEATURE_SIGNED:
		return bucket < BUCKETS ? -value_of(BUCKETS - 1 - bucket) : value_of(bucket - (BUCKETS - 1));
	default:
		return value_of(bucket);
	}
}

static void learn(const struct place *p, struct ends *ends, uint16_t *counts, double v)
{
	uint16_t *count;

	if (!isfinite(v))
		return;
	count = &counts[p->at + bucket_by_kind(p->kind, v)];
	if (v < ends->least)
		ends->least = v;
	if (v > ends->most)
		ends->most = v;
	if (*count == UINT16_MAX)
		for (size_t i = 0; i < p->n; i++)
			counts[p->at + i] = (uint16_t)((counts[p->at + i] + 1) / 2); /* what is rare stays */
	++*count;
}

static struct usual_range range_of(const struct place *p, const struct ends *ends, const uint16_t *counts)
{
	static const double part[3] = { 0.025, 0.5, 0.975 };
	double quantile[3] = { NAN, NAN, NAN };
	uint64_t n = 0, below = 0;
	size_t q = 0;

	for (size_t i = 0; i < p->n; i++)
		n += counts[p->at + i];
	for (size_t i = 0; i < p->n && n > 0; i++) {
		below += counts[p->at + i];
		while (q < 3 && below > 0 && (double)below >= part[q] * (double)n)
			quantile[q++] = fmin(fmax(value_by_kind(p->kind, i), ends->least), ends->most);
	}
	return (struct usual_range){ quantile[0], quantile[1], quantile[2] };
}

static void forget(const struct usual *u, struct known *k)
{
	memset(k->count, 0, u->count_n * sizeof(*k->count));
	for (size_t f = 0; f < u->features; f++)
		k->ends[f] = (struct ends){ INFINITY, -INFINITY };
}

static uint32_t *chain_of(const struct usual *u, uint64_t device)
{
	return &u->chain[(size_t)(device * 0x9e3779b97f4a7c15U >> 32) & (u->chain_n - 1)]; /* Knuth's multiplicative hashing */
}

static uint32_t find(const struct usual *u, uint64_t device)
{
	uint32_t i = *chain_of(u, device);

	while (i != NOBODY && u->known[i].device != device)
		i = u->known[i].next;
	return i;
}

static void unlink_age(struct usual *u, uint32_t i)
{
	const struct known *const k = &u->known[i];

	*(k->newer == NOBODY ? &u->newest : &u->known[k->newer].older) = k->older;
	*(k->older == NOBODY ? &u->oldest : &u->known[k->older].newer) = k->newer;
}

static void link_newest(struct usual *u, uint32_t i)
{
	struct known *const k = &u->known[i];

	k->newer = NOBODY;
	k->older = u->newest;
	*(u->newest == NOBODY ? &u->oldest : &u->known[u->newest].newer) = i;
	u->newest = i;
}

static void unlink_chain(struct usual *u, uint32_t i)
{
	uint32_t *at = chain_of(u, u->known[i].device);

	while (*at != i)
		at = &u->known[*at].next;
	*at = u->known[i].next;
}

static size_t device_bytes(const struct usual *u)
{
	return u->features * sizeof(struct ends) + u->count_n * sizeof(uint16_t);
}

/* A place for a device that is not known; NOBODY: memory is out. */
static uint32_t take_place(struct usual *u, uint64_t device)
{
	uint32_t i = (uint32_t)u->devices;
	struct known *k;

	if (u->devices == u->devices_max) {
		i = u->oldest;
		unlink_chain(u, i);
		unlink_age(u, i);
	} else if ((u->known[i].ends = malloc(device_bytes(u))) == NULL) {
		return NOBODY;
	} else {
		u->known[i].count = (uint16_t *)(void *)(u->known[i].ends + u->features);
		u->devices++;
	}
	k = &u->known[i];
	forget(u, k);
	k->device = device;
	k->flows = 0;
	k->next = *chain_of(u, device);
	*chain_of(u, device) = i;
	link_newest(u, i);
	return i;
}

/* Where the histogram of each feature goes. */
static void lay_out(struct usual *u, const struct feature_set *set)
{
	static const size_t buckets[] = { [FEATURE_COUNT] = BUCKETS, [FEATURE_SIGNED] = SIGNED, [FEATURE_FLAG] = 2 };

	u->features = set->n;
	for (size_t f = 0; f < set->n; f++) {
		const enum feature_kind kind = set->feature[f]->kind;

		u->place[f] = (struct place){ kind, u->count_n, buckets[kind] };
		u->count_n += buckets[kind];
	}
}

int usual_new(struct usual **out, const struct usual_options *o, struct err *e)
{
	const size_t bytes = o->bytes_max ? o->bytes_max : BYTES_MAX;
	struct usual *u;
	size_t fit;

	if (o->set->n == 0 || o->set->n > FEATURE_MAX)
		return err_set(e, ERR_RANGE, "usual ranges of %zu features; 1 to %d are possible", o->set->n, FEATURE_MAX);
	if (o->devices_max >= NOBODY / 2)
		return err_set(e, ERR_RANGE, "usual ranges of %zu devices are too many", o->devices_max);
	if ((u = calloc(1, sizeof(*u))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for usual ranges");
	lay_out(u, o->set);
	fit = bytes / device_bytes(u);
	u->devices_max = o->devices_max ? o->devices_max : USUAL_DEVICES;
	if (u->devices_max > fit)
		u->devices_max = fit > 0 ? fit : 1;
	u->newest = u->oldest = NOBODY;
	for (u->chain_n = 1; u->chain_n < u->devices_max;)
		u->chain_n *= 2;
	for (size_t f = 0; f < u->features; f++)
		u->otherwise[f] = o->otherwise != NULL ? o->otherwise[f] : (struct usual_range){ NAN, NAN, NAN };
	u->chain = malloc(u->chain_n * sizeof(*u->chain));
	u->known = calloc(u->devices_max, sizeof(*u->known));
	if (u->chain == NULL || u->known == NULL) {
		usual_del(u);
		return err_set(e, ERR_NOMEM, "out of memory for usual ranges");
	}
	memset(u->chain, 0xff, u->chain_n * sizeof(*u->chain)); /* NOBODY */
	*out = u;
	return OK;
}

void usual_del(struct usual *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; u->known != NULL && i < u->devices; i++)
		free(u->known[i].ends);
	free(u->known);
	free(u->chain);
	free(u);
}

int usual_add(struct usual *u, uint64_t device, const double *row)
{
	uint32_t i = find(u, device);
	struct known *k;

	if (i == NOBODY && (i = take_place(u, device)) == NOBODY)
		return ERR_NOMEM;
	if (i != u->newest) {
		unlink_age(u, i);
		link_newest(u, i);
	}
	k = &u->known[i];
	k->flows++;
	for (size_t f = 0; f < u->features; f++)
		learn(&u->place[f], &k->ends[f], k->count, row[f]);
	return OK;
}

int usual_get_one(const struct usual *u, uint64_t device, size_t feature, struct usual_range *out)
{
	const uint32_t i = find(u, device);
	const int own = i != NOBODY && u->known[i].flows >= USUAL_FLOWS;

	*out = own ? range_of(&u->place[feature], &u->known[i].ends[feature], u->known[i].count) : u->otherwise[feature];
	return own;
}

int usual_get(const struct usual *u, uint64_t device, struct usual_range *out)
{
	int own = 0;

	for (size_t f = 0; f < u->features; f++)
		own = usual_get_one(u, device, f, &out[f]);
	return own;
}

uint64_t usual_flows(const struct usual *u, uint64_t device)
{
	const uint32_t i = find(u, device);

	return i == NOBODY ? 0 : u->known[i].flows;
}

size_t usual_devices(const struct usual *u)
{
	return u->devices;
}

int usual_fit(struct usual_range *out, const struct feature_set *set, const double *rows, size_t row_n, struct err *e)
{
	struct usual *u;
	int r;

	if (row_n < USUAL_FLOWS)
		return err_set(e, ERR_TOO_FEW, "%zu flows are too few to say what is usual; it takes %d", row_n, USUAL_FLOWS);
	if ((r = usual_new(&u, &(struct usual_options){ .set = set, .devices_max = 1 }, e)) < 0)
		return r;
	for (size_t i = 0; i < row_n && r == OK; i++)
		r = usual_add(u, 0, rows + i * set->n);
	if (r == OK)
		(void)usual_get(u, 0, out);
	else
		err_set(e, r, "out of memory for usual ranges");
	usual_del(u);
	return r;
}

struct json_object *usual_to_json(const struct usual_range *range, size_t n)
{
	struct json_object *const list = json_object_new_array();

	for (size_t f = 0; list != NULL && f < n; f++) {
		const double v[3] = { range[f].low, range[f].middle, range[f].high };
		struct json_object *const item = json_object_new_array();

		for (size_t i = 0; item != NULL && i < 3; i++)
			json_object_array_add(item, isfinite(v[i]) ? json_exact(v[i]) : NULL);
		json_object_array_add(list, item);
	}
	return list;
}

/* [low,middle,high] or three nulls. 0, or -1. */
static int read_range(struct usual_range *range, struct json_object *item)
{
	double v[3];
	int unknown = 0;

	if (!json_object_is_type(item, json_type_array) || json_object_array_length(item) != 3)
		return -1;
	for (size_t i = 0; i < 3; i++) {
		struct json_object *const number = json_object_array_get_idx(item, i);

		v[i] = number == NULL ? NAN : json_object_get_double(number);
		unknown += number == NULL;
		if (number != NULL &&
		    !(json_object_is_type(number, json_type_double) || json_object_is_type(number, json_type_int)))
			return -1;
	}
	if (unknown != 3 && !(unknown == 0 && isfinite(v[0]) && isfinite(v[2]) && v[0] <= v[1] && v[1] <= v[2]))
		return -1;
	*range = (struct usual_range){ v[0], v[1], v[2] };
	return 0;
}

int usual_from_json(struct usual_range *range, size_t n, struct json_object *list, struct err *e)
{
	struct usual_range read[FEATURE_MAX];

	if (n > FEATURE_MAX || !json_object_is_type(list, json_type_array) || json_object_array_length(list) != n)
		return err_set(e, ERR_FORMAT, "usual ranges are not a list of %zu", n);
	for (size_t f = 0; f < n; f++)
		if (read_range(&read[f], json_object_array_get_idx(list, f)) < 0)
			return err_set(e, ERR_FORMAT, "usual range %zu is not [low, middle, high] in rising order", f);
	memcpy(range, read, n * sizeof(*range));
	return OK;
}
