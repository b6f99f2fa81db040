/*
 * kernel_ops: what one kernel offers, for plan.c and train.c only.
 *
 * Two layouts. In a block, b = nv * lanes windows are worked on at once and stand innermost, along the SIMD lanes:
 * activations are (T, W, b), weights are packed in quads, (units or unit groups, 1 + inputs, 4), bias first:
 *   LSTM   one quad a unit: its gates i f g o; inputs are the layer's input, then the previous h
 *   dense  one quad for four neighbouring output units; a last incomplete quad is padded with zeros
 * In the one-window path the outputs stand along the lanes: weights are (1 + inputs, Z), bias first, Z the columns of Keras's
 * kernel padded to a multiple of lanes; activations are (T, S), S >= W a multiple of lanes.
 * Both add the products of an output in the same order (bias, inputs, previous h) with the same rounding, so that their results
 * have the same bits.
 *
 * Folded weights: for inference the factor that turns e^x into 2^y is multiplied into the weights when they are packed
 * (KERNEL_FOLD_*); training works on plain weights.
 * All arrays are aligned to 64 bytes. None may overlap unless said.
 */
#ifndef NN_KERNEL_OPS_H
#define NN_KERNEL_OPS_H

#include <stddef.h>

#include "nn/network.h"

enum { KERNEL_ALIGN = 64, KERNEL_NV_MAX = 4, KERNEL_LANES_MAX = 16 };

#define KERNEL_LOG2E        1.4426950408889634
#define KERNEL_FOLD_SIGMOID (-KERNEL_LOG2E)     /* 1/(1+2^y) */
#define KERNEL_FOLD_TANH    (-2 * KERNEL_LOG2E) /* (1-2^y)/(1+2^y) */

/* A forward pass of an LSTM over T steps of a block. */
struct lstm_block {
	size_t T, X, H;
	size_t nv;         /* vectors a row; b = nv * lanes */
	int relu;          /* candidate and output: relu instead of tanh */
	int x_once;        /* x is (1,X,b), the same at every step */
	const float *pack; /* (H, 1+X+H, 4) */
	const float *x;    /* (T,X,b) */
	float *h;          /* (T,H,b), out */
	float *c;          /* (H,b), scratch; training: (T,H,b), out */
	float *zx;         /* (H,4,b), scratch of x_once */
	float *gates;      /* training: (T,H,5,b), out: i f g o a(c) */
};

/* Its backward pass. */
struct lstm_back {
	const struct lstm_block *fwd;
	const float *dy; /* (T,H,b): dLoss/dh from above; (1,H,b) of the last step when last_only */
	int last_only;
	float *dz;      /* (T,H,4,b), scratch: dLoss/d(gate before its activation) */
	float *dc, *dh; /* (H,b), scratch */
	float *dzsum;   /* (H,4,b), scratch of x_once */
	float *dx;      /* (T,X,b), or (1,X,b) when x_once, out; or NULL */
	float *grad;    /* (H, 1+X+H, 4): gradients are added here */
};

struct dense_block {
	size_t n; /* rows of the input: T */
	size_t X, H;
	size_t nv;
	enum activation act;
	const float *pack; /* (ceil(H/4), 1+X, 4) */
	const float *x;    /* (n,X,b) */
	float *y;          /* (n,H,b), out */
};

struct dense_back {
	const struct dense_block *fwd;
	float *dy;   /* (n,H,b): dLoss/dy; overwritten with dLoss/d(before the activation) */
	float *dx;   /* (n,X,b), out; or NULL */
	float *grad; /* (ceil(H/4), 1+X, 4): gradients are added here */
};

/* One window; xs, S: row strides of x and h or y. */
struct lstm_one {
	size_t T, X, H, xs, S;
	int relu, x_once;
	const float *wide; /* (1+X+H, Z) */
	const float *x;    /* (T,xs) or (1,xs) */
	float *h;          /* (T,S), out */
	float *c;          /* (S), scratch */
	float *z, *zx;     /* (Z + lanes), scratch */
};

struct dense_one {
	size_t n, X, H, xs, S;
	enum activation act;
	const float *wide; /* (1+X, Z) */
	const float *x;    /* (n,xs) */
	float *y;          /* (n,S), out */
};

/* Adam (Kingma & Ba 2015, doi 10.48550/arXiv.1412.6980) as Keras writes it. */
struct adam_step {
	size_t n;
	float *p, *m, *v; /* parameters and moments */
	const float *g;   /* gradients, multiplied by g_scale before use */
	float g_scale;
	float alpha; /* lr * sqrt(1 - beta2^t) / (1 - beta1^t) */
	float one_minus_beta1, one_minus_beta2, epsilon;
};

struct kernel_ops {
	const char *name;
	int (*usable)(void); /* does this processor run it? */
	size_t lanes;        /* floats a vector */
	size_t nv_max;       /* most vectors a block */
	size_t one_max;      /* up to so many windows, one by one is faster than a block (make bench) */

	/* Forward. LSTM weights are folded; dense weights never are. */
	void (*lstm_block)(const struct lstm_block *a);
	void (*dense_block)(const struct dense_block *a);
	void (*lstm_one)(const struct lstm_one *a);
	void (*dense_one)(const struct dense_one *a);

	/* Training; plain weights. dense_block() is its own forward pass. */
	void (*lstm_train)(const struct lstm_block *a);
	void (*lstm_back)(const struct lstm_back *a);
	void (*dense_back)(const struct dense_back *a);
	void (*adam)(const struct adam_step *a);

	/* exp, sigmoid and tanh as the layers compute them, for tests of their error: y[n] from x[n], n a multiple of lanes. */
	void (*activation)(enum activation act, const float *x, float *y, size_t n);

	/* Flush-to-zero while a network runs: a decaying cell state must not fall into slow denormals. */
	unsigned (*enter)(void);
	void (*leave)(unsigned state);
};

extern const struct kernel_ops kernel_generic, kernel_avx2, kernel_avx512, kernel_neon;

#endif
