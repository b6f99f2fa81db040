/*
 * home: the traffic of a home full of devices, flow after flow in the order of their beginnings, with labelled attacks.
 *
 * The same options give the same flows everywhere, and the first n of them do not depend on how many are asked for. Memory does not
 * depend on it either. What attacks take place changes nothing about the benign flows.
 */
#ifndef SYNTH_HOME_H
#define SYNTH_HOME_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/flow.h"

enum { HOME_DEVICES_MAX = 200 };

struct home_options {
	uint64_t seed;
	size_t devices;            /* 1..HOME_DEVICES_MAX; kinds by turns */
	int64_t attacks;           /* bits, see attack_list() */
	unsigned attack_per_mille; /* about so many of 1,000 flows are attacks, < 1000 */
	uint64_t start_s;          /* seconds since 1970 */
};

struct home;

/* ERR_RANGE, ERR_NOMEM. */
int home_new(struct home **out, const struct home_options *o, struct err *e);
void home_del(struct home *h);

/* The next flow; f->row counts from 0. */
void home_next(struct home *h, struct flow *f);

#endif
