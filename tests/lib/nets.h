/* nets: networks and windows for tests, from a text description and a seed. */
#ifndef TEST_NETS_H
#define TEST_NETS_H

#include <stddef.h>
#include <stdint.h>

#include "nn/kernel.h"
#include "nn/network.h"

#define REFERENCE_TANH "lstm:50,lstm:20,repeat,lstm:20,lstm:50,dense"
#define REFERENCE_RELU "lstm:50:relu,lstm:20:relu,repeat,lstm:20:relu,lstm:50:relu,dense"

struct net_case {
	struct network net;
	size_t param_n, window_n;
	float *params;    /* bound to net */
	double *params_d; /* the same numbers */
	float *x;         /* (window_n,T,F) */
	double *x_d;
	const float **window; /* into x */
};

/* Weights as before training plus a little noise everywhere, inputs normal. Fails the test when layers is not valid. */
struct net_case net_make(const char *layers, size_t T, size_t F, size_t windows, uint64_t seed);
void net_drop(struct net_case *c);

/* Shapes that break things: every kind of layer, sizes 1, odd, around the lanes, large. */
struct net_shape {
	const char *layers;
	size_t T, F;
};
extern const struct net_shape net_shapes[];
extern const size_t net_shape_n;

/* A random stack that is an autoencoder, into text[cap]; T and F too. */
void net_random(uint64_t seed, char *text, size_t cap, size_t *T, size_t *F);

/* Scores by plan_score() in calls of at most `batch` windows. */
void net_score(const struct net_case *c, const struct kernel_ops *k, size_t batch, float *score, float *recon);

#endif
