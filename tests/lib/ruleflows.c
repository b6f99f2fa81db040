/* ruleflows: see ruleflows.h. */
#include "lib/ruleflows.h"

#include <math.h>
#include <string.h>

#include "flow/device.h"
#include "lib/cm.h"

void ruleflows_start(struct ruleflows *r, const struct rules_options *o)
{
	memset(r, 0, sizeof(*r));
	r->t = 1.6e9;
	assert_int_equal(rules_new(&r->rules, o, NULL), OK);
}

void ruleflows_end(struct ruleflows *r)
{
	rules_del(r->rules);
}

struct flow ruleflows_make(const struct ruleflows *r, uint8_t proto, const char *from, const char *to, int32_t port,
			   enum conn_state state, double sent, double got)
{
	const int silent = state == CONN_S0 || state == CONN_SH || (state == CONN_OTH && got == 0);
	struct flow f;

	flow_clear(&f);
	f.row = r->flows;
	f.ts = r->t;
	f.duration = 0.5;
	f.proto = proto;
	f.state = state;
	f.port[ORIG] = (int32_t)(20000 + r->flows % 40000);
	f.port[RESP] = port;
	f.bytes[ORIG] = sent;
	f.bytes[RESP] = got;
	f.pkts[ORIG] = 1 + floor(sent / 1000);
	f.pkts[RESP] = silent ? 0 : 1 + floor(got / 1000);
	assert_int_equal(ip_parse(from, strlen(from), &f.host[ORIG]), 0);
	assert_int_equal(ip_parse(to, strlen(to), &f.host[RESP]), 0);
	return f;
}

static uint64_t device_number(const struct flow *f, int side)
{
	uint8_t key[DEVICE_KEY];
	uint64_t h = 0;

	flow_device_key(f, NULL, side, key);
	for (size_t i = 0; i < sizeof(key); i++)
		h = h * 257 + key[i];
	return h;
}

const struct rule_hit *ruleflows_take(struct ruleflows *r, const struct flow *f, double pause)
{
	const int side = flow_device(f, NULL);

	r->t += pause;
	r->flows++;
	r->hits = side == DEVICE_NONE ? 0 : rules_take(r->rules, f, device_number(f, side), side, 1, r->hit);
	assert_in_range(r->hits, 0, RULE_HITS);
	for (size_t i = 0; i < r->hits; i++) {
		assert_true(isfinite(r->hit[i].strength) && r->hit[i].strength >= 1);
		assert_true(r->hit[i].sentence[0] != '\0' && strlen(r->hit[i].sentence) < RULE_SENTENCE);
		assert_null(strchr(r->hit[i].sentence, '{'));
		assert_true(i == 0 || r->hit[i].alarm <= r->hit[i - 1].alarm);
	}
	if (r->hits == 0)
		return NULL;
	r->alarms += (size_t)r->hit[0].alarm;
	if (r->worst.rule == NULL || r->hit[0].alarm > r->worst.alarm ||
	    (r->hit[0].alarm == r->worst.alarm && r->hit[0].strength > r->worst.strength))
		r->worst = r->hit[0];
	return &r->hit[0];
}

const struct rule_hit *ruleflows_do(struct ruleflows *r, double pause, uint8_t proto, const char *to, int32_t port,
				    enum conn_state state, double sent, double got)
{
	const struct flow f = ruleflows_make(r, proto, RULEFLOWS_DEVICE, to, port, state, sent, got);

	return ruleflows_take(r, &f, pause);
}
