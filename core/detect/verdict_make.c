/* verdict_make: see scan.h for what a score is by each method. */
#include "detect/verdict_make.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect/fuse.h"
#include "detect/phrases.h"
#include "detect/share.h"
#include "flow/device.h"

static const struct rule *unusual(void)
{
	return rule_get(rules_n() - 1);
}

void verdict_make(const struct verdict_maker *m, const struct judged_flow *j, struct verdict *out)
{
	const struct detector *const d = m->detector;
	const struct waiting *const w = j->flow;
	const size_t F = d->net.features, at = j->step * F;
	const double error = j->window != NULL ? share_step_error(j->window->input + at, j->window->recon + at, F, j->window->score)
					       : (double)NAN;

	*out = (struct verdict){ .flow = &w->flow,
				 .device = w->device,
				 .device_flow = w->device_flow,
				 .side = w->side,
				 .row = w->row,
				 .hit = w->hit,
				 .window = j->window != NULL ? j->window->window : VERDICT_NO_WINDOW,
				 .by = { NAN, NAN, NAN, NAN } };
	if (d->calibrated) {
		out->by[BY_SEQUENCE] = j->window != NULL && !j->odd ? calibration_p(&d->sequence_p, error) : (double)NAN;
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

/* The feature with the largest part in what the networks say of a flow, and that part. */
static size_t most_unusual(const struct verdict_maker *m, const struct judged_flow *j, const struct verdict *v, double *share)
{
	const size_t F = m->detector->net.features, at = j->step * F;
	const double networks[COMPONENTS] = { v->by[BY_SEQUENCE], v->by[BY_PROFILE], NAN, NAN };
	double part[COMPONENTS] = { [BY_SEQUENCE] = 1 }, each[FEATURE_MAX];
	float scaled[FEATURE_MAX];
	size_t most;

	if (m->method == METHOD_HYBRID)
		fuse_shares(networks, part);
	if (j->window == NULL)
		scaler_apply(&m->detector->scaler, j->flow->row, scaled);
	share_flow(m->detector, part, j->window != NULL ? j->window->input + at : scaled,
		   j->window != NULL ? j->window->recon + at : NULL, each);
	most = share_largest(each, F);
	*share = each[most];
	return most;
}

const char *verdict_sentence(const struct verdict_maker *m, const struct judged_flow *j, const struct verdict *v,
			     char text[RULE_SENTENCE])
{
	const struct waiting *const w = j->flow;
	struct phrase_of o = { .flow = &w->flow, .side = w->side };
	struct usual_range usual;
	double share;
	size_t at;

	if (w->hit != NULL) {
		snprintf(text, RULE_SENTENCE, "%s", w->hit->sentence);
		return text;
	}
	at = most_unusual(m, j, v, &share);
	o.feature = m->detector->features->feature[at];
	o.value = w->row[at];
	if (m->usual != NULL) {
		o.own = usual_get_one(m->usual, w->device, at, &usual) && w->side != DEVICE_NONE;
		o.usual = &usual;
	}
	return phrase_flow(text, &o);
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
	a->value = a->step == m->T - 1 ? last->row[a->feature]
				       : explain_possible(m->detector->features->feature[a->feature],
							  scaler_invert(&m->detector->scaler, a->feature, (double)w->input[at]));
}

/* As an incident of this flow alone. */
static enum severity severity_by_p(const struct waiting *w, const struct verdict *v)
{
	const enum severity s = severity_of_p(v->p);

	return w->hit != NULL && w->hit->alarm ? severity_worst(s, (enum severity)w->hit->rule->severity) : s;
}

void verdict_anomaly(const struct verdict_maker *m, const struct waiting *last, const struct judged_flow *worst,
		     const struct verdict *v, double error, struct anomaly *out)
{
	const struct feature_set *const set = m->detector->features;
	const struct scored *const window = worst->window;
	const struct rule_hit *const hit = worst->flow->hit;
	const struct flow *const f = &worst->flow->flow;

	*out = (struct anomaly){
		.sequence_id = window->window,
		.row = { last->before != NULL ? last->before->flow.row : last->oldest, last->flow.row },
		.ts = last->flow.ts,
		.device = last->device,
		.error = (float)error,
		.p = v->p,
		.threshold = m->threshold,
		.severity = m->method == METHOD_HYBRID ? severity_by_p(worst->flow, v) : severity_of(error, m->threshold),
		.rule = hit != NULL ? hit->rule : unusual(),
		.incident = v->incident,
		.host = { f->host[ORIG], f->host[RESP] },
		.port = { f->port[ORIG], f->port[RESP] },
		.side = worst->flow->side,
		.features = set,
	};
	if (m->method == METHOD_HYBRID) {
		out->step = worst->step;
		out->feature = most_unusual(m, worst, v, &out->share);
		out->value = worst->flow->row[out->feature];
	} else {
		blame(m, window, last, out);
	}
	memcpy(out->sample, last->row, set->n * sizeof(*out->sample));
	verdict_sentence(m, worst, v, out->sentence);
}
