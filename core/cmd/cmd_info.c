/* cmd_info: `guardian info`: what a model is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <json-c/json.h>

#include "base/json.h"
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "base/shown.h"
#include "detect/detector.h"
#include "nn/plan.h"

static const char synopsis[] = "info [OPTIONS] M";
static const char about[] =
	"Prints the network, features, scaler, threshold and training facts of a model, and how long it takes to open.\n";

struct facts {
	const char *path;
	struct detector d;
	double bytes, open_us, pack_us;
	const char *kernel;
	size_t block, scratch;
};

static int gather(struct facts *f, const char *path, const char *kernel, struct err *e)
{
	const struct kernel_ops *const k = kernel_select(kernel, e);
	struct plan *plan = NULL;
	struct stat st;
	double start;
	int r;

	if (k == NULL)
		return ERR_USAGE;
	f->path = path;
	start = clock_seconds();
	if ((r = detector_open(&f->d, path, e)) < 0)
		return r;
	f->open_us = (clock_seconds() - start) * 1e6;
	start = clock_seconds();
	if ((r = plan_new(&plan, &f->d.net, k, e)) < 0)
		return r;
	f->pack_us = (clock_seconds() - start) * 1e6;
	f->bytes = stat(path, &st) == 0 ? (double)st.st_size : 0;
	f->kernel = kernel_name(k);
	f->block = plan_block(plan);
	f->scratch = plan_scratch_bytes(plan);
	plan_del(plan);
	return OK;
}

static struct json_object *real(double v)
{
	char text[40];

	if (!isfinite(v))
		return NULL;
	snprintf(text, sizeof(text), "%.9g", v);
	return json_object_new_double_s(v, text);
}

static struct json_object *size(size_t n)
{
	return json_object_new_int64((int64_t)n);
}

static struct json_object *layers_json(const struct network *net)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < net->layer_n; i++) {
		const struct layer *const l = &net->layer[i];
		struct json_object *const o = json_object_new_object(), *const shape = json_object_new_array();

		json_object_object_add(o, "kind", json_object_new_string(layer_kind_name(l->kind)));
		json_object_object_add(o, "activation", json_object_new_string(activation_name(l->act)));
		json_object_array_add(shape, size(l->out_t));
		json_object_array_add(shape, size(l->out_w));
		json_object_object_add(o, "output", shape);
		json_object_object_add(o, "parameters", size(layer_param_n(l)));
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *kernels_json(void)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; kernel_get(i) != NULL; i++)
		json_object_array_add(list, json_object_new_string(kernel_name(kernel_get(i))));
	return list;
}

static void print_json(const struct facts *f)
{
	struct json_object *const o = json_object_new_object(), *const features = json_object_new_array();
	struct json_object *training = NULL;

	for (size_t i = 0; i < f->d.features->n; i++)
		json_object_array_add(features, json_object_new_string(f->d.features->feature[i]->name));
	if (f->d.training != NULL && json_read(&training, f->d.training, strlen(f->d.training), NULL) < 0)
		training = shown_json(f->d.training);
	json_object_object_add(o, "model", shown_json(f->path));
	json_object_object_add(o, "bytes", real(f->bytes));
	json_object_object_add(o, "window", size(f->d.net.steps));
	json_object_object_add(o, "features", features);
	json_object_object_add(o, "layers", layers_json(&f->d.net));
	json_object_object_add(o, "parameters", size(network_param_n(&f->d.net)));
	json_object_object_add(o, "scaler", f->d.has_scaler ? scaler_to_json(&f->d.scaler) : NULL);
	json_object_object_add(o, "threshold", real(f->d.threshold));
	json_object_object_add(o, "strategy", shown_json(f->d.strategy));
	json_object_object_add(o, "calibrated", json_object_new_boolean(f->d.calibrated));
	if (f->d.calibrated) {
		json_object_object_add(o, "hybrid_threshold", real(f->d.hybrid_threshold));
		json_object_object_add(o, "hybrid_strategy", shown_json(f->d.hybrid_strategy));
		json_object_object_add(o, "calibration_flows", size(f->d.profile_p.n));
	}
	json_object_object_add(o, "training", training);
	json_object_object_add(o, "kernels", kernels_json());
	json_object_object_add(o, "kernel", json_object_new_string(f->kernel));
	json_object_object_add(o, "open_us", real(f->open_us));
	json_object_object_add(o, "pack_us", real(f->pack_us));
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void print_scaler(const struct detector *d)
{
	if (!d->has_scaler) {
		printf("scaler      none: the model cannot scan until it has one (import --scaler-from)\n");
		return;
	}
	printf("scaler      %s%s", scaler_kind_name(d->scaler.kind), d->scaler.log1p ? " of log1p" : "");
	if (d->scaler.clip > 0)
		printf(", clipped to +-%g", d->scaler.clip);
	putchar('\n');
	for (size_t i = 0; i < d->features->n; i++)
		printf("            %-12s center %-12.6g scale %.6g\n", d->features->feature[i]->name, d->scaler.center[i],
		       d->scaler.scale[i]);
}

static void print_table(struct facts *f)
{
	const struct network *const net = &f->d.net;
	char path[SHOWN_NAME];

	printf("model       %s (%.0f bytes)\ninput       %zu flows of %zu features (%s)\n\n", shown(path, sizeof(path), f->path),
	       f->bytes, net->steps, net->features, f->d.features->name);
	printf("%4s  %-8s  %-10s  %-12s  %s\n", "", "layer", "activation", "output", "parameters");
	for (size_t i = 0; i < net->layer_n; i++) {
		const struct layer *const l = &net->layer[i];
		char shape[32];

		snprintf(shape, sizeof(shape), "(%zu,%zu)", l->out_t, l->out_w);
		printf("%4zu  %-8s  %-10s  %-12s  %zu\n", i, layer_kind_name(l->kind), activation_name(l->act), shape,
		       layer_param_n(l));
	}
	printf("%42s%zu\n\n", "", network_param_n(net));
	print_scaler(&f->d);
	if (isnan(f->d.threshold))
		printf("threshold   none\n");
	else
		printf("threshold   %.9g (%s)\n", f->d.threshold, shown_in_place(f->d.strategy));
	if (f->d.calibrated)
		printf("hybrid      threshold %.4g (%s): p below %.2g; calibrated on %zu flows, which support p of %.2g\n",
		       f->d.hybrid_threshold, shown_in_place(f->d.hybrid_strategy), pow(10, -f->d.hybrid_threshold),
		       f->d.profile_p.n, calibration_floor(&f->d.profile_p));
	else
		printf("hybrid      not calibrated: method lstm alone (`guardian threshold` calibrates)\n");
	if (f->d.training != NULL)
		printf("training    %s\n", shown_in_place(f->d.training));
	printf("kernel      %s, blocks of %zu windows, %zu KiB of scratch; this machine runs", f->kernel, f->block,
	       f->scratch / 1024);
	for (size_t i = 0; kernel_get(i) != NULL; i++)
		printf("%s %s", i ? "," : "", kernel_name(kernel_get(i)));
	printf("\nopening     %.0f us to map and check, %.0f us to pack\n", f->open_us, f->pack_us);
}

int cmd_info(int argc, char **argv)
{
	const char *format = "table", *kernel = NULL;
	const struct option table[] = {
		{ "format", OPT_TEXT, &format, 0, 0, "F", "table or json" },
		{ "kernel", OPT_TEXT, &kernel, 0, 0, "NAME", "auto, generic, avx2, avx512 or neon" },
		{ 0 },
	};
	struct facts f = { 0 };
	struct settings settings;
	struct err e = { 0 };
	int code, r;

	if (config_start(&settings, "info", &code) < 0)
		return code;
	kernel = settings_text(&settings, "kernel");
	if (options_start(table, synopsis, about, argc, argv, 1, 1, &code) < 0)
		return code;
	if (strcmp(format, "json") != 0 && strcmp(format, "table") != 0)
		r = err_set(&e, ERR_USAGE, "--format: \"%s\" is neither json nor table", format);
	else
		r = gather(&f, argv[1], kernel, &e);
	if (r < 0)
		fprintf(stderr, "guardian info: %s\n", e.msg);
	else if (strcmp(format, "json") == 0)
		print_json(&f);
	else
		print_table(&f);
	detector_close(&f.d);
	return r == OK ? EXIT_DONE : r == ERR_USAGE ? EXIT_USAGE : EXIT_INPUT;
}
