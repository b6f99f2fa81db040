/* threshold: the table of strategies. */
#include "detect/threshold.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "detect/budget.h"
#include "detect/fuse.h"
#include "detect/calibration.h"
#include "flow/number.h"

/* What is asked for: the strategy's number, and for a budget per what time. */
struct request {
	double k, seconds;
};

/* Fill r from in->score, of which there is at least one, and sorted, the same rising. */
typedef int (*threshold_function)(const struct request *q, const struct threshold_input *in, const double *sorted,
				  struct threshold_result *r, struct err *e);

static const struct period {
	const char *name, *unit;
	double seconds;
} periods[] = {
	{ "/hour", "incidents an hour in a network of 20 devices", 3600 },
	{ "/day", "incidents a day in a network of 20 devices", 86400 },
	{ "/week", "incidents a week in a network of 20 devices", 604800 },
};
enum { PERIODS = sizeof(periods) / sizeof(*periods) };
_Static_assert(BUDGET_DEVICES == 20, "the units above say so");

static const char share_unit[] = "of the scores";

static int sigma(const struct request *q, const struct threshold_input *in, const double *sorted, struct threshold_result *r,
		 struct err *e)
{
	const double n = (double)in->n;
	double mean = 0, rest = 0, squares = 0;

	(void)sorted;
	(void)e;
	for (size_t i = 0; i < in->n; i++)
		mean += in->score[i] / n;
	for (size_t i = 0; i < in->n; i++) {
		const double d = in->score[i] - mean;

		rest += d;
		squares += d * d;
	}
	squares -= rest * rest / n;
	r->value = mean + q->k * sqrt((squares < 0 ? 0 : squares) / n);
	return OK;
}

static int percentile(const struct request *q, const struct threshold_input *in, const double *sorted, struct threshold_result *r,
		      struct err *e)
{
	const double rank = (double)(in->n - 1) * (q->k / 100);
	const size_t low = (size_t)rank, high = low + 1 < in->n ? low + 1 : in->n - 1;

	(void)e;
	r->value = sorted[low] + (sorted[high] - sorted[low]) * (rank - (double)low);
	return OK;
}

/* By the Pareto tail of the scores: exceeded with probability p. */
static int by_tail(double p, const struct threshold_input *in, struct threshold_result *r, double least, struct err *e)
{
	struct calibration c;
	const int code = in->log10_p ? calibration_fit_log10(&c, in->score, in->n, e) : calibration_fit(&c, in->score, in->n, e);

	if (code < 0)
		return code;
	r->value = fmax(calibration_score(&c, p), least);
	r->expected_rate = calibration_p(&c, r->value);
	if (p < calibration_floor(&c))
		snprintf(r->note, sizeof(r->note),
			 "The calibration data (%zu scores) support no less than %.2g of the scores; what is below is extrapolated "
			 "by %s tail.",
			 in->n, calibration_floor(&c), in->log10_p ? "an exponential" : "a Pareto");
	return OK;
}

static int fpr(const struct request *q, const struct threshold_input *in, const double *sorted, struct threshold_result *r,
	       struct err *e)
{
	const double above = floor(q->k * ((double)in->n + 1) * (1 + 1e-12)) - 1;

	if (above < 0)
		return by_tail(q->k, in, r, sorted[in->n - 1], e);
	r->value = above < (double)in->n ? sorted[in->n - 1 - (size_t)above] : sorted[0];
	return OK;
}

static int pot(const struct request *q, const struct threshold_input *in, const double *sorted, struct threshold_result *r,
	       struct err *e)
{
	(void)sorted;
	return by_tail(q->k, in, r, -INFINITY, e);
}

static const char *unit_of(double seconds)
{
	size_t i = 0;

	while (i + 1 < PERIODS && periods[i].seconds < seconds)
		i++;
	return periods[i].unit;
}

static int budget(const struct request *q, const struct threshold_input *in, const double *sorted, struct threshold_result *r,
		  struct err *e)
{
	const struct budget b = { .incidents = q->k, .seconds = q->seconds };
	struct budget_result found;
	const int code = budget_find(&b, in, &found, e);
	char by[64];

