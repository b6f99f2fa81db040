/* keras_config: follows the chain of layers. */
#include "cmd/keras_config.h"

#include <string.h>

#include "base/json.h"
#include "cmd/keras_layer.h"

/* Whether a [name, 0, 0] of a Functional model means the layer called name. */
static int history_is(struct json_object *history, const char *name)
{
	struct json_object *first;

	if (!json_object_is_type(history, json_type_array) || json_object_array_length(history) != 3)
		return 0;
	first = json_object_array_get_idx(history, 0);
	if (!json_object_is_type(first, json_type_string) || strcmp(json_object_get_string(first), name) != 0)
		return 0;
	for (size_t i = 1; i < 3; i++) {
		struct json_object *index = json_object_array_get_idx(history, i);

		if (!json_object_is_type(index, json_type_int) || json_object_get_int64(index) != 0)
			return 0;
	}
	return 1;
}

/* A Functional layer is called once, on the output of the layer before it and nothing else. */
static int chain_check(const char *previous, struct json_object *layer, struct err *e)
{
	struct json_object *nodes, *args, *kwargs = NULL, *tensor, *history = NULL;
	char text[KERAS_NAME_SHOWN];
	int r;

	if ((r = json_get_array(layer, "inbound_nodes", &nodes, e)) < 0)
		return r;
	if (previous == NULL && json_object_array_length(nodes) == 0)
		return OK;
	if (previous == NULL || json_object_array_length(nodes) != 1)
		goto no_chain;
	if ((r = json_get_array(json_object_array_get_idx(nodes, 0), "args", &args, e)) < 0)
		return r;
	if (json_object_array_length(args) != 1 || keras_object(json_object_array_get_idx(args, 0), "config", &tensor, NULL) < 0 ||
	    !json_object_object_get_ex(tensor, "keras_history", &history) || !history_is(history, previous))
		goto no_chain;
	if ((r = keras_object(json_object_array_get_idx(nodes, 0), "kwargs", &kwargs, e)) < 0)
		return r;
	json_object_object_foreach(kwargs, key, value)
	{
		if (!keras_is_off(value))
			return err_set(e, ERR_UNSUPPORTED, "it is called with \"%s\", which cannot be imported",
				       keras_shown(key, text));
	}
	return OK;
no_chain:
	return err_set(e, ERR_UNSUPPORTED, "its input is not just the layer before it: only a plain chain can be imported");
}

/* input_layers and output_layers are one [name, 0, 0] or, in older versions, a list of one. */
static int end_check(struct json_object *config, const char *key, const char *name, struct err *e)
{
	struct json_object *end;
	int r;

	if ((r = json_get_array(config, key, &end, e)) < 0)
		return r;
	if (json_object_array_length(end) == 1)
		end = json_object_array_get_idx(end, 0);
	if (!history_is(end, name))
		return err_set(e, ERR_UNSUPPORTED, "\"%s\" is not one end of the chain of layers", key);
	return OK;
}

static int layers_read(struct keras_config *out, struct json_object *config, int functional, struct err *e)
{
	struct keras_walk w = { .out = out };
	const char *first = NULL, *previous = NULL;
	struct json_object *layers;
	int r;

	if ((r = json_get_array(config, "layers", &layers, e)) < 0)
		return r;
	for (size_t i = 0; i < json_object_array_length(layers); i++) {
		struct json_object *layer = json_object_array_get_idx(layers, i), *options = NULL;
		const char *name = NULL;
		char text[KERAS_NAME_SHOWN];

		if (keras_object(layer, "config", &options, NULL) < 0 || (name = keras_text(options, "name")) == NULL)
			return err_set(e, ERR_FORMAT, "layer %zu has no name", i);
		if (keras_layer_read(&w, layer, e) < 0 || (functional && chain_check(previous, layer, e) < 0))
			return err_prefix(e, "layer %zu \"%s\"", i, keras_shown(name, text));
		first = i == 0 ? name : first;
		previous = name;
	}
	if (first == NULL)
		return err_set(e, ERR_FORMAT, "the model has no layers");
	if (functional &&
	    ((r = end_check(config, "input_layers", first, e)) < 0 || (r = end_check(config, "output_layers", previous, e)) < 0))
		return r;
	return network_shape(&out->net, e);
}

int keras_config_read(struct keras_config *c, const char *text, size_t len, struct err *e)
{
	struct keras_config out = { .net = { 0 } };
	struct json_object *root = NULL, *config;
	char class[KERAS_NAME_SHOWN];
	const char *name;
	int r, functional;

	if ((r = json_read(&root, text, len, e)) < 0 || (r = keras_object(root, "config", &config, e)) < 0)
		goto out;
	name = keras_text(root, "class_name");
	functional = name != NULL && strcmp(name, "Functional") == 0;
	if (name == NULL || (!functional && strcmp(name, "Sequential") != 0)) {
		r = err_set(e, ERR_UNSUPPORTED, "a model of the class %s cannot be imported, only Sequential and Functional",
			    name == NULL ? "(none)" : keras_shown(name, class));
		goto out;
	}
	if ((r = layers_read(&out, config, functional, e)) == OK)
		*c = out;
out:
	json_object_put(root);
	return r;
}
