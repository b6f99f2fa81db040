/* kept: an array in which the least is replaced. k is small, and few anomalies are worse than the least of the k worst. */
#include "detect/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/carve.h"

static const size_t BYTES_MAX = (size_t)64 << 20;

int kept_init(struct kept *k, size_t worst, size_t T, size_t F)
{
	const size_t each = T * F * sizeof(float) + F * sizeof(double), fit = BYTES_MAX / each;
	struct carve c = { 0 };
	size_t at_item, at_row, at_scaled;

	k->k = worst < fit ? worst : fit;
	k->T = T;
	k->F = F;
	if (k->k == 0)
		return OK;
	at_item = carve_add(&c, k->k, sizeof(*k->item));
	at_row = carve_add(&c, k->k * F, sizeof(double));
	at_scaled = carve_add(&c, k->k * T * F, sizeof(float));
	if ((k->block = carve_alloc(&c)) == NULL)
		return ERR_NOMEM;
	k->item = (struct kept_window *)(void *)(k->block + at_item);
	for (size_t i = 0; i < k->k; i++) {
		k->item[i].row = (double *)(void *)(k->block + at_row) + i * F;
		k->item[i].scaled = (float *)(void *)(k->block + at_scaled) + i * T * F;
	}
	return OK;
}

void kept_free(struct kept *k)
{
	free(k->block);
	*k = (struct kept){ 0 };
}

static int less(const struct kept_window *w, float error, uint64_t sequence_id)
{
	return w->error < error || (w->error == error && w->sequence_id > sequence_id);
}

void kept_put(struct kept *k, size_t at, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v)
{
	struct kept_window *const w = &k->item[at];

	w->sequence_id = a->sequence_id;
	w->error = a->error;
	w->step = j->step;
	w->rule_p = v->by[BY_RULES];
	w->no_sequence = j->odd;
	memcpy(w->row, j->flow->row, k->F * sizeof(*w->row));
	memcpy(w->scaled, j->window->input, k->T * k->F * sizeof(*w->scaled));
}

void kept_add(struct kept *k, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v)
{
	const int full = k->n == k->k;

	if (k->k == 0 || (full && !less(&k->item[k->least], a->error, a->sequence_id)))
		return;
	kept_put(k, full ? k->least : k->n++, a, j, v);
	for (size_t i = k->least = 0; i < k->n; i++)
		if (less(&k->item[i], k->item[k->least].error, k->item[k->least].sequence_id))
			k->least = i;
}

const struct kept_window *kept_find(const struct kept *k, uint64_t sequence_id)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->item[i].sequence_id == sequence_id)
			return &k->item[i];
	return NULL;
}

int kept_explain(const struct kept_window *w, const struct scan_model *m, enum scan_method method, double threshold,
		 struct explanation *x, struct err *e)
{
	const struct detector *const d = m->detector;
	const size_t T = plan_steps(m->plan), F = plan_features(m->plan);
	double *const raw = malloc(T * F * sizeof(*raw));
	int r;

	if (raw == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for an explanation");
	for (size_t i = 0; i < T * F; i++)
		raw[i] = explain_possible(d->features->feature[i % F], scaler_invert(&d->scaler, i % F, (double)w->scaled[i]));
	memcpy(raw + w->step * F, w->row, F * sizeof(*raw));
	r = explain_case(x, d, m->plan,
			 &(struct explain_case){ .raw = raw,
						 .scaled = w->scaled,
						 .fused = method == METHOD_HYBRID,
						 .step = w->step,
						 .rule_p = w->rule_p,
						 .no_sequence = w->no_sequence },
			 threshold, e);
	free(raw);
	return r == OK ? 1 : r;
}
