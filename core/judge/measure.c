/* measure: flows and windows become items of a ranking. */
#include "judge/measure.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"

const double tpr_points[TPR_POINTS] = { 0.01, 0.001, 0.0001 };

enum { MACRO_REPLICATES = 1000 };

static double ratio(double a, double b)
{
	return b > 0 ? a / b : NAN;
}

struct rates rates_of(const struct counts *c)
{
	const double tp = (double)c->tp, fp = (double)c->fp, tn = (double)c->tn, fn = (double)c->fn;

	return (struct rates){
		.precision = ratio(tp, tp + fp),
		.recall = ratio(tp, tp + fn),
		.f1 = ratio(2 * tp, 2 * tp + fp + fn),
		.accuracy = ratio(tp + tn, tp + fp + tn + fn),
		.fpr = ratio(fp, fp + tn),
	};
}

/* What is ranked, in an order in which neighbours are neighbours. */
struct items {
	size_t n;
	double *score;
	uint8_t *attack, *alarm;
};

static void items_free(struct items *it)
{
	free(it->score);
	free(it->attack);
	free(it->alarm);
}

static int items_new(struct items *it, size_t n, struct err *e)
{
	*it = (struct items){ .score = malloc((n + 1) * sizeof(*it->score)), .attack = malloc(n + 1), .alarm = malloc(n + 1) };
	if (it->score != NULL && it->attack != NULL && it->alarm != NULL)
		return OK;
	items_free(it);
	return err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", n);
}

static double rank_of(const struct answer *a)
{
	return isnan(a->score) ? -INFINITY : a->score;
}

static int flow_items(struct items *it, const struct judged *j, const struct answer *a, struct err *e)
{
	if (items_new(it, j->n, e) < 0)
		return ERR_NOMEM;
	for (size_t i = 0; i < j->n; i++) {
		if (j->flow[i].truth == TRUTH_NONE)
			continue;
		it->score[it->n] = rank_of(&a[i]);
		it->alarm[it->n] = a[i].alarm && !isnan(a[i].score);
		it->attack[it->n++] = j->flow[i].truth == TRUTH_ATTACK;
	}
	return OK;
}

/* The window that ends with the row at order[last]. */
static void window_item(struct items *it, const struct judged *j, const struct answer *a, const size_t *order, size_t last,
			size_t T)
{
	int attack = 0, unknown = 0, alarm = 0;
	double score = -INFINITY;

	for (size_t k = last + 1 - T; k <= last; k++) {
		const struct answer *const answer = &a[order[k]];

		attack |= j->flow[order[k]].truth == TRUTH_ATTACK;
		unknown |= j->flow[order[k]].truth == TRUTH_NONE;
		alarm |= answer->alarm && !isnan(answer->score);
		score = fmax(score, rank_of(answer));
	}
	if (unknown && !attack)
		return;
	it->score[it->n] = score;
	it->alarm[it->n] = (uint8_t)alarm;
	it->attack[it->n++] = (uint8_t)attack;
}

static int window_items(struct items *it, const struct judged *j, const struct answer *a, size_t T, struct err *e)
{
	size_t *order = NULL, start = 0;
	int r = judged_streams(j, 0, &order, e);

	if (r < 0 || (r = items_new(it, j->n, e)) < 0) {
		free(order);
		return r;
	}
	for (size_t i = 0; i < j->n; i++) {
		if (j->flow[order[i]].device != j->flow[order[start]].device)
			start = i;
		if (i + 1 - start >= T)
			window_item(it, j, a, order, i, T);
	}
	free(order);
	return OK;
}

/* Items that no other one before them equals, for judging without duplicates. */
struct hashed {
	uint64_t hash;
	size_t at;
};

