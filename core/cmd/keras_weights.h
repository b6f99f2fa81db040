/*
 * keras_weights: from the model.weights.h5 of a .keras file to one block of weights.
 *
 * A weight is a dataset <path of keras_config>/<k>, k = 0 kernel, then recurrent_kernel, then bias. Rank, shape and
 * type (float32) of each are checked against the network, and every weight must be finite. Keras writes plain
 * contiguous datasets; links to elsewhere, filters and other layouts are refused, which keeps most of HDF5 out of reach
 * of the file.
 */
#ifndef CMD_KERAS_WEIGHTS_H
#define CMD_KERAS_WEIGHTS_H

#include <stddef.h>

#include "base/err.h"
#include "cmd/keras_config.h"

/*
 * Fill params[network_param_n(&c->net)], in the order of network_bind(), from the HDF5 file in image[len]. libhdf5 is
 * not made for hostile files and may crash on them: call this through isolate_run().
 */
int keras_weights_read(const struct keras_config *c, const void *image, size_t len, float *params, struct err *e);

#endif
