/*
 * frequent: the value that most of a stream has, in eight counters (Misra & Gries 1982, Finding repeated elements).
 *
 * A counter never counts more than there was, and each one that it misses took eight others with it: what has more than half here has it
 * indeed, and what has more than 5 / 9 of all is always found.
 */
#ifndef DETECT_FREQUENT_H
#define DETECT_FREQUENT_H

#include <stdint.h>

enum { FREQUENT = 8 };

/* Zero-initialise. */
struct frequent {
	uint64_t key[FREQUENT];
	uint64_t n[FREQUENT]; /* 0: free */
};

/* The counter that has the key now, or -1: it found none, and the others count one less. */
int frequent_add(struct frequent *f, uint64_t key);
/* At least so often. */
uint64_t frequent_n(const struct frequent *f, uint64_t key);
/* The counter of the key that is proven to be of more than half of `all`; -1: none. */
int frequent_most(const struct frequent *f, uint64_t all);

#endif
