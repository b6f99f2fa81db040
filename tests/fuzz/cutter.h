/* cutter: lengths of pieces, for targets that feed their input in pieces. */
#ifndef FUZZ_CUTTER_H
#define FUZZ_CUTTER_H

#include <stddef.h>
#include <stdint.h>

/* Lengths 1..mask+1, from a multiplicative generator. */
struct cutter {
	uint32_t state, mask;
};

static size_t cut(void *arg, size_t left)
{
	struct cutter *const c = arg;
	size_t n;

	c->state = c->state * 1664525 + 1013904223;
	n = 1 + ((c->state >> 16) & c->mask);
	return n < left ? n : left;
}

#endif
