/* cmd_import: guardian import, a Keras 3 model into our format. */
#include "cmd/cmd.h"
#include "cmd/config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/keras_model.h"
#include "cmd/options.h"
#include "base/shown.h"
#include "detect/detector.h"
#include "detect/rowset.h"
#include "flow/number.h"
#include "input/limits.h"

enum {
	BASIC_N = 4,           /* features that mean "basic" without being told */
	THRESHOLD_BYTES = 256, /* a threshold file is one number */
	LIST_BYTES = 2048,
};

/* A number, or the file that contains nothing but one. */
static int threshold_read(double *out, const char *text, struct err *e)
{
	char content[THRESHOLD_BYTES];
	double value;
	size_t n;
	FILE *f;
	int bad;

	if (number_parse(text, strlen(text), &value) < 0) {
		if ((f = fopen(text, "r")) == NULL)
			return err_errno(e, ERR_IO, "--threshold %s is no number, and as a file", text);
		n = fread(content, 1, sizeof(content), f);
		bad = ferror(f);
		fclose(f);
		while (n > 0 && strchr(" \t\r\n", content[n - 1]) != NULL)
			n--;
		if (bad || n == sizeof(content) || number_parse(content, n, &value) < 0)
			return err_set(e, ERR_FORMAT, "%s: a threshold file must contain one number and nothing else", text);
	}
	if (!(value >= 0) || isinf(value))
		return err_set(e, ERR_RANGE, "--threshold %s: an error is never below 0, so no threshold is", text);
	*out = value;
	return OK;
}

/* The set by its name, or by the names of its features. */
static const struct feature_set *features_named(const char *list)
{
	char copy[LIST_BYTES], *save = NULL;
	const struct feature_set *set = feature_set_find(list);
	const char *names[FEATURE_MAX];
	size_t n = 0;

	if (set != NULL || strlen(list) >= sizeof(copy))
		return set;
	strcpy(copy, list);
	for (char *name = strtok_r(copy, ", ", &save); name != NULL; name = strtok_r(NULL, ", ", &save)) {
		if (n == FEATURE_MAX)
			return NULL;
		names[n++] = name;
	}
	return feature_set_match(names, n);
}

static int features_find(const struct feature_set **out, const char *list, size_t n, struct err *e)
{
	const struct feature_set *set;

	if (list == NULL && n != BASIC_N)
		return err_set(e, ERR_USAGE, "the model has %zu inputs: say by --features what they are", n);
	if ((set = features_named(list == NULL ? "basic" : list)) == NULL)
		return err_set(e, ERR_USAGE, "--features %s: no such set, nor one with these features in this order", list);
	if (set->n != n)
		return err_set(e, ERR_FORMAT, "--features %s has %zu features, the model %zu inputs", set->name, set->n, n);
	*out = set;
	return OK;
}

/* A .keras file has no scaler. Fit the standard one on all usable rows of the file. */
static int scaler_fit_file(struct scaler *s, const struct feature_set *features, const struct reader_options *input,
			   const char *path, struct err *e)
{
	struct rowset set = { .features = features, .input = *input };
	struct read_report report = { 0 };
	int r = rowset_read(&set, path, &report, e);

	if (r == OK && (r = scaler_fit(s, SCALER_STANDARD, set.row, set.n, features->n, e)) == OK)
		fprintf(stderr, "guardian: standard scaler fitted on %zu rows, %llu unusable ones skipped\n", set.n,
			(unsigned long long)report.rows_skipped);
	rowset_free(&set);
	return r < 0 ? err_prefix(e, "--scaler-from") : OK;
}

struct import_options {
	const char *threshold, *features, *scaler, *out, *format;
	struct reader_options input; /* limits of reading the file for the scaler */
};

/* What the model file remembers of its origin. */
static struct json_object *origin(const char *version)
{
	struct json_object *const o = json_object_new_object();
	char source[64];

	snprintf(source, sizeof(source), "Keras %s", version);
	json_object_object_add(o, "source", json_object_new_string(source));
	return o;
}

