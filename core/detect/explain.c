/* explain: shares from one pass of the network, the counterfactual from a few dozen more. */
#include "detect/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/carve.h"
#include "base/json.h"

enum { GRID = 12, CANDIDATES = GRID + 2 };

static const double TOLERANCE = 1e-4; /* of the border, relative; with three digits of `to` it stays within 1 % */

/* What a value can be. */
struct domain {
	double low, high;
	int whole;
};

static struct domain domain_of(const struct feature *f)
{
	static const struct domain by_kind[] = {
		[FEATURE_COUNT] = { 0, INFINITY, 0 },
		[FEATURE_SIGNED] = { -INFINITY, INFINITY, 0 },
		[FEATURE_FLAG] = { 0, 1, 1 },
	};
	static const char *const whole[] = { "packets", "bytes", "flows", "ports", "hosts" };
	struct domain d = by_kind[f->kind];

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		d.whole |= strcmp(whole[i], f->unit) == 0;
	return d;
}

/* A window with one value that is tried. */
struct trial {
	const struct plan *plan;
	const struct scaler *scaler;
	void *scratch;
	float *window; /* (T,F), scaled */
	size_t F, step, feature;
	struct domain domain;
	double threshold;
	size_t passes; /* for this element */
};

/* Is the window normal with this raw value? The window is left with it. */
static int normal_with(struct trial *t, double value)
{
	double row[FEATURE_MAX] = { 0 };
	float scaled[FEATURE_MAX], score;
	const float *const window = t->window;

	row[t->feature] = value;
	scaler_apply(t->scaler, row, scaled);
	t->window[t->step * t->F + t->feature] = scaled[t->feature];
	plan_score(t->plan, t->scratch, &window, 1, &score, NULL);
	t->passes++;
	return (double)score <= t->threshold;
}

static double squeeze(double v)
{
	return copysign(log1p(fabs(v)), v);
}

static double unsqueeze(double v)
{
	return copysign(expm1(fabs(v)), v);
}

/* The value at a place of the logarithmic scale that this feature can have. */
static double value_at(const struct trial *t, double place)
{
	double v = unsqueeze(place);

	if (t->domain.whole)
		v = round(v);
	return fmin(fmax(v, t->domain.low), t->domain.high);
}

/* The raw value that is scaled to y. */
static double unscale(const struct scaler *s, size_t feature, double y)
{
	const double x = y * s->scale[feature] + s->center[feature];

	return s->log1p ? unsqueeze(x) : x;
}

/* Nearest normal value to `from` among the candidates, and the one that is not normal next to it on the way. 0: none is normal. */
static int bracket(struct trial *t, double from, double expected, double *good, double *bad)
{
	const double centre = squeeze(unscale(t->scaler, t->feature, 0)), at = squeeze(from);
	const double least = fmin(fmin(at, centre), fmin(squeeze(expected), 0)),
		     most = fmax(fmax(at, centre), fmax(squeeze(expected), 0));
	double value[CANDIDATES], best = INFINITY;
	int normal[CANDIDATES];

	for (size_t i = 0; i < CANDIDATES; i++) {
		value[i] = i == 0   ? value_at(t, centre)
			   : i == 1 ? value_at(t, squeeze(expected))
				    : value_at(t, least + (most - least) * (double)(i - 2) / (GRID - 1));
		normal[i] = isfinite(value[i]) && normal_with(t, value[i]);
		if (normal[i] && fabs(squeeze(value[i]) - at) < best) {
			best = fabs(squeeze(value[i]) - at);
			*good = value[i];
		}
	}
	*bad = from;
	if (!isfinite(best))
		return 0;
	for (size_t i = 0; i < CANDIDATES; i++)
		if (!normal[i] && (value[i] - *good) * (value[i] - *bad) < 0)
			*bad = value[i];
	return 1;
}

/* v with three digits, on the side away from `bad`. */
static double away_from(double v, double bad)
{
	const double unit = v == 0 ? 1 : pow(10, floor(log10(fabs(v))) - 2);

	return bad > v ? floor(v / unit) * unit : ceil(v / unit) * unit;
}

/* The value next to the border between good and bad, on the good side. */
static double border(struct trial *t, double good, double bad)
{
	double round_value;

	while (t->passes + 1 < EXPLAIN_PASSES && fabs(good - bad) > TOLERANCE * fabs(good)) {
		const double middle = value_at(t, (squeeze(good) + squeeze(bad)) / 2);

		if (middle == good || middle == bad)
			break;
		if (normal_with(t, middle))
			good = middle;
		else
			bad = middle;
	}
	round_value = away_from(good, bad);
	if (t->domain.whole)
		round_value = round(round_value);
	if (round_value >= t->domain.low && fabs(round_value - bad) <= 0.01 * fabs(round_value) && normal_with(t, round_value))
		good = round_value;
	return good;
}

/* Try to make the window normal by one element. recon: what the network made of that element. */
static int try_element(struct trial *t, struct explanation *x, size_t element, float recon, const struct feature_set *set)
{
	const double from = x->value[element];
	const float before = t->window[element];
	double good = from, bad = from;

	t->step = element / x->F;
	t->feature = element % x->F;
	t->domain = domain_of(set->feature[t->feature]);
	t->passes = 0;
	if (!isfinite(from))
		return 0;
	if (bracket(t, from, isfinite(recon) ? unscale(t->scaler, t->feature, (double)recon) : from, &good, &bad))
		x->change = (struct counterfactual){ 1, t->step, t->feature, from, border(t, good, bad) };
	t->window[element] = before;
	x->passes += t->passes;
	return x->change.found;
}

