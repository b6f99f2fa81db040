/* adapt: two passes, each a list of scores with their devices and times. */
#include "detect/adapt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "detect/fuse.h"

struct scores {
	double *score, *ts;
	uint64_t *device;
	size_t n, cap;
};

struct device_seen {
	uint64_t benign; /* flows since the last attack */
	double first, last;
	int flows;
};

struct work {
	const struct adapt_options *o;
	struct detector d; /* being adapted; borrows from the caller's */
	const struct plan *plan;
	struct adapted out;
	struct scores windows, flows; /* flows: the error of the own step in pass 0, fused in pass 1 */
	float *row;                   /* (flows.cap, F) scaled, pass 0, to make a profile of; NULL where there is one */
	double *own;                  /* [flows.cap] the profile's score, pass 0, where there is one */
	size_t row_cap, F, T;
	struct device_seen *seen; /* [seen_cap] by device, of this pass */
	size_t seen_n, seen_cap;
	uint64_t base;   /* number of the first device of this file */
	uint64_t device; /* of the last verdict */
	double ts;       /* and its time */
	int nomem, too_many;
};

static void scores_free(struct scores *s)
{
	free(s->score);
	free(s->ts);
	free(s->device);
}

/* Room for items of *p: 0 when memory is out. */
static int room(void *p, size_t cap, size_t size)
{
	void **const at = p;
	void *const more = reallocarray(*at, cap, size);

	if (more != NULL)
		*at = more;
	return more != NULL;
}

static int scores_add(struct scores *s, double score, double ts, uint64_t device)
{
	if (s->n == s->cap) {
		const size_t cap = s->cap ? 2 * s->cap : 4096;

		if (!room(&s->score, cap, sizeof(*s->score)) || !room(&s->ts, cap, sizeof(*s->ts)) ||
		    !room(&s->device, cap, sizeof(*s->device)))
			return 0;
		s->cap = cap;
	}
	s->score[s->n] = score;
	s->ts[s->n] = ts;
	s->device[s->n++] = device;
	return 1;
}

/* NULL: memory is out. */
static struct device_seen *seen_of(struct work *w, uint64_t device)
{
	if (device >= w->seen_cap) {
		const size_t cap = (size_t)(device < 32 ? 64 : 2 * device);

		if (!room(&w->seen, cap, sizeof(*w->seen)))
			return NULL;
		memset(w->seen + w->seen_cap, 0, (cap - w->seen_cap) * sizeof(*w->seen));
		w->seen_cap = cap;
	}
	if (device >= w->seen_n)
		w->seen_n = (size_t)device + 1;
	return &w->seen[device];
}

static void see(struct device_seen *x, double ts)
{
	if (isfinite(ts) && (!x->flows || ts < x->first))
		x->first = ts;
	if (isfinite(ts) && (!x->flows || ts > x->last))
		x->last = ts;
	x->flows |= isfinite(ts);
}

/* A flow of normal traffic; NULL: it is none, or memory is out (w->nomem). */
static struct device_seen *take_flow(struct work *w, const struct verdict *v)
{
	struct device_seen *const x = seen_of(w, w->base + v->device);

	w->device = w->base + v->device;
	w->ts = v->flow->ts;
	if (x == NULL) {
		w->nomem = 1;
		return NULL;
	}
	if (v->flow->label == LABEL_MALICIOUS) {
		x->benign = 0;
		w->out.attacks++;
		return NULL;
	}
	x->benign++;
	see(x, v->flow->ts);
	return x;
}

/* What the calibration of the profile is made of: the flow itself only where there is no profile yet, as it takes many times the memory. */
static int keep_flow(struct work *w, const struct verdict *v)
{
	float x[FEATURE_MAX];

	if (w->flows.n == w->row_cap) {
		const size_t cap = w->row_cap ? 2 * w->row_cap : 4096;

		if (w->d.calibrated ? !room(&w->own, cap, sizeof(*w->own)) : !room(&w->row, cap * w->F, sizeof(*w->row)))
			return ERR_NOMEM;
		w->row_cap = cap;
	}
	scaler_apply(&w->d.scaler, v->row, x);
	if (w->d.calibrated)
		w->own[w->flows.n] = profile_score(&w->d.profile, x, NULL);
	else
		memcpy(w->row + w->flows.n * w->F, x, w->F * sizeof(*x));
	return OK;
}

