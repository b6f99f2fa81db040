/* verdict_make: see scan.h for what a score is by each method. */
#include "detect/verdict_make.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect/fuse.h"

/* Mean squared error of one step; infinite when the network could not cope. */
static double step_error(const struct scored *w, size_t step, size_t F)
{
	double sum = 0;

	for (size_t f = 0; f < F; f++) {
		const double d = (double)w->input[step * F + f] - (double)w->recon[step * F + f];

		sum += d * d;
	}
	return isfinite(sum) && isfinite(w->score) ? sum / (double)F : INFINITY;
}

static const struct rule *unusual(void)
{
	return rule_get(rules_n() - 1);
}

void verdict_make(const struct verdict_maker *m, const struct waiting *w, const struct scored *window, size_t step, int odd,
		  struct verdict *out)
{
	const struct detector *const d = m->detector;
	const double error = window != NULL ? step_error(window, step, d->net.features) : (double)NAN;

	*out = (struct verdict){ .flow = &w->flow,
				 .device = w->device,
				 .device_flow = w->device_flow,
				 .side = w->side,
				 .row = w->row,
				 .by = { NAN, NAN, NAN, NAN } };
	if (d->calibrated) {
		out->by[BY_SEQUENCE] = window != NULL && !odd ? calibration_p(&d->sequence_p, error) : (double)NAN;
		out->by[BY_PROFILE] = calibration_p(&d->profile_p, w->profile);
	}
	if (w->hit != NULL && w->hit->alarm)
		out->by[BY_RULES] = fuse_rule_p(w->hit->strength);
	if (m->method == METHOD_HYBRID) {
		out->p = fuse_p(out->by);
		out->score = fuse_score(out->p);
	} else {
		out->p = out->by[BY_SEQUENCE];
		out->score = error;
	}
	out->anomalous = out->score > m->flow_threshold;
	if (out->anomalous)
		out->rule = w->hit != NULL ? w->hit->rule : unusual();
}

/* The feature of a flow that its profile finds most unusual, and its share. */
static size_t most_unusual(const struct verdict_maker *m, const struct waiting *w, double *share)
{
	const struct detector *const d = m->detector;
	double part[FEATURE_MAX], sum = 0;
	float scaled[FEATURE_MAX];
	size_t at = 0;

	scaler_apply(&d->scaler, w->row, scaled);
	profile_score(&d->profile, scaled, part);
	for (size_t f = 0; f < d->profile.n; f++) {
		sum += fmax(part[f], 0);
		if (part[f] > part[at])
			at = f;
	}
	*share = sum > 0 ? fmax(part[at], 0) / sum : 0;
	return at;
}

const char *verdict_sentence(const struct verdict_maker *m, const struct waiting *w, const struct verdict *v,
			     char text[RULE_SENTENCE])
{
	const struct feature *f;
	double share;
	size_t at;

	(void)v;
	if (w->hit != NULL) {
		snprintf(text, RULE_SENTENCE, "%s", w->hit->sentence);
		return text;
	}
	if (!m->detector->calibrated) {
		snprintf(text, RULE_SENTENCE, "the flow does not fit what came before it");
		return text;
	}
	at = most_unusual(m, w, &share);
	f = m->detector->features->feature[at];
	if (f->kind == FEATURE_FLAG)
		snprintf(text, RULE_SENTENCE, "unusual: %s%s", w->row[at] > 0 ? "" : "not ", f->meaning);
	else
		snprintf(text, RULE_SENTENCE, "unusual: %s: %.6g %s; usual is about %.3g", f->meaning, w->row[at], f->unit,
			 scaler_invert(&m->detector->scaler, at, m->detector->profile.mean[at]));
	return text;
}

/*
 * The element of the window with the largest part of sum (x - y)^2. Where the network ran away, y says nothing: then the element farthest
 * from normal, which is 0 for most scalers.
 */
static void blame(const struct verdict_maker *m, const struct scored *w, const struct waiting *last, struct anomaly *a)
{
	const size_t F = m->detector->net.features, n = m->T * F;
	double sum = 0, most = -1;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const double d = (double)w->input[i] - (double)w->recon[i], part = d * d;

		sum += part;
		if (part > most) {
			most = part;
			at = i;
		}
	}
	if (!isfinite(sum)) {
		at = 0;
		for (size_t i = 1; i < n; i++)
			if (fabsf(w->input[i]) > fabsf(w->input[at]))
				at = i;
	}
	a->step = at / F;
	a->feature = at % F;
	a->share = isfinite(sum) && sum > 0 ? most / sum : 0;
	a->value =
		a->step == m->T - 1 ? last->row[a->feature] : scaler_invert(&m->detector->scaler, a->feature, (double)w->input[at]);
}

/* As an incident of this flow alone. */
static enum severity severity_by_p(const struct waiting *w, const struct verdict *v)
{
	const enum severity s = severity_of_p(v->p);

	return w->hit != NULL && w->hit->alarm ? severity_worst(s, (enum severity)w->hit->rule->severity) : s;
}

void verdict_anomaly(const struct verdict_maker *m, const struct waiting *last, const struct waiting *worst,
		     const struct verdict *v, const struct scored *window, double error, struct anomaly *out)
{
	const struct feature_set *const set = m->detector->features;
	const struct flow *const f = &worst->flow;

	*out = (struct anomaly){
		.sequence_id = window->window,
		.row = { last->before != NULL ? last->before->flow.row : last->oldest, last->flow.row },
		.ts = last->flow.ts,
		.device = last->device,
		.error = (float)error,
		.p = v->p,
		.threshold = m->threshold,
		.severity = m->method == METHOD_HYBRID ? severity_by_p(worst, v) : severity_of(error, m->threshold),
		.rule = worst->hit != NULL ? worst->hit->rule : unusual(),
		.incident = v->incident,
		.host = { f->host[ORIG], f->host[RESP] },
		.port = { f->port[ORIG], f->port[RESP] },
		.side = worst->side,
		.features = set,
	};
	if (m->method == METHOD_HYBRID && !(v->by[BY_SEQUENCE] < v->by[BY_PROFILE])) {
		out->step = m->T - 1;
		out->feature = most_unusual(m, worst, &out->share);
		out->value = worst->row[out->feature];
	} else {
		blame(m, window, last, out);
	}
	memcpy(out->sample, last->row, set->n * sizeof(*out->sample));
	verdict_sentence(m, worst, v, out->sentence);
}
