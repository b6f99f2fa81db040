/* cmd_train: `guardian train`: from benign traffic to a model with its scaler and threshold. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/savefile.h"
#include "cmd/cmd.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "base/shown.h"
#include "cmd/train_job.h"
#include "detect/threshold.h"
#include "flow/number.h"
#include "input/limits.h"
#include "nn/init.h"

static const char synopsis[] = "train --out M [OPTIONS] FILE...";
static const char about[] =
	"Trains an autoencoder on the benign rows of CSV files (all rows when there are no labels) and writes the model with its\n"
	"scaler and threshold to M, and the loss curve beside it as SVG. Ctrl-C ends the training and keeps the best weights so "
	"far.\n";

enum { WINDOW = 10 };
static const char default_layers[] = "lstm:50,lstm:20,repeat,lstm:20,lstm:50,dense", default_scaler[] = "robust";

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void job_free(struct train_job *j)
{
	detector_close(&j->base);
	free(j->d.training);
	rowset_free(&j->set);
	free(j->params);
	free(j->loss);
	free(j->val_loss);
	recipe_free(&j->read);
}

/* --layers is part of the command line: what is wrong with it is wrong usage. */
static int parse_layers(struct network *net, const char *layers, struct err *e)
{
	return network_parse(net, layers, e) == OK && network_is_autoencoder(net, e) == OK ? OK : ERR_USAGE;
}

/* A model that is continued keeps its shape: options that say otherwise would have no effect. */
static int agree_with_base(const struct train_job *j, struct err *e)
{
	const struct detector *const b = &j->base;
	struct network asked = { .steps = b->net.steps, .features = b->net.features };
	char was[512], wanted[512];
	int r;

	if (j->window != 0 && j->window != b->net.steps)
		return err_set(e, ERR_USAGE, "--window %zu: the model of --from has windows of %zu", j->window, b->net.steps);
	if (j->features != NULL && strcmp(j->features, b->features->name) != 0)
		return err_set(e, ERR_USAGE, "--features %s: the model of --from takes %s", j->features, b->features->name);
	if (j->scaler != NULL && b->has_scaler && j->scaler_kind != b->scaler.kind)
		return err_set(e, ERR_USAGE, "--scaler %s: the model of --from has a %s one", j->scaler,
			       scaler_kind_name(b->scaler.kind));
	if (j->layers == NULL)
		return OK;
	if ((r = parse_layers(&asked, j->layers, e)) < 0)
		return r;
	network_format(&b->net, was, sizeof(was));
	network_format(&asked, wanted, sizeof(wanted));
	if (strcmp(was, wanted) != 0)
		return err_set(e, ERR_USAGE, "--layers %.100s: the model of --from has %.150s", wanted, was);
	return OK;
}

/* NULL: the rows will tell. */
static int choose_features(struct train_job *j, struct err *e)
{
	struct network net = { .steps = j->window ? j->window : WINDOW, .features = 1 };
	int r;

	if (j->from != NULL) {
		if ((r = detector_open(&j->base, j->from, e)) < 0 || (r = agree_with_base(j, e)) < 0)
			return r;
		j->d.features = j->base.features;
		return OK;
	}
	if (j->features != NULL && (j->d.features = feature_set_find(j->features)) == NULL)
		return err_set(e, ERR_USAGE, "--features: \"%s\" is no feature set; known are basic and full", j->features);
	net.features = j->d.features != NULL ? j->d.features->n : feature_set_find("full")->n;
	return parse_layers(&net, j->layers ? j->layers : default_layers, e);
}

/* Network and first weights: from --from, or from the description. */
static int build_network(struct train_job *j, struct err *e)
{
	struct network *const net = &j->d.net;
	int r;

	if (j->from != NULL) {
		*net = j->base.net;
		j->d.has_scaler = j->base.has_scaler;
		j->d.scaler = j->base.scaler;
	} else {
		net->steps = j->window ? j->window : WINDOW;
		net->features = j->d.features->n;
		if ((r = parse_layers(net, j->layers ? j->layers : default_layers, e)) < 0)
			return r;
	}
	j->params = malloc(network_param_n(net) * sizeof(*j->params));
	if (j->params == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the weights");
	if (j->from == NULL && (r = init_weights(net, j->seed, j->params, e)) < 0)
		return r;
	for (size_t i = 0, at = 0; j->from != NULL && i < net->layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;

			layer_tensor_shape(&net->layer[i], k, &rows, &cols);
			if (rows > 0)
				memcpy(j->params + at, net->layer[i].weight[k], rows * cols * sizeof(*j->params));
			at += rows * cols;
		}
	}
	network_bind(net, j->params);
	return OK; // NOLINT(clang-analyzer-unix.Malloc): job_free() releases j->params
}

