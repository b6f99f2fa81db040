/* keras_layer: one table of layers, with the options of each. */
#include "cmd/keras_layer.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

enum rule {
	USED, /* read by the layer's reader */
	HARMLESS,
	OFF, /* only false, null or 0 */
};

struct keras_option {
	const char *name; /* "*_x": all that end in _x */
	enum rule rule;
};

struct keras_class {
	const char *name;
	const char *group; /* in model.weights.h5: snake case of the name, see naming.py of Keras; NULL: no weights */
	const char *vars;  /* below the group */
	int dims;          /* its input must have; 0: any */
	const struct keras_option *options;
	int (*read)(struct keras_walk *w, const struct keras_class *class, struct json_object *config, struct err *e);
};

static int option_matches(const char *pattern, const char *key)
{
	const size_t n = strlen(key), tail = strlen(pattern) - 1;

	if (pattern[0] != '*')
		return strcmp(pattern, key) == 0;
	return n > tail && strcmp(key + n - tail, pattern + 1) == 0;
}

static const struct keras_class classes[KERAS_CLASS_N];
static int class_find(struct json_object *layer, const struct keras_class **class, struct json_object **config, struct err *e);

static const struct keras_option common_options[] = {
	{ "name", USED },
	{ "dtype", USED },
	{ "trainable", HARMLESS },
	{ "*_initializer", HARMLESS },
	{ "*_regularizer", HARMLESS },
	{ "*_constraint", HARMLESS },
	{ NULL, USED },
};

static int options_check(const struct keras_option *table, struct json_object *config, struct err *e)
{
	char name[KERAS_NAME_SHOWN];

	json_object_object_foreach(config, key, value)
	{
		const struct keras_option *o = table;

		while (o->name != NULL && !option_matches(o->name, key))
			o++;
		if (o->name == NULL)
			for (o = common_options; o->name != NULL && !option_matches(o->name, key);)
				o++;
		if (o->name != NULL && o->rule != OFF)
			continue;
		if (!keras_is_off(value))
			return err_set(e, ERR_UNSUPPORTED, "the option \"%s\" is %s and cannot be imported", keras_shown(key, name),
				       o->name == NULL ? "not known" : "set");
	}
	return OK;
}

/* What matters is the type of the stored weights: the mixed policies store float32. */
static int dtype_check(struct json_object *config, struct err *e)
{
	static const char *const known[] = { "float32", "mixed_float16", "mixed_bfloat16" };
	struct json_object *dtype = NULL, *policy = NULL;
	const char *name = keras_text(config, "dtype");
	char text[KERAS_NAME_SHOWN];

	if (!json_object_object_get_ex(config, "dtype", &dtype) || dtype == NULL)
		return OK;
	if (name == NULL && json_object_is_type(dtype, json_type_object) && json_object_object_get_ex(dtype, "config", &policy))
		name = keras_text(policy, "name");
	for (size_t i = 0; name != NULL && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i]) == 0)
			return OK;
	return err_set(e, ERR_UNSUPPORTED, "the option \"dtype\" is %s; only float32 can be imported",
		       name == NULL ? "no plain type" : keras_shown(name, text));
}

/* Null is Keras's linear. */
static int activation_read(struct json_object *config, const char *key, enum activation *act, struct err *e)
{
	struct json_object *value = NULL;
	const char *name = keras_text(config, key);
	char text[KERAS_NAME_SHOWN];

	if (!json_object_object_get_ex(config, key, &value))
		return err_set(e, ERR_FORMAT, "the option \"%s\" is missing", key);
	if (value == NULL)
		name = "linear";
	if (name == NULL || activation_find(name, act) < 0)
		return err_set(e, ERR_UNSUPPORTED, "the option \"%s\" is %s; known are linear, relu, sigmoid and tanh", key,
			       name == NULL ? "not the name of a function" : keras_shown(name, text));
	return OK;
}

/* Append l to the network. Keras counts the layers of one class: lstm, lstm_1, …, whatever their names. */
static int layer_add(struct keras_walk *w, const struct keras_class *class, struct layer l, int has_bias, struct err *e)
{
	struct network *net = &w->out->net;
	struct keras_layer *k = &w->out->layer[net->layer_n];
	const size_t number = w->count[class - classes]++;
	char counter[24] = "";

	if (net->layer_n == NETWORK_MAX_LAYERS)
		return err_set(e, ERR_RANGE, "there are more than %d layers", NETWORK_MAX_LAYERS);
	*k = (struct keras_layer){ .has_bias = has_bias };
	if (number > 0)
		snprintf(counter, sizeof(counter), "_%zu", number);
	if (class->group != NULL)
		snprintf(k->path, sizeof(k->path), "layers/%s%s/%s", class->group, counter, class->vars);
	net->layer[net->layer_n++] = l;
	return OK;
}

