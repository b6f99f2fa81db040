/* evaluate: the steps of an evaluation, in their order. */
#include "evaluate/evaluate.h"

#include <math.h>
#include <string.h>

#include "flow/number.h"

/* Does --threshold say a number? */
static int fixed_threshold(const struct evaluation *ev, double *threshold)
{
	*threshold = NAN;
	return ev->threshold == NULL || number_parse(ev->threshold, strlen(ev->threshold), threshold) == OK;
}

/* One step over all files that still can be judged; a failure is the file's own. */
static void for_each_file(struct evaluation *ev, int (*step)(struct evaluation *, struct evaluated *, struct err *))
{
	for (size_t i = 0; i < ev->file_n; i++) {
		struct evaluated *const f = &ev->file[i];

		if (!f->failed && step(ev, f, &f->err) < 0)
			f->failed = 1;
	}
}

static int split_file(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	return evaluate_split(ev, &f->all, &f->part, e);
}

static int answer_file(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	double threshold;
	int r = OK;

	if (!fixed_threshold(ev, &threshold) || ev->retrain)
		threshold = NAN;
	for (int m = 0; m < METHOD_N && r == OK; m++)
		if (ev->method[m])
			r = evaluate_ours(ev, f, (enum scan_method)m, threshold, e);
	return r;
}

/* A threshold by strategy needs the scores of calibration rows first, and then the answers anew: incidents depend on it. */
static int settle_threshold(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	double threshold[METHOD_N];
	int r = OK;

	for (int m = 0; m < METHOD_N && r == OK; m++)
		if (ev->method[m])
			r = evaluate_threshold(ev, f, (enum scan_method)m, &threshold[m], e);
	for (int m = 0; m < METHOD_N && r == OK; m++)
		if (ev->method[m])
			r = evaluate_ours(ev, f, (enum scan_method)m, threshold[m], e);
	return r;
}

int evaluate(struct evaluation *ev, struct err *e)
{
	double threshold;
	int r;

	if ((r = evaluate_read(ev, e)) < 0)
		return r;
	for_each_file(ev, split_file);
	if (ev->retrain)
		for_each_file(ev, evaluate_retrain);
	for_each_file(ev, answer_file);
	if (!fixed_threshold(ev, &threshold) && !ev->retrain)
		for_each_file(ev, settle_threshold);
	for_each_file(ev, evaluate_protocol);
	for_each_file(ev, evaluate_file);
	return OK;
}
