/*
 * feature: the numbers of a flow that a network sees, from one table.
 */
#ifndef FEATURE_FEATURE_H
#define FEATURE_FEATURE_H

#include <stddef.h>

#include "base/err.h"
#include "flow/flow.h"

enum { FEATURE_MAX = 64 };

struct feature {
	const char *name; /* as in the model file and the reports */
	const char *unit; /* "packets", "bytes" */
	double (*get)(const struct flow *f);
};

/* A named list of features. "basic": orig_pkts, resp_pkts, orig_bytes, resp_bytes, in this order. */
struct feature_set {
	const char *name;
	size_t n;
	const struct feature *feature[FEATURE_MAX];
};

/* The set called name, or NULL. */
const struct feature_set *feature_set_find(const char *name);

/* The set with exactly these n names in this order, or NULL: how a model's own list becomes getters. */
const struct feature_set *feature_set_match(const char *const *names, size_t n);

/* row[set->n] of the flow, unscaled. */
void feature_row(const struct feature_set *set, const struct flow *f, double *row);

#endif
