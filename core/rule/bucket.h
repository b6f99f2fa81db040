/* bucket: Page's cumulative sum (Page 1954, "Continuous inspection schemes") with time as the drain. All zero is an empty one. */
#ifndef RULE_BUCKET_H
#define RULE_BUCKET_H

#include "rule/limits.h"

struct bucket {
	double level; /* what has not drained yet */
	double at;    /* time up to which it has drained */
	double start; /* of this episode: since then it was never empty */
	double n;     /* what came in this episode, drained or not */
};

/* Let it drain up to t. Flows that come late by a disorder of the file do not turn it back. 1: a new episode begins. */
static inline int bucket_drain(struct bucket *b, double t, double rate)
{
	const double dt = t - b->at;

	if (dt > 0 || dt < -CLOCK_JUMP) {
		b->level -= dt > 0 ? dt * rate : b->level;
		b->at = t;
	}
	if (b->level > 0)
		return 0;
	b->level = 0;
	b->start = b->at;
	b->n = 0;
	return 1;
}

/* x of something that the sum is of; negative: it speaks against it. */
static inline void bucket_add(struct bucket *b, double t, double x, double cap)
{
	if (t < b->start && b->at - t < DISORDER)
		b->start = t;
	b->level += x;
	if (b->level > cap)
		b->level = cap;
	if (b->level < 0)
		b->level = 0;
	if (x > 0)
		b->n += x;
}

static inline double bucket_span(const struct bucket *b)
{
	return b->at - b->start;
}

/* What the rules compare with their limits. Flows that came late found nothing left to drain: so it is no more than the episode as a whole gives. */
static inline double bucket_level(const struct bucket *b, double rate)
{
	const double whole = b->n - rate * bucket_span(b);

	return b->level < whole ? b->level : whole;
}

#endif