static int read_rows(struct train_job *j, struct err *e)
{
	j->set = (struct rowset){ .features = j->d.features, .input = j->input, .benign_only = strcmp(j->rows, "benign") == 0 };
	for (size_t i = 0; i < j->file_n; i++) {
		const struct read_problem *first;
		struct read_report report = { 0 };
		char name[SHOWN_NAME];
		const int r = rowset_read(&j->set, j->file[i], &report, e);

		if (r < 0)
			return r;
		first = &report.problem[0];
		if (report.rows_skipped > 0)
			fprintf(stderr, "%s: %llu of %llu rows cannot be used; the first: line %llu%s%s: %s\n",
				shown(name, sizeof(name), j->file[i]), (unsigned long long)report.rows_skipped,
				(unsigned long long)report.rows, (unsigned long long)first->line, first->column[0] ? ", " : "",
				first->column, first->reason);
	}
	if (j->set.features == NULL)
		return err_set(e, ERR_TOO_FEW, "there are no flows to train on");
	j->d.features = j->set.features;
	if (!j->set.labels)
		fprintf(stderr, "no label column: all rows are taken for benign\n");
	return OK;
}

static void on_epoch(void *arg, const struct train_epoch *ep)
{
	struct train_job *const j = arg;
	const double left = (j->seconds + ep->seconds) / (double)ep->epoch * (double)(j->epochs - ep->epoch);

	j->seconds += ep->seconds;
	j->loss[j->epoch_n] = ep->loss;
	j->val_loss[j->epoch_n++] = ep->val_loss;
	fprintf(stderr, "epoch %*zu/%zu  loss %.6f", j->epochs < 100 ? 2 : 4, ep->epoch, j->epochs, ep->loss);
	if (!isnan(ep->val_loss))
		fprintf(stderr, "  val_loss %.6f", ep->val_loss);
	fprintf(stderr, " %c  %.0f windows/s  %d:%02d left\n", ep->best ? '*' : ' ', (double)ep->windows / fmax(ep->seconds, 1e-9),
		(int)(left / 60), (int)left % 60);
}

static int train(struct train_job *j, struct err *e)
{
	const struct train_options train = {
		.epochs = j->epochs,
		.batch = j->batch,
		.patience = j->patience,
		.seed = j->seed,
		.trim = j->trim,
		.stop = &stop,
		.adam = { .learning_rate = j->learning_rate,
			  .beta1 = adam_defaults.beta1,
			  .beta2 = adam_defaults.beta2,
			  .epsilon = adam_defaults.epsilon,
			  .clip_norm = j->clip_norm },
	};
	const struct fit_options o = {
		.train = train,
		.k = j->k,
		.scaler_kind = j->scaler_kind,
		.validation = j->validation,
		.group = j->group,
		.group_rows = j->group_rows,
		.folds = j->folds,
		.fold_epochs = j->fold_epochs,
		.threshold = j->threshold,
		.hybrid = j->hybrid,
		.report = on_epoch,
		.arg = j,
	};
	struct sigaction act = { .sa_handler = on_signal }, was_int, was_term;
	char layers[512];
	double number;
	int r;

	j->loss = malloc(j->epochs * sizeof(*j->loss));
	j->val_loss = malloc(j->epochs * sizeof(*j->val_loss));
	if (j->loss == NULL || j->val_loss == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu epochs", j->epochs);
	network_format(&j->d.net, layers, sizeof(layers));
	fprintf(stderr, "%zu rows of %zu streams; features %s; windows of (%zu,%zu); %s: %zu weights; kernel %s\n", j->set.n,
		j->set.stream_n, j->d.features->name, j->d.net.steps, j->d.net.features, layers, network_param_n(&j->d.net),
		kernel_name(j->k));
	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, &was_int);
	sigaction(SIGTERM, &act, &was_term);
	r = fit_detector(&j->d, j->params, &j->set, &o, &j->fit, e);
	sigaction(SIGINT, &was_int, NULL);
	sigaction(SIGTERM, &was_term, NULL);
	if (r < 0)
		return r;
	strcpy(j->d.strategy, number_parse(j->threshold, strlen(j->threshold), &number) == OK ? "manual" : j->threshold);
	if (stop)
		fprintf(stderr, "stopped; the best weights so far are kept\n");
	else if (j->folds >= 2 && j->fit.folds == 0)
		fprintf(stderr, "--folds %zu: there are fewer groups of files than that; calibrated on the validation share\n",
			j->folds);
	if (j->fit.train.best_epoch == 0)
		return err_set(e, ERR_NUMERIC, "%s",
			       stop ? "stopped before the first batch was done: nothing to keep"
				    : "no epoch gave a usable loss: nothing to keep");
	return OK;
}

