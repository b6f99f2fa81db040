/* evaluate_ours: what our own detector answers, by the very scan that `guardian scan` runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pieces.h"
#include "detect/dense.h"
#include "detect/threshold.h"
#include "evaluate/evaluate.h"

struct listening {
	const struct evaluation *ev;
	const struct evaluated *file;
	uint64_t bytes;
	struct scan *scan;
	const struct judged *all;
	struct answer *answer;
};

static int compare_rows(const void *key, const void *item)
{
	const uint64_t row = *(const uint64_t *)key;
	const struct judged_flow *const f = item;

	return row < f->row ? -1 : row > f->row;
}

static int take_verdict(void *arg, const struct verdict *v)
{
	const struct listening *const l = arg;
	const struct judged_flow *const f = bsearch(&v->flow->row, l->all->flow, l->all->n, sizeof(*f), compare_rows);

	if (f != NULL)
		l->answer[f - l->all->flow] = (struct answer){
			.score = v->score,
			.p = v->p,
			.alarm = v->anomalous,
			.named = v->rule != NULL ? v->rule->attack : NULL,
			.incident = v->incident,
		};
	return OK;
}

static int take_piece(void *arg, const void *data, size_t n, struct err *e)
{
	struct listening *const l = arg;
	struct scan_summary sum;

	l->bytes += n;
	scan_summary(l->scan, &sum);
	evaluate_tell(l->ev, l->file->bytes > 0 ? fmin(1, (double)l->bytes / (double)l->file->bytes) : 0, sum.flows);
	return scan_feed(l->scan, data, n, e);
}

static int by_scan(struct evaluation *ev, struct evaluated *f, enum scan_method m, double threshold, struct err *e)
{
	struct listening l = { .ev = ev, .file = f, .all = &f->all, .answer = f->ours[m] };
	const struct scan_options o = {
		.model = model_for_scan(f->retrained.plan != NULL ? &f->retrained : &ev->model),
		.plain = model_for_scan(&ev->plain),
		.method = m,
		.threshold = threshold,
		.input = ev->input,
		.threads = ev->threads,
		.verdicts = take_verdict,
		.arg = &l,
	};
	struct scan_summary sum;
	int r;

	if ((r = scan_new(&l.scan, &o, e)) < 0)
		return r;
	if ((r = pieces_read(evaluated_path(f), take_piece, &l, e)) == OK)
		r = scan_finish(l.scan, e);
	scan_summary(l.scan, &sum);
	f->threshold[m] = sum.threshold;
	f->used = sum.detector == &ev->plain.detector ? &ev->plain : f->retrained.plan != NULL ? &f->retrained : &ev->model;
	if (m == METHOD_LSTM && isnan(threshold) && sum.detector->calibrated) /* flows have their own: see scan.h */
		f->threshold[m] = calibration_score(&sum.detector->sequence_p, pow(10, -sum.detector->hybrid_threshold));
	scan_del(l.scan);
	return r < 0 ? err_prefix(e, "%s, method %s", f->name, scan_method_name(m)) : OK;
}

/* Trained on the upload as the server would; what its p-value says at the asked false-alarm rate is its threshold. */
static int by_dense(struct evaluation *ev, struct evaluated *f, double threshold, struct err *e)
{
	const char *names[FEATURE_MAX];
	const struct dense_options o = { .columns = f->all.F, .name = names, .trim = -1, .seed = ev->seed, .kernel = ev->kernel };
	struct dense *d = NULL;
	int r;

	for (size_t i = 0; i < f->all.F; i++)
		names[i] = ev->features->feature[i]->name;
	if ((r = dense_new(&d, &o, e)) < 0)
		return r;
	for (size_t i = 0; i < f->all.n && r == OK; i++)
		r = dense_add(d, f->all.feature + i * f->all.F, e);
	if (r == OK)
		r = dense_train(d, e);
	if (r < 0) {
		dense_del(d);
		return err_prefix(e, "%s, method dense", f->name);
	}
	f->threshold[METHOD_DENSE] = isnan(threshold) ? -log10(ev->fpr) : threshold;
	for (size_t i = 0; i < f->all.n; i++) {
		struct answer *const a = &f->ours[METHOD_DENSE][i];

		a->p = calibration_p(dense_calibration(d), dense_score(d, f->all.feature + i * f->all.F, NULL));
		a->score = -log10(a->p);
		a->alarm = a->score > f->threshold[METHOD_DENSE];
	}
	dense_del(d);
	return OK;
}

