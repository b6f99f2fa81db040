/* evaluate_retrain: a detector with the model's network and features, from new weights, fitted for one file under the protocol. */
#include <stdlib.h>
#include <string.h>

#include "evaluate/evaluate.h"
#include "detect/fit.h"
#include "nn/init.h"

enum { FOLDS = 4 };

static int compare_rows(const void *key, const void *item)
{
	const uint64_t row = *(const uint64_t *)key;
	const struct judged_flow *const f = item;

	return row < f->row ? -1 : row > f->row;
}

/* May row number `row` of the file be learned from? */
static int is_learned(const struct evaluated *from, uint64_t row)
{
	const struct judged_flow *const f = bsearch(&row, from->all.flow, from->all.n, sizeof(*f), compare_rows);
	const uint8_t part = f == NULL ? PART_GAP : from->part[f - from->all.flow];

	return part == PART_TRAIN || part == PART_CALIBRATE;
}

/* The rows of a file that may be learned from, stream by stream; from NULL: all. */
static int append(struct rowset *s, const char *path, const struct evaluated *from, struct err *e)
{
	const size_t F = s->features->n, first_stream = s->stream_n;
	size_t at = s->n, n = s->n;
	int r;

	if ((r = rowset_read(s, path, NULL, e)) < 0 || from == NULL)
		return r;
	for (size_t k = first_stream; k < s->stream_n; k++) {
		for (; at < s->stream_end[k]; at++) {
			if (!is_learned(from, s->about[at].row))
				continue;
			memmove(s->row + n * F, s->row + at * F, F * sizeof(*s->row));
			s->about[n++] = s->about[at];
		}
		s->stream_end[k] = n;
	}
	s->n = n;
	return OK;
}

static int append_list(struct rowset *s, const char *list, struct err *e)
{
	int r = OK;

	for (size_t n; *list != '\0' && r == OK; list += n + (list[n] == ',')) {
		char *name;

		n = strcspn(list, ",");
		if ((name = strndup(list, n)) == NULL)
			return err_set(e, ERR_NOMEM, "out of memory for the name of a file");
		r = append(s, name, NULL, e);
		free(name);
	}
	return r;
}

/* Attacks that are left in are seen by the features that tell of the past, those that are not are not. */
static int collect(struct evaluation *ev, struct evaluated *f, struct rowset *s, struct err *e)
{
	int r = OK;

	if (ev->protocol == PROTOCOL_GIVEN)
		return append_list(s, ev->train_list, e);
	for (size_t i = 0; i < ev->file_n && r == OK; i++) {
		const struct evaluated *const other = &ev->file[i];

		if (!other->failed && (other == f) == (ev->protocol == PROTOCOL_TIME))
			r = append(s, evaluated_path(other), other, e);
	}
	return r;
}

static void no_report(void *arg, const struct train_epoch *epoch)
{
	(void)arg;
	(void)epoch;
}

static int fit(struct evaluation *ev, struct detector *d, float *params, const struct rowset *s, struct err *e)
{
	struct adam_options adam = adam_defaults;
	struct fit_options o = {
		.train = { .epochs = ev->epochs, .batch = 32, .patience = 10, .seed = ev->seed, .trim = 0.02 },
		.k = ev->kernel,
		.scaler_kind = SCALER_ROBUST,
		.validation = ev->protocol == PROTOCOL_TIME ? split_three.calibrate / (split_three.train + split_three.calibrate)
							    : split_two.calibrate,
		.folds = s->file_n > 2 ? (s->file_n < FOLDS ? s->file_n : FOLDS) : 0,
		.fold_epochs = ev->epochs,
		.threshold = ev->threshold != NULL ? ev->threshold : "sigma:3",
		.hybrid = ev->threshold != NULL ? ev->threshold : "budget:1/day",
		.report = no_report,
	};
	struct fit_result result;
	int r;

	adam.learning_rate = 4e-3; /* as `guardian train` does */
	adam.clip_norm = 1;
	o.train.adam = adam;
	if ((r = init_weights(&d->net, ev->seed, params, e)) < 0)
		return r;
	network_bind(&d->net, params);
	return fit_detector(d, params, s, &o, &result, e);
}

int evaluate_retrain(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	const struct detector *const like = &ev->model.detector;
	struct rowset s = { .features = like->features, .input = ev->input, .benign_only = ev->contaminate <= 0 };
	struct model made = { .detector = { .net = like->net, .features = like->features } };
	float *const params = malloc(network_param_n(&like->net) * sizeof(*params));
	int r = params == NULL ? err_set(e, ERR_NOMEM, "out of memory for the weights") : collect(ev, f, &s, e);

	if (r == OK && (r = fit(ev, &made.detector, params, &s, e)) == OK)
		r = plan_new(&made.plan, &made.detector.net, ev->kernel, e);
	if (r == OK && ev->method[METHOD_HYBRID] && !made.detector.calibrated)
		r = err_set(e, ERR_TOO_FEW, "%s: too few rows to calibrate a detector for method hybrid", f->name);
	if (r == OK)
		f->retrained = made;
	else
		plan_del(made.plan);
	rowset_free(&s);
	free(params); /* the plan has its own copy */
	return r < 0 ? err_prefix(e, "--retrain for %s", f->name) : OK;
}
