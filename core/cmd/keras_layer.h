/*
 * keras_layer: one layer of a Keras model, from its JSON to a layer of ours.
 *
 * Used by keras_config, which follows the chain of layers.
 */
#ifndef CMD_KERAS_LAYER_H
#define CMD_KERAS_LAYER_H

#include <stddef.h>

#include <json-c/json.h>

#include "base/err.h"
#include "cmd/keras_config.h"

enum { KERAS_CLASS_N = 6, KERAS_NAME_SHOWN = 48 };

/* The way along the layers. */
struct keras_walk {
	struct keras_config *out;
	int started;                 /* the input layer was read */
	int vector;                  /* data here is (batch, W), not (batch, T, W) */
	size_t count[KERAS_CLASS_N]; /* layers with weights so far, by class */
};

/*
 * Read {"module":…,"class_name":…,"config":{…},"registered_name":…} and append what it is to w->out. ERR_FORMAT,
 * ERR_RANGE or ERR_UNSUPPORTED; the message names the option, the caller names the layer.
 */
int keras_layer_read(struct keras_walk *w, struct json_object *layer, struct err *e);

/* Small readers of JSON. The text of a member, or NULL when it is absent or no string. */
const char *keras_text(struct json_object *obj, const char *key);
int keras_object(struct json_object *obj, const char *key, struct json_object **out, struct err *e);
int keras_is_off(struct json_object *value); /* false, null or 0 */

/* Printable ASCII of text that others wrote, cut where long; returns out. */
const char *keras_shown(const char *text, char out[static KERAS_NAME_SHOWN]);

#endif
