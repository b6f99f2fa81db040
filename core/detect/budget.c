/* budget: incidents above every level at once, by taking the scores away from the lowest up. */
#include "detect/budget.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "detect/calibration.h"
#include "detect/pareto.h"

enum { PEAKS_MOST = 50, PEAKS_LEAST = 10 };

struct item {
	double score, ts;
	uint64_t device;
	size_t before, after; /* neighbours in time that are still there; SIZE_MAX: none */
};

struct level {
	double score;
	size_t incidents; /* above it, or above a higher level if that is more */
};

struct series {
	struct item *item;   /* [n] by device and time */
	struct level *level; /* [level_n] rising */
	size_t *by_score;    /* [n] */
	double *peak;        /* [n] room for the peaks */
	size_t n, level_n;
};

static int by_time(const void *a, const void *b)
{
	const struct item *const x = a, *const y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->ts < y->ts || x->ts > y->ts)
		return x->ts < y->ts ? -1 : 1;
	return (x->score > y->score) - (x->score < y->score);
}

/* The order of items by score; equal ones by their place, so that it is the same everywhere. */
static int by_score(const void *a, const void *b, void *arg)
{
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;
	const struct item *const item = arg;

	if (item[x].score < item[y].score || item[x].score > item[y].score)
		return item[x].score < item[y].score ? -1 : 1;
	return x < y ? -1 : 1;
}

static void series_free(struct series *s)
{
	free(s->item);
	free(s->level);
	free(s->by_score);
	free(s->peak);
}

static int same_incident(const struct item *a, const struct item *b)
{
	return a->device == b->device && b->ts - a->ts <= BUDGET_GAP;
}

/* Take item i out; returns by how much the number of incidents grows: 1 (it held two parts together), 0, or -1 (it was all of one). */
static int take_out(struct item *item, size_t i)
{
	const size_t before = item[i].before, after = item[i].after;
	const int has_before = before != SIZE_MAX, has_after = after != SIZE_MAX;
	const int left = has_before && same_incident(&item[before], &item[i]),
		  right = has_after && same_incident(&item[i], &item[after]);

	if (has_before)
		item[before].after = after;
	if (has_after)
		item[after].before = before;
	if (left && right)
		return !same_incident(&item[before], &item[after]);
	return left || right ? 0 : -1;
}

static void count_incidents(struct series *s)
{
	size_t incidents = 0, most = 0;

	for (size_t i = 0; i < s->n; i++)
		incidents += i == 0 || !same_incident(&s->item[i - 1], &s->item[i]);
	for (size_t k = 0; k < s->n; k++) {
		const size_t i = s->by_score[k];

		/* Two's complement: -1 is added too. */
		incidents += (size_t)take_out(s->item, i);
		if (k + 1 == s->n || s->item[s->by_score[k + 1]].score > s->item[i].score)
			s->level[s->level_n++] = (struct level){ .score = s->item[i].score, .incidents = incidents };
	}
	for (size_t l = s->level_n; l-- > 0;) {
		most = s->level[l].incidents > most ? s->level[l].incidents : most;
		s->level[l].incidents = most;
	}
}

