/* modelfile: the network's description in the metadata, its weights as tensors. */
#include "nn/modelfile.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mapfile.h"
#include "base/savefile.h"
#include "nn/safetensors.h"

enum { NAME_MAX_LEN = 48 }; /* "layers.31.recurrent_kernel" */

static const char format_name[] = "guardian-1";

struct modelfile {
	struct mapfile map; /* closed when the bytes are the caller's */
	struct safetensors *st;
	struct network net;
};

static void tensor_name(char out[static NAME_MAX_LEN], size_t layer, int k)
{
	snprintf(out, NAME_MAX_LEN, "layers.%zu.%s", layer, layer_tensor_name(k));
}

/* Shape of tensor k in the file: a matrix, or a vector for a bias. Returns the rank; 0 when there is none. */
static size_t tensor_shape(const struct layer *l, int k, size_t shape[static 2])
{
	layer_tensor_shape(l, k, &shape[0], &shape[1]);
	if (shape[0] == 0)
		return 0;
	if (k != BIAS)
		return 2;
	shape[0] = shape[1];
	return 1;
}

/* ERR_NUMERIC when one of w[n] is NaN or infinite. */
static int check_finite(const char *name, const float *w, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(w[i]))
			return err_set(e, ERR_NUMERIC, "tensor \"%s\": value %zu is %s", name, i, isnan(w[i]) ? "NaN" : "infinite");
	return OK;
}

/* Every member of obj must be in known, a list that ends with NULL: what is not understood may change the meaning. */
static int check_members(struct json_object *obj, const char *const *known, struct err *e)
{
	json_object_object_foreach(obj, key, value)
	{
		size_t i = 0;

		(void)value;
		while (known[i] != NULL && strcmp(known[i], key) != 0)
			i++;
		if (known[i] == NULL)
			return err_set(e, ERR_FORMAT, "unknown member \"%.40s\"", key);
	}
	return OK;
}

static int read_layer(struct json_object *obj, struct layer *l, struct err *e)
{
	static const char *const known[][5] = {
		[LAYER_LSTM] = { "kind", "units", "activation", "return_sequences", NULL },
		[LAYER_DENSE] = { "kind", "units", "activation", NULL },
		[LAYER_REPEAT] = { "kind", "units", NULL },
	};
	const char *name;
	int r, sequences = 1;

	*l = (struct layer){ .act = ACT_LINEAR };
	if ((r = json_get_string(obj, "kind", &name, e)) < 0)
		return r;
	if (layer_kind_find(name, &l->kind) < 0)
		return err_set(e, ERR_UNSUPPORTED, "\"%.40s\" is no kind of layer that we know", name);
	if ((r = check_members(obj, known[l->kind], e)) < 0 ||
	    (r = json_get_size(obj, "units", NETWORK_MAX_WIDTH, &l->units, e)) < 0)
		return r;
	if (l->kind == LAYER_REPEAT)
		return OK;
	if ((r = json_get_string(obj, "activation", &name, e)) < 0)
		return r;
	if (activation_find(name, &l->act) < 0)
		return err_set(e, ERR_UNSUPPORTED, "\"%.40s\" is no activation that we know", name);
	if (l->kind == LAYER_LSTM && (r = json_get_bool(obj, "return_sequences", &sequences, e)) < 0)
		return r;
	l->last_only = !sequences;
	return OK;
}

/* {"input":[T,F],"layers":[…]} */
static int read_network(struct json_object *obj, struct network *net, struct err *e)
{
	static const char *const known[] = { "input", "layers", NULL };
	struct json_object *layers;
	double input[2];
	int r;

	if ((r = json_get_doubles(obj, "input", input, 2, e)) < 0 || (r = json_get_array(obj, "layers", &layers, e)) < 0 ||
	    (r = check_members(obj, known, e)) < 0)
		return r;
	for (int i = 0; i < 2; i++)
		if (!(input[i] >= 1 && input[i] <= NETWORK_MAX_STEPS && input[i] <= NETWORK_MAX_WIDTH) ||
		    input[i] != floor(input[i]))
			return err_set(e, ERR_RANGE, "\"input\"[%d] is not a whole number in 1..%d", i,
				       i == 0 ? NETWORK_MAX_STEPS : NETWORK_MAX_WIDTH);
	net->steps = (size_t)input[0];
	net->features = (size_t)input[1];
	if (json_object_array_length(layers) > NETWORK_MAX_LAYERS)
		return err_set(e, ERR_RANGE, "%zu layers are more than %d", json_object_array_length(layers), NETWORK_MAX_LAYERS);
	net->layer_n = json_object_array_length(layers);
	for (size_t i = 0; i < net->layer_n; i++)
		if ((r = read_layer(json_object_array_get_idx(layers, i), &net->layer[i], e)) < 0)
			return err_prefix(e, "layer %zu", i);
	return network_shape(net, e);
}

