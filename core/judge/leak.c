/* leak: rows and windows are compared by 64-bit hashes: among a million rows a false match has a chance of 1 in 37 million. */
#include "judge/leak.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const double feature_limit = 0.99, duplicate_limit = 0.5;

__attribute__((format(printf, 5, 6))) static void add(struct leaks *l, const char *code, enum leak_weight weight, double value,
						      const char *fmt, ...)
{
	struct leak *const k = &l->leak[l->n < LEAK_MAX ? l->n : LEAK_MAX - 1];
	va_list args;

	if (l->n < LEAK_MAX)
		l->n++;
	*k = (struct leak){ .code = code, .weight = weight, .value = value };
	va_start(args, fmt);
	vsnprintf(k->text, sizeof(k->text), fmt, args);
	va_end(args);
}

enum leak_weight leaks_weight(const struct leaks *l)
{
	enum leak_weight w = LEAK_REMARK;

	for (size_t i = 0; i < l->n; i++)
		w = l->leak[i].weight > w ? l->leak[i].weight : w;
	return w;
}

const char *leak_weight_name(enum leak_weight w)
{
	static const char *const names[] = { [LEAK_REMARK] = "remark", [LEAK_CAUTION] = "caution", [LEAK_SPOILS] = "spoils" };

	return names[w];
}

static int ascending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int has_times(const struct judged *j)
{
	for (size_t i = 0; i < j->n; i++)
		if (isnan(j->flow[i].ts))
			return 0;
	return j->n > 0;
}

/* Hashes of all windows of T rows of a device; *out is sorted, the caller's. T = 1: of rows. */
static int hashes(const struct judged *j, size_t T, int with_time, uint64_t **out, size_t *n, struct err *e)
{
	uint64_t *const h = malloc((j->n + 1) * sizeof(*h)), *const row = malloc((j->n + 1) * sizeof(*row));
	size_t *order = NULL, start = 0;
	int r = judged_streams(j, 0, &order, e);

	if (r == OK && (h == NULL || row == NULL))
		r = err_set(e, ERR_NOMEM, "out of memory for comparing %zu rows", j->n);
	*n = 0;
	for (size_t i = 0; i < j->n && r == OK; i++) {
		uint64_t sum = 0;

		row[i] = judged_hash(j, order[i], with_time);
		if (j->flow[order[i]].device != j->flow[order[start]].device)
			start = i;
		if (i + 1 - start < T)
			continue;
		for (size_t k = i + 1 - T; k <= i; k++)
			sum = (sum ^ row[k]) * 0x9e3779b97f4a7c15 + (sum >> 29);
		h[(*n)++] = sum;
	}
	free(order);
	free(row);
	if (r < 0) {
		free(h);
		return r;
	}
	qsort(h, *n, sizeof(*h), ascending);
	*out = h;
	return OK;
}

static int shared(const struct judged *a, const struct judged *b, size_t T, int with_time, size_t *both, size_t *n, struct err *e)
{
	uint64_t *ha = NULL, *hb = NULL;
	size_t an = 0;
	int r;

	*both = 0;
	if ((r = hashes(a, T, with_time, &ha, &an, e)) == OK && (r = hashes(b, T, with_time, &hb, n, e)) == OK)
		for (size_t i = 0; i < *n && an > 0; i++)
			*both += bsearch(&hb[i], ha, an, sizeof(*ha), ascending) != NULL;
	free(ha);
	free(hb);
	return r;
}

int leak_shared(struct leaks *l, const struct judged *train, const struct judged *test, size_t T, struct err *e)
{
	const int times = has_times(train) && has_times(test);
	size_t both, n;
	int r;

	if (times) {
		if ((r = shared(train, test, 1, 1, &both, &n, e)) < 0)
			return r;
		if (both > 0)
			add(l, "shared_rows", LEAK_SPOILS, (double)both / (double)n,
			    "%zu of %zu judged rows (%.3g %%) are also learned from, with the same features at the same time", both,
			    n, 100 * (double)both / (double)n);
	}
	if ((r = shared(train, test, T, times, &both, &n, e)) < 0)
		return r;
	if (both > 0)
		add(l, "shared_windows", LEAK_SPOILS, (double)both / (double)n,
		    "%zu of %zu judged windows of %zu flows (%.3g %%) are also learned from%s", both, n, T,
		    100 * (double)both / (double)n, times ? "" : "; without times that may be repetition");
	return OK;
}