/* Hours of training must not end at a file that cannot be written. */
static int check_writable(const char *path, struct err *e)
{
	struct savefile probe;
	const int r = savefile_open(&probe, path, e);

	if (r == OK)
		savefile_abort(&probe);
	return r;
}

static int check_outputs(struct train_job *j, struct err *e)
{
	const int n = snprintf(j->plot_path, sizeof(j->plot_path), "%s%s", j->plot ? j->plot : j->out, j->plot ? "" : ".svg");
	int r;

	if (n < 0 || (size_t)n >= sizeof(j->plot_path))
		return err_set(e, ERR_USAGE, "the name of the loss curve is longer than %d bytes", PATH_BYTES - 1);
	if (strcmp(j->plot_path, j->out) == 0)
		return err_set(e, ERR_USAGE, "--plot and --out are the same file");
	if ((r = check_writable(j->out, e)) < 0)
		return r;
	return check_writable(j->plot_path, e);
}

static int check_choices(struct train_job *j, struct err *e)
{
	j->k = kernel_select(j->kernel, e);
	if (j->k == NULL)
		return ERR_USAGE;
	if (j->out == NULL)
		return err_set(e, ERR_USAGE, "--out M is needed: where the model goes");
	if (strcmp(j->rows, "benign") != 0 && strcmp(j->rows, "all") != 0)
		return err_set(e, ERR_USAGE, "--rows: \"%s\" is neither benign nor all", j->rows);
	if (strcmp(j->format, "json") != 0 && strcmp(j->format, "table") != 0)
		return err_set(e, ERR_USAGE, "--format: \"%s\" is neither json nor table", j->format);
	if (scaler_kind_find(j->scaler ? j->scaler : default_scaler, &j->scaler_kind) < 0)
		return err_set(e, ERR_USAGE, "--scaler: \"%s\" is unknown; known are standard, robust and minmax", j->scaler);
	if (strlen(j->threshold) >= sizeof(j->d.strategy))
		return err_set(e, ERR_USAGE, "--threshold: more than %zu characters", sizeof(j->d.strategy) - 1);
	if (threshold_check(j->threshold, e) < 0)
		return ERR_USAGE;
	if (strncmp(j->threshold, "budget:", 7) == 0)
		return err_set(e, ERR_USAGE,
			       "--threshold %s: it is of single windows, which have no rate a day; --hybrid takes a budget",
			       j->threshold);
	return threshold_check(j->hybrid, e);
}

/* The files of the command line, or of the recipe. */
static int choose_files(struct train_job *j, struct err *e)
{
	int r;

	if (j->recipe == NULL && j->file_n == 0)
		return err_set(e, ERR_USAGE, "a file is missing: what to train on, or --recipe");
	if (j->recipe != NULL && j->file_n > 0)
		return err_set(e, ERR_USAGE, "files come by --recipe or by themselves, not both");
	if (j->recipe == NULL)
		return OK;
	if ((r = recipe_read(&j->read, j->recipe, e)) < 0)
		return r;
	j->file = j->read.file;
	j->group = j->read.group;
	j->file_n = j->read.file_n;
	return OK;
}

