/* cmd_threshold: `guardian threshold`: adapts a model to a network by normal traffic of it. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "base/pieces.h"
#include "cmd/scan_print.h"
#include "base/shown.h"
#include "detect/adapt.h"
#include "detect/model.h"
#include "input/limits.h"
#include "nn/scorer.h"

static const char synopsis[] = "threshold --model M --strategy S [OPTIONS] FILE...";
static const char about[] = "Adapts a model to a network: from FILEs of its normal traffic come the calibration of scores and the "
			    "thresholds, which are stored in "
			    "the model.\n"
			    "What is labelled an attack in them is left out. Strategies S:\n"
			    "  budget:N/day   at most about N false incidents a day (also /hour, /week) in a home network, which "
			    "is taken as 20 devices\n"
			    "  fpr:X          at most about the share X of normal flows or windows is above\n"
			    "  pot, pot:Q     peaks over threshold: exceeded with probability Q (1e-4) by a Pareto tail\n"
			    "  sigma:K        mean and K standard deviations;  percentile:P  the P-th percentile\n"
			    "  NUMBER         itself, of method lstm unless --method says otherwise; needs no FILE\n";

struct job {
	const char *model, *out, *strategy, *method, *format, *kernel;
	size_t threads;
	struct reader_options input;
	char **file;
	struct model m;
};

static int take_piece(void *arg, const void *data, size_t n, struct err *e)
{
	return scan_feed(arg, data, n, e);
}

static int feed(void *arg, size_t i, int pass, struct scan *s, struct err *e)
{
	const struct job *const j = arg;
	struct scan_summary sum;
	char name[SHOWN_NAME];
	int r;

	if ((r = pieces_read(j->file[i], take_piece, s, e)) == OK)
		r = scan_finish(s, e);
	scan_summary(s, &sum);
	if (pass == 0)
		scan_print_problems(stderr, j->file[i], sum.input);
	if (r < 0) {
		scan_print_stop(stderr, j->file[i], sum.input);
		err_prefix(e, "%s", shown(name, sizeof(name), j->file[i]));
	}
	return r;
}

/* Files are read twice. */
static int check_files(const struct job *j, size_t n, struct err *e)
{
	char name[SHOWN_NAME];
	struct stat st;

	for (size_t i = 0; i < n; i++)
		if (strcmp(j->file[i], "-") == 0 || (stat(j->file[i], &st) == 0 && !S_ISREG(st.st_mode)))
			return err_set(e, ERR_USAGE, "%s is read twice: it must be a regular file",
				       shown(name, sizeof(name), j->file[i]));
	return OK;
}

static int prepare(struct job *j, struct adapt_options *o, struct err *e)
{
	const struct kernel_ops *const k = kernel_select(j->kernel, e);
	int r;

	if (k == NULL)
		return ERR_USAGE;
	if (strcmp(j->format, "json") != 0 && strcmp(j->format, "table") != 0)
		return err_set(e, ERR_USAGE, "--format: \"%s\" is neither json nor table", j->format);
	if (j->strategy == NULL)
		return err_set(e, ERR_USAGE, "--strategy is missing: how the threshold is found, such as budget:1/day");
	if ((r = threshold_check(j->strategy, e)) < 0)
		return r;
	if (o->file_n == 0 && !threshold_is_number(j->strategy))
		return err_set(e, ERR_USAGE, "--strategy %s needs FILEs of normal traffic", j->strategy);
	o->only = strcmp(j->method, "both") != 0;
	if (o->only && ((r = scan_method_find(j->method, &o->method, e)) < 0 || o->method == METHOD_DENSE))
		return err_set(e, ERR_USAGE, "--method: \"%.40s\" is none of lstm, hybrid and both", j->method);
	if ((r = check_files(j, o->file_n, e)) < 0)
		return r;
	return model_open(&j->m, j->model, k, e);
}

/* ---- what it says ------------------------------------------------------------------------------------------------------------ */

static void print_one(const char *what, double before, const struct threshold_result *r)
{
	printf("%s: threshold %.6g (%s)", what, r->value, r->strategy);
	if (!isnan(before))
		printf(", before %.6g", before);
	if (!isnan(r->expected_rate))
		printf("; expected: %.2g %s", r->expected_rate, r->unit);
	printf("\n");
	if (r->note[0] != '\0')
		printf("  %s\n", r->note);
}

