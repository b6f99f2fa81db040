/*
 * traffic: made-up conversations of one kind, and a small detector that knows them, for tests of what is said of the odd ones: basic features,
 * windows of 10, calibrated for both methods.
 */
#ifndef TEST_TRAFFIC_H
#define TEST_TRAFFIC_H

#include <stddef.h>

#include "base/rng.h"
#include "detect/detector.h"
#include "nn/plan.h"

enum { TRAFFIC_T = 10, TRAFFIC_F = 4, TRAFFIC_N = TRAFFIC_T * TRAFFIC_F, TRAFFIC_ROWS = 1500 };

struct traffic {
	struct detector detector; /* threshold: one in a hundred windows is above it; hybrid_threshold: one in a thousand flows */
	struct plan *plan;
	float *params;
	double rows[TRAFFIC_ROWS][TRAFFIC_F]; /* that it was trained on */
};

int traffic_make(struct traffic *t); /* 0, or -1 */
void traffic_drop(struct traffic *t);

/* Packets of a conversation, as many back, and their bytes. */
void traffic_draw(struct rng *g, double *row);

/* The window raw (T,F) scaled and reconstructed (recon may be NULL); returns its score. */
double traffic_score(const struct traffic *t, const double *raw, float *window, float *recon);

/* The score of its flow `step` by method hybrid, without rules; by[COMPONENTS], unless NULL: the p-values. */
double traffic_fused(const struct traffic *t, const double *raw, size_t step, double *by);

#endif
