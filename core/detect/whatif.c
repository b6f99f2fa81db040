/* whatif: counts by how many of the thresholds a score is above. */
#include "detect/whatif.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "detect/whatif_replay.h"

/* ADDITIONS_LEAST: an addition costs a thirtieth of the scan of a flow; with one for each flow and some for small files it stays so. */
enum { ADDITIONS = 1 << 22, ADDITIONS_LEAST = 1 << 18, BELOW = 20, A_UNIT = 5, AN_OCTAVE = 4, COARSE = 32 };

struct counts {
	uint64_t by[WHATIF_MAX + 1]; /* by how many thresholds they are above */
};

struct whatif {
	struct whatif_options o;
	struct whatif_table t;
	struct counts flows, windows, attacks, benign;
	struct whatif_replay *replay;  /* NULL: method dense */
	unsigned floor;                /* what is above no more thresholds than that is not kept */
	uint64_t kept;                 /* flows above more than that */
	uint64_t last_row[WHATIF_MAX]; /* dense: last row above it, where incidents[] is not 0 */
};

/* ---- thresholds --------------------------------------------------------------------------------------------------------------- */

/* To three digits, as short in print as it can be. */
static double rounded(double v)
{
	const double places = 2 - floor(log10(v)), scale = pow(10, fabs(places));

	return places >= 0 ? round(v * scale) / scale : round(v / scale) * scale;
}

/* The k-th one, 0 being at the scan's own or next below it. */
static double threshold_at(const struct whatif_options *o, int k)
{
	if (o->method == METHOD_HYBRID)
		return (floor(o->threshold * A_UNIT) + k) / A_UNIT;
	return o->threshold > 0 ? rounded(o->threshold * exp2((double)k / AN_OCTAVE)) : 0;
}

static void add_threshold(struct whatif_table *t, double v)
{
	if (t->n < WHATIF_MAX && isfinite(v) && (t->n == 0 || v > t->at[t->n - 1]))
		t->at[t->n++] = v;
}

static void choose_thresholds(struct whatif_table *t, const struct whatif_options *o)
{
	for (int k = -BELOW; k <= 0; k++)
		if (threshold_at(o, k) < o->threshold && threshold_at(o, k) > 0) /* above 0 is nearly everything */
			add_threshold(t, threshold_at(o, k));
	t->own = t->n;
	add_threshold(t, o->threshold);
	for (int k = 0; k < WHATIF_MAX; k++)
		add_threshold(t, threshold_at(o, k));
}

/* How many of them a value is above; NaN: none. */
static unsigned place_of(const struct whatif_table *t, double v)
{
	size_t low = 0, high = t->n;

	if (!(v > t->at[0]))
		return 0;
	while (high - low > 1) {
		const size_t middle = (low + high) / 2;

		*(v > t->at[middle] ? &low : &high) = middle;
	}
	return (unsigned)high;
}

static uint64_t above(const struct counts *c, size_t k)
{
	uint64_t n = 0;

	for (size_t i = k + 1; i <= WHATIF_MAX; i++)
		n += c->by[i];
	return n;
}

/* ---- counting ----------------------------------------------------------------------------------------------------------------- */

