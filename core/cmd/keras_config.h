/*
 * keras_config: from the config.json of a Keras 3 model to a network.
 *
 * A Sequential model, or a Functional one that is a plain chain, of InputLayer, LSTM, Dense, TimeDistributed(Dense),
 * RepeatVector and Dropout (which does nothing once trained). Everything else that would change the result (other
 * layers, activations, go_backwards, …) is refused by the name of the layer and the option; so is an option that is not
 * known.
 */
#ifndef CMD_KERAS_CONFIG_H
#define CMD_KERAS_CONFIG_H

#include <stddef.h>

#include "base/err.h"
#include "nn/network.h"

/* Where the weights of a layer are in model.weights.h5. */
struct keras_layer {
	char path[64]; /* HDF5 group, such as "layers/lstm_1/cell/vars"; "" when the layer has no weights */
	int has_bias;  /* 0: the file has no bias, it is zero */
};

struct keras_config {
	struct network net;                           /* shapes computed; weights NULL */
	struct keras_layer layer[NETWORK_MAX_LAYERS]; /* by layer of net */
};

/* Read text[len]. ERR_FORMAT, ERR_RANGE or ERR_UNSUPPORTED; names from the file are printable in the message. */
int keras_config_read(struct keras_config *c, const char *text, size_t len, struct err *e);

#endif
