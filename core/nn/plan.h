/*
 * plan: a network made ready to run: weights packed for one kernel into one read-only block.
 *
 * Build it once, before forking; any number of threads and processes may then score with it, each with its own
 * scratch. The score of a window is the mean squared error between it and its reconstruction,
 * (1/TF) sum (x - y)^2. It has the same bits whatever else is in the batch, wherever the window stands in it, and on
 * whichever thread; kernels differ from each other by rounding only (about 1e-7).
 */
#ifndef NN_PLAN_H
#define NN_PLAN_H

#include <stddef.h>

#include "base/err.h"
#include "nn/kernel.h"
#include "nn/network.h"

struct plan;

/* Pack net (an autoencoder with weights) for kernel k. The weights of net are not needed afterwards. */
int plan_new(struct plan **out, const struct network *net, const struct kernel_ops *k, struct err *e);
void plan_del(struct plan *p);

/* Move the weights into sealed memory (base/sealed.h), before forking: all processes then share one copy that none of them can change. */
int plan_share(struct plan *p, struct err *e);

size_t plan_steps(const struct plan *p);    /* T */
size_t plan_features(const struct plan *p); /* F */
size_t plan_block(const struct plan *p);    /* windows that one pass takes; n in multiples of it is fastest */
const char *plan_kernel(const struct plan *p);

/* Bytes of scratch that a caller of plan_score() provides, aligned to 64 bytes. */
size_t plan_scratch_bytes(const struct plan *p);

/*
 * Score n windows. window[i] points to (T,F) floats, row-major, oldest step first; windows may overlap in memory.
 * score[n]; recon, unless NULL, is (n,T,F): the reconstructions. A score that is not finite (the input was not, or a
 * relu network ran away) is returned as +infinity, so that it never compares as normal.
 */
void plan_score(const struct plan *p, void *scratch, const float *const *window, size_t n, float *score, float *recon);

#endif