int cmd_train(int argc, char **argv)
{
	/*
	 * Four times Keras's learning rate, made safe by clipping: on the reference project's file, 50 epochs reach 0.014 to 0.026 with any of
	 * seeds 1..6, tanh or relu; with 1e-3 it is 0.08 to 0.51, and as much a matter of luck in Keras itself.
	 */
	struct train_job j = {
		.rows = "benign",
		.threshold = "sigma:3",
		.format = "table",
		.epochs = 50,
		.batch = 32,
		.patience = 10,
		.seed = 1,
		.validation = 0.2,
		.learning_rate = 4e-3,
		.clip_norm = 1,
		.trim = 0,
		.hybrid = "budget:1/day",
	};
	const struct option table[] = {
		{ "out", OPT_TEXT, &j.out, 0, 0, "M", "the model file to write" },
		{ "from", OPT_TEXT, &j.from, 0, 0, "M",
		  "continue with the weights, features and scaler of this model (Adam starts anew)" },
		{ "features", OPT_TEXT, &j.features, 0, 0, "SET",
		  "basic or full (full where the first file has hosts and times, else basic)" },
		{ "window", OPT_SIZE, &j.window, 1, NETWORK_MAX_STEPS, "T", "flows in a window (10)" },
		{ "layers", OPT_TEXT, &j.layers, 0, 0, "LIST",
		  "the network: KIND[:UNITS][:ACTIVATION],... of lstm, dense, repeat "
		  "(lstm:50,lstm:20,repeat,lstm:20,lstm:50,dense)" },
		{ "scaler", OPT_TEXT, &j.scaler, 0, 0, "KIND", "robust (log1p, median and MAD), standard or minmax (robust)" },
		{ "rows", OPT_TEXT, &j.rows, 0, 0, "WHICH", "benign: leave rows labelled as attacks out; all" },
		{ "validation", OPT_REAL, &j.validation, 0, 0.9, "SHARE", "the last share of each file, not trained on" },
		{ "epochs", OPT_SIZE, &j.epochs, 1, 1000000, "N", "most passes over the training windows" },
		{ "patience", OPT_SIZE, &j.patience, 0, 1000000, "N", "stop after so many epochs without a better loss; 0: never" },
		{ "batch", OPT_SIZE, &j.batch, 1, 65536, "N", "windows in a step" },
		{ "learning-rate", OPT_REAL, &j.learning_rate, 1e-9, 10, "X", "of Adam" },
		{ "clip-norm", OPT_REAL, &j.clip_norm, 0, 1e9, "X", "longest gradient; 0: none" },
		{ "trim", OPT_REAL, &j.trim, 0, 0.5, "SHARE",
		  "of the windows, the oddest, that teach nothing from the third epoch on" },
		{ "recipe", OPT_TEXT, &j.recipe, 0, 0, "FILE",
		  "lines of GROUP and PATH instead of FILE...: what belongs together" },
		{ "group-rows", OPT_SIZE, &j.group_rows, 0, 1000000000, "N", "rows of a group that count at most; 0: all" },
		{ "folds", OPT_SIZE, &j.folds, 0, 100, "N",
		  "calibrate on groups that were not trained on, by so many trainings; 0: on the validation share" },
		{ "fold-epochs", OPT_SIZE, &j.fold_epochs, 0, 1000000, "N", "of each of those; 0: as many as --epochs" },
		{ "hybrid", OPT_TEXT, &j.hybrid, 0, 0, "S",
		  "threshold of method hybrid: budget:N/day, fpr:X, pot:Q, sigma:K or a number" },
		{ "seed", OPT_SIZE, &j.seed, 0, 9007199254740991.0, "N", "of the first weights and of the order of windows" },
		{ "threshold", OPT_TEXT, &j.threshold, 0, 0, "S",
		  "sigma:K, percentile:P or a number, from the validation windows" },
		{ "plot", OPT_TEXT, &j.plot, 0, 0, "FILE", "the loss curve (default M.svg)" },
		{ "kernel", OPT_TEXT, &j.kernel, 0, 0, "NAME", "auto, generic, avx2, avx512 or neon" },
		{ "format", OPT_TEXT, &j.format, 0, 0, "F", "of the result: table or json" },
		{ 0 },
	};
	static int (*const steps[])(struct train_job * j, struct err * e) = {
		choose_files, check_choices, choose_features, check_outputs, read_rows, build_network, train, train_save,
	};
	struct settings settings;
	struct err e = { 0 };
	int code, operands, r = OK;

	if (config_start(&settings, "train", &code) < 0)
		return code;
	j.kernel = settings_text(&settings, "kernel");
	if (limits_load(&j.input, &settings, &e) < 0) {
		fprintf(stderr, "guardian train: %s\n", e.msg);
		return EXIT_INPUT;
	}
	operands = options_start(table, synopsis, about, argc, argv, 0, -1, &code);
	if (operands < 0)
		return code;
	j.file = argv + 1;
	j.file_n = (size_t)operands;
	j.d.threshold = NAN;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if ((r = steps[i](&j, &e)) < 0)
			break;
	if (r < 0)
		fprintf(stderr, "guardian train: %s\n", e.msg);
	else
		train_print(&j);
	job_free(&j);
	return r == OK ? EXIT_DONE : r == ERR_USAGE ? EXIT_USAGE : EXIT_INPUT;
}
