/* train: the loop around trainer_step(). */
#include "nn/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "nn/plan.h"

/* All that a run needs and must release. */
struct run {
	const struct network *net;
	const struct kernel_ops *k;
	const struct train_options *o;
	const float *const *train;
	size_t train_n;
	struct trainer *trainer;
	struct rng rng;
	uint32_t *order;     /* [train_n] */
	const float **batch; /* [o->batch] */
	float *now;          /* weights at the end of the epoch */
	float *score;        /* [the larger of val_n and train_n] */
	float *sorted;       /* [train_n], when trimming */
	size_t use_n;        /* the first of `order` that this epoch trains on */
	size_t param_n;
};

static int stopped(const struct train_options *o)
{
	return o->stop != NULL && *o->stop;
}

/* Scores of the windows with the weights in r->now, to r->score. */
static int score_all(struct run *r, const float *const *window, size_t n, struct err *e)
{
	struct network net = *r->net;
	struct plan *plan = NULL;
	void *scratch = NULL;
	int code;

	network_bind(&net, r->now);
	if ((code = plan_new(&plan, &net, r->k, e)) < 0)
		goto out;
	scratch = aligned_alloc(64, plan_scratch_bytes(plan));
	if (scratch == NULL) {
		code = err_set(e, ERR_NOMEM, "out of memory for validation");
		goto out;
	}
	plan_score(plan, scratch, window, n, r->score, NULL);
	code = OK;
out:
	free(scratch);
	plan_del(plan);
	return code;
}

static int validate(struct run *r, const float *const *val, size_t val_n, double *loss, struct err *e)
{
	const int code = score_all(r, val, val_n, e);
	double sum = 0;

	for (size_t i = 0; code == OK && i < val_n; i++)
		sum += (double)r->score[i];
	*loss = sum / (double)val_n;
	return code;
}

static int compare_floats(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Which windows this epoch trains on, in a new random order: all, or those that the network does not find odd. */
static int choose_windows(struct run *r, size_t epoch, struct err *e)
{
	size_t n = r->train_n, kept = 0;
	float limit;
	int code;

	rng_shuffle(&r->rng, r->order, n);
	r->use_n = n;
	if (!(r->o->trim > 0) || epoch < 3)
		return OK;
	if ((code = score_all(r, r->train, n, e)) < 0)
		return code;
	memcpy(r->sorted, r->score, n * sizeof(*r->sorted));
	qsort(r->sorted, n, sizeof(*r->sorted), compare_floats);
	limit = r->sorted[(size_t)((double)(n - 1) * (1 - r->o->trim))];
	for (size_t i = 0; i < n; i++) {
		const uint32_t w = r->order[i];

		if (r->score[w] <= limit) {
			r->order[i] = r->order[kept];
			r->order[kept++] = w;
		}
	}
	r->use_n = kept;
	return OK;
}

/* One pass over all windows in a new random order. */
static int epoch_run(struct run *r, struct train_epoch *ep, struct err *e)
{
	double sum = 0;
	int chosen;

	if ((chosen = choose_windows(r, ep->epoch, e)) < 0)
		return chosen;
	ep->windows = 0;
	while (ep->windows < r->use_n && !stopped(r->o)) {
		const size_t left = r->use_n - ep->windows, n = left < r->o->batch ? left : r->o->batch;
		double loss;
		int code;

		for (size_t i = 0; i < n; i++)
			r->batch[i] = r->train[r->order[ep->windows + i]];
		if ((code = trainer_step(r->trainer, r->batch, n, &loss, e)) < 0)
			return code;
		sum += loss * (double)n;
		ep->windows += n;
	}
	ep->loss = ep->windows ? sum / (double)ep->windows : NAN;
	trainer_weights(r->trainer, r->now);
	for (size_t i = 0; i < r->param_n; i++)
		if (!isfinite(r->now[i]))
			return err_set(e, ERR_NUMERIC,
				       "a weight is not a finite number any more: lower the learning rate or clip gradients");
	return OK;
}

static int run_open(struct run *r, size_t val_n, const float *params, struct err *e)
{
	struct network net = *r->net;
	const size_t batch = r->o->batch < r->train_n ? r->o->batch : r->train_n;

	r->param_n = network_param_n(r->net);
	r->order = malloc(r->train_n * sizeof(*r->order));
	r->batch = malloc(batch * sizeof(*r->batch));
	r->now = malloc(r->param_n * sizeof(*r->now));
	r->score = malloc(((val_n > r->train_n ? val_n : r->train_n) + 1) * sizeof(*r->score));
	r->sorted = malloc((r->train_n + 1) * sizeof(*r->sorted));
	if (r->sorted == NULL || r->order == NULL || r->batch == NULL || r->now == NULL || r->score == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for training on %zu windows", r->train_n);
	for (size_t i = 0; i < r->train_n; i++)
		r->order[i] = (uint32_t)i;
	rng_init(&r->rng, r->o->seed);
	network_bind(&net, params);
	return trainer_new(&r->trainer, &net, r->k, batch, &r->o->adam, e);
}

static void run_close(struct run *r)
{
	trainer_del(r->trainer);
	free(r->order);
	free(r->batch);
	free(r->now);
	free(r->score);
	free(r->sorted);
}

int train_run(const struct network *net, const struct kernel_ops *k, const float *const *train, size_t train_n,
	      const float *const *val, size_t val_n, const struct train_options *o, train_report report, void *arg, float *params,
	      struct train_result *result, struct err *e)
{
	struct run r = { .net = net, .k = k, .o = o, .train = train, .train_n = train_n };
	struct train_result best = { .best_loss = INFINITY };
	int code;

	if (train_n < 1 || train_n > UINT32_MAX || o->epochs < 1 || o->batch < 1)
		return err_set(e, ERR_RANGE, "nothing to train: %zu windows, %zu epochs, batches of %zu", train_n, o->epochs,
			       o->batch);
	if ((code = run_open(&r, val_n, params, e)) < 0)
		goto out;
	for (size_t i = 1; i <= o->epochs && !stopped(o); i++) {
		struct train_epoch ep = { .epoch = i, .val_loss = NAN };
		const double start = clock_seconds();
		double judged;

		if ((code = epoch_run(&r, &ep, e)) < 0 ||
		    (ep.windows > 0 && val_n > 0 && (code = validate(&r, val, val_n, &ep.val_loss, e)) < 0)) {
			err_prefix(e, "epoch %zu", i);
			break;
		}
		if (ep.windows == 0)
			break;
		judged = val_n > 0 ? ep.val_loss : ep.loss;
		best.epochs = i;
		if (judged < best.best_loss) {
			best.best_loss = judged;
			best.best_epoch = i;
			ep.best = 1;
			memcpy(params, r.now, r.param_n * sizeof(*params));
		}
		ep.seconds = clock_seconds() - start;
		report(arg, &ep);
		if (o->patience > 0 && i - best.best_epoch >= o->patience)
			break;
	}
	*result = best;
out:
	run_close(&r);
	return code;
}