static int take_raw(void *arg, const struct verdict *v)
{
	struct work *const w = arg;

	if (take_flow(w, v) == NULL)
		return w->nomem ? ERR_NOMEM : OK;
	if (w->o->flows_most > 0 && w->flows.n >= w->o->flows_most) {
		w->too_many = 1;
		return ERR_TOO_LARGE;
	}
	if (keep_flow(w, v) < 0)
		return ERR_NOMEM;
	return scores_add(&w->flows, v->score, v->flow->ts, w->device) ? OK : ERR_NOMEM;
}

/* Comes after the verdict of the window's last flow. */
static void take_window(void *arg, uint64_t window, float error)
{
	struct work *const w = arg;

	(void)window;
	if (w->nomem || w->seen[w->device].benign < w->T)
		return;
	if (!isfinite(error))
		w->out.infinite++;
	else if (!scores_add(&w->windows, (double)error, w->ts, w->device))
		w->nomem = 1;
}

static int take_fused(void *arg, const struct verdict *v)
{
	struct work *const w = arg;
	double score;

	if (take_flow(w, v) == NULL)
		return w->nomem ? ERR_NOMEM : OK;
	if (!isnan(v->by[BY_RULES])) {
		w->out.alarms++;
		return OK;
	}
	score = fuse_score(fuse_p(v->by));
	if (!isfinite(score)) {
		w->out.infinite++;
		return OK;
	}
	return scores_add(&w->flows, score, v->flow->ts, w->device) ? OK : ERR_NOMEM;
}

static int run_pass(struct work *w, int pass, struct err *e)
{
	const struct scan_options o = {
		.model = { &w->d, w->plan },
		.method = pass == 0 ? METHOD_LSTM : METHOD_HYBRID,
		.threshold = INFINITY,
		.input = w->o->input,
		.threads = w->o->threads,
		.verdicts = pass == 0 ? take_raw : take_fused,
		.errors = pass == 0 ? take_window : NULL,
		.arg = w,
	};
	int r = OK;

	w->base = w->seen_n = w->out.attacks = 0;
	if (w->seen_cap > 0)
		memset(w->seen, 0, w->seen_cap * sizeof(*w->seen));
	w->flows.n = 0;
	for (size_t i = 0; i < w->o->file_n && r == OK; i++) {
		struct scan *s = NULL;

		if ((r = scan_new(&s, &o, e)) == OK)
			r = w->o->feed(w->o->arg, i, pass, s, e);
		scan_del(s);
		w->base = w->seen_n;
		if (w->too_many)
			r = err_set(e, ERR_TOO_LARGE, "more than %llu flows: a part of them, of some days, does as well",
				    (unsigned long long)w->o->flows_most);
		else if (w->nomem || (r == ERR_NOMEM && e != NULL && e->code != ERR_NOMEM))
			r = err_set(e, ERR_NOMEM, "out of memory after %zu flows", w->flows.n);
	}
	w->out.devices = 0;
	w->out.device_seconds = 0;
	for (size_t i = 0; i < w->seen_n; i++) {
		w->out.devices += w->seen[i].benign > 0;
		w->out.device_seconds += w->seen[i].flows ? w->seen[i].last - w->seen[i].first : 0;
	}
	if (r == OK && w->flows.n == 0)
		r = err_set(e, ERR_TOO_FEW, "there is no normal flow: %llu are labelled as attacks",
			    (unsigned long long)w->out.attacks);
	return r;
}

static int choose(const struct work *w, const struct scores *s, int log10_p, struct threshold_result *out, struct err *e)
{
	const struct threshold_input in = { s->score, s->device, s->ts, s->n, w->out.device_seconds, log10_p };

	if (s->n == 0)
		return err_set(e, ERR_TOO_FEW, "no normal traffic is left: a window takes %zu flows of one device", w->T);
	return threshold_choose(w->o->strategy, &in, out, e);
}

/* Keep the finite ones of x[n]; returns how many. */
static size_t keep_finite(double *x, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(x[i]))
			x[k++] = x[i];
	return k;
}

