/*
 * draw: random amounts and waiting times in whole numbers only, so that a seed gives the same traffic on every machine, compiler and
 * C library: log() and exp() differ in their last bits.
 */
#ifndef SYNTH_DRAW_H
#define SYNTH_DRAW_H

#include <stdint.h>

#include "base/rng.h"

/*
 * Log-normal: the median, times 2^(spread/256 * z) with z about standard normal (the sum of 12 uniform numbers, Irwin-Hall, so |z| < 6). At
 * most 2^48.
 */
uint64_t draw_amount(struct rng *r, uint64_t median, unsigned spread);

/* Exponential with this mean, at least 1: the waiting times of a Poisson process. */
uint64_t draw_wait(struct rng *r, uint64_t mean);

/* Evenly from mean - mean * jitter / 256 to mean + mean * jitter / 256, at least 1. */
uint64_t draw_period(struct rng *r, uint64_t mean, unsigned jitter);

/* 1 with a chance of `of_256` / 256. */
int draw_chance(struct rng *r, unsigned of_256);

#endif