static void report_json(const struct detector *d, const struct import_options *o, const char *version)
{
	struct json_object *const obj = origin(version);
	char layers[1024];

	network_format(&d->net, layers, sizeof(layers));
	json_object_object_add(obj, "model", shown_json(o->out));
	json_object_object_add(obj, "window", json_object_new_int64((int64_t)d->net.steps));
	json_object_object_add(obj, "features", json_object_new_string(d->features->name));
	json_object_object_add(obj, "layers", json_object_new_string(layers));
	json_object_object_add(obj, "parameters", json_object_new_int64((int64_t)network_param_n(&d->net)));
	json_object_object_add(obj, "threshold", isnan(d->threshold) ? NULL : json_object_new_double(d->threshold));
	json_object_object_add(obj, "scaler", d->has_scaler ? scaler_to_json(&d->scaler) : NULL);
	printf("%s\n", json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

/* What the model is, on stdout. */
static void report(const struct detector *d, const struct import_options *o, const char *version)
{
	char layers[1024], out[SHOWN_NAME];

	network_format(&d->net, layers, sizeof(layers));
	printf("%s: written by Keras %s; %zu steps of %zu features; %s; %zu weights\n", shown(out, sizeof(out), o->out), version,
	       d->net.steps, d->net.features, layers, network_param_n(&d->net));
	printf("features: %s%s\n", d->features->name,
	       o->features == NULL ? " (taken for granted because the model has 4 inputs; --features says otherwise)" : "");
	if (isnan(d->threshold))
		printf("threshold: none yet; --threshold sets it\n");
	else
		printf("threshold: %.17g\n", d->threshold);
	printf("scaler: %s\n", d->has_scaler ? "standard" : "none yet, as .keras files have none; --scaler-from fits it");
}

static int import(const char *path, const struct import_options *o, struct err *e)
{
	struct detector d = { .threshold = NAN, .strategy = "imported" };
	struct keras_model model = { .params = NULL };
	struct json_object *training = NULL;
	int r;

	if (o->out == NULL)
		return err_set(e, ERR_USAGE, "--out is missing: where the model goes");
	if (strcmp(o->format, "json") != 0 && strcmp(o->format, "table") != 0)
		return err_set(e, ERR_USAGE, "--format: \"%s\" is neither json nor table", o->format);
	if (o->threshold != NULL && (r = threshold_read(&d.threshold, o->threshold, e)) < 0)
		return r;
	if ((r = keras_model_load(&model, path, e)) < 0)
		return err_prefix(e, "%s", path);
	d.net = model.net;
	if ((r = features_find(&d.features, o->features, d.net.features, e)) < 0)
		goto out;
	if (o->scaler != NULL && (r = scaler_fit_file(&d.scaler, d.features, &o->input, o->scaler, e)) < 0)
		goto out;
	d.has_scaler = o->scaler != NULL;
	training = origin(model.version);
	d.training = strdup(json_object_to_json_string_ext(training, JSON_C_TO_STRING_PLAIN));
	if (d.training == NULL)
		r = err_set(e, ERR_NOMEM, "out of memory");
	else if ((r = detector_save(&d, o->out, e)) == OK)
		(strcmp(o->format, "json") == 0 ? report_json : report)(&d, o, model.version);
out:
	json_object_put(training);
	free(d.training);
	keras_model_free(&model);
	return r;
}

int cmd_import(int argc, char **argv)
{
	struct import_options o = { .format = "table" };
	const struct option table[] = {
		{ "out", OPT_TEXT, &o.out, 0, 0, "FILE", "the model in our format; an old one is replaced" },
		{ "threshold", OPT_TEXT, &o.threshold, 0, 0, "FILE|NUMBER",
		  "error above which a window is an anomaly, or a file with this number" },
		{ "features", OPT_TEXT, &o.features, 0, 0, "LIST",
		  "what the inputs are: a set's name or features with commas (4 inputs: basic)" },
		{ "scaler-from", OPT_TEXT, &o.scaler, 0, 0, "FILE", "fit a standard scaler on all rows of this traffic" },
		{ "format", OPT_TEXT, &o.format, 0, 0, "F", "of the result: table or json" },
		{ 0 },
	};
	struct settings settings;
	struct err e = { 0 };
	int exit_code = EXIT_DONE, r;

	if (config_start(&settings, "import", &exit_code) < 0)
		return exit_code;
	if (options_start(table, "import MODEL.keras --out FILE [options]",
			  "Turn a Keras 3 model (LSTM or dense autoencoder) into a model of ours.", argc, argv, 1, 1,
			  &exit_code) < 0)
		return exit_code;
	if ((r = limits_load(&o.input, &settings, &e)) < 0 || (r = import(argv[1], &o, &e)) < 0)
		fprintf(stderr, "guardian import: %s\n", e.msg);
	return r == ERR_USAGE ? EXIT_USAGE : r < 0 ? EXIT_INPUT : EXIT_DONE;
}