int evaluate_ours(struct evaluation *ev, struct evaluated *f, enum scan_method m, double threshold, struct err *e)
{
	free(f->ours[m]);
	f->ours[m] = malloc((f->all.n + 1) * sizeof(*f->ours[m]));
	if (f->ours[m] == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", f->all.n);
	for (size_t i = 0; i < f->all.n; i++)
		f->ours[m][i] = (struct answer){ .score = NAN, .p = NAN };
	return m == METHOD_DENSE ? by_dense(ev, f, threshold, e) : by_scan(ev, f, m, threshold, e);
}

/* Scores of calibration rows, of this file or of the others, as threshold.h wants them. */
struct scores {
	size_t n;
	double *score, *ts;
	uint64_t *device;
	double device_seconds;
};

static int scores_new(struct scores *s, size_t n)
{
	*s = (struct scores){ .score = malloc((n + 1) * sizeof(*s->score)),
			      .ts = malloc((n + 1) * sizeof(*s->ts)),
			      .device = malloc((n + 1) * sizeof(*s->device)) };
	return s->score != NULL && s->ts != NULL && s->device != NULL;
}

static int scores_take(struct scores *s, const struct evaluated *f, uint64_t base, enum scan_method m, struct err *e)
{
	size_t *order = NULL;

	if (f->failed)
		return OK;
	if (judged_streams(&f->all, 0, &order, e) < 0)
		return ERR_NOMEM;
	for (size_t start = 0, end; start < f->all.n; start = end) {
		double first = INFINITY, last = -INFINITY;

		for (end = start; end < f->all.n && f->all.flow[order[end]].device == f->all.flow[order[start]].device; end++) {
			const struct judged_flow *const flow = &f->all.flow[order[end]];

			if (f->part[order[end]] != PART_CALIBRATE || flow->truth == TRUTH_ATTACK ||
			    !isfinite(f->ours[m][order[end]].score))
				continue;
			s->score[s->n] = f->ours[m][order[end]].score;
			s->device[s->n] = base + flow->device;
			s->ts[s->n++] = flow->ts;
			first = fmin(first, flow->ts);
			last = fmax(last, flow->ts);
		}
		s->device_seconds += last > first ? last - first : 0;
	}
	free(order);
	return OK;
}

int evaluate_threshold(struct evaluation *ev, struct evaluated *f, enum scan_method m, double *threshold, struct err *e)
{
	struct threshold_result result;
	struct scores s;
	size_t n = 0;
	int r = OK;

	for (size_t i = 0; i < ev->file_n; i++)
		n += ev->file[i].all.n;
	if (!scores_new(&s, n))
		r = err_set(e, ERR_NOMEM, "out of memory for the threshold");
	for (size_t i = 0; i < ev->file_n && r == OK; i++)
		if ((ev->protocol == PROTOCOL_TIME) == (&ev->file[i] == f))
			r = scores_take(&s, &ev->file[i], (uint64_t)i << 32, m, e);
	if (r == OK)
		r = threshold_choose(
			ev->threshold,
			&(struct threshold_input){ s.score, s.device, s.ts, s.n, s.device_seconds, m == METHOD_HYBRID }, &result,
			e);
	if (r == OK)
		*threshold = result.value;
	free(s.score);
	free(s.ts);
	free(s.device);
	return r;
}
