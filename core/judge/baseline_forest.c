/* baseline_forest: isolation forest, algorithms 1 to 3 of Liu, Ting & Zhou (ICDM 2008). */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "judge/baselines.h"

enum { TREES = 100, SAMPLE = 256, HEIGHT = 8 /* log2 of SAMPLE */, NODES = 2 << HEIGHT };

/* Children of node i are 2i + 1 and 2i + 2. A leaf has feature -1 and the number of rows that it holds. */
struct node {
	int feature;
	uint32_t rows;
	double split; /* values below it go left */
};

/* The mean depth of an unsuccessful search among n: what a leaf of n rows would have gone on to. */
static double mean_path(double n)
{
	return n > 2 ? 2 * (log(n - 1) + 0.57721566490153286) - 2 * (n - 1) / n : n > 1 ? 1 : 0;
}

/* A feature that is not constant among at[n], drawn evenly; -1: there is none. */
static int draw_feature(struct rng *g, const double *level, size_t F, const uint32_t *at, size_t n, double *low, double *high)
{
	size_t varying = 0;
	int chosen = -1;

	for (size_t f = 0; f < F; f++) {
		double lo = INFINITY, hi = -INFINITY;

		for (size_t i = 0; i < n; i++) {
			lo = fmin(lo, level[at[i] * F + f]);
			hi = fmax(hi, level[at[i] * F + f]);
		}
		if (!(lo < hi) || rng_below(g, ++varying) != 0)
			continue;
		chosen = (int)f;
		*low = lo;
		*high = hi;
	}
	return chosen;
}

static void grow(struct node *tree, size_t self, int depth, struct rng *g, const double *level, size_t F, uint32_t *at, size_t n)
{
	double low = 0, high = 0;
	size_t left = 0;

	tree[self] = (struct node){ .feature = -1, .rows = (uint32_t)n };
	if (depth == HEIGHT || n < 2)
		return;
	tree[self].feature = draw_feature(g, level, F, at, n, &low, &high);
	if (tree[self].feature < 0)
		return;
	tree[self].split = low + (high - low) * rng_uniform(g);
	for (size_t i = 0; i < n; i++) {
		const uint32_t row = at[i];

		if (level[row * F + (size_t)tree[self].feature] >= tree[self].split)
			continue;
		at[i] = at[left];
		at[left++] = row;
	}
	grow(tree, 2 * self + 1, depth + 1, g, level, F, at, left);
	grow(tree, 2 * self + 2, depth + 1, g, level, F, at + left, n - left);
}

static double path(const struct node *tree, const double *x)
{
	size_t at = 0;
	int depth = 0;

	for (; tree[at].feature >= 0; depth++)
		at = 2 * at + (x[tree[at].feature] < tree[at].split ? 1 : 2);
	return depth + mean_path(tree[at].rows);
}

/* The first `take` of at[n] become a sample without replacement. */
static void draw_rows(struct rng *g, uint32_t *at, size_t n, size_t take)
{
	for (size_t i = 0; i < take; i++) {
		const size_t k = i + (size_t)rng_below(g, n - i);
		const uint32_t row = at[i];

		at[i] = at[k];
		at[k] = row;
	}
}

int baseline_iforest(const struct samples *train, const struct samples *test, uint64_t seed, double *score, struct err *e)
{
	const size_t take = train->n < SAMPLE ? train->n : SAMPLE;
	double *level = NULL, *x = NULL;
	struct node *tree = NULL;
	uint32_t *at = NULL, sample[SAMPLE];
	struct rng g;
	int r;

	if (test->n == 0)
		return OK;
	if ((r = baseline_levels(train, &level, e)) < 0 || (r = baseline_levels(test, &x, e)) < 0)
		goto out;
	tree = malloc(NODES * sizeof(*tree));
	at = malloc((train->n + 1) * sizeof(*at));
	if (tree == NULL || at == NULL || train->n >= UINT32_MAX / train->F) {
		r = err_set(e, ERR_NOMEM, "out of memory for an isolation forest over %zu rows", train->n);
		goto out;
	}
	rng_init(&g, seed);
	for (size_t i = 0; i < train->n; i++)
		at[i] = (uint32_t)i;
	for (size_t i = 0; i < test->n; i++)
		score[i] = 0;
	for (int t = 0; t < TREES; t++) {
		draw_rows(&g, at, train->n, take);
		for (size_t i = 0; i < take; i++)
			sample[i] = at[i];
		grow(tree, 0, 0, &g, level, train->F, sample, take);
		for (size_t i = 0; i < test->n; i++)
			score[i] += path(tree, x + i * test->F);
	}
	for (size_t i = 0; i < test->n; i++)
		score[i] = exp2(-score[i] / TREES / fmax(mean_path((double)take), 1));
out:
	free(level);
	free(x);
	free(tree);
	free(at);
	return r;
}