static int read_description(const struct safetensors *st, struct network *net, struct err *e)
{
	const char *format = safetensors_meta(st, "format"), *text = safetensors_meta(st, "network");
	struct json_object *obj = NULL;
	int r;

	if (format == NULL || text == NULL)
		return err_set(e, ERR_FORMAT, "not a model of ours: the metadata has no \"%s\"", format ? "network" : "format");
	if (strcmp(format, format_name) != 0)
		return err_set(e, ERR_UNSUPPORTED, "the model has the format \"%.40s\"; we read \"%s\"", format, format_name);
	if ((r = json_read(&obj, text, strlen(text), e)) == OK)
		r = read_network(obj, net, e);
	json_object_put(obj);
	if (r < 0)
		err_prefix(e, "the network's description");
	return r;
}

/* Point tensor k of layer i to its data. */
static int bind_tensor(const struct safetensors *st, struct layer *l, size_t i, int k, struct err *e)
{
	char name[NAME_MAX_LEN];
	const struct tensor *t;
	size_t shape[2], rank;

	if ((rank = tensor_shape(l, k, shape)) == 0)
		return 0;
	tensor_name(name, i, k);
	if ((t = safetensors_find(st, name)) == NULL)
		return err_set(e, ERR_FORMAT, "tensor \"%s\" is missing", name);
	if (t->dtype != TENSOR_F32)
		return err_set(e, ERR_UNSUPPORTED, "tensor \"%s\" has values of the type %s; weights are F32", name,
			       tensor_dtype_name(t->dtype));
	if (t->rank != rank)
		return err_set(e, ERR_FORMAT, "tensor \"%s\" has %zu dimensions; the network needs %zu", name, t->rank, rank);
	for (size_t d = 0; d < rank; d++)
		if (t->shape[d] != shape[d])
			return err_set(e, ERR_FORMAT, "tensor \"%s\": dimension %zu is %zu; the network needs %zu", name, d,
				       t->shape[d], shape[d]);
	l->weight[k] = t->data;
	return 1;
}

/* The tensor that is no weight of the network. */
static int unknown_tensor(const struct safetensors *st, const struct network *net, struct err *e)
{
	const struct tensor *t = NULL;
	int found = 1;

	for (size_t i = 0; found && i < safetensors_n(st); i++) {
		t = safetensors_get(st, i);
		found = 0;
		for (size_t l = 0; l < net->layer_n; l++)
			for (int k = 0; k < LAYER_MAX_TENSORS; k++)
				found |= net->layer[l].weight[k] != NULL && net->layer[l].weight[k] == t->data && t->count > 0;
	}
	return err_set(e, ERR_FORMAT, "tensor \"%.80s\" is not part of the network", t != NULL ? t->name : "");
}

static int bind_weights(const struct safetensors *st, struct network *net, struct err *e)
{
	size_t n = 0;
	int r;

	for (size_t i = 0; i < net->layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			if ((r = bind_tensor(st, &net->layer[i], i, k, e)) < 0)
				return r;
			n += (size_t)r;
		}
	}
	if (n != safetensors_n(st))
		return unknown_tensor(st, net, e);
	for (size_t i = 0; i < n; i++) {
		const struct tensor *t = safetensors_get(st, i);

		if ((r = check_finite(t->name, t->data, t->count, e)) < 0)
			return r;
	}
	return OK;
}

