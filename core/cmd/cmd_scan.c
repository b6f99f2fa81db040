/* cmd_scan: `guardian scan`: the anomalies in files of flow records. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "base/array.h"
#include "base/clock.h"
#include "base/savefile.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "base/pieces.h"
#include "cmd/scan_print.h"
#include "cmd/scan_scores.h"
#include "cmd/scan_table.h"
#include "base/shown.h"
#include "detect/fuse.h"
#include "detect/incident_json.h"
#include "detect/model.h"
#include "detect/threshold.h"
#include "flow/number.h"
#include "input/limits.h"
#include "nn/scorer.h"

static const char synopsis[] = "scan [OPTIONS] FILE...";
static const char about[] =
	"Finds windows of flows that the model cannot reconstruct. What FILE is is seen by its content, also when it is "
	"compressed by gzip or zstd;\n"
	"- is standard input.\n";

enum { INCIDENTS_SHOWN = 1000, EXPLAIN_JSON = 10, EXPLAIN_TABLE = 3, EXPLAIN_UNSAID = SCAN_EXPLAIN_MAX + 1 };

struct job {
	const char *model, *model_basic, *method_name, *scores, *threshold, *format, *kernel, *home;
	size_t top, threads, explain;
	struct reader_options input;
	int all, model_given;

	struct model main, plain;
	enum scan_method method;
	const struct kernel_ops *k;
	const char *kernel_name;
	double fixed;              /* threshold; NaN: the model's */
	int own;                   /* threshold by a strategy over each file's own scores */
	struct json_object *array; /* results of JSON output */
};

/* What the sinks of one pass fill. */
struct pass {
	float *error;
	size_t error_n, error_cap;
	struct anomaly *list; /* --all */
	size_t list_n, list_cap;
	struct json_object *incidents;
	struct scores *scores; /* --scores */
	struct err e;
	int nomem;
};

static void take_error(void *arg, uint64_t window, float error)
{
	struct pass *const p = arg;

	(void)window;
	if (!isfinite(error))
		return;
	if (array_room((void **)&p->error, p->error_n, &p->error_cap, sizeof(*p->error), 1024))
		p->error[p->error_n++] = error;
	else
		p->nomem = 1;
}

static int take_anomaly(void *arg, const struct anomaly *a)
{
	struct pass *const p = arg;

	if (!array_room((void **)&p->list, p->list_n, &p->list_cap, sizeof(*p->list), 1024)) {
		p->nomem = 1;
		return ERR_NOMEM;
	}
	p->list[p->list_n++] = *a;
	return OK;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct pass *const p = arg;

	if (!i->minor && json_object_array_length(p->incidents) < INCIDENTS_SHOWN)
		json_object_array_add(p->incidents, incident_to_json(i));
	return p->scores != NULL ? scores_incident(p->scores, i, &p->e) : OK;
}

static int take_verdict(void *arg, const struct verdict *v)
{
	struct pass *const p = arg;

	return scores_add(p->scores, v, &p->e);
}

static int take_piece(void *arg, const void *data, size_t n, struct err *e)
{
	return scan_feed(arg, data, n, e);
}

static int scan_once(struct job *j, const char *name, double threshold, size_t top, size_t explain, error_sink errors,
		     anomaly_sink sink, struct pass *p, struct scan **out, struct err *e)
{
	const struct scan_options o = {
		.model = model_for_scan(&j->main),
		.plain = model_for_scan(&j->plain),
		.method = j->method,
		.threshold = threshold,
		.input = j->input,
		.threads = j->threads,
		.top = top,
		.explain = explain,
		.sink = sink,
		.errors = errors,
		.incidents = p->incidents != NULL ? take_incident : NULL,
		.verdicts = p->scores != NULL ? take_verdict : NULL,
		.arg = p,
	};
	int r;

	if ((r = scan_new(out, &o, e)) < 0)
		return r;
	if ((r = pieces_read(name, take_piece, *out, e)) == OK)
		r = scan_finish(*out, e);
	if (r < 0 && p->e.code < 0)
		*e = p->e;
	if (p->nomem)
		r = err_set(e, ERR_NOMEM, "out of memory for the list of results");
	return r;
}

/* The threshold by a strategy over the file's own errors. */
static int own_threshold(struct job *j, const char *name, double *threshold, struct err *e)
{
	struct pass p = { 0 };
	struct scan *s = NULL;
	struct stat st;
	int r;

	if (strcmp(name, "-") == 0 || (stat(name, &st) == 0 && !S_ISREG(st.st_mode)))
		return err_set(e, ERR_USAGE, "--threshold %s reads the file twice: it must be a regular file", j->threshold);
	if ((r = scan_once(j, name, INFINITY, 0, 0, take_error, NULL, &p, &s, e)) == OK)
		r = threshold_find(j->threshold, p.error, p.error_n, threshold, e);
	scan_del(s);
	free(p.error);
	return r;
}