	(void)sorted;
	if (code < 0)
		return code;
	r->value = found.value;
	r->expected_rate = found.rate;
	r->supported_rate = found.supported;
	r->unit = unit_of(q->seconds);
	if (!found.extrapolated)
		return OK;
	if (found.peaks > 0)
		snprintf(by, sizeof(by), "the peaks of %zu incidents", found.peaks);
	else
		snprintf(by, sizeof(by), "%zu single scores", in->n);
	snprintf(r->note, sizeof(r->note),
		 "The calibration data (%.3g device-days) support no less than %.2g %s; what is below is extrapolated from %s.",
		 in->device_seconds / 86400, found.supported, r->unit, by);
	return OK;
}

static int itself(const struct request *q, const struct threshold_input *in, const double *sorted, struct threshold_result *r,
		  struct err *e)
{
	(void)in;
	(void)sorted;
	(void)e;
	r->value = q->k;
	return OK;
}

static const struct strategy {
	const char *name;
	int colon;             /* ":NUMBER" follows the name */
	int positive;          /* 0 is no number for it */
	double max, otherwise; /* of its number; and what it is when it is left out, NaN: it must not be */
	int needs_scores, per_time;
	threshold_function find;
} strategies[] = {
	{ "sigma", 1, 0, 1e6, NAN, 1, 0, sigma },   { "percentile", 1, 0, 100, NAN, 1, 0, percentile },
	{ "fpr", 1, 1, 0.999999, NAN, 1, 0, fpr },  { "pot", 1, 1, 0.999999, 1e-4, 1, 0, pot }, /* the default of Siffer et al. */
	{ "budget", 1, 1, 1e9, NAN, 1, 1, budget }, { "", 0, 0, HUGE_VAL, NAN, 0, 0, itself },
};

/* The period that text[*len] ends with; it is cut off. */
static const struct period *cut_period(const char *text, size_t *len)
{
	for (size_t i = 0; i < PERIODS; i++) {
		const size_t n = strlen(periods[i].name);

		if (*len > n && memcmp(text + *len - n, periods[i].name, n) == 0) {
			*len -= n;
			return &periods[i];
		}
	}
	return NULL;
}

/* What follows the strategy's name. */
static int parse_number(const struct strategy *s, const char *text, struct request *q)
{
	const struct period *period;
	size_t len = strlen(text);

	if (len == 0 && !isnan(s->otherwise)) {
		q->k = s->otherwise;
		return 1;
	}
	if (s->colon && *text++ != ':')
		return 0;
	len -= (size_t)s->colon;
	if (s->per_time) {
		if ((period = cut_period(text, &len)) == NULL)
			return 0;
		q->seconds = period->seconds;
	}
	return number_parse(text, len, &q->k) == 0 && q->k >= 0 && q->k <= s->max && (q->k > 0 || !s->positive);
}

static const struct strategy *parse(const char *text, struct request *q, struct err *e)
{
	for (size_t i = 0; i < sizeof(strategies) / sizeof(*strategies); i++) {
		const struct strategy *s = &strategies[i];
		const size_t n = strlen(s->name);

		if (strncmp(text, s->name, n) == 0 && parse_number(s, text + n, q) &&
		    (strlen(text) < THRESHOLD_STRATEGY || !s->needs_scores))
			return s;
	}
	err_set(e, ERR_USAGE,
		"threshold \"%.40s\" is unknown: give sigma:K (K >= 0, such as sigma:3), percentile:P (0 <= P <= 100), fpr:X (0 < "
		"X < 1, such "
		"as fpr:0.01), pot or pot:Q, budget:N/day (or /hour, /week; such as budget:1/day) or a number >= 0",
		text);
	return NULL;
}

int threshold_check(const char *text, struct err *e)
{
	struct request q = { 0 };

	return parse(text, &q, e) != NULL ? OK : ERR_USAGE;
}

int threshold_is_number(const char *text)
{
	struct request q = { 0 };
	const struct strategy *const s = parse(text, &q, NULL);

	return s != NULL && !s->needs_scores;
}