int modelfile_parse(struct modelfile **out, const void *data, size_t len, struct err *e)
{
	struct modelfile *m = calloc(1, sizeof(*m));
	int r;

	if (m == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if ((r = safetensors_parse(&m->st, data, len, e)) < 0 || (r = read_description(m->st, &m->net, e)) < 0 ||
	    (r = bind_weights(m->st, &m->net, e)) < 0) {
		modelfile_close(m);
		return r;
	}
	*out = m;
	return OK;
}

int modelfile_open(struct modelfile **out, const char *path, struct err *e)
{
	struct mapfile map = { 0 };
	int r;

	if ((r = mapfile_open(&map, path, e)) < 0)
		return r;
	if ((r = modelfile_parse(out, map.data, map.len, e)) < 0) {
		mapfile_close(&map);
		err_prefix(e, "%.150s", path);
		return r;
	}
	(*out)->map = map;
	return OK;
}

void modelfile_close(struct modelfile *m)
{
	if (m == NULL)
		return;
	safetensors_del(m->st);
	mapfile_close(&m->map);
	free(m);
}

const struct network *modelfile_network(const struct modelfile *m)
{
	return &m->net;
}

const char *modelfile_meta(const struct modelfile *m, const char *key)
{
	return safetensors_meta(m->st, key);
}

/* The opposite of read_network(), as text that the caller frees. The names in it need no escaping. */
static char *network_json(const struct network *net)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	fprintf(f, "{\"input\":[%zu,%zu],\"layers\":[", net->steps, net->features);
	for (size_t i = 0; i < net->layer_n; i++) {
		const struct layer *l = &net->layer[i];

		fprintf(f, "%s{\"kind\":\"%s\",\"units\":%zu", i ? "," : "", layer_kind_name(l->kind), l->units);
		if (l->kind != LAYER_REPEAT)
			fprintf(f, ",\"activation\":\"%s\"", activation_name(l->act));
		if (l->kind == LAYER_LSTM)
			fprintf(f, ",\"return_sequences\":%s", l->last_only ? "false" : "true");
		fprintf(f, "}");
	}
	fprintf(f, "]}");
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

/* Fill t[] and name[] with the weights of net, all finite. Returns their number. */
static int collect(const struct network *net, struct tensor *t, char (*name)[NAME_MAX_LEN], struct err *e)
{
	int n = 0, r;

	for (size_t i = 0; i < net->layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			struct tensor x = { .dtype = TENSOR_F32, .name = name[n], .data = net->layer[i].weight[k] };

			if ((x.rank = tensor_shape(&net->layer[i], k, x.shape)) == 0)
				continue;
			assert(x.data != NULL);
			x.count = x.rank == 1 ? x.shape[0] : x.shape[0] * x.shape[1];
			tensor_name(name[n], i, k);
			if ((r = check_finite(x.name, x.data, x.count, e)) < 0)
				return r;
			t[n++] = x;
		}
	}
	return n;
}

int modelfile_write(FILE *f, const struct network *net, const struct modelfile_meta *meta, size_t meta_n, struct err *e)
{
	struct tensor tensor[NETWORK_MAX_LAYERS * LAYER_MAX_TENSORS];
	char name[NETWORK_MAX_LAYERS * LAYER_MAX_TENSORS][NAME_MAX_LEN];
	struct safetensors_meta *all = NULL;
	struct network shaped = *net;
	char *text = NULL;
	int r, n;

	if ((r = network_shape(&shaped, e)) < 0 || (r = n = collect(&shaped, tensor, name, e)) < 0)
		return r;
	if ((all = calloc(meta_n + 2, sizeof(*all))) == NULL || (text = network_json(&shaped)) == NULL) {
		r = err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	all[0] = (struct safetensors_meta){ "format", format_name };
	all[1] = (struct safetensors_meta){ "network", text };
	for (size_t i = 0; i < meta_n; i++)
		all[i + 2] = (struct safetensors_meta){ meta[i].key, meta[i].text };
	r = safetensors_write(f, tensor, (size_t)n, all, meta_n + 2, e);
out:
	free(all);
	free(text);
	return r;
}

int modelfile_save(const char *path, const struct network *net, const struct modelfile_meta *meta, size_t meta_n, struct err *e)
{
	struct savefile s = { 0 };
	int r;

	if ((r = savefile_open(&s, path, e)) < 0)
		return r;
	if ((r = modelfile_write(s.f, net, meta, meta_n, e)) == OK)
		return savefile_commit(&s, e);
	savefile_abort(&s);
	err_prefix(e, "%.150s", path);
	return r;
}