/* The EXPLAIN_TRIED largest of key[n], largest first, equal ones as they come. Returns how many. */
static size_t largest(const float *key, size_t n, size_t at[EXPLAIN_TRIED])
{
	size_t have = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = have;

		if (have == EXPLAIN_TRIED && !(key[i] > key[at[have - 1]]))
			continue;
		if (have < EXPLAIN_TRIED)
			have++;
		else
			k--;
		for (; k > 0 && key[i] > key[at[k - 1]]; k--)
			at[k] = at[k - 1];
		at[k] = i;
	}
	return have;
}

/* share[n] = (x - y)^2 / sum, and key[n] to order them by: the shares, or without any the distance from 0. */
static void fill_shares(struct explanation *x, const float *in, const float *recon, float *key)
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

int explain_window(struct explanation *x, const struct detector *d, const struct plan *p, const double *raw, double threshold,
		   struct err *e)
{
	const size_t T = plan_steps(p), F = plan_features(p), n = T * F;
	struct explanation made = { .T = T, .F = F, .passes = 1 };
	struct carve c = { 0 }, room = { 0 };
	const size_t at_value = carve_add(&c, n, sizeof(*made.value)), at_share = carve_add(&c, n, sizeof(*made.share));
	const size_t at_window = carve_add(&room, n, sizeof(float)), at_recon = carve_add(&room, n, sizeof(float));
	const size_t at_key = carve_add(&room, n, sizeof(float)), at_scratch = carve_add(&room, plan_scratch_bytes(p), 1);
	unsigned char *kept = NULL, *work = NULL;
	size_t order[EXPLAIN_TRIED], order_n;
	struct trial t;
	float *recon;
	int r = OK;

	if (!d->has_scaler || isnan(threshold))
		return err_set(e, ERR_RANGE, "the model has no %s: nothing can be explained",
			       d->has_scaler ? "threshold" : "scaler");
	kept = carve_alloc(&c);
	work = carve_alloc(&room);
	if (kept == NULL || work == NULL) {
		free(kept);
		r = err_set(e, ERR_NOMEM, "out of memory for an explanation");
		goto out;
	}
	made.value = (double *)(void *)(kept + at_value);
	made.share = (float *)(void *)(kept + at_share);
	memcpy(made.value, raw, n * sizeof(*raw));
	t = (struct trial){ .plan = p,
			    .scaler = &d->scaler,
			    .scratch = work + at_scratch,
			    .window = (float *)(void *)(work + at_window),
			    .F = F,
			    .threshold = threshold };
	recon = (float *)(void *)(work + at_recon);
	for (size_t s = 0; s < T; s++)
		scaler_apply(&d->scaler, raw + s * F, t.window + s * F);
	plan_score(p, t.scratch, &(const float *){ t.window }, 1, &made.score, recon);
	fill_shares(&made, t.window, recon, (float *)(void *)(work + at_key));
	order_n = (double)made.score <= threshold ? 0 : largest((const float *)(void *)(work + at_key), n, order);
	for (size_t i = 0; i < order_n && !try_element(&t, &made, order[i], recon[order[i]], d->features);)
		i++;
	*x = made;
out:
	free(work);
	return r;
}

void explanation_free(struct explanation *x)
{
	free(x->value); /* the shares are in the same block */
	*x = (struct explanation){ 0 };
}

static struct json_object *shares_to_json(const struct explanation *x)
{
	struct json_object *const list = json_object_new_array();

	for (size_t s = 0; s < x->T; s++) {
		struct json_object *const row = json_object_new_array();

		for (size_t f = 0; f < x->F; f++)
			json_object_array_add(row, json_number((double)x->share[s * x->F + f], 6));
		json_object_array_add(list, row);
	}
	return list;
}

static struct json_object *values_to_json(const struct explanation *x)
{
	struct json_object *const list = json_object_new_array();

	for (size_t s = 0; s < x->T; s++) {
		struct json_object *const row = json_object_new_array();

		for (size_t f = 0; f < x->F; f++)
			json_object_array_add(row, json_number(x->value[s * x->F + f], 15));
		json_object_array_add(list, row);
	}
	return list;
}

static struct json_object *change_to_json(const struct counterfactual *c, const struct feature_set *set)
{
	struct json_object *o;

	if (!c->found)
		return NULL;
	o = json_object_new_object();
	json_object_object_add(o, "step", json_count(c->step));
	json_object_object_add(o, "feature", json_object_new_string(set->feature[c->feature]->name));
	json_object_object_add(o, "from", json_number(c->from, 15));
	json_object_object_add(o, c->to < c->from ? "at_most" : "at_least", json_number(c->to, 15));
	return o;
}

struct json_object *explanation_to_json(const struct explanation *x, const struct feature_set *set, const struct usual_range *usual)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "shares", shares_to_json(x));
	json_object_object_add(o, "values", values_to_json(x));
	if (usual != NULL) {
		struct json_object *const ranges = json_object_new_object();

		for (size_t f = 0; f < set->n; f++) {
			struct json_object *const range = usual_to_json(&usual[f], 1);

			json_object_object_add(ranges, set->feature[f]->name, json_object_get(json_object_array_get_idx(range, 0)));
			json_object_put(range);
		}
		json_object_object_add(o, "usual", ranges);
	}
	json_object_object_add(o, "counterfactual", change_to_json(&x->change, set));
	return o;
}
