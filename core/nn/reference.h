/*
 * reference: the network in plain double-precision loops, straight from the equations in nn/network.h.
 *
 * What the kernels are measured against. Slow on purpose; nothing in the product runs it.
 */
#ifndef NN_REFERENCE_H
#define NN_REFERENCE_H

#include <stddef.h>

#include "base/err.h"
#include "nn/network.h"

/*
 * n windows x (n,T,F) through net with params[network_param_n()] in the order of network_bind() (net's own weights are not looked at).
 * out (n,T',W) of the last layer, or NULL. score[n], the mean squared error of each window, or NULL. *loss, the mean of the
 * scores, or NULL. grad[network_param_n()], dloss/dparams, or NULL. ERR_NOMEM; scores and gradients need an autoencoder.
 */
int reference_run(const struct network *net, const double *params, const double *x, size_t n, double *out, double *score,
		  double *loss, double *grad, struct err *e);

#endif
