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

void evaluate_tell(const struct evaluation *ev, double share, uint64_t flows)
{
	if (ev->told != NULL)
		ev->told(ev->arg, ev->doing, ev->from + (ev->until - ev->from) * share, flows);
}

const char *evaluated_path(const struct evaluated *f)
{
	return f->path != NULL ? f->path : f->name;
}

static void begin(struct evaluation *ev, const char *doing, double from, double until)
{
	ev->doing = doing;
	ev->from = from;
	ev->until = until;
	evaluate_tell(ev, 0, 0);
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

/* A step over all files; what it has of all is measured with a file of 100,000 flows. */
static const struct step {
	int (*run)(struct evaluation *ev, struct evaluated *f, struct err *e);
	const char *doing;
	double until;
	enum { ALWAYS, RETRAINING, SEARCHING } when;
} steps[] = {
	{ split_file, "reading flows", 0.1, ALWAYS },         { evaluate_retrain, "training anew", 0.1, RETRAINING },
	{ answer_file, "scoring flows", 0.23, ALWAYS },        { settle_threshold, "finding the threshold", 0.23, SEARCHING },
	{ evaluate_protocol, "dividing flows", 0.23, ALWAYS }, { evaluate_file, "judging", 1, ALWAYS },
};

/* A failure is the file's own; the others go on. */
static void run_step(struct evaluation *ev, const struct step *s, double from)
{
	for (size_t i = 0; i < ev->file_n; i++) {
		struct evaluated *const f = &ev->file[i];
		const double part = (s->until - from) / (double)ev->file_n;

		begin(ev, s->doing, from + part * (double)i, from + part * (double)(i + 1));
		if (!f->failed && s->run(ev, f, &f->err) < 0)
			f->failed = 1;
	}
}

int evaluate(struct evaluation *ev, struct err *e)
{
	double threshold, from = steps[0].until;
	int is[] = { [ALWAYS] = 1, [RETRAINING] = ev->retrain, [SEARCHING] = !fixed_threshold(ev, &threshold) && !ev->retrain }, r;

	begin(ev, steps[0].doing, 0, from);
	if ((r = evaluate_read(ev, e)) < 0)
		return r;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (is[steps[i].when])
			run_step(ev, &steps[i], from);
		from = steps[i].until;
	}
	return OK;
}
