/*
 * distinct: how many different values there were: exactly up to 64, then an estimate in one kilobyte, whatever comes.
 *
 * Beyond 64 it is a HyperLogLog (Flajolet et al. 2007) of 1,024 registers with Ertl's improved raw estimator (2017, arXiv 1702.01284, algorithm 6),
 * which needs no correction for few or many values. Standard error 1.04 / sqrt(1024) = 3.3 %.
 *
 * Values are 64 bits, well mixed: hash_mix() or hash_ip().
 */
#ifndef DETECT_DISTINCT_H
#define DETECT_DISTINCT_H

#include <stddef.h>
#include <stdint.h>

#include "flow/ip.h"

enum { DISTINCT_EXACT = 64, DISTINCT_TABLE = 128, DISTINCT_BITS = 10, DISTINCT_REGISTERS = 1 << DISTINCT_BITS };

/* Zero-initialise. */
struct distinct {
	uint32_t exact_n; /* above DISTINCT_EXACT: the registers count */
	union {
		uint64_t table[DISTINCT_TABLE]; /* open addressing; 0: free */
		uint8_t registers[DISTINCT_REGISTERS];
	};
};

/* The finaliser of splitmix64 (Steele et al. 2014); a bijection. */
uint64_t hash_mix(uint64_t v);
/* Of family and address, the same on every machine; never 0. */
uint64_t hash_ip(const struct ip *a);

/* hash != 0 */
void distinct_add(struct distinct *d, uint64_t hash);
/* Whether it was added; 0 when that is no longer known, since there were too many. */
int distinct_has(const struct distinct *d, uint64_t hash);
uint64_t distinct_n(const struct distinct *d);

#endif
