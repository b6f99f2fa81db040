/* scan: glue between the reader, the scorer and the sinks. */
#include "detect/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/scorer.h"

/*
 * What the scorer does not carry: row number, time and raw features of the rows whose windows are still being scored. A ring that
 * doubles when it is full; the scorer has a fixed number of rows under way, so it stops growing.
 */
struct backlog {
	size_t cap, n, head; /* cap is a power of two; head: index of the oldest */
	uint64_t first;      /* usable-row number of the oldest */
	uint64_t *row;
	double *ts;
	double *raw; /* (cap, F) */
};

struct scan {
	struct scan_options o;
	size_t T, F;
	struct reader *reader;
	struct scorer *scorer;
	struct backlog back;
	uint64_t used; /* rows pushed */
	uint64_t windows, anomalies;
	double error_sum, error_max;
	uint64_t finite;
	struct anomaly *top; /* [o.top]; while scanning a heap with the least of the kept anomalies at 0 */
	size_t top_n;
	int sorted;
	struct err err; /* of the sinks below the reader */
};

static void backlog_free(struct backlog *b)
{
	free(b->row);
	free(b->ts);
	free(b->raw);
}

/* Unroll the ring into arrays of twice the size. */
static int backlog_grow(struct backlog *b, size_t F)
{
	const size_t cap = b->cap ? 2 * b->cap : 1024;
	struct backlog g = { .cap = cap, .n = b->n, .first = b->first };

	g.row = malloc(cap * sizeof(*g.row));
	g.ts = malloc(cap * sizeof(*g.ts));
	g.raw = malloc(cap * F * sizeof(*g.raw));
	if (g.row == NULL || g.ts == NULL || g.raw == NULL) {
		backlog_free(&g);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < b->n; i++) {
		const size_t from = (b->head + i) & (b->cap - 1);

		g.row[i] = b->row[from];
		g.ts[i] = b->ts[from];
		memcpy(g.raw + i * F, b->raw + from * F, F * sizeof(*g.raw));
	}
	backlog_free(b);
	*b = g;
	return OK;
}

/* Index in the arrays of usable row `number`. */
static size_t backlog_at(const struct backlog *b, uint64_t number)
{
	return (b->head + (size_t)(number - b->first)) & (b->cap - 1);
}

static void backlog_drop(struct backlog *b, uint64_t until)
{
	const size_t n = (size_t)(until - b->first);

	b->head = (b->head + n) & (b->cap - 1);
	b->first = until;
	b->n -= n;
}

/* a is less worth keeping than b. */
static int less(const struct anomaly *a, const struct anomaly *b)
{
	return a->error < b->error || (a->error == b->error && a->sequence_id > b->sequence_id);
}

static void sift_down(struct anomaly *heap, size_t n)
{
	size_t i = 0;

	for (;;) {
		size_t least = 2 * i + 1;
		struct anomaly t;

		if (least >= n)
			return;
		if (least + 1 < n && less(&heap[least + 1], &heap[least]))
			least++;
		if (!less(&heap[least], &heap[i]))
			return;
		t = heap[i];
		heap[i] = heap[least];
		heap[least] = t;
		i = least;
	}
}

static void sift_up(struct anomaly *heap, size_t i)
{
	while (i > 0 && less(&heap[i], &heap[(i - 1) / 2])) {
		const struct anomaly t = heap[i];

		heap[i] = heap[(i - 1) / 2];
		heap[(i - 1) / 2] = t;
		i = (i - 1) / 2;
	}
}

static void keep_top(struct scan *s, const struct anomaly *a)
{
	if (s->top_n < s->o.top) {
		s->top[s->top_n++] = *a;
		sift_up(s->top, s->top_n - 1);
	} else if (s->o.top > 0 && less(&s->top[0], a)) {
		s->top[0] = *a;
		sift_down(s->top, s->top_n);
	}
}

/*
 * The element of the window with the largest part of sum (x - y)^2. Where the network ran away, y says nothing: then the
 * element farthest from normal, which is 0 for most scalers.
 */
static void blame(const struct scan *s, const struct scored *w, struct anomaly *a)
{
	const size_t n = s->T * s->F;
	double sum = 0, most = -1;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const double d = (double)w->input[i] - (double)w->recon[i], part = d * d;

		sum += part;
		if (part > most) {
			most = part;
			at = i;
		}
	}
	if (!isfinite(sum)) {
		at = 0;
		for (size_t i = 1; i < n; i++)
			if (fabsf(w->input[i]) > fabsf(w->input[at]))
				at = i;
	}
	a->step = at / s->F;
	a->feature = at % s->F;
	a->share = isfinite(sum) && sum > 0 ? most / sum : 0;
}

