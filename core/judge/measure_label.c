/* measure_label: recall, delay and names, label by label. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/measure.h"

static int is_alarm(const struct answer *a)
{
	return a->alarm && !isnan(a->score);
}

/* A pair of device and label while its device's rows go by. */
struct pair {
	uint32_t label;
	double flows, seconds; /* of the delay; infinite: no alarm yet */
	size_t first;          /* place in the device's stream */
	double ts;
};

struct pairs {
	size_t n, cap, open; /* those from `open` on are of the present device */
	struct pair *p;
};

static int pairs_begin(struct pairs *ps, const struct judged_flow *f, size_t at)
{
	struct pair *p;

	for (size_t i = ps->open; i < ps->n; i++)
		if (ps->p[i].label == f->label)
			return OK;
	if (ps->n == ps->cap) {
		p = reallocarray(ps->p, ps->cap ? 2 * ps->cap : 64, sizeof(*p));
		if (p == NULL)
			return ERR_NOMEM;
		ps->p = p;
		ps->cap = ps->cap ? 2 * ps->cap : 64;
	}
	ps->p[ps->n++] = (struct pair){ f->label, INFINITY, isnan(f->ts) ? NAN : INFINITY, at, f->ts };
	return OK;
}

/* An alarm on an attack flow ends the delay of all that have begun. Rows may be in another order than their starts: no delay is negative. */
static void pairs_alarm(struct pairs *ps, const struct judged_flow *f, size_t at)
{
	for (size_t i = ps->open; i < ps->n; i++) {
		struct pair *const p = &ps->p[i];

		if (isfinite(p->flows))
			continue;
		p->flows = (double)(at - p->first);
		p->seconds = isnan(p->ts) || isnan(f->ts) ? NAN : fmax(0, f->ts - p->ts);
	}
}

static int collect(struct pairs *ps, const struct judged *j, const struct answer *a, struct err *e)
{
	size_t *order = NULL, start = 0;
	int r = judged_streams(j, 0, &order, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < j->n && r == OK; i++) {
		const struct judged_flow *const f = &j->flow[order[i]];

		if (f->device != j->flow[order[start]].device) {
			start = i;
			ps->open = ps->n;
		}
		if (f->truth != TRUTH_ATTACK)
			continue;
		if (pairs_begin(ps, f, i) < 0)
			r = err_set(e, ERR_NOMEM, "out of memory for the delays of %zu flows", j->n);
		else if (is_alarm(&a[order[i]]))
			pairs_alarm(ps, f, i);
	}
	free(order);
	return r;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The value that a share `q` does not exceed: the least rank that is enough, never interpolated with infinity. */
static double quantile(double *v, size_t n, double q)
{
	size_t at = (size_t)ceil(q * (double)n);

	for (size_t i = 0; i < n; i++)
		if (isnan(v[i]))
			return NAN;
	if (n == 0)
		return NAN;
	qsort(v, n, sizeof(*v), ascending);
	at = at > 0 ? at - 1 : 0;
	return v[at < n ? at : n - 1];
}

static void delays(struct label_result *l, uint32_t label, const struct pairs *ps, double *flows, double *seconds)
{
	size_t n = 0;

	for (size_t i = 0; i < ps->n; i++) {
		if (ps->p[i].label != label)
			continue;
		l->pairs_found += isfinite(ps->p[i].flows);
		flows[n] = ps->p[i].flows;
		seconds[n++] = ps->p[i].seconds;
	}
	l->pairs = n;
	for (int k = 0; k < 2; k++) {
		l->delay_flows[k] = quantile(flows, n, k ? 0.95 : 0.5);
		l->delay_seconds[k] = quantile(seconds, n, k ? 0.95 : 0.5);
	}
}

static int most_first(const void *a, const void *b)
{
	const struct label_result *const x = a, *const y = b;

	return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->label, y->label);
}

int measure_labels(struct label_result **out, size_t *n, const struct judged *j, const struct answer *a, struct err *e)
{
	struct label_result *const l = calloc(j->label_n + 1, sizeof(*l));
	struct pairs ps = { 0 };
	double *scratch = NULL;
	size_t used = 0;
	int r = collect(&ps, j, a, e);

	if (r == OK && (l == NULL || (scratch = malloc(2 * (ps.n + 1) * sizeof(*scratch))) == NULL))
		r = err_set(e, ERR_NOMEM, "out of memory for %zu labels", j->label_n);
	if (r < 0) {
		free(l);
		free(scratch);
		free(ps.p);
		return r;
	}
	for (size_t i = 0; i < j->n; i++) {
		if (j->flow[i].truth != TRUTH_ATTACK)
			continue;
		l[j->flow[i].label].n++;
		l[j->flow[i].label].found += (uint64_t)is_alarm(&a[i]);
	}
	for (size_t k = 0; k < j->label_n; k++) {
		struct label_result result = l[k];

		if (result.n == 0)
			continue;
		result.label = j->label[k];
		result.recall = (double)result.found / (double)result.n;
		delays(&result, (uint32_t)k, &ps, scratch, scratch + ps.n + 1);
		l[used++] = result;
	}
	qsort(l, used, sizeof(*l), most_first);
	free(scratch);
	free(ps.p);
	*out = l;
	*n = used;
	return OK;
}

static int cell_order(const void *a, const void *b)
{
	const struct confusion_cell *const x = a, *const y = b;
	const int c = strcmp(x->label, y->label);

	return c != 0 ? c : strcmp(x->named, y->named);
}

int measure_confusion(struct confusion_cell **out, size_t *n, const struct judged *j, const struct answer *a, struct err *e)
{
	struct confusion_cell *const cell = malloc((j->n + 1) * sizeof(*cell));
	size_t used = 0, kept = 0;

	if (cell == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the names of %zu flows", j->n);
	for (size_t i = 0; i < j->n; i++)
		if (j->flow[i].truth == TRUTH_ATTACK && is_alarm(&a[i]))
			cell[used++] = (struct confusion_cell){ j->label[j->flow[i].label], a[i].named ? a[i].named : "", 1 };
	qsort(cell, used, sizeof(*cell), cell_order);
	for (size_t i = 0; i < used; i++) {
		if (kept > 0 && cell_order(&cell[kept - 1], &cell[i]) == 0)
			cell[kept - 1].n++;
		else
			cell[kept++] = cell[i];
	}
	*out = cell;
	*n = kept;
	return OK;
}
