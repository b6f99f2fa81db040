/*
 * init: weights before training, drawn as Keras draws them.
 *
 * Kernels: Glorot uniform (Glorot & Bengio 2010), +-sqrt(6/(fan_in+fan_out)). Recurrent kernels: orthogonal rows (Saxe et al. 2014).
 * Biases: 0; of the forget gate 1 (Jozefowicz et al. 2015).
 */
#ifndef NN_INIT_H
#define NN_INIT_H

#include <stdint.h>

#include "base/err.h"
#include "nn/network.h"

/* params[network_param_n(net)] in the order of network_bind(). The same seed gives the same weights everywhere. ERR_NOMEM. */
int init_weights(const struct network *net, uint64_t seed, float *params, struct err *e);

#endif
