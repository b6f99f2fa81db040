/* cmd_import: guardian import, a Keras 3 model into our format. */
#include "cmd/cmd.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/keras_model.h"
#include "cmd/options.h"
#include "detect/detector.h"
#include "flow/csv.h"
#include "flow/number.h"

enum {
	BASIC_N = 4,           /* features that mean "basic" without being told */
	THRESHOLD_BYTES = 256, /* a threshold file is one number */
	SCALER_ROWS = 1 << 22, /* at most, when fitting a scaler */
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

struct rows {
	const struct feature_set *features;
	double *row; /* [n][features->n] */
	size_t n, cap;
	struct err *e;
};

static int rows_push(void *arg, const struct flow *f)
{
	struct rows *s = arg;

	if (s->n == SCALER_ROWS)
		return err_set(s->e, ERR_RANGE, "more than %d rows: a scaler needs no more, fit it on a part", SCALER_ROWS);
	if (s->n == s->cap) {
		const size_t cap = s->cap == 0 ? 1024 : 2 * s->cap;
		double *more = realloc(s->row, cap * s->features->n * sizeof(*more));

		if (more == NULL)
			return err_set(s->e, ERR_NOMEM, "no memory for %zu rows", cap);
		s->row = more;
		s->cap = cap;
	}
	feature_row(s->features, f, s->row + s->n++ * s->features->n);
	return OK;
}

/* Feed all of f to the reader. */
static int csv_read(struct csv_reader *reader, FILE *f, struct err *e)
{
	char buffer[1 << 16];
	size_t n;
	int r = OK;

	while (r == OK && (n = fread(buffer, 1, sizeof(buffer), f)) > 0)
		r = csv_reader_feed(reader, buffer, n, e);
	if (r == OK && ferror(f))
		r = err_errno(e, ERR_IO, "cannot read");
	return r == OK ? csv_reader_finish(reader, e) : r;
}

/* A .keras file has no scaler. Fit the standard one on all usable rows of the CSV file path. */
static int scaler_fit_csv(struct scaler *s, const struct feature_set *features, const char *path, struct err *e)
{
	struct rows rows = { .features = features, .e = e };
	struct csv_reader *reader = csv_reader_new(rows_push, &rows);
	FILE *f = fopen(path, "rb");
	int r;

	if (f == NULL)
		r = err_errno(e, ERR_IO, "cannot open it");
	else if (reader == NULL)
		r = err_set(e, ERR_NOMEM, "out of memory");
	else if ((r = csv_read(reader, f, e)) == OK)
		r = scaler_fit(s, SCALER_STANDARD, rows.row, rows.n, features->n, e);
	if (r == OK) {
		const struct csv_report *report = csv_reader_report(reader);

		fprintf(stderr, "guardian: standard scaler fitted on %zu rows of %s, %llu unusable ones skipped\n", rows.n, path,
			(unsigned long long)report->rows_skipped);
	}
	if (f != NULL)
		fclose(f);
	csv_reader_del(reader);
	free(rows.row);
	return r < 0 ? err_prefix(e, "--scaler-from %s", path) : OK;
}

struct import_options {
	const char *threshold, *features, *scaler, *out;
};

/* What the model is, on stdout. */
static void report(const struct detector *d, const struct import_options *o, const char *version)
{
	char layers[1024];

	network_format(&d->net, layers, sizeof(layers));
	printf("%s: written by Keras %s; %zu steps of %zu features; %s; %zu weights\n", o->out, version, d->net.steps,
	       d->net.features, layers, network_param_n(&d->net));
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
	char training[64];
	int r;

	if (o->out == NULL)
		return err_set(e, ERR_USAGE, "--out is missing: where the model goes");
	if (o->threshold != NULL && (r = threshold_read(&d.threshold, o->threshold, e)) < 0)
		return r;
	if ((r = keras_model_load(&model, path, e)) < 0)
		return err_prefix(e, "%s", path);
	d.net = model.net;
	if ((r = features_find(&d.features, o->features, d.net.features, e)) < 0)
		goto out;
	if (o->scaler != NULL && (r = scaler_fit_csv(&d.scaler, d.features, o->scaler, e)) < 0)
		goto out;
	d.has_scaler = o->scaler != NULL;
	snprintf(training, sizeof(training), "{\"source\":\"Keras %s\"}", model.version);
	d.training = training;
	if ((r = detector_save(&d, o->out, e)) == OK)
		report(&d, o, model.version);
out:
	keras_model_free(&model);
	return r;
}

int cmd_import(int argc, char **argv)
{
	struct import_options o = { 0 };
	const struct option table[] = {
		{ "out", OPT_TEXT, &o.out, 0, 0, "FILE", "the model in our format; an old one is replaced" },
		{ "threshold", OPT_TEXT, &o.threshold, 0, 0, "FILE|NUMBER",
		  "error above which a window is an anomaly, or a file with this number" },
		{ "features", OPT_TEXT, &o.features, 0, 0, "LIST",
		  "what the inputs are: a set's name or features with commas (4 inputs: basic)" },
		{ "scaler-from", OPT_TEXT, &o.scaler, 0, 0, "FILE.csv", "fit a standard scaler on all rows of this traffic" },
		{ 0 },
	};
	struct err e = { 0 };
	int exit_code = EXIT_DONE, r;

	if (options_start(table, "import MODEL.keras --out FILE [options]",
			  "Turn a Keras 3 model (LSTM or dense autoencoder) into a model of ours.", argc, argv, 1, 1,
			  &exit_code) < 0)
		return exit_code;
	if ((r = import(argv[1], &o, &e)) < 0)
		fprintf(stderr, "guardian import: %s\n", e.msg);
	return r == ERR_USAGE ? EXIT_USAGE : r < 0 ? EXIT_INPUT : EXIT_DONE;
}