static int take_score(void *arg, const struct scored *w)
{
	struct scan *const s = arg;
	const size_t last = backlog_at(&s->back, w->window + s->T - 1);
	struct anomaly a;
	int r = OK;

	s->windows++;
	if (isfinite(w->score)) {
		s->finite++;
		s->error_sum += (double)w->score;
		s->error_max = fmax(s->error_max, (double)w->score);
	}
	if (s->o.errors != NULL)
		s->o.errors(s->o.arg, w->window, w->score);
	if (!((double)w->score <= s->o.threshold)) {
		a = (struct anomaly){
			.sequence_id = w->window,
			.row = { s->back.row[backlog_at(&s->back, w->window)], s->back.row[last] },
			.ts = s->back.ts[last],
			.error = w->score,
			.threshold = s->o.threshold,
			.severity = severity_of((double)w->score, s->o.threshold),
		};
		blame(s, w, &a);
		a.value = s->back.raw[backlog_at(&s->back, w->window + a.step) * s->F + a.feature];
		memcpy(a.sample, s->back.raw + last * s->F, s->F * sizeof(*a.sample));
		s->anomalies++;
		keep_top(s, &a);
		if (s->o.sink != NULL)
			r = s->o.sink(s->o.arg, &a);
	}
	backlog_drop(&s->back, w->window + 1);
	return r;
}

static int take_flow(void *arg, const struct flow *f)
{
	struct scan *const s = arg;
	struct backlog *const b = &s->back;
	float scaled[FEATURE_MAX];
	size_t at;

	if (b->n == b->cap && backlog_grow(b, s->F) < 0)
		return err_set(&s->err, ERR_NOMEM, "out of memory after %llu rows", (unsigned long long)s->used);
	at = (b->head + b->n++) & (b->cap - 1);
	b->row[at] = f->row;
	b->ts[at] = f->ts;
	feature_row(s->o.detector->features, f, &(struct flow_context){ 0 }, b->raw + at * s->F);
	scaler_apply(&s->o.detector->scaler, b->raw + at * s->F, scaled);
	s->used++;
	return scorer_push(s->scorer, scaled, &s->err);
}

int scan_new(struct scan **out, const struct scan_options *o, struct err *e)
{
	struct scan *s;
	int r;

	if (!o->detector->has_scaler)
		return err_set(
			e, ERR_RANGE,
			"the model has no scaler: `guardian import --scaler-from FILE.csv` or `guardian train` gives it one");
	if (isnan(o->threshold) || o->threshold < 0)
		return err_set(e, ERR_RANGE,
			       "the model has no threshold: say one with --threshold, or train or import it with one");
	if (o->top > SCAN_TOP_MAX)
		return err_set(e, ERR_RANGE, "the %zu worst anomalies are more than %d", o->top, SCAN_TOP_MAX);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	s->o = *o;
	s->T = plan_steps(o->plan);
	s->F = plan_features(o->plan);
	s->top = malloc((o->top + 1) * sizeof(*s->top));
	if (s->top == NULL || reader_new(&s->reader, &o->input, &(struct sinks){ .flow = take_flow, .arg = s }, NULL) < 0) {
		scan_del(s);
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	}
	if ((r = scorer_new(&s->scorer, o->plan, o->threads, take_score, s, e)) < 0) {
		scan_del(s);
		return r;
	}
	*out = s;
	return OK;
}

void scan_del(struct scan *s)
{
	if (s == NULL)
		return;
	scorer_del(s->scorer);
	reader_del(s->reader);
	backlog_free(&s->back);
	free(s->top);
	free(s);
}

/* An error of a sink has its message in s->err; the reader's own is in *e already. */
static int settle(struct scan *s, int r, struct err *e)
{
	if (r < 0 && s->err.code < 0 && e != NULL)
		*e = s->err;
	return r;
}

int scan_feed(struct scan *s, const void *data, size_t len, struct err *e)
{
	return settle(s, reader_feed(s->reader, data, len, e), e);
}

int scan_finish(struct scan *s, struct err *e)
{
	int r = reader_finish(s->reader, e);

	if (r == OK)
		r = scorer_finish(s->scorer, &s->err);
	if (r == OK && s->windows == 0)
		return err_set(e, ERR_TOO_FEW, "only %llu usable rows; a window needs %zu", (unsigned long long)s->used, s->T);
	return settle(s, r, e);
}

void scan_summary(const struct scan *s, struct scan_summary *out)
{
	*out = (struct scan_summary){
		.windows = s->windows,
		.anomalies = s->anomalies,
		.threshold = s->o.threshold,
		.error_max = s->error_max,
		.error_mean = s->finite ? s->error_sum / (double)s->finite : 0,
		.input = reader_report(s->reader),
	};
}

static int worst_first(const void *a, const void *b)
{
	const struct anomaly *const x = a, *const y = b;

	return less(x, y) ? 1 : less(y, x) ? -1 : 0;
}

size_t scan_top(struct scan *s, const struct anomaly **out)
{
	if (!s->sorted)
		qsort(s->top, s->top_n, sizeof(*s->top), worst_first);
	s->sorted = 1;
	*out = s->top;
	return s->top_n;
}
