/* explain_change: a grid, then bisection. */
#include "detect/explain_change.h"

#include <math.h>
#include <string.h>

#include "detect/fuse.h"
#include "detect/share.h"

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

static double possible(struct domain d, double v)
{
	return isnan(v) ? v : fmin(fmax(d.whole ? round(v) : v, d.low), d.high);
}

double explain_possible(const struct feature *f, double v)
{
	return possible(domain_of(f), v);
}

/* As verdict_make() has it. */
static double fused_score(struct change_search *s, float window_score)
{
	const struct detector *const d = s->detector;
	const size_t F = d->net.features, at = s->c->step * F;
	double p[COMPONENTS] = { NAN, NAN, NAN, s->c->rule_p }, share[COMPONENTS];

	if (!s->c->no_sequence)
		p[BY_SEQUENCE] = calibration_p(&d->sequence_p, share_step_error(s->window + at, s->recon + at, F, window_score));
	p[BY_PROFILE] = calibration_p(&d->profile_p, profile_score(&d->profile, s->window + at, NULL));
	fuse_shares(p, share);
	for (int i = 0; i < COMPONENTS; i++)
		s->by[i] = (struct explained_part){ p[i], share[i] };
	return fuse_score(fuse_p(p));
}

double change_score(struct change_search *s)
{
	const float *const window = s->window;
	float score;

	plan_score(s->plan, s->scratch, &window, 1, &score, s->recon);
	s->passes++;
	if (s->c->fused)
		return fused_score(s, score);
	for (int i = 0; i < COMPONENTS; i++)
		s->by[i] = (struct explained_part){ NAN, i == BY_SEQUENCE };
	return (double)score;
}

/* One element that is tried. */
struct trial {
	struct change_search *s;
	const struct scaler *scaler;
	size_t element, feature;
	struct domain domain;
	size_t passes; /* for this element */
};

/* Is it normal with this raw value? The window is left with it. */
static int normal_with(struct trial *t, double value)
{
	double row[FEATURE_MAX] = { 0 };
	float scaled[FEATURE_MAX];

	row[t->feature] = value;
	scaler_apply(t->scaler, row, scaled);
	t->s->window[t->element] = scaled[t->feature];
	t->passes++;
	return change_score(t->s) <= t->s->threshold;
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
	return possible(t->domain, unsqueeze(place));
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

int change_find(struct change_search *s, size_t element, double from, float y, struct counterfactual *out)
{
	const size_t F = s->detector->net.features, feature = element % F;
	const float before = s->window[element];
	struct trial t = { .s = s,
			   .scaler = &s->detector->scaler,
			   .element = element,
			   .feature = feature,
			   .domain = domain_of(s->detector->features->feature[feature]) };
	double good = from, bad = from;

	out->found = isfinite(from) && bracket(&t, from, isfinite(y) ? unscale(t.scaler, feature, (double)y) : from, &good, &bad);
	if (out->found)
		*out = (struct counterfactual){ 1, element / F, feature, from, border(&t, good, bad) };
	s->window[element] = before;
	return out->found;
}
