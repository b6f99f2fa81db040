/* explain: shares from one pass of the network, the counterfactual from a few dozen more. */
#include "detect/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/carve.h"
#include "detect/explain_change.h"
#include "detect/fuse.h"
#include "detect/share.h"

/* The `most` largest of key[n] that are above 0, largest first, equal ones as they come. Returns how many. */
static size_t largest(const float *key, size_t n, size_t *at, size_t most)
{
	size_t have = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = have;

		if (!(key[i] > 0) || (have == most && !(key[i] > key[at[have - 1]])))
			continue;
		if (have < most)
			have++;
		else
			k--;
		for (; k > 0 && key[i] > key[at[k - 1]]; k--)
			at[k] = at[k - 1];
		at[k] = i;
	}
	return have;
}

size_t explanation_largest(const struct explanation *x, size_t *at, size_t n)
{
	return n == 0 ? 0 : largest(x->share, x->T * x->F, at, n);
}

/* share[n] = (x - y)^2 / sum, and key[n] to order them by: the shares, or without any the distance from 0. */
static void fill_window(struct explanation *x, const float *in, const float *recon, float *key)
{
	const size_t n = x->T * x->F;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		const double d = (double)in[i] - (double)recon[i];

		sum += d * d;
	}
	for (size_t i = 0; i < n; i++) {
		const double d = (double)in[i] - (double)recon[i];

		if (isfinite(x->score) && sum > 0)
			key[i] = x->share[i] = (float)(d * d / sum);
		else
			key[i] = isfinite(in[i]) ? fabsf(in[i]) : 0;
	}
}

/* Of the flow's own step alone. */
static void fill_flow(struct explanation *x, const struct change_search *s, float *key)
{
	const size_t at = s->c->step * x->F;
	double part[COMPONENTS], share[FEATURE_MAX];

	for (int i = 0; i < COMPONENTS; i++)
		part[i] = x->by[i].share;
	share_flow(s->detector, part, s->window + at, s->recon + at, share);
	for (size_t f = 0; f < x->F; f++)
		key[at + f] = x->share[at + f] = (float)share[f];
}

/* Why there is nothing to try; NULL: there is. */
static const char *settled(const struct explanation *x, const struct explain_case *c, double threshold)
{
	if (x->score <= threshold)
		return "it is normal";
	if (c->fused && fuse_score(c->rule_p) > threshold)
		return "a rule raised an alarm at what the device did, which no single number of one flow undoes";
	return NULL;
}

static void find_change(struct explanation *x, struct change_search *s, const float *key, const float *recon)
{
	size_t order[EXPLAIN_TRIED], n = x->T * x->F;
	struct explained_part by[COMPONENTS]; /* of the changed windows: not ours */

	if ((x->no_change = settled(x, s->c, s->threshold)) != NULL)
		return;
	s->by = by;
	n = largest(key, n, order, EXPLAIN_TRIED);
	for (size_t i = 0; i < n && !x->change.found; i++)
		change_find(s, order[i], x->value[order[i]], recon[order[i]], &x->change);
	if (!x->change.found)
		x->no_change = "no change of a single number makes it normal";
	s->by = NULL;
}

static int check(const struct detector *d, int fused, double threshold, struct err *e)
{
	const char *const lacks = !d->has_scaler            ? "scaler"
				  : isnan(threshold)        ? "threshold"
				  : fused && !d->calibrated ? "calibration"
							    : NULL;

	return lacks == NULL ? OK : err_set(e, ERR_RANGE, "the model has no %s: nothing can be explained", lacks);
}

int explain_case(struct explanation *x, const struct detector *d, const struct plan *p, const struct explain_case *c,
		 double threshold, struct err *e)
{
	const size_t T = plan_steps(p), F = plan_features(p), n = T * F;
	struct explanation made = { .T = T, .F = F };
	struct carve keep = { 0 }, room = { 0 };
	const size_t at_value = carve_add(&keep, n, sizeof(*made.value)), at_share = carve_add(&keep, n, sizeof(*made.share));
	const size_t at_window = carve_add(&room, n, sizeof(float)), at_recon = carve_add(&room, n, sizeof(float));
	const size_t at_first = carve_add(&room, n, sizeof(float)), at_key = carve_add(&room, n, sizeof(float));
	const size_t at_scratch = carve_add(&room, plan_scratch_bytes(p), 1);
	unsigned char *kept, *work;
	struct change_search s = { .detector = d, .plan = p, .c = c, .threshold = threshold, .by = made.by };
	float *first, *key;
	int r = check(d, c->fused, threshold, e);

	if (r < 0)
		return r;
	kept = carve_alloc(&keep);
	work = carve_alloc(&room);
	if (kept == NULL || work == NULL) {
		free(kept);
		r = err_set(e, ERR_NOMEM, "out of memory for an explanation");
		goto out;
	}
	made.value = (double *)(void *)(kept + at_value);
	made.share = (float *)(void *)(kept + at_share);
	memcpy(made.value, c->raw, n * sizeof(*c->raw));
	s.scratch = work + at_scratch;
	s.window = (float *)(void *)(work + at_window);
	s.recon = (float *)(void *)(work + at_recon);
	first = (float *)(void *)(work + at_first);
	key = (float *)(void *)(work + at_key);
	for (size_t i = 0; i < T && c->scaled == NULL; i++)
		scaler_apply(&d->scaler, c->raw + i * F, s.window + i * F);
	if (c->scaled != NULL)
		memcpy(s.window, c->scaled, n * sizeof(*s.window));
	made.score = change_score(&s);
	memcpy(first, s.recon, n * sizeof(*first));
	if (c->fused)
		fill_flow(&made, &s, key);
	else
		fill_window(&made, s.window, first, key);
	find_change(&made, &s, key, first);
	made.passes = s.passes;
	*x = made;
out:
	free(work);
	return r;
}

int explain_window(struct explanation *x, const struct detector *d, const struct plan *p, const double *raw, double threshold,
		   struct err *e)
{
	return explain_case(x, d, p, &(struct explain_case){ .raw = raw, .rule_p = NAN }, threshold, e);
}

void explanation_free(struct explanation *x)
{
	free(x->value); /* the shares are in the same block */
	*x = (struct explanation){ 0 };
}