static int series_make(struct series *s, const struct threshold_input *in, struct err *e)
{
	const size_t n = in->n;

	s->n = n;
	s->item = reallocarray(NULL, n, sizeof(*s->item));
	s->level = reallocarray(NULL, n, sizeof(*s->level));
	s->by_score = reallocarray(NULL, n, sizeof(*s->by_score));
	s->peak = reallocarray(NULL, n, sizeof(*s->peak));
	if (s->item == NULL || s->level == NULL || s->by_score == NULL || s->peak == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu scores", n);
	for (size_t i = 0; i < n; i++)
		s->item[i] = (struct item){ .score = in->score[i], .ts = in->ts[i], .device = in->device ? in->device[i] : 0 };
	qsort(s->item, n, sizeof(*s->item), by_time);
	for (size_t i = 0; i < n; i++) {
		s->item[i].before = i > 0 ? i - 1 : SIZE_MAX;
		s->item[i].after = i + 1 < n ? i + 1 : SIZE_MAX;
		s->by_score[i] = i;
	}
	qsort_r(s->by_score, n, sizeof(*s->by_score), by_score, s->item);
	count_incidents(s);
	return OK;
}

/* The lowest level with no more than so many incidents above it and above all higher ones. The highest has none. */
static const struct level *level_with(const struct series *s, size_t incidents)
{
	size_t l = s->level_n - 1;

	while (l > 0 && s->level[l - 1].incidents <= incidents)
		l--;
	return &s->level[l];
}

/* The height above `level` of the peaks of the incidents there, rising, to s->peak. */
static size_t peaks_above(struct series *s, double level)
{
	const struct item *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct item *const x = &s->item[i];

		if (!(x->score > level))
			continue;
		if (last == NULL || !same_incident(last, x))
			s->peak[n++] = x->score - level;
		else
			s->peak[n - 1] = fmax(s->peak[n - 1], x->score - level);
		last = x;
	}
	array_sort_doubles(s->peak, n);
	return n;
}

/* Beyond the data: the rate of incidents above some level, and from there the tail of their peaks. */
static int by_peaks(struct series *s, int log10_p, double wanted, double per_incident, struct budget_result *out)
{
	const double top = s->level[s->level_n - 1].score;
	const size_t half = s->level[0].incidents / 2;
	const double from = level_with(s, half < PEAKS_MOST ? half : PEAKS_MOST)->score;
	struct pareto tail;

	out->peaks = peaks_above(s, from);
	if (out->peaks < PEAKS_LEAST) {
		out->peaks = 0;
		return 0;
	}
	tail = log10_p ? pareto_fit_log10(s->peak, out->peaks) : pareto_fit(s->peak, out->peaks, fmax(1e-6 * fabs(top), 1e-12));
	out->value = fmax(from + pareto_at(&tail, wanted / ((double)out->peaks * per_incident)), top);
	out->rate = (double)out->peaks * per_incident * pareto_above(&tail, out->value - from);
	return 1;
}

static int by_scores(const struct threshold_input *in, double top, double wanted, double per_incident, struct budget_result *out,
		     struct err *e)
{
	struct calibration c;
	const double per_time = (double)in->n * per_incident;
	const int r = in->log10_p ? calibration_fit_log10(&c, in->score, in->n, e) : calibration_fit(&c, in->score, in->n, e);

	if (r < 0)
		return r;
	out->value = fmax(calibration_score(&c, wanted / per_time), top);
	out->rate = per_time * calibration_p(&c, out->value);
	return OK;
}

int budget_find(const struct budget *b, const struct threshold_input *in, struct budget_result *out, struct err *e)
{
	const double network_times = in->device_seconds / BUDGET_DEVICES / b->seconds;
	/* Incidents in the budget's time that one in the data stands for. */
	const double each = 1 / network_times, allowed = floor(b->incidents * network_times * (1 + 1e-12)) - 1;
	struct series s = { 0 };
	int r;

	if (in->ts == NULL || !(in->device_seconds > 0) || !isfinite(each))
		return err_set(e, ERR_RANGE,
			       "a budget needs to know when each flow was, and the data do not say: fpr:X does without");
	for (size_t i = 0; i < in->n; i++)
		if (!isfinite(in->ts[i]))
			return err_set(e, ERR_RANGE,
				       "a budget needs the time of every flow, and not all have one: fpr:X does without");
	*out = (struct budget_result){ .supported = each, .extrapolated = allowed < 0 };
	if ((r = series_make(&s, in, e)) == OK && allowed >= 0) {
		const struct level *const l = level_with(&s, allowed < (double)in->n ? (size_t)allowed : in->n);

		out->value = l->score;
		out->rate = (1 + (double)l->incidents) * each;
	} else if (r == OK && !by_peaks(&s, in->log10_p, b->incidents, each, out)) {
		r = by_scores(in, s.level[s.level_n - 1].score, b->incidents, each, out, e);
	}
	series_free(&s);
	return r;
}
