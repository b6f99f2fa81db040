/* ruleflows: flows of one device made by hand, judged by rules, and what came of it. */
#ifndef LIB_RULEFLOWS_H
#define LIB_RULEFLOWS_H

#include <stddef.h>

#include "rule/rule.h"

struct ruleflows {
	struct rules *rules;
	double t;                       /* of the next flow; starts at 1.6e9 */
	struct rule_hit hit[RULE_HITS]; /* of the last flow */
	size_t hits;
	size_t flows, alarms;  /* flows; those with an alarm */
	struct rule_hit worst; /* the strongest first hit so far; rule NULL: none */
};

void ruleflows_start(struct ruleflows *r, const struct rules_options *o); /* fails the test */
void ruleflows_end(struct ruleflows *r);

/* A flow from host to host that began at r->t, with a packet for each 1,000 bytes, at least one where there was one. */
struct flow ruleflows_make(const struct ruleflows *r, uint8_t proto, const char *from, const char *to, int32_t port,
			   enum conn_state state, double sent, double got);

/* Judge it (the device as flow_device() says, numbered by nothing but its address); r->t moves on by `pause`. The first hit, or NULL. */
const struct rule_hit *ruleflows_take(struct ruleflows *r, const struct flow *f, double pause);

/* Both in one. */
const struct rule_hit *ruleflows_do(struct ruleflows *r, double pause, uint8_t proto, const char *to, int32_t port,
				    enum conn_state state, double sent, double got);

#define RULEFLOWS_DEVICE "192.168.1.20"

#endif