static int scan_file(struct job *j, const char *name, struct err *e)
{
	struct scan_result result = { .name = name, .model = j->model, .kernel = j->kernel_name };
	const double start = clock_seconds();
	double threshold = j->fixed;
	struct scan *s = NULL;
	struct pass p = { .incidents = json_object_new_array() };
	int r = OK;

	if (j->scores != NULL)
		r = scores_new(&p.scores, e);
	if (r == OK && j->own)
		r = own_threshold(j, name, &threshold, e);
	if (r == OK)
		r = scan_once(j, name, threshold, j->all ? 0 : j->top, j->explain, NULL, j->all ? take_anomaly : NULL, &p, &s, e);
	if (s != NULL) {
		scan_summary(s, &result.summary);
		scan_print_problems(stderr, name, result.summary.input);
	}
	if (r < 0) {
		scan_print_stop(stderr, name, result.summary.input);
		goto out;
	}
	if (p.scores != NULL && s != NULL && (r = scores_write(p.scores, j->scores, result.summary.input->rows, e)) < 0)
		goto out;
	result.seconds = clock_seconds() - start;
	result.list = p.list;
	result.n = p.list_n;
	result.incidents = p.incidents;
	result.scan = s;
	if (!j->all)
		result.n = scan_top(s, &result.list);
	if (j->array != NULL)
		json_object_array_add(j->array, scan_to_json(&result));
	else
		scan_print_table(stdout, &result);
out:
	scan_del(s);
	free(p.list);
	json_object_put(p.incidents);
	scores_del(p.scores);
	return r;
}

/* The model, and where it came by setting the one for files that say less: as set, or beside the first. */
static int open_models(struct job *j, const struct kernel_ops *k, struct err *e)
{
	const char *const slash = strrchr(j->model, '/');
	char beside[PATH_MAX];
	struct err first;
	int r;

	if ((r = model_open(&j->main, j->model, k, e)) < 0)
		return r;
	if (j->model_given || !j->main.detector.features->needs_hosts || (r = model_open(&j->plain, j->model_basic, k, e)) == OK)
		return OK;
	first = *e;
	snprintf(beside, sizeof(beside), "%.*sbasic.safetensors", slash != NULL ? (int)(slash + 1 - j->model) : 0, j->model);
	if (model_open(&j->plain, beside, k, e) == OK)
		return OK;
	*e = first;
	return r;
}

static int choose_method(struct job *j, struct err *e)
{
	if (strcmp(j->method_name, "auto") != 0)
		return scan_method_find(j->method_name, &j->method, e);
	j->method = j->main.detector.calibrated ? METHOD_HYBRID : METHOD_LSTM;
	return OK;
}

/* A number is itself; fpr:X of calibrated scores needs no file; other strategies look at each file's own scores. */
static void choose_threshold(struct job *j)
{
	double share;

	j->fixed = NAN;
	if (j->threshold == NULL)
		return;
	if (number_parse(j->threshold, strlen(j->threshold), &j->fixed) == OK)
		return;
	if (j->method == METHOD_HYBRID && strncmp(j->threshold, "fpr:", 4) == 0 &&
	    number_parse(j->threshold + 4, strlen(j->threshold + 4), &share) == OK)
		j->fixed = fuse_score(share);
	else
		j->own = 1;
}

static int prepare(struct job *j, struct err *e)
{
	const struct kernel_ops *const k = kernel_select(j->kernel, e);
	int r;

	if (k == NULL)
		return ERR_USAGE;
	if (j->home != NULL && home_networks_parse(&j->input.home, j->home, e) < 0)
		return err_prefix(e, "--home-networks");
	if (strcmp(j->format, "json") != 0 && strcmp(j->format, "table") != 0)
		return err_set(e, ERR_USAGE, "--format: \"%s\" is neither json nor table", j->format);
	if (j->threshold != NULL && (r = threshold_check(j->threshold, e)) < 0)
		return r;
	if (j->threshold != NULL && strncmp(j->threshold, "budget:", 7) == 0)
		return err_set(e, ERR_USAGE,
			       "--threshold %s: a budget is one of benign traffic: `guardian threshold` puts it into a model; a "
			       "scan takes a "
			       "number, fpr:X, or sigma:K, percentile:P, pot of the scanned file",
			       j->threshold);
	j->k = k;
	if (strcmp(j->method_name, "dense") == 0)
		j->method = METHOD_DENSE;
	else if ((r = open_models(j, k, e)) < 0 || (r = choose_method(j, e)) < 0)
		return r;
	choose_threshold(j);
	j->kernel_name = kernel_name(k);
	if (j->explain == EXPLAIN_UNSAID)
		j->explain = strcmp(j->format, "json") == 0 ? EXPLAIN_JSON : EXPLAIN_TABLE;
	j->array = strcmp(j->format, "json") == 0 ? json_object_new_array() : NULL;
	return OK;
}

