/* keras_model: a whole .keras file, with its weights. */
#ifndef CMD_KERAS_MODEL_H
#define CMD_KERAS_MODEL_H

#include <stddef.h>

#include "base/err.h"
#include "nn/network.h"

struct keras_model {
	struct network net; /* an autoencoder; its weights are in params */
	float *params;      /* network_param_n(&net), owned */
	char version[24];   /* of Keras, that wrote it: "3.11.3" */
};

/* Load path; the message names the member of the archive, the layer and the option. m is filled on success only. */
int keras_model_load(struct keras_model *m, const char *path, struct err *e);

/* m may be zero-initialised. */
void keras_model_free(struct keras_model *m);

#endif
