/*
 * trainer: one network being trained: its weights, their gradients and Adam's moments.
 *
 * The loss of a batch is the mean squared error over all its elements, as Keras's "mse". Deterministic: the same calls with the same
 * kernel give the same bits. One thread.
 */
#ifndef NN_TRAINER_H
#define NN_TRAINER_H

#include <stddef.h>

#include "base/err.h"
#include "nn/kernel.h"
#include "nn/network.h"

/* Adam as Keras 3: {1e-3, 0.9, 0.999, 1e-7}. clip_norm > 0 scales gradients whose global norm is larger (Pascanu et al. 2013). */
struct adam_options {
	double learning_rate, beta1, beta2, epsilon;
	double clip_norm;
};
extern const struct adam_options adam_defaults;

struct trainer;

/* For batches of at most batch_max windows, starting from net's weights (copied). net must be an autoencoder. */
int trainer_new(struct trainer **out, const struct network *net, const struct kernel_ops *k, size_t batch_max,
		const struct adam_options *adam, struct err *e);
void trainer_del(struct trainer *t);

/*
 * One step of Adam on n windows, 1 <= n <= batch_max, each (T,F). *loss is that of the batch before the step. ERR_NUMERIC when it is not
 * finite; the weights are then of no use.
 */
int trainer_step(struct trainer *t, const float *const *window, size_t n, double *loss, struct err *e);

/* Loss and gradients alone: grad[network_param_n()] in the order of network_bind(), unclipped. Weights are left as they are. */
int trainer_gradient(struct trainer *t, const float *const *window, size_t n, double *loss, float *grad, struct err *e);

/* The weights as they are now, in the order of network_bind(). */
void trainer_weights(const struct trainer *t, float *params);

#endif