void leak_scaler(struct leaks *l, const char *who)
{
	add(l, "scaler_saw_test", LEAK_SPOILS, 1, "the scaler of %.80s was fitted on the judged rows", who);
}

void leak_trained_on(struct leaks *l, const char *what)
{
	add(l, "trained_on_file", LEAK_SPOILS, 1, "the model says that it was trained on %.80s", what);
}

void leak_training(struct leaks *l, const struct judged *train)
{
	size_t attacks = 0, unknown = 0;

	for (size_t i = 0; i < train->n; i++) {
		attacks += train->flow[i].truth == TRUTH_ATTACK;
		unknown += train->flow[i].truth == TRUTH_NONE;
	}
	if (attacks > 0)
		add(l, "attacks_in_train", LEAK_SPOILS, (double)attacks / (double)train->n,
		    "%zu of %zu rows that are learned from (%.3g %%) are labelled as attacks", attacks, train->n,
		    100 * (double)attacks / (double)train->n);
	if (unknown > 0)
		add(l, "unlabelled_train", LEAK_REMARK, (double)unknown / (double)train->n,
		    "%zu of %zu rows that are learned from have no label: they are taken for benign", unknown, train->n);
}

void leak_feature(struct leaks *l, const char *feature, int inverted, double auc)
{
	if (auc >= feature_limit)
		add(l, "one_feature", LEAK_CAUTION, auc,
		    "%.60s alone, %s meaning attack, reaches ROC-AUC %.4f: these data are separable by one number and say little "
		    "of a "
		    "detector",
		    feature, inverted ? "low" : "high", auc);
}

void leak_calibration(struct leaks *l, size_t n, const char *what, double asked)
{
	const double least = 1 / ((double)n + 1);

	if (asked < least)
		add(l, "few_benign", LEAK_CAUTION, (double)n,
		    "%zu benign %s support no false-alarm rate below %.3g (1/(n+1)); %.3g was asked for", n, what, least, asked);
}

static size_t count_attacks(const struct judged *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n; i++)
		n += j->flow[i].truth == TRUTH_ATTACK;
	return n;
}

void leak_attacks(struct leaks *l, const struct judged *all, const struct judged *test)
{
	const size_t attacks = count_attacks(all);

	if (attacks > 0 && count_attacks(test) == 0)
		add(l, "no_attacks", LEAK_CAUTION, (double)attacks,
		    "none of the %zu attack flows of the file is among the judged ones: of finding them this says nothing",
		    attacks);
}

int leak_duplicates(struct leaks *l, const struct judged *test, struct err *e)
{
	uint64_t *const h = malloc((test->n + 1) * sizeof(*h));
	size_t n = 0, copies = 0;

	if (h == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for comparing %zu rows", test->n);
	for (size_t i = 0; i < test->n; i++)
		if (test->flow[i].truth != TRUTH_NONE)
			h[n++] = judged_hash(test, i, 0) * 2 + (test->flow[i].truth == TRUTH_ATTACK);
	qsort(h, n, sizeof(*h), ascending);
	for (size_t i = 1; i < n; i++)
		copies += h[i] == h[i - 1];
	free(h);
	if ((double)copies >= duplicate_limit * (double)n && n > 0)
		add(l, "duplicates", LEAK_REMARK, (double)copies / (double)n,
		    "%zu of %zu judged rows (%.3g %%) are exact copies of others; the ROC-AUC with each counted once is told "
		    "beside",
		    copies, n, 100 * (double)copies / (double)n);
	return OK;
}