static int input_read(struct keras_walk *w, const struct keras_class *class, struct json_object *config, struct err *e)
{
	static const size_t max[] = { NETWORK_MAX_STEPS, NETWORK_MAX_WIDTH };
	struct network *net = &w->out->net;
	size_t *const size[] = { &net->steps, &net->features };
	struct json_object *shape;
	size_t n;
	int r;

	(void)class;
	if (w->out->net.steps != 0)
		return err_set(e, ERR_UNSUPPORTED, "a second input cannot be imported");
	if ((r = json_get_array(config, "batch_shape", &shape, e)) < 0)
		return r;
	n = json_object_array_length(shape);
	if (n != 2 && n != 3)
		return err_set(e, ERR_UNSUPPORTED,
			       "\"batch_shape\" has %zu dimensions; it must be (batch, steps, features) "
			       "or (batch, features)",
			       n);
	net->steps = 1;
	w->vector = n == 2;
	for (size_t i = 1; i < n; i++) {
		const size_t k = i + 2 - n; /* in size[] and max[] */
		struct json_object *value = json_object_array_get_idx(shape, i);
		const int64_t v = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : 0;

		if (v < 1 || (uint64_t)v > max[k])
			return err_set(e, ERR_RANGE, "\"batch_shape\": the number of %s must be a number in 1..%zu",
				       k == 0 ? "steps" : "features", max[k]);
		*size[k] = (size_t)v;
	}
	return OK;
}

static int lstm_read(struct keras_walk *w, const struct keras_class *class, struct json_object *config, struct err *e)
{
	struct layer l = { .kind = LAYER_LSTM };
	const char *recurrent = keras_text(config, "recurrent_activation");
	char text[KERAS_NAME_SHOWN];
	int r, sequences, bias;

	if ((r = json_get_size(config, "units", NETWORK_MAX_WIDTH, &l.units, e)) < 0 ||
	    (r = activation_read(config, "activation", &l.act, e)) < 0 ||
	    (r = json_get_bool(config, "return_sequences", &sequences, e)) < 0 ||
	    (r = json_get_bool(config, "use_bias", &bias, e)) < 0)
		return r;
	if (recurrent == NULL || strcmp(recurrent, "sigmoid") != 0)
		return err_set(e, ERR_UNSUPPORTED, "the option \"recurrent_activation\" is %s; only sigmoid can be imported",
			       recurrent == NULL ? "no name" : keras_shown(recurrent, text));
	if (l.act != ACT_TANH && l.act != ACT_RELU)
		return err_set(e, ERR_UNSUPPORTED, "the option \"activation\" is %s; an LSTM can have tanh or relu",
			       activation_name(l.act));
	l.last_only = !sequences;
	w->vector = !sequences;
	return layer_add(w, class, l, bias, e);
}

static int dense_read(struct keras_walk *w, const struct keras_class *class, struct json_object *config, struct err *e)
{
	struct layer l = { .kind = LAYER_DENSE };
	int r, bias;

	if ((r = json_get_size(config, "units", NETWORK_MAX_WIDTH, &l.units, e)) < 0 ||
	    (r = activation_read(config, "activation", &l.act, e)) < 0 || (r = json_get_bool(config, "use_bias", &bias, e)) < 0)
		return r;
	return layer_add(w, class, l, bias, e);
}

static int repeat_read(struct keras_walk *w, const struct keras_class *class, struct json_object *config, struct err *e)
{
	struct layer l = { .kind = LAYER_REPEAT };
	int r;

	if ((r = json_get_size(config, "n", NETWORK_MAX_STEPS, &l.units, e)) < 0)
		return r;
	w->vector = 0;
	return layer_add(w, class, l, 0, e);
}

static int identity_read(struct keras_walk *w, const struct keras_class *class, struct json_object *config, struct err *e)
{
	(void)w, (void)class, (void)config, (void)e;
	return OK;
}

/* A Dense is applied to each step anyway; here it is below "layer". */
static int distributed_read(struct keras_walk *w, const struct keras_class *class, struct json_object *config, struct err *e)
{
	const struct keras_class *inner;
	struct json_object *layer;
	int r;

	if ((r = keras_object(config, "layer", &layer, e)) < 0 || (r = class_find(layer, &inner, &config, e)) < 0)
		return r;
	if (inner->read != dense_read)
		return err_set(e, ERR_UNSUPPORTED, "a %s in it cannot be imported, only a Dense", inner->name);
	return dense_read(w, class, config, e);
}