/* Method dense takes any table of numbers, and trains on it. */
static int scan_dense(struct job *j, const char *name, struct err *e)
{
	struct scan_table_job t = {
		.kernel = j->k, .threshold = j->threshold, .seed = 1, .input = j->input, .top = j->top, .all = j->all
	};
	struct savefile out;
	int r;

	if (j->scores != NULL) {
		if ((r = savefile_open(&out, j->scores, e)) < 0)
			return r;
		t.scores = out.f;
		fputs(scores_head, out.f);
	}
	r = scan_table_file(&t, name, j->array, e);
	if (j->scores != NULL && r == OK)
		r = savefile_commit(&out, e);
	else if (j->scores != NULL)
		savefile_abort(&out);
	return r;
}

static void print_json(struct json_object *array, size_t files)
{
	struct json_object *const o = files == 1 ? json_object_array_get_idx(array, 0) : array;

	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* A file that could not be scanned has its place among the results too. */
static struct json_object *error_json(const char *name, const char *message)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "file", shown_json(name));
	json_object_object_add(o, "error", shown_json(message));
	return o;
}

static size_t processors(void)
{
	const long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > SCORER_THREADS_MAX ? SCORER_THREADS_MAX : (size_t)n;
}

int cmd_scan(int argc, char **argv)
{
	const char *given = NULL;
	struct job j = {
		.format = "table",
		.top = 100,
		.explain = EXPLAIN_UNSAID,
	};
	const struct option table[] = {
		{ "model", OPT_TEXT, &given, 0, 0, "M", "the model" },
		{ "method", OPT_TEXT, &j.method_name, 0, 0, "M",
		  "hybrid (networks and rules), lstm (the network alone), dense (trained on the file itself), or auto" },
		{ "threshold", OPT_TEXT, &j.threshold, 0, 0, "S",
		  "instead of the model's: a number; fpr:X (hybrid); or sigma:K, percentile:P of the scanned file itself, for "
		  "comparison only" },
		{ "home-networks", OPT_TEXT, &j.home, 0, 0, "LIST",
		  "networks whose hosts are the devices, as \"192.168.0.0/16,2001:db8::/48\" (default: private addresses)" },
		{ "scores", OPT_TEXT, &j.scores, 0, 0, "OUT.csv",
		  "also write row,score,p_value,anomalous,attack,incident for each row" },
		{ "format", OPT_TEXT, &j.format, 0, 0, "F", "table or json" },
		{ "top", OPT_SIZE, &j.top, 0, SCAN_TOP_MAX, "N", "show the N worst anomalies" },
		{ "all", OPT_SWITCH, &j.all, 0, 0, NULL, "show all anomalies, in the order of the file" },
		{ "explain", OPT_SIZE, &j.explain, 0, SCAN_EXPLAIN_MAX, "N",
		  "explain the N worst anomalies that are shown (table: 3, json: 10); not of method dense" },
		{ "threads", OPT_SIZE, &j.threads, 0, SCORER_THREADS_MAX, "N",
		  "that score, 0: one for each processor; the result does not depend on it" },
		{ "kernel", OPT_TEXT, &j.kernel, 0, 0, "NAME", "auto, generic, avx2, avx512 or neon" },
		{ 0 },
	};
	struct settings settings;
	struct err e = { 0 };
	int code, files, r;

	if (config_start(&settings, "scan", &code) < 0)
		return code;
	j.model = settings_text(&settings, "model");
	j.model_basic = settings_text(&settings, "model_basic");
	j.method_name = settings_text(&settings, "method");
	j.kernel = settings_text(&settings, "kernel");
	if (settings_size(&settings, "threads", 0, SCORER_THREADS_MAX, &j.threads, &e) < 0 ||
	    limits_load(&j.input, &settings, &e) < 0) {
		fprintf(stderr, "guardian scan: %s\n", e.msg);
		return EXIT_INPUT;
	}
	files = options_start(table, synopsis, about, argc, argv, 1, -1, &code);
	if (files < 0)
		return code;
	j.model_given = given != NULL;
	if (j.model_given)
		j.model = given;
	if (j.threads == 0)
		j.threads = processors();
	r = j.scores != NULL ? scores_check(j.scores, argv + 1, files, &e) : OK;
	if (r == OK)
		r = prepare(&j, &e);
	if (r < 0)
		fprintf(stderr, "guardian scan: %s\n", e.msg);
	code = r == OK ? EXIT_DONE : r == ERR_USAGE ? EXIT_USAGE : EXIT_INPUT;
	for (int i = 1; r == OK && i <= files; i++) {
		const int bad = j.method == METHOD_DENSE ? scan_dense(&j, argv[i], &e) : scan_file(&j, argv[i], &e);

		if (bad < 0) {
			char name[SHOWN_NAME];

			fprintf(stderr, "guardian scan: %s: %s\n", shown(name, sizeof(name), argv[i]), e.msg);
			code = bad == ERR_USAGE || code == EXIT_USAGE ? EXIT_USAGE : EXIT_INPUT;
			if (j.array != NULL)
				json_object_array_add(j.array, error_json(argv[i], e.msg));
		}
	}
	if (j.array != NULL)
		print_json(j.array, (size_t)files);
	json_object_put(j.array);
	model_close(&j.main);
	model_close(&j.plain);
	return code;
}
