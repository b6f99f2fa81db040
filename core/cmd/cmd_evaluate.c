/* cmd_evaluate: `guardian evaluate`: what a detector is worth on labelled files, beside simple ones, by a protocol that does not flatter. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/savefile.h"
#include "base/shown.h"
#include "cmd/cmd.h"
#include "cmd/config.h"
#include "cmd/evaluate_print.h"
#include "cmd/options.h"
#include "detect/threshold.h"
#include "input/limits.h"
#include "nn/scorer.h"

static const char synopsis[] = "evaluate [OPTIONS] FILE...";
static const char about[] =
	"Judges the model on labelled flows, beside baselines and the two algorithms that it replaces, flow by flow, by window and "
	"by\n"
	"incident. Nothing of what is judged is learned from; what spoils a result marks it. Each FILE is a scenario of its own.\n";

/* What the command line says that is not the judge's own. */
struct asked {
	struct evaluation ev;
	const char *method_list, *protocol_name, *format, *report, *kernel_name;
};

static const struct {
	const char *name;
	enum protocol protocol;
} protocols[] = { { "time", PROTOCOL_TIME }, { "scenario", PROTOCOL_SCENARIO } };

static int choose_protocol(struct asked *q, struct err *e)
{
	struct evaluation *const ev = &q->ev;

	if (ev->train_list != NULL && q->protocol_name != NULL)
		return err_set(e, ERR_USAGE, "--train says what the baselines learn from: --protocol has no say then");
	ev->protocol = ev->train_list != NULL ? PROTOCOL_GIVEN : ev->file_n > 1 ? PROTOCOL_SCENARIO : PROTOCOL_TIME;
	if (q->protocol_name == NULL)
		return OK;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (strcmp(q->protocol_name, protocols[i].name) != 0)
			continue;
		ev->protocol = protocols[i].protocol;
		if (ev->protocol == PROTOCOL_SCENARIO && ev->file_n < 2)
			return err_set(e, ERR_USAGE,
				       "--protocol scenario leaves one file out and learns from the others: give two at least");
		return OK;
	}
	return err_set(e, ERR_USAGE, "--protocol: \"%.40s\" is neither time nor scenario", q->protocol_name);
}

/* "hybrid,lstm"; without a list hybrid if the model is calibrated, else lstm. */
static int choose_methods(struct asked *q, struct err *e)
{
	struct evaluation *const ev = &q->ev;
	const char *p = q->method_list;
	char name[32];

	if (p == NULL) {
		ev->method[ev->model.detector.calibrated ? METHOD_HYBRID : METHOD_LSTM] = 1;
		return OK;
	}
	for (size_t n; *p != '\0'; p += n + (p[n] == ',')) {
		enum scan_method m;
		int r;

		n = strcspn(p, ",");
		snprintf(name, sizeof(name), "%.*s", (int)(n < sizeof(name) ? n : sizeof(name) - 1), p);
		if ((r = scan_method_find(name, &m, e)) < 0)
			return r;
		ev->method[m] = 1;
	}
	return ev->method[0] || ev->method[1] || ev->method[2] ? OK : err_set(e, ERR_USAGE, "--method names none");
}

static int prepare(struct asked *q, struct err *e)
{
	struct evaluation *const ev = &q->ev;
	int r;

	if ((ev->kernel = kernel_select(q->kernel_name, e)) == NULL)
		return ERR_USAGE;
	if (strcmp(q->format, "json") != 0 && strcmp(q->format, "table") != 0)
		return err_set(e, ERR_USAGE, "--format: \"%s\" is neither json nor table", q->format);
	if (ev->threshold != NULL && (r = threshold_check(ev->threshold, e)) < 0)
		return r;
	if ((r = choose_protocol(q, e)) < 0 || (r = model_open(&ev->model, ev->model_path, ev->kernel, e)) < 0)
		return r;
	if (!ev->model.detector.features->needs_hosts)
		ev->plain_path = NULL;
	if (ev->plain_path != NULL && (r = model_open(&ev->plain, ev->plain_path, ev->kernel, e)) < 0)
		return r;
	ev->T = plan_steps(ev->model.plan);
	return choose_methods(q, e);
}

/* Judge, and write the page. */
static int judge(struct asked *q, struct err *e)
{
	struct savefile out = { 0 };
	struct text page = { 0 };
	int r = evaluate(&q->ev, e);

	if (r == OK && q->report != NULL && (r = evaluate_html(&page, &q->ev, e)) == OK &&
	    (r = savefile_open(&out, q->report, e)) == OK) {
		fwrite(page.p, 1, page.n, out.f);
		r = savefile_commit(&out, e);
	}
	text_free(&page);
	return r;
}

static void remember_command(struct evaluation *ev, int argc, char **argv)
{
	size_t at = (size_t)snprintf(ev->command, sizeof(ev->command), "guardian");

	for (int i = 0; i < argc && at < sizeof(ev->command); i++)
		at += (size_t)snprintf(ev->command + at, sizeof(ev->command) - at, " %s", argv[i]);
}