static int by_hash(const void *a, const void *b)
{
	const struct hashed *const x = a, *const y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int distinct_auc(const struct judged *j, const struct ranking *r, double *out, struct err *e)
{
	struct hashed *const h = malloc((j->n + 1) * sizeof(*h));
	double *const weight = malloc((j->n + 1) * sizeof(*weight));
	size_t n = 0;

	if (h == NULL || weight == NULL) {
		free(h);
		free(weight);
		return err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", j->n);
	}
	for (size_t i = 0; i < j->n; i++) {
		if (j->flow[i].truth == TRUTH_NONE)
			continue;
		h[n] = (struct hashed){ judged_hash(j, i, 0) * 2 + (j->flow[i].truth == TRUTH_ATTACK), n };
		n++;
	}
	qsort(h, n, sizeof(*h), by_hash);
	for (size_t i = 0; i < n; i++)
		weight[h[i].at] = i == 0 || h[i].hash != h[i - 1].hash;
	*out = ranking_roc_auc(r, weight);
	free(h);
	free(weight);
	return OK;
}

/* Blocks of the bootstrap: a window long at least; n^(1/3) otherwise (Hall, Horowitz & Jing 1995). */
static size_t block_of(size_t n, size_t T)
{
	const size_t b = (size_t)ceil(cbrt((double)n));

	return b > T ? b : T > 0 ? T : 1;
}

static int intervals(struct view *v, const struct ranking *r, const struct measure_options *o, struct err *e)
{
	const size_t block = block_of(v->n, o->T);
	int code;

	if ((code = ranking_interval(r, ranking_measure_roc, 0, block, o->replicates, o->seed, &v->roc_interval, e)) < 0 ||
	    (code = ranking_interval(r, ranking_measure_pr, 0, block, o->replicates, o->seed, &v->pr_interval, e)) < 0)
		return code;
	for (size_t i = 0; i < TPR_POINTS; i++)
		if ((code = ranking_interval(r, ranking_tpr_at, tpr_points[i], block, o->replicates, o->seed, &v->tpr_interval[i],
					     e)) < 0)
			return code;
	return OK;
}

static void count(struct view *v, const struct items *it)
{
	for (size_t i = 0; i < it->n; i++) {
		uint64_t *const cell[2][2] = { { &v->counts.tn, &v->counts.fp }, { &v->counts.fn, &v->counts.tp } };

		(*cell[it->attack[i]][it->alarm[i]])++;
		v->unscored += it->score[i] == -INFINITY;
		v->attacks += it->attack[i];
	}
	v->n = it->n;
	v->base_rate = ratio((double)v->attacks, (double)v->n);
	v->rates = rates_of(&v->counts);
}

static int measure(struct view *v, const struct items *it, const struct judged *distinct, const struct measure_options *o,
		   struct err *e)
{
	const struct interval none = { NAN, NAN };
	struct ranking *r = NULL;
	int code = ranking_new(&r, it->score, it->attack, it->n, e);

	*v = (struct view){ .roc_auc_distinct = NAN, .roc_interval = none, .pr_interval = none };
	for (size_t i = 0; i < TPR_POINTS; i++)
		v->tpr_interval[i] = none;
	if (code < 0)
		return code;
	count(v, it);
	v->roc_auc = ranking_roc_auc(r, NULL);
	v->pr_auc = ranking_pr_auc(r, NULL);
	for (size_t i = 0; i < TPR_POINTS; i++)
		v->tpr[i] = ranking_tpr_at(r, NULL, tpr_points[i]);
	if (distinct != NULL)
		code = distinct_auc(distinct, r, &v->roc_auc_distinct, e);
	if (code == OK && o->replicates > 0)
		code = intervals(v, r, o, e);
	ranking_del(r);
	return code;
}

int measure_flows(struct view *v, const struct judged *j, const struct answer *a, const struct measure_options *o, struct err *e)
{
	struct items it;
	int r = flow_items(&it, j, a, e);

	if (r < 0)
		return r;
	r = measure(v, &it, j, o, e);
	items_free(&it);
	return r;
}

int measure_windows(struct view *v, const struct judged *j, const struct answer *a, const struct measure_options *o, struct err *e)
{
	struct items it;
	int r = window_items(&it, j, a, o->T, e);

	if (r < 0)
		return r;
	r = measure(v, &it, NULL, o, e);
	items_free(&it);
	return r;
}

int measure_ranking(struct ranking **out, const struct judged *j, const struct answer *a, struct err *e)
{
	struct items it;
	int r = flow_items(&it, j, a, e);

	if (r < 0)
		return r;
	r = ranking_new(out, it.score, it.attack, it.n, e);
	items_free(&it);
	return r;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

struct macro macro_of(const double *value, size_t n, uint64_t seed)
{
	struct macro m = { .mean = NAN, .interval = { NAN, NAN } };
	double sums[MACRO_REPLICATES], sum = 0;
	struct rng g;

	for (size_t i = 0; i < n; i++) {
		m.n += !isnan(value[i]);
		sum += isnan(value[i]) ? 0 : value[i];
	}
	if (m.n > 0)
		m.mean = sum / (double)m.n;
	if (m.n < 2)
		return m;
	rng_init(&g, seed);
	for (size_t k = 0; k < MACRO_REPLICATES; k++) {
		sums[k] = 0;
		for (size_t drawn = 0; drawn < m.n;) {
			const double v = value[rng_below(&g, n)];

			sums[k] += isnan(v) ? 0 : v;
			drawn += !isnan(v);
		}
		sums[k] /= (double)m.n;
	}
	qsort(sums, MACRO_REPLICATES, sizeof(*sums), ascending);
	m.interval = (struct interval){ sums[MACRO_REPLICATES / 40], sums[MACRO_REPLICATES - 1 - MACRO_REPLICATES / 40] };
	return m;
}
