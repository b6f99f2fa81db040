/* detector: a model file's metadata into features, scaler and threshold, and back. */
#include "detect/detector.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { STRATEGY = sizeof(((struct detector *)0)->strategy) };

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

/* {"value", "strategy"}; *value is NaN when there is none. */
static int read_threshold(struct detector *d, const char *key, double *value, char strategy[STRATEGY], struct err *e)
{
	struct json_object *obj;
	const char *text;
	int r;

	*value = NAN;
	if ((r = meta_json(d->file, key, &obj, e)) < 0 || obj == NULL)
		return r;
	if ((r = json_get_double(obj, "value", value, e)) < 0 || (r = json_get_string(obj, "strategy", &text, e)) < 0)
		err_prefix(e, "metadata \"%s\"", key);
	else if (*value < 0)
		r = err_set(e, ERR_RANGE, "metadata \"%s\": %g is negative", key, *value);
	else if (strlen(text) >= STRATEGY)
		r = err_set(e, ERR_RANGE, "metadata \"%s\": the strategy is longer than %d characters", key, STRATEGY - 1);
	else
		strcpy(strategy, text);
	json_object_put(obj);
	return r;
}

static int read_profile(struct detector *d, struct err *e)
{
	struct json_object *obj;
	int r;

	if ((r = meta_json(d->file, "profile", &obj, e)) < 0 || obj == NULL)
		return r;
	if ((r = profile_from_json(&d->profile, obj, e)) < 0)
		err_prefix(e, "metadata \"profile\"");
	else if (d->profile.n != d->net.features)
		r = err_set(e, ERR_FORMAT, "metadata \"profile\" is for %zu features, the network takes %zu", d->profile.n,
			    d->net.features);
	json_object_put(obj);
	return r == OK ? 1 : r;
}

static int read_calibration(struct detector *d, struct err *e)
{
	const struct {
		const char *name;
		struct calibration *to;
	} parts[] = { { "sequence", &d->sequence_p }, { "profile", &d->profile_p } };
	struct json_object *obj, *part;
	int r;

	if ((r = meta_json(d->file, "calibration", &obj, e)) < 0 || obj == NULL)
		return r;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && r == OK; i++) {
		if (!json_object_object_get_ex(obj, parts[i].name, &part))
			r = err_set(e, ERR_FORMAT, "\"%s\" is missing", parts[i].name);
		else
			r = calibration_from_json(parts[i].to, part, e);
	}
	if (r < 0)
		err_prefix(e, "metadata \"calibration\"");
	json_object_put(obj);
	return r == OK ? 1 : r;
}

/* All of what method hybrid needs, or nothing. */
static int read_hybrid(struct detector *d, struct err *e)
{
	const int profile = read_profile(d, e), calibration = profile < 0 ? profile : read_calibration(d, e);
	int r;

	if (calibration < 0)
		return calibration;
	if ((r = read_threshold(d, "hybrid", &d->hybrid_threshold, d->hybrid_strategy, e)) < 0)
		return r;
	d->calibrated = profile && calibration && !isnan(d->hybrid_threshold);
	return OK;
}

static int read_usual(struct detector *d, struct err *e)
{
	struct json_object *obj;
	int r;

	if ((r = meta_json(d->file, "usual", &obj, e)) < 0 || obj == NULL)
		return r;
	if ((r = usual_from_json(d->usual, d->net.features, obj, e)) < 0)
		err_prefix(e, "metadata \"usual\"");
	d->has_usual = r == OK;
	json_object_put(obj);
	return r;
}

/* A metadata entry as it is; NULL where there is none. */
static int read_text(struct detector *d, const char *key, char **out, struct err *e)
{
	const char *const text = modelfile_meta(d->file, key);

	if (text != NULL && (*out = strdup(text)) == NULL)
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
	    (r = read_scaler(&made, e)) < 0 || (r = read_threshold(&made, "threshold", &made.threshold, made.strategy, e)) < 0 ||
	    (r = read_hybrid(&made, e)) < 0 || (r = read_usual(&made, e)) < 0 ||
	    (r = read_text(&made, "training", &made.training, e)) < 0 || (r = read_text(&made, "adapted", &made.adapted, e)) < 0) {
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
	free(d->adapted);
	memset(d, 0, sizeof(*d));
}

static struct json_object *features_json(const struct feature_set *set)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < set->n; i++)
		json_object_array_add(list, json_object_new_string(set->feature[i]->name));
	return list;
}

static struct json_object *threshold_json(double value, const char *strategy)
{
	struct json_object *const obj = json_object_new_object();

	json_object_object_add(obj, "value", json_exact(value));
	json_object_object_add(obj, "strategy", json_object_new_string(strategy));
	return obj;
}

static struct json_object *calibration_json(const struct detector *d)
{
	struct json_object *const obj = json_object_new_object();

	json_object_object_add(obj, "sequence", calibration_to_json(&d->sequence_p));
	json_object_object_add(obj, "profile", calibration_to_json(&d->profile_p));
	return obj;
}

int detector_save(const struct detector *d, const char *path, struct err *e)
{
	const struct {
		const char *key;
		struct json_object *value; /* NULL where it is not wanted */
		int wanted;
	} part[] = {
		{ "features", features_json(d->features), 1 },
		{ "scaler", d->has_scaler ? scaler_to_json(&d->scaler) : NULL, d->has_scaler },
		{ "threshold", isnan(d->threshold) ? NULL : threshold_json(d->threshold, d->strategy), !isnan(d->threshold) },
		{ "profile", d->calibrated ? profile_to_json(&d->profile) : NULL, d->calibrated },
		{ "calibration", d->calibrated ? calibration_json(d) : NULL, d->calibrated },
		{ "hybrid", d->calibrated ? threshold_json(d->hybrid_threshold, d->hybrid_strategy) : NULL, d->calibrated },
		{ "usual", d->has_usual ? usual_to_json(d->usual, d->features->n) : NULL, d->has_usual },
	};
	enum { PARTS = sizeof(part) / sizeof(*part) };
	struct modelfile_meta meta[PARTS + 2];
	size_t n = 0;
	int r = OK;

	for (size_t i = 0; i < PARTS; i++) {
		if (part[i].wanted && part[i].value == NULL)
			r = err_set(e, ERR_NOMEM, "out of memory for the metadata of %s", path);
		else if (part[i].wanted)
			meta[n++] = (struct modelfile_meta){ part[i].key, json_object_to_json_string_ext(part[i].value,
													 JSON_C_TO_STRING_PLAIN) };
	}
	if (d->training != NULL)
		meta[n++] = (struct modelfile_meta){ "training", d->training };
	if (d->adapted != NULL)
		meta[n++] = (struct modelfile_meta){ "adapted", d->adapted };
	if (r == OK)
		r = modelfile_save(path, &d->net, meta, n, e);
	for (size_t i = 0; i < PARTS; i++)
		json_object_put(part[i].value);
	return r;
}
