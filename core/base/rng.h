/*
 * rng: deterministic random numbers, the same on every machine.
 *
 * xoshiro256** 1.0 (Blackman & Vigna 2018) seeded by splitmix64. Not for secrets.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);

/* Uniform in [0, 1) with 53 random bits. */
double rng_uniform(struct rng *r);

/* Standard normal (Marsaglia's polar method; nothing is cached between calls). */
double rng_normal(struct rng *r);

/* Uniform integer in [0, n), n >= 1, without bias (Lemire 2019). */
uint64_t rng_below(struct rng *r, uint64_t n);

/* Fisher-Yates shuffle of idx[n]. */
void rng_shuffle(struct rng *r, uint32_t *idx, size_t n);

#endif
