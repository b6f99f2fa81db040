/* whatif_replay: records in a spool; each threshold reads those of the one before and hands on what is above the next. */
#include "detect/whatif_replay.h"

#include <math.h>
#include <stdlib.h>

#include "base/spool.h"
#include "detect/incident.h"
#include "flow/device.h"

/* What decides which incident a flow joins, and whether that is minor; nothing that only tells the story. */
struct record {
	uint64_t device, device_flow;
	double ts, duration, p;
	struct ip peer, bound; /* of the flow, of the hit */
	int32_t port, bound_port;
	uint8_t rule; /* place of the hit's in the table, or NO_HIT */
	uint8_t alarm, proto, known_side, place;
};

enum { NO_HIT = UINT8_MAX };

struct whatif_replay {
	const char *dir;
	int plain;
	struct spool *spool;
	struct err err; /* the first failure */
	uint64_t counted;
};

int whatif_replay_new(struct whatif_replay **out, const char *dir, int plain, struct err *e)
{
	struct whatif_replay *const r = calloc(1, sizeof(*r));

	if (r == NULL || spool_new(&r->spool, dir, sizeof(struct record), NULL) < 0) {
		free(r);
		return err_set(e, ERR_NOMEM, "out of memory for other thresholds");
	}
	r->dir = dir;
	r->plain = plain;
	*out = r;
	return OK;
}

void whatif_replay_del(struct whatif_replay *r)
{
	if (r == NULL)
		return;
	spool_del(r->spool);
	free(r);
}

static uint8_t number_of(const struct rule *rule)
{
	size_t i = 0;

	while (i < rules_n() && rule_get(i) != rule)
		i++;
	return i < NO_HIT ? (uint8_t)i : NO_HIT;
}

void whatif_replay_add(struct whatif_replay *r, const struct verdict *v, unsigned place)
{
	const struct flow *const f = v->flow;
	struct record record = {
		.device = v->device,
		.device_flow = v->device_flow,
		.ts = f->ts,
		.duration = f->duration,
		.p = v->p,
		.port = f->port[RESP],
		.rule = NO_HIT,
		.proto = f->proto,
		.known_side = v->side != DEVICE_NONE,
		.place = (uint8_t)place,
	};

	if (r->err.code < 0)
		return;
	if (v->side != DEVICE_NONE)
		record.peer = f->host[!v->side];
	if (v->hit != NULL) {
		record.rule = number_of(v->hit->rule);
		record.alarm = (uint8_t)(v->hit->alarm != 0);
		record.bound = v->hit->peer;
		record.bound_port = v->hit->port;
	}
	spool_put(r->spool, &record, &r->err);
}

uint64_t whatif_replay_n(const struct whatif_replay *r)
{
	return spool_n(r->spool);
}

/* A flow, a hit and a verdict that incidents_add() cannot tell from those of the scan. */
static int add(struct incidents *s, const struct record *r)
{
	struct flow flow;
	struct rule_hit hit = { .alarm = r->alarm, .strength = 1, .peer = r->bound, .port = r->bound_port };
	struct verdict v = { .flow = &flow,
			     .device = r->device,
			     .device_flow = r->device_flow,
			     .side = r->known_side ? ORIG : DEVICE_NONE,
			     .p = r->p,
			     .score = NAN,
			     .rule = rule_get(r->rule == NO_HIT ? rules_n() - 1 : r->rule) };
	int64_t id;

	flow_clear(&flow);
	flow.ts = r->ts;
	flow.duration = r->duration;
	flow.proto = r->proto;
	flow.host[RESP] = r->peer;
	flow.port[RESP] = r->port;
	hit.rule = v.rule;
	id = incidents_add(s, &v, r->rule == NO_HIT ? NULL : &hit, NULL);
	return id < 0 ? (int)id : OK;
}

static int count(void *arg, const struct incident *i)
{
	struct whatif_replay *const r = arg;

	r->counted += !incident_minor(i, r->plain);
	return OK;
}

/* Those of `from` above more than `low` thresholds go to s (may be NULL), those above more than `high` to `to` (may be NULL). */
static int pass(struct spool *from, unsigned low, struct incidents *s, unsigned high, struct spool *to, struct err *e)
{
	struct record record;
	int r = spool_rewind(from, e);

	while (r == OK && (r = spool_get(from, &record, e)) == 1) {
		r = s != NULL && record.place > low ? add(s, &record) : OK;
		if (r == OK && to != NULL && record.place > high)
			r = spool_put(to, &record, e);
	}
	return r;
}

void whatif_replay_raise(struct whatif_replay *r, unsigned floor)
{
	struct spool *to = NULL;

	if (r->err.code < 0 || spool_new(&to, r->dir, sizeof(struct record), &r->err) < 0 ||
	    pass(r->spool, 0, NULL, floor, to, &r->err) < 0) {
		spool_del(to);
		return;
	}
	spool_del(r->spool);
	r->spool = to;
}

/* Threshold k; next: the one that follows, or n. */
static int run_one(struct whatif_replay *r, unsigned k, unsigned next, size_t n, uint64_t *incidents, struct err *e)
{
	const struct incidents_options o = { .sink = count, .arg = r };
	struct incidents *s = NULL;
	struct spool *to = NULL;
	int code = incidents_new(&s, &o, e);

	if (code == OK && next < n)
		code = spool_new(&to, r->dir, sizeof(struct record), e);
	r->counted = 0;
	if (code == OK)
		code = pass(r->spool, k, s, next, to, e);
	if (code == OK)
		code = incidents_finish(s);
	if (code == OK)
		*incidents = r->counted;
	incidents_del(s);
	if (code < 0 || to == NULL) {
		spool_del(to);
		return code;
	}
	spool_del(r->spool);
	r->spool = to;
	return OK;
}

int whatif_replay_run(struct whatif_replay *r, const unsigned char *wanted, size_t n, uint64_t *incidents, struct err *e)
{
	int code = OK;

	if (r->err.code < 0) {
		if (e != NULL)
			*e = r->err;
		return r->err.code;
	}
	for (size_t k = 0, next; code == OK && k < n; k = next) {
		for (next = k + 1; next < n && !wanted[next];)
			next++;
		if (wanted[k])
			code = run_one(r, (unsigned)k, (unsigned)next, n, &incidents[k], e);
	}
	return code;
}