static int print(const struct asked *q)
{
	const struct evaluation *const ev = &q->ev;
	int failed = 0;

	for (size_t i = 0; i < ev->file_n; i++) {
		char text[SHOWN_NAME];

		if (ev->file[i].failed)
			fprintf(stderr, "guardian evaluate: %s\n", shown(text, sizeof(text), ev->file[i].err.msg));
		failed |= ev->file[i].failed;
	}
	if (strcmp(q->format, "json") == 0) {
		struct json_object *const o = evaluate_to_json(ev);

		printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else {
		evaluate_print(stdout, ev);
	}
	return failed ? EXIT_INPUT : EXIT_DONE;
}

static size_t processors(void)
{
	const long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > SCORER_THREADS_MAX ? SCORER_THREADS_MAX : (size_t)n;
}

int cmd_evaluate(int argc, char **argv)
{
	const char *given = NULL;
	struct asked q = { .format = "table", .ev = { .seed = 1, .replicates = 200, .epochs = 20, .fpr = 0.01 } };
	struct evaluation *const ev = &q.ev;
	const struct option table[] = {
		{ "model", OPT_TEXT, &given, 0, 0, "M", "the model that is judged, as it is" },
		{ "plain", OPT_TEXT, &ev->plain_path, 0, 0, "M", "its stand-in for files without hosts or times" },
		{ "method", OPT_TEXT, &q.method_list, 0, 0, "LIST",
		  "of lstm, dense, hybrid; all are in the table (hybrid; lstm if the model is not calibrated)" },
		{ "protocol", OPT_TEXT, &q.protocol_name, 0, 0, "P",
		  "time: each file is cut 60/20/20; scenario: one file is judged, the others are learned from (default: scenario "
		  "from two files on)" },
		{ "train", OPT_TEXT, &ev->train_list, 0, 0, "FILES",
		  "benign flows, with commas, that the baselines learn from instead" },
		{ "threshold", OPT_TEXT, &ev->threshold, 0, 0, "S",
		  "instead of the model's: a number, or a strategy over benign calibration flows" },
		{ "fpr", OPT_REAL, &ev->fpr, 1e-6, 0.5, "X", "false-alarm rate that thresholds of baselines are set for (0.01)" },
		{ "retrain", OPT_SWITCH, &ev->retrain, 0, 0, NULL,
		  "judge not the model but its like, trained anew for each file on what the protocol lets it learn from" },
		{ "epochs", OPT_SIZE, &ev->epochs, 1, 1000000, "N", "of --retrain (20)" },
		{ "contaminate", OPT_REAL, &ev->contaminate, 0, 0.5, "P", "share of attacks left in what is learned from (0)" },
		{ "replicates", OPT_SIZE, &ev->replicates, 0, 10000, "N", "of the bootstrap (200); 0: no intervals" },
		{ "seed", OPT_SIZE, &ev->seed, 0, 9007199254740991.0, "N",
		  "of the isolation forest, reference 2 and the bootstrap (1)" },
		{ "report", OPT_TEXT, &q.report, 0, 0, "FILE", "write a self-contained HTML page with the curves" },
		{ "format", OPT_TEXT, &q.format, 0, 0, "F", "table or json" },
		{ "threads", OPT_SIZE, &ev->threads, 0, SCORER_THREADS_MAX, "N", "that score, 0: one for each processor" },
		{ "kernel", OPT_TEXT, &q.kernel_name, 0, 0, "NAME", "auto, generic, avx2, avx512 or neon" },
		{ 0 },
	};
	struct settings settings;
	struct err e = { 0 };
	int code, files, r;

	if (config_start(&settings, "evaluate", &code) < 0)
		return code;
	ev->model_path = settings_text(&settings, "model");
	q.kernel_name = settings_text(&settings, "kernel");
	if (settings_size(&settings, "threads", 0, SCORER_THREADS_MAX, &ev->threads, &e) < 0 ||
	    limits_load(&ev->input, &settings, &e) < 0) {
		fprintf(stderr, "guardian evaluate: %s\n", e.msg);
		return EXIT_INPUT;
	}
	remember_command(ev, argc, argv);
	files = options_start(table, synopsis, about, argc, argv, 1, -1, &code);
	if (files < 0)
		return code;
	if (ev->plain_path == NULL && given == NULL) /* as in a scan: the settings name a pair */
		ev->plain_path = settings_text(&settings, "model_basic");
	if (given != NULL)
		ev->model_path = given;
	if (ev->threads == 0)
		ev->threads = processors();
	ev->file_n = (size_t)files;
	ev->file = calloc(ev->file_n, sizeof(*ev->file));
	for (size_t i = 0; ev->file != NULL && i < ev->file_n; i++)
		ev->file[i].name = argv[i + 1];
	r = ev->file == NULL ? err_set(&e, ERR_NOMEM, "out of memory for %d files", files) : prepare(&q, &e);
	if (r == OK)
		r = judge(&q, &e);
	if (r < 0) {
		char text[SHOWN_NAME];

		fprintf(stderr, "guardian evaluate: %s\n", shown(text, sizeof(text), e.msg));
	}
	code = r == OK ? print(&q) : r == ERR_USAGE ? EXIT_USAGE : EXIT_INPUT;
	if (ev->file == NULL)
		ev->file_n = 0;
	evaluation_free(ev);
	return code;
}