int whatif_new(struct whatif **out, const struct whatif_options *o, struct err *e)
{
	struct whatif *w;
	int r;

	if (!isfinite(o->threshold) || o->threshold < 0)
		return err_set(e, ERR_RANGE, "a threshold of %g has no others around it", o->threshold);
	if ((w = calloc(1, sizeof(*w))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for other thresholds");
	w->o = *o;
	w->o.additions = o->additions > 0 ? o->additions : ADDITIONS;
	w->t.method = o->method;
	w->t.threshold = o->threshold;
	choose_thresholds(&w->t, o);
	if (o->method != METHOD_DENSE && (r = whatif_replay_new(&w->replay, o->dir, o->plain, e)) < 0) {
		free(w);
		return r;
	}
	*out = w;
	return OK;
}

void whatif_del(struct whatif *w)
{
	if (w == NULL)
		return;
	whatif_replay_del(w->replay);
	free(w);
}

void whatif_window(struct whatif *w, double error)
{
	w->t.total.windows++;
	w->windows.by[isnan(error) ? w->t.n : place_of(&w->t, error)]++;
}

/* The scan counts the incidents of its own threshold itself, unless it judged flows by another one. */
static int own_is_known(const struct whatif *w)
{
	return w->o.flow_threshold == w->o.threshold;
}

static unsigned count_flow(struct whatif *w, double score, enum flow_label label)
{
	const unsigned place = place_of(&w->t, score);

	w->t.total.flows++;
	w->flows.by[place]++;
	if (label == LABEL_MALICIOUS) {
		w->t.total.attacks++;
		w->attacks.by[place]++;
	} else if (label == LABEL_BENIGN) {
		w->t.total.benign++;
		w->benign.by[place]++;
	}
	return place;
}

/* So many flows are above the lowest thresholds that these are given up. */
static void raise_floor(struct whatif *w)
{
	while (w->kept > w->o.additions / 2 && w->floor < w->t.n && (own_is_known(w) || w->floor < w->t.own))
		w->kept = above(&w->flows, ++w->floor);
	if (whatif_replay_n(w->replay) > 2 * w->o.additions)
		whatif_replay_raise(w->replay, w->floor);
}

void whatif_flow(struct whatif *w, const struct verdict *v)
{
	const unsigned place = count_flow(w, v->score, v->flow->label);

	if (place <= w->floor)
		return;
	whatif_replay_add(w->replay, v, place);
	if (++w->kept > w->o.additions)
		raise_floor(w);
}

void whatif_row(struct whatif *w, const struct table_result *r)
{
	const unsigned place = count_flow(w, r->score, r->label);

	whatif_window(w, r->score);
	for (unsigned k = 0; k < place; k++) {
		w->t.incidents[k] += w->t.incidents[k] == 0 || r->row - w->last_row[k] > TABLE_GAP;
		w->last_row[k] = r->row;
	}
}

/* ---- incidents ---------------------------------------------------------------------------------------------------------------- */

/* The first of the thresholds with the same flows above, which answers for all of them. */
static size_t first_alike(const struct whatif *w, size_t k)
{
	while (k > w->floor && w->flows.by[k] == 0)
		k--;
	return k;
}

/* Thresholds to be made again: a coarse grid first, then finer ones, of each the cheapest first, while it is not too much. */
static void choose_wanted(const struct whatif *w, unsigned char *wanted)
{
	const size_t n = w->t.n, own = w->t.own;
	const uint64_t most = w->t.total.flows + ADDITIONS_LEAST;
	uint64_t left = most < w->o.additions ? most : w->o.additions;

	if (!own_is_known(w)) {
		const uint64_t cost = above(&w->flows, own);

		wanted[first_alike(w, own)] = 1;
		left -= cost < left ? cost : left;
	}
	for (size_t stride = COARSE; stride > 0; stride /= 2)
		for (size_t k = n; k-- > w->floor;) {
			const uint64_t cost = above(&w->flows, k);
			const size_t first = first_alike(w, k);

			if ((k + COARSE * WHATIF_MAX - own) % stride != 0 || wanted[first] || cost > left)
				continue;
			wanted[first] = 1;
			left -= cost;
		}
}

static int make_incidents(struct whatif *w, uint64_t told, struct err *e)
{
	unsigned char wanted[WHATIF_MAX] = { 0 };
	uint64_t made[WHATIF_MAX];
	struct err own;
	int r;

	memset(made, 0xff, sizeof(made)); /* WHATIF_UNKNOWN */
	choose_wanted(w, wanted);
	r = whatif_replay_run(w->replay, wanted, w->t.n, made, &own);
	if (r < 0 && r != ERR_IO) { /* without room for temporary files some answers are unknown, the scan is good all the same */
		if (e != NULL)
			*e = own;
		return r;
	}
	for (size_t k = 0; k < w->t.n; k++) {
		const uint64_t answer = k < w->floor ? WHATIF_UNKNOWN : made[first_alike(w, k)];

		w->t.incidents[k] = answer == WHATIF_UNKNOWN ? answer : answer + told;
	}
	return OK;
}

int whatif_finish(struct whatif *w, uint64_t own, uint64_t told, struct err *e)
{
	struct whatif_table *const t = &w->t;
	int r;

	for (size_t k = 0; k < t->n; k++) {
		t->flows[k] = above(&w->flows, k);
		t->anomalies[k] = above(&w->windows, k);
		t->attacks[k] = above(&w->attacks, k);
		t->benign[k] = above(&w->benign, k);
	}
	if (w->replay != NULL && (r = make_incidents(w, told, e)) < 0)
		return r;
	if (own_is_known(w))
		t->incidents[t->own] = own;
	return OK;
}

const struct whatif_table *whatif_get(const struct whatif *w)
{
	return &w->t;
}
