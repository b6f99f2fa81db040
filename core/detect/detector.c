/* detector: a model file's metadata into features, scaler and threshold, and back. */
#include "detect/detector.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* A metadata entry as JSON; *out is NULL when there is none. */
static int meta_json(const struct modelfile *m, const char *key, struct json_object **out, struct err *e)
{
	const char *const text = modelfile_meta(m, key);
	int r;

	*out = NULL;
	if (text == NULL)
		return OK;
	if ((r = json_read(out, text, strlen(text), e)) < 0)
		return err_prefix(e, "metadata \"%s\"", key), r;
	return OK;
}

static int read_features(struct detector *d, struct err *e)
{
	const char *name[FEATURE_MAX];
	struct json_object *list;
	size_t n = 0;
	int r;

	if ((r = meta_json(d->file, "features", &list, e)) < 0)
		return r;
	if (list == NULL)
		return err_set(e, ERR_FORMAT, "metadata \"features\" is missing: which numbers of a flow the model takes");
	if (json_object_is_type(list, json_type_array) && json_object_array_length(list) <= FEATURE_MAX) {
		for (n = 0; n < json_object_array_length(list); n++) {
			struct json_object *const item = json_object_array_get_idx(list, n);

			name[n] = json_object_is_type(item, json_type_string) ? json_object_get_string(item) : "";
		}
	}
	d->features = feature_set_match(name, n);
	if (d->features == NULL)
		r = err_set(e, ERR_UNSUPPORTED, "metadata \"features\": %.120s is no set of features that this version knows",
			    json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
	else if (n != d->net.features)
		r = err_set(e, ERR_FORMAT, "metadata \"features\" has %zu names, the network takes %zu", n, d->net.features);
	json_object_put(list);
	return r;
}

static int read_scaler(struct detector *d, struct err *e)
{
	struct json_object *obj;
	int r;

	if ((r = meta_json(d->file, "scaler", &obj, e)) < 0 || obj == NULL)
		return r;
	if ((r = scaler_from_json(&d->scaler, obj, e)) < 0)
		err_prefix(e, "metadata \"scaler\"");
	else if (d->scaler.n != d->net.features)
		r = err_set(e, ERR_FORMAT, "metadata \"scaler\" is for %zu features, the network takes %zu", d->scaler.n,
			    d->net.features);
	d->has_scaler = r == OK;
	json_object_put(obj);
	return r;
}

static int read_threshold(struct detector *d, struct err *e)
{
	struct json_object *obj;
	const char *strategy;
	int r;

	d->threshold = NAN;
	if ((r = meta_json(d->file, "threshold", &obj, e)) < 0 || obj == NULL)
		return r;
	if ((r = json_get_double(obj, "value", &d->threshold, e)) < 0 || (r = json_get_string(obj, "strategy", &strategy, e)) < 0)
		err_prefix(e, "metadata \"threshold\"");
	else if (d->threshold < 0)
		r = err_set(e, ERR_RANGE, "metadata \"threshold\": %g is negative", d->threshold);
	else if (strlen(strategy) >= sizeof(d->strategy))
		r = err_set(e, ERR_RANGE, "metadata \"threshold\": the strategy is longer than %zu characters",
			    sizeof(d->strategy) - 1);
	else
		strcpy(d->strategy, strategy);
	json_object_put(obj);
	return r;
}

static int read_training(struct detector *d, struct err *e)
{
	const char *const text = modelfile_meta(d->file, "training");

	if (text != NULL && (d->training = strdup(text)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	return OK;
}

int detector_open(struct detector *d, const char *path, struct err *e)
{
	struct detector made = { 0 };
	int r;

	if ((r = modelfile_open(&made.file, path, e)) < 0)
		return r;
	made.net = *modelfile_network(made.file);
	if ((r = network_is_autoencoder(&made.net, e)) < 0 || (r = read_features(&made, e)) < 0 ||
	    (r = read_scaler(&made, e)) < 0 || (r = read_threshold(&made, e)) < 0 || (r = read_training(&made, e)) < 0) {
		err_prefix(e, "%s", path);
		detector_close(&made);
		return r;
	}
	*d = made;
	return OK;
}

void detector_close(struct detector *d)
{
	if (d == NULL)
		return;
	modelfile_close(d->file);
	free(d->training);
	memset(d, 0, sizeof(*d));
}

static struct json_object *features_json(const struct feature_set *set)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < set->n; i++)
		json_object_array_add(list, json_object_new_string(set->feature[i]->name));
	return list;
}

static struct json_object *threshold_json(const struct detector *d)
{
	struct json_object *const obj = json_object_new_object();
	char text[32];

	snprintf(text, sizeof(text), "%.17g", d->threshold);
	json_object_object_add(obj, "value", json_object_new_double_s(d->threshold, text));
	json_object_object_add(obj, "strategy", json_object_new_string(d->strategy));
	return obj;
}

int detector_save(const struct detector *d, const char *path, struct err *e)
{
	struct json_object *const features = features_json(d->features), *const threshold = threshold_json(d);
	struct json_object *const scaler = d->has_scaler ? scaler_to_json(&d->scaler) : NULL;
	struct modelfile_meta meta[4];
	size_t n = 0;
	int r;

	if (features == NULL || threshold == NULL || (d->has_scaler && scaler == NULL)) {
		r = err_set(e, ERR_NOMEM, "out of memory for the metadata of %s", path);
		goto out;
	}
	meta[n++] = (struct modelfile_meta){ "features", json_object_to_json_string_ext(features, JSON_C_TO_STRING_PLAIN) };
	if (scaler != NULL)
		meta[n++] = (struct modelfile_meta){ "scaler", json_object_to_json_string_ext(scaler, JSON_C_TO_STRING_PLAIN) };
	if (!isnan(d->threshold))
		meta[n++] =
			(struct modelfile_meta){ "threshold", json_object_to_json_string_ext(threshold, JSON_C_TO_STRING_PLAIN) };
	if (d->training != NULL)
		meta[n++] = (struct modelfile_meta){ "training", d->training };
	r = modelfile_save(path, &d->net, meta, n, e);
out:
	json_object_put(features);
	json_object_put(threshold);
	json_object_put(scaler);
	return r;
}
