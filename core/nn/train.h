/*
 * train: epochs of mini-batches with validation, early stopping and the best weights kept.
 */
#ifndef NN_TRAIN_H
#define NN_TRAIN_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/kernel.h"
#include "nn/network.h"
#include "nn/trainer.h"

struct train_options {
	size_t epochs, batch;
	size_t patience; /* epochs without a better loss after which it stops; 0: never */
	uint64_t seed;   /* of the order of the windows */
	double trim; /* from the third epoch on, this share of the windows, those with the largest loss, teaches nothing: what is rare stays odd */
	struct adam_options adam;
	const volatile sig_atomic_t
		*stop; /* checked before each batch; non-zero ends the training as if it were done; may be NULL */
};

struct train_epoch {
	size_t epoch;    /* from 1 */
	size_t windows;  /* trained on in this epoch; fewer than all when some were trimmed or it was stopped */
	double loss;     /* mean over the epoch's batches while it ran, as Keras reports it */
	double val_loss; /* with the weights at its end; NaN without validation windows */
	int best;        /* the best so far */
	double seconds;  /* of this epoch, validation included */
};

/* Called after each epoch. */
typedef void (*train_report)(void *arg, const struct train_epoch *epoch);

struct train_result {
	size_t epochs;     /* run */
	size_t best_epoch; /* whose weights were kept; 0: none finished a batch */
	double best_loss;  /* its val_loss, or loss without validation windows */
};

/*
 * Train params[network_param_n(net)] (in: where to start; out: the best) on train_n windows of (T,F), judged on val_n others (may be
 * 0). Deterministic by the seed for a given kernel. ERR_NUMERIC: a loss or a weight became NaN or infinite; the message
 * has the epoch and params hold the best so far.
 */
int train_run(const struct network *net, const struct kernel_ops *k, const float *const *train, size_t train_n,
	      const float *const *val, size_t val_n, const struct train_options *o, train_report report, void *arg, float *params,
	      struct train_result *result, struct err *e);

#endif