/* Profile, where there is none, and calibration, from the flows of pass 0. */
static int calibrate(struct work *w, struct err *e)
{
	const size_t n = w->flows.n, from = w->d.calibrated ? 0 : n / 2;
	double *score;
	size_t infinite = 0;
	int r = OK;

	if (!w->d.calibrated && (r = profile_fit(&w->d.profile, w->row, NULL, from, w->F, e)) < 0)
		return err_prefix(e, "the profile of normal flows");
	if ((score = reallocarray(NULL, n, sizeof(*score))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu scores", n);
	for (size_t i = from; i < n; i++)
		score[i - from] = w->d.calibrated ? w->own[i] : profile_score(&w->d.profile, w->row + i * w->F, NULL);
	if ((r = calibration_fit(&w->d.profile_p, score, keep_finite(score, n - from), e)) == OK) {
		/* NaN: a flow without a window. */
		for (size_t i = 0; i < n; i++)
			infinite += isinf(w->flows.score[i]) != 0;
		w->out.infinite += infinite;
		r = calibration_fit(&w->d.sequence_p, w->flows.score, keep_finite(w->flows.score, n), e);
	}
	free(score);
	if (r < 0)
		return r;
	w->d.hybrid_threshold = w->d.calibrated ? w->d.hybrid_threshold : 0;
	w->d.calibrated = 1;
	return OK;
}

static void set_threshold(const struct threshold_result *r, double *value, char strategy[32])
{
	_Static_assert(THRESHOLD_STRATEGY <= 32, "detector.h keeps so many");
	*value = r->value;
	memcpy(strategy, r->strategy, THRESHOLD_STRATEGY);
}

static int adapt_to_files(struct work *w, struct err *e)
{
	const int lstm = !w->o->only || w->o->method == METHOD_LSTM, hybrid = !w->o->only || w->o->method == METHOD_HYBRID;
	int r;

	if ((r = run_pass(w, 0, e)) < 0)
		return r;
	w->out.flows = w->flows.n;
	w->out.windows = w->windows.n;
	if (lstm && (r = choose(w, &w->windows, 0, &w->out.lstm, e)) < 0)
		return r;
	w->out.has_lstm = lstm;
	if (!hybrid)
		return OK;
	if ((r = calibrate(w, e)) < 0 || (r = run_pass(w, 1, e)) < 0 || (r = choose(w, &w->flows, 1, &w->out.hybrid, e)) < 0)
		return r;
	w->out.flows = w->flows.n;
	w->out.has_hybrid = 1;
	return OK;
}

/* A number is taken as it is. */
static int adapt_to_number(struct work *w, struct err *e)
{
	const struct threshold_input none = { 0 };

	if (w->o->method == METHOD_HYBRID && !w->d.calibrated)
		return err_set(e, ERR_RANGE, "the model is not calibrated: only a strategy over normal traffic can do that");
	w->out.has_hybrid = w->o->method == METHOD_HYBRID;
	w->out.has_lstm = !w->out.has_hybrid;
	return threshold_choose(w->o->strategy, &none, w->out.has_hybrid ? &w->out.hybrid : &w->out.lstm, e);
}

int adapt(struct detector *d, const struct plan *plan, const struct adapt_options *o, struct adapted *out, struct err *e)
{
	struct work *const w = calloc(1, sizeof(*w));
	int r;

	if (w == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	w->o = o;
	w->d = *d;
	w->plan = plan;
	w->F = plan_features(plan);
	w->T = plan_steps(plan);
	r = threshold_is_number(o->strategy) ? adapt_to_number(w, e) : adapt_to_files(w, e);
	if (r == OK) {
		if (w->out.has_lstm)
			set_threshold(&w->out.lstm, &w->d.threshold, w->d.strategy);
		if (w->out.has_hybrid)
			set_threshold(&w->out.hybrid, &w->d.hybrid_threshold, w->d.hybrid_strategy);
		*d = w->d;
		*out = w->out;
	}
	scores_free(&w->windows);
	scores_free(&w->flows);
	free(w->row);
	free(w->own);
	free(w->seen);
	free(w);
	return r;
}