/* in->score rising. */
static int sort_scores(const struct threshold_input *in, double **out, struct err *e)
{
	double *sorted;

	if ((sorted = reallocarray(NULL, in->n, sizeof(*sorted))) == NULL)
		return err_set(e, ERR_NOMEM, "threshold: no memory for %zu scores", in->n);
	memcpy(sorted, in->score, in->n * sizeof(*sorted));
	array_sort_doubles(sorted, in->n);
	*out = sorted;
	return OK;
}

/* (1 + #above) / (n + 1) */
static double share_above(const double *sorted, size_t n, double value)
{
	size_t above = 0;

	while (above < n && sorted[n - 1 - above] > value)
		above++;
	return (1 + (double)above) / (1 + (double)n);
}

/* Few data and a heavy tail ask for scores that not even the alarm of a rule has. */
static void cap(struct threshold_result *r)
{
	static const char said[] = "The threshold is held below what an alarm of a rule scores.";
	const size_t n = strlen(r->note);

	if (r->value <= FUSE_THRESHOLD_MOST)
		return;
	r->value = FUSE_THRESHOLD_MOST;
	r->expected_rate = NAN;
	if (n + sizeof(said) + 1 <= sizeof(r->note))
		snprintf(r->note + n, sizeof(r->note) - n, "%s%s", n > 0 ? " " : "", said);
}

int threshold_choose(const char *text, const struct threshold_input *in, struct threshold_result *out, struct err *e)
{
	struct threshold_result r = { .value = NAN, .expected_rate = NAN, .supported_rate = NAN, .unit = share_unit };
	struct request q = { 0 };
	const struct strategy *const s = parse(text, &q, e);
	double *sorted = NULL;
	int code;

	if (s == NULL)
		return ERR_USAGE;
	if (s->needs_scores && in->n == 0)
		return err_set(e, ERR_RANGE, "threshold %.60s: there are no scores to find it from", text);
	for (size_t i = 0; i < in->n; i++)
		if (!isfinite(in->score[i]))
			return err_set(e, ERR_NUMERIC, "threshold %.60s: score %zu is not finite", text, i);
	if (in->n > 0 && (code = sort_scores(in, &sorted, e)) < 0)
		return code;
	if (in->n > 0)
		r.supported_rate = 1 / (1 + (double)in->n);
	if ((code = s->find(&q, in, sorted, &r, e)) < 0)
		err_prefix(e, "threshold %.60s", text);
	else if (!isfinite(r.value))
		code = err_set(e, ERR_NUMERIC, "threshold %.60s: the scores are too large", text);
	else if (isnan(r.expected_rate) && sorted != NULL)
		r.expected_rate = share_above(sorted, in->n, r.value);
	free(sorted);
	if (code < 0)
		return code;
	if (in->log10_p && s->needs_scores)
		cap(&r);
	snprintf(r.strategy, sizeof(r.strategy), "%s", s->needs_scores ? text : "manual");
	*out = r;
	return OK;
}

int threshold_find(const char *text, const float *error, size_t n, double *out, struct err *e)
{
	struct threshold_input in = { .n = n };
	struct threshold_result r;
	double *copy = NULL;
	int code;

	if (n > 0 && (copy = reallocarray(NULL, n, sizeof(*copy))) == NULL)
		return err_set(e, ERR_NOMEM, "threshold: no memory for %zu errors", n);
	for (size_t i = 0; i < n; i++)
		copy[i] = (double)error[i];
	in.score = copy;
	if ((code = threshold_choose(text, &in, &r, e)) == OK)
		*out = r.value;
	free(copy);
	return code;
}

struct json_object *threshold_to_json(const struct threshold_result *r)
{
	struct json_object *const o = json_object_new_object();

	if (o == NULL)
		return NULL;
	json_object_object_add(o, "strategy", json_object_new_string(r->strategy));
	json_object_object_add(o, "value", json_number(r->value, 17));
	json_object_object_add(o, "expected_rate", json_number(r->expected_rate, 4));
	json_object_object_add(o, "supported_rate", json_number(r->supported_rate, 4));
	json_object_object_add(o, "unit", json_object_new_string(r->unit));
	if (r->note[0] != '\0')
		json_object_object_add(o, "note", json_object_new_string(r->note));
	return o;
}