static void print_table(const char *path, const struct adapted *a, const struct adapted_before *before)
{
	char name[SHOWN_NAME];

	printf("%s\n", shown(name, sizeof(name), path));
	if (a->flows > 0)
		printf("made of %llu flows and %llu windows of %llu devices, %.3g device-days\n", (unsigned long long)a->flows,
		       (unsigned long long)a->windows, (unsigned long long)a->devices, a->device_seconds / 86400);
	if (a->attacks > 0)
		printf("left out: %llu flows that are labelled as attacks\n", (unsigned long long)a->attacks);
	if (a->alarms > 0)
		printf("left out: %llu flows that rules raise an alarm for: is this traffic normal? They stay alarms.\n",
		       (unsigned long long)a->alarms);
	if (a->infinite > 0)
		printf("left out: %llu scores that are not finite\n", (unsigned long long)a->infinite);
	if (a->has_hybrid)
		print_one("hybrid", before->hybrid, &a->hybrid);
	if (a->has_lstm)
		print_one("lstm", before->lstm, &a->lstm);
}

static void print_json(const char *path, const struct adapted *a, const struct adapted_before *before)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "model", shown_json(path));
	adapted_to_json(o, a, before);
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static int run(struct job *j, struct adapt_options *o, struct err *e)
{
	struct detector *const d = &j->m.detector;
	const char *const path = j->out != NULL ? j->out : j->model;
	struct adapted done = { 0 };
	struct adapted_before before;
	int r;

	if ((r = prepare(j, o, e)) < 0)
		return r;
	before = adapted_before(d);
	if ((r = adapt(d, j->m.plan, o, &done, e)) < 0 || (r = detector_save(d, path, e)) < 0)
		return r;
	if (strcmp(j->format, "json") == 0)
		print_json(path, &done, &before);
	else
		print_table(path, &done, &before);
	return OK;
}

int cmd_threshold(int argc, char **argv)
{
	struct job j = { .format = "table", .method = "both" };
	const struct option table[] = {
		{ "model", OPT_TEXT, &j.model, 0, 0, "M", "the model" },
		{ "strategy", OPT_TEXT, &j.strategy, 0, 0, "S", "see above" },
		{ "out", OPT_TEXT, &j.out, 0, 0, "M2", "write there instead of to M" },
		{ "method", OPT_TEXT, &j.method, 0, 0, "M", "whose threshold: hybrid, lstm or both" },
		{ "format", OPT_TEXT, &j.format, 0, 0, "F", "table or json" },
		{ "threads", OPT_SIZE, &j.threads, 0, SCORER_THREADS_MAX, "N",
		  "that score, 0: one for each processor; the result does not depend on it" },
		{ "kernel", OPT_TEXT, &j.kernel, 0, 0, "NAME", "auto, generic, avx2, avx512 or neon" },
		{ 0 },
	};
	struct adapt_options o = { .feed = feed, .arg = &j };
	struct settings settings;
	struct err e = { 0 };
	int code, files, r;

	if (config_start(&settings, "threshold", &code) < 0)
		return code;
	j.model = settings_text(&settings, "model");
	j.kernel = settings_text(&settings, "kernel");
	if (settings_size(&settings, "threads", 0, SCORER_THREADS_MAX, &j.threads, &e) < 0 ||
	    limits_load(&j.input, &settings, &e) < 0) {
		fprintf(stderr, "guardian threshold: %s\n", e.msg);
		return EXIT_INPUT;
	}
	files = options_start(table, synopsis, about, argc, argv, 0, -1, &code);
	if (files < 0)
		return code;
	if (j.threads == 0) {
		const long n = sysconf(_SC_NPROCESSORS_ONLN);

		j.threads = n < 1 ? 1 : n > SCORER_THREADS_MAX ? SCORER_THREADS_MAX : (size_t)n;
	}
	j.file = argv + 1;
	o.file_n = (size_t)files;
	o.strategy = j.strategy;
	o.input = j.input;
	o.threads = j.threads;
	if ((r = run(&j, &o, &e)) < 0)
		fprintf(stderr, "guardian threshold: %s\n", e.msg);
	model_close(&j.m);
	return r == OK ? EXIT_DONE : r == ERR_USAGE ? EXIT_USAGE : EXIT_INPUT;
}
