/* context: three tables of fixed size, in sets of WAYS; in a full set the entry that was silent for longest gives way. */
#include "feature/context.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 8 };

static const double MINUTE = 60, HOUR = 3600;
static const double BYTES_MOST = 1e30; /* of one flow: no float is infinite then, which would never fade */

/* Entries begin with it. used: the number of the flow that touched it last; 0: free. */
struct entry {
	uint64_t hash, used;
};

struct device_entry {
	struct entry e;
	uint64_t number;
	double last;
};

struct peer_entry {
	struct entry e;
	double last;
	uint64_t services; /* a bit for each, by hash */
	float flows[2], failed, ports, bytes_out;
};

struct service_entry {
	struct entry e;
	double last;
	float flows, peers, failed;
};

struct context {
	struct home_networks home;
	uint64_t flows, devices;
	struct device_entry *device;
	struct peer_entry *peer;
	struct service_entry *service;
};

struct context *context_new(const struct home_networks *home)
{
	struct context *const c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	if (home != NULL)
		c->home = *home;
	c->device = calloc(CONTEXT_DEVICES, sizeof(*c->device));
	c->peer = calloc(CONTEXT_PEERS, sizeof(*c->peer));
	c->service = calloc(CONTEXT_SERVICES, sizeof(*c->service));
	if (c->device == NULL || c->peer == NULL || c->service == NULL) {
		context_del(c);
		return NULL;
	}
	return c;
}

void context_del(struct context *c)
{
	if (c == NULL)
		return;
	free(c->device);
	free(c->peer);
	free(c->service);
	free(c);
}

/* FNV-1a, then the finaliser of MurmurHash3 (Appleby, public domain): the high bits choose the set. */
static uint64_t hash_bytes(uint64_t h, const void *data, size_t n)
{
	const unsigned char *const p = data;

	h ^= 0xcbf29ce484222325u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

/* The entry of this hash in table[n] of entries of `size` bytes; *fresh: it was not there, and is zero but for the hash. */
static void *find(void *table, size_t n, size_t size, uint64_t hash, uint64_t now, int *fresh)
{
	char *const set = (char *)table + (size_t)(hash >> 32) % (n / WAYS) * WAYS * size;
	struct entry *oldest = (struct entry *)(void *)set;

	*fresh = 0;
	for (size_t i = 0; i < WAYS; i++) {
		struct entry *const e = (struct entry *)(void *)(set + i * size);

		if (e->used != 0 && e->hash == hash) {
			e->used = now;
			return e;
		}
		if (e->used < oldest->used)
			oldest = e;
	}
	*fresh = 1;
	memset(oldest, 0, size);
	oldest->hash = hash;
	oldest->used = now;
	return oldest;
}

/* Seconds since *last, which becomes ts; flows may be out of order. NaN: unknown. */
static double since(double *last, double ts, int fresh)
{
	const double dt = fresh ? (double)NAN : ts - *last;

	if (fresh || !(ts <= *last))
		*last = ts;
	return dt < 0 ? 0 : dt;
}

static float faded(float count, double dt, double half_life)
{
	return dt > 0 ? (float)((double)count * exp2(-dt / half_life)) : count;
}

int flow_failed(const struct flow *f)
{
	static const unsigned char failed[CONN_STATES] = {
		[CONN_S0] = 1, [CONN_REJ] = 1, [CONN_RSTOS0] = 1, [CONN_RSTRH] = 1, [CONN_SH] = 1, [CONN_SHR] = 1,
	};

	return f->proto == PROTO_TCP && failed[f->state];
}

static void add_peer(struct context *c, const struct flow *f, uint64_t service, struct flow_context *out)
{
	const int far = out->side == ORIG ? RESP : ORIG;
	const uint64_t bit = UINT64_C(1) << (service >> 58);
	uint8_t key[1 + 16] = { f->host[far].family };
	struct peer_entry *p;
	int fresh;

	memcpy(key + 1, f->host[far].b, f->host[far].family == 4 ? 4 : 16);
	p = find(c->peer, CONTEXT_PEERS, sizeof(*p), hash_bytes(out->device, key, sizeof(key)), c->flows, &fresh);
	out->peer_new = fresh;
	out->peer_gap = since(&p->last, f->ts, fresh);
	p->flows[0] = faded(p->flows[0], out->peer_gap, MINUTE) + 1;
	p->flows[1] = faded(p->flows[1], out->peer_gap, HOUR) + 1;
	p->failed = faded(p->failed, out->peer_gap, HOUR) + (float)flow_failed(f);
	p->ports = faded(p->ports, out->peer_gap, HOUR) + (p->services & bit ? 0 : 1);
	p->bytes_out = faded(p->bytes_out, out->peer_gap, HOUR) + (float)fmin(f->bytes[out->side], BYTES_MOST);
	p->services |= bit;
	out->peer_flows[0] = (double)p->flows[0];
	out->peer_flows[1] = (double)p->flows[1];
	out->peer_failed = (double)p->failed;
	out->peer_ports = (double)p->ports;
	out->peer_bytes_out = (double)p->bytes_out;
}

static uint64_t service_hash(const struct flow *f, const struct flow_context *out)
{
	const uint8_t key[] = { f->proto, (uint8_t)out->side, (uint8_t)((uint32_t)f->port[RESP] >> 8), (uint8_t)f->port[RESP] };

	return hash_bytes(out->device ^ 0x5e71ce, key, sizeof(key));
}

static void add_service(struct context *c, const struct flow *f, uint64_t hash, struct flow_context *out)
{
	struct service_entry *s;
	double dt;
	int fresh;

	s = find(c->service, CONTEXT_SERVICES, sizeof(*s), hash, c->flows, &fresh);
	dt = since(&s->last, f->ts, fresh);
	s->flows = faded(s->flows, dt, MINUTE) + 1;
	s->peers = faded(s->peers, dt, HOUR) + (float)out->peer_new;
	s->failed = faded(s->failed, dt, HOUR) + (float)flow_failed(f);
	out->service_flows = (double)s->flows;
	out->service_peers = (double)s->peers;
	out->service_failed = (double)s->failed;
}

static struct device_entry *device(struct context *c, const struct flow *f, int side, int *fresh)
{
	uint8_t key[DEVICE_KEY] = { 0 };
	struct device_entry *d;

	if (side != DEVICE_NONE)
		flow_device_key(f, &c->home, side, key);
	d = find(c->device, CONTEXT_DEVICES, sizeof(*d), hash_bytes(0, key, DEVICE_KEY), c->flows, fresh);
	if (*fresh)
		d->number = c->devices++;
	return d;
}

void context_add(struct context *c, const struct flow *f, struct flow_context *out)
{
	struct device_entry *d;
	uint64_t service;
	int fresh;

	c->flows++;
	*out = (struct flow_context){ .side = flow_device(f, &c->home), .to_local = home_networks_have(&c->home, &f->host[RESP]) };
	d = device(c, f, out->side, &fresh);
	out->device = d->number;
	out->slot = (size_t)(d - c->device);
	out->gap = since(&d->last, f->ts, fresh);
	out->peer_gap = (double)NAN;
	if (out->side == DEVICE_NONE)
		return;
	service = service_hash(f, out);
	add_peer(c, f, service, out);
	add_service(c, f, service, out);
}

uint64_t context_device(struct context *c, const struct flow *f, int side)
{
	int fresh;

	c->flows++; /* an entry that was used at 0 is free */
	return device(c, f, side, &fresh)->number;
}

uint64_t context_devices(const struct context *c)
{
	return c->devices;
}
