/*
 * feature: the numbers of a flow that a network sees, from one table.
 *
 * No address, no absolute time and no number of a flow is among them: they would let a network recognise a capture instead of an attack.
 */
#ifndef FEATURE_FEATURE_H
#define FEATURE_FEATURE_H

#include <stddef.h>

#include "base/err.h"
#include "feature/context.h"
#include "flow/flow.h"

enum { FEATURE_MAX = 64 };

/* COUNT: any size, >= 0, seen by its logarithm. SIGNED: as COUNT with a sign. FLAG: 0 or 1. */
enum feature_kind { FEATURE_COUNT, FEATURE_SIGNED, FEATURE_FLAG };

struct feature {
	const char *name; /* as in the model file and the reports */
	const char *unit; /* "packets", "bytes", "s", "ms"; "" for flags */
	enum feature_kind kind;
	const char *meaning;                                               /* for people: "packets sent by who began the flow" */
	double (*get)(const struct flow *f, const struct flow_context *c); /* finite */
};

/*
 * A named list of features. "basic": orig_pkts, resp_pkts, orig_bytes, resp_bytes, in this order: what any table of flows has.
 * "full": what flows with hosts, ports and times tell.
 */
struct feature_set {
	const char *name;
	size_t n;
	int needs_hosts; /* and times; without them most of it is 0 */
	const struct feature *feature[FEATURE_MAX];
};

/* The set called name, or NULL. */
const struct feature_set *feature_set_find(const char *name);

/* The set with exactly these n names in this order, or NULL: how a model's own list becomes getters. */
const struct feature_set *feature_set_match(const char *const *names, size_t n);

/* row[set->n] of the flow, unscaled; c is what context_add() told of it. */
void feature_row(const struct feature_set *set, const struct flow *f, const struct flow_context *c, double *row);

#endif