static const struct keras_option input_options[] = {
	{ "batch_shape", USED }, { "sparse", OFF }, { "ragged", OFF }, { "optional", HARMLESS }, { NULL, USED },
};
static const struct keras_option lstm_options[] = {
	{ "units", USED },
	{ "activation", USED },
	{ "recurrent_activation", USED },
	{ "use_bias", USED },
	{ "return_sequences", USED },
	{ "return_state", OFF },
	{ "go_backwards", OFF },
	{ "time_major", OFF },
	{ "stateful", HARMLESS }, /* every window starts from the zero state here */
	{ "unroll", HARMLESS },
	{ "use_cudnn", HARMLESS },
	{ "implementation", HARMLESS },
	{ "zero_output_for_mask", HARMLESS }, /* layers that make masks are refused */
	{ "unit_forget_bias", HARMLESS },
	{ "dropout", HARMLESS }, /* dropout acts in training only */
	{ "recurrent_dropout", HARMLESS },
	{ "seed", HARMLESS },
	{ NULL, USED },
};
static const struct keras_option dense_options[] = {
	{ "units", USED },
	{ "activation", USED },
	{ "use_bias", USED },
	{ NULL, USED },
};
static const struct keras_option repeat_options[] = { { "n", USED }, { NULL, USED } };
static const struct keras_option distributed_options[] = { { "layer", USED }, { NULL, USED } };
static const struct keras_option dropout_options[] = {
	{ "rate", HARMLESS },
	{ "seed", HARMLESS },
	{ "noise_shape", HARMLESS },
	{ NULL, USED },
};

static const struct keras_class classes[KERAS_CLASS_N] = {
	{ "InputLayer", NULL, NULL, 0, input_options, input_read },
	{ "LSTM", "lstm", "cell/vars", 3, lstm_options, lstm_read },
	{ "Dense", "dense", "vars", 0, dense_options, dense_read },
	{ "TimeDistributed", "time_distributed", "layer/vars", 3, distributed_options, distributed_read },
	{ "RepeatVector", NULL, NULL, 2, repeat_options, repeat_read },
	{ "Dropout", NULL, NULL, 0, dropout_options, identity_read },
};

/* The row of a serialised layer {"module":…,"class_name":…,"config":{…},"registered_name":…}, its options checked. */
static int class_find(struct json_object *layer, const struct keras_class **class, struct json_object **config, struct err *e)
{
	const char *name = keras_text(layer, "class_name"), *module = keras_text(layer, "module");
	const char *registered = keras_text(layer, "registered_name");
	char text[KERAS_NAME_SHOWN];
	size_t i = 0;
	int r;

	if (name == NULL)
		return err_set(e, ERR_FORMAT, "\"class_name\" is missing or no string");
	if ((module != NULL && strcmp(module, "keras") != 0 && strncmp(module, "keras.", 6) != 0) ||
	    (registered != NULL && strchr(registered, '>') != NULL))
		return err_set(e, ERR_UNSUPPORTED, "%s is not a layer of Keras itself and cannot be imported",
			       keras_shown(name, text));
	while (i < KERAS_CLASS_N && strcmp(classes[i].name, name) != 0)
		i++;
	if (i == KERAS_CLASS_N)
		return err_set(e, ERR_UNSUPPORTED,
			       "layers of the kind %s cannot be imported; known are InputLayer, LSTM, Dense, "
			       "TimeDistributed(Dense), RepeatVector and Dropout",
			       keras_shown(name, text));
	if ((r = keras_object(layer, "config", config, e)) < 0 || (r = options_check(classes[i].options, *config, e)) < 0 ||
	    (r = dtype_check(*config, e)) < 0)
		return r;
	*class = &classes[i];
	return OK;
}

int keras_layer_read(struct keras_walk *w, struct json_object *layer, struct err *e)
{
	const struct keras_class *class;
	struct json_object *config;
	int r;

	if ((r = class_find(layer, &class, &config, e)) < 0)
		return r;
	if (!w->started && class->read != input_read)
		return err_set(e, ERR_FORMAT, "the first layer must be an InputLayer: build the model before it is saved");
	if (class->dims != 0 && w->vector != (class->dims == 2))
		return err_set(e, ERR_FORMAT, "its input must have %d dimensions and has %d", class->dims, w->vector ? 2 : 3);
	w->started = 1;
	return class->read(w, class, config, e);
}

/* Printable ASCII of text that others wrote. */
const char *keras_shown(const char *text, char out[static KERAS_NAME_SHOWN])
{
	size_t n = 0;

	for (; n < KERAS_NAME_SHOWN - 1 && text[n] != '\0'; n++)
		out[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
	out[n] = '\0';
	return out;
}

/* The text of a member, or NULL when it is absent, null or no string. */
const char *keras_text(struct json_object *obj, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(obj, json_type_object) || !json_object_object_get_ex(obj, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

int keras_object(struct json_object *obj, const char *key, struct json_object **out, struct err *e)
{
	if (!json_object_is_type(obj, json_type_object) || !json_object_object_get_ex(obj, key, out) ||
	    !json_object_is_type(*out, json_type_object))
		return err_set(e, ERR_FORMAT, "\"%s\" is missing or no object", key);
	return OK;
}

int keras_is_off(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return 1;
	case json_type_boolean:
		return !json_object_get_boolean(value);
	case json_type_int:
	case json_type_double:
		return json_object_get_double(value) == 0;
	default:
		return 0;
	}
}
