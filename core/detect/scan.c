/* scan: the way of a flow from the reader to its verdict. */
#include "detect/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "detect/mitm.h"
#include "detect/scan_inner.h"

enum { USUAL_BYTES = 16 << 20 }; /* some 600 devices of the full set; a flood from spoofed addresses does not get more */

static const double SUSPICIOUS = 1e-3; /* p of the profile */

static const struct {
	const char *name;
} methods[] = { [METHOD_LSTM] = { "lstm" }, [METHOD_DENSE] = { "dense" }, [METHOD_HYBRID] = { "hybrid" } };

int scan_method_find(const char *name, enum scan_method *m, struct err *e)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strcmp(methods[i].name, name) == 0) {
			*m = (enum scan_method)i;
			return OK;
		}
	return err_set(e, ERR_USAGE, "method \"%.40s\" is unknown; known are lstm, dense and hybrid", name);
}

const char *scan_method_name(enum scan_method m)
{
	return methods[m].name;
}

/* The full lane's window to the scorer; the first one takes the flows before it along. */
static int push_window(struct scan *s, struct lane *lane, struct waiting *w)
{
	struct waiting *next;

	w->oldest = lanes_window(s->lanes, lane, scorer_slot(s->scorer), &w->odd_n);
	for (struct waiting *b = lane->waiting; b != NULL; b = next) {
		next = b->next;
		b->next = w->before;
		w->before = b;
	}
	lane->waiting = NULL;
	waiting_append(&s->queue, w);
	return scorer_push(s->scorer, &s->err);
}

static int model_check(const struct scan_options *o, const struct scan_model *m, struct err *e)
{
	const struct detector *const d = m->detector;

	if (!d->has_scaler)
		return err_set(
			e, ERR_RANGE,
			"the model has no scaler: `guardian import --scaler-from FILE.csv` or `guardian train` gives it one");
	if (o->method == METHOD_HYBRID && !d->calibrated)
		return err_set(e, ERR_RANGE,
			       "the model is not calibrated, which method hybrid needs: `guardian threshold` does it, or take "
			       "method lstm");
	if (isnan(o->threshold) && isnan(d->threshold) && o->method == METHOD_LSTM)
		return err_set(e, ERR_RANGE,
			       "the model has no threshold: say one with --threshold, or train or import it with one");
	return OK;
}

/* A table of other thresholds, where there is one to begin with. */
static int start_whatif(struct scan *s)
{
	const struct whatif_options o = {
		.method = s->o.method,
		.threshold = s->sum.threshold,
		.flow_threshold = s->maker.flow_threshold,
		.plain = scan_is_plain(s),
		.dir = s->o.whatif_dir,
	};

	return o.dir == NULL || !isfinite(o.threshold) ? OK : whatif_new(&s->whatif, &o, &s->err);
}

/* The model that suits the file, and all that depends on it. */
static int start(struct scan *s, const struct flow *first)
{
	const int bare = first != NULL && (flow_device(first, &s->o.input.home) == DEVICE_NONE || isnan(first->ts));
	const int plain = bare && s->o.plain.detector != NULL && s->o.model.detector->features->needs_hosts;
	const struct detector *const d = (s->model = plain ? s->o.plain : s->o.model).detector;
	const int hybrid = s->o.method == METHOD_HYBRID;
	struct usual_options usual = { .bytes_max = USUAL_BYTES };

	if (plain && model_check(&s->o, &s->o.plain, &s->err) < 0)
		return err_prefix(&s->err, "of the two models, the one for files without hosts or times");
	s->started = 1;
	s->T = plan_steps(s->model.plan);
	s->F = s->pool.F = plan_features(s->model.plan);
	s->sum.detector = d;
	s->sum.one_stream = first != NULL && flow_device(first, &s->o.input.home) == DEVICE_NONE;
	s->sum.threshold = !isnan(s->o.threshold) ? s->o.threshold : hybrid ? d->hybrid_threshold : d->threshold;
	s->suspicious = hybrid ? calibration_score(&d->profile_p, SUSPICIOUS) : INFINITY;
	usual.set = d->features;
	usual.otherwise = d->has_usual ? d->usual : NULL;
	if (usual_new(&s->usual, &usual, &s->err) < 0)
		return s->err.code;
	s->maker = (struct verdict_maker){
		.detector = d,
		.method = s->o.method,
		.usual = s->usual,
		.T = s->T,
		.threshold = s->sum.threshold,
		.flow_threshold = hybrid || !d->calibrated || !isnan(s->o.threshold)
					  ? s->sum.threshold
					  : calibration_score(&d->sequence_p, pow(10, -d->hybrid_threshold)),
	};
	s->lanes = lanes_new(s->T, s->F);
	if (s->lanes == NULL || kept_init(&s->kept, s->o.explain, s->T, s->F) < 0 ||
	    peaks_init(&s->peaks, s->o.peaks, s->T, s->F) < 0)
		return scan_nomem(s);
	if (start_whatif(s) < 0)
		return s->err.code;
	return scorer_new(&s->scorer, s->model.plan, s->o.threads, scan_take_window, s, &s->err);
}

/* What the rules say, the strongest to w. */
static int ask_rules(struct scan *s, struct waiting *w)
{
	struct rule_hit hit[RULE_HITS];

	if (w->side == DEVICE_NONE || rules_take(s->rules, &w->flow, w->device, w->side, 1, hit) == 0)
		return OK;
	return waiting_set_hit(&s->pool, w, &hit[0]);
}

static int take_flow(void *arg, const struct flow *f)
{
	struct scan *const s = arg;
	struct flow_context context;
	float scaled[FEATURE_MAX];
	struct waiting *w;
	struct lane *lane;
	int r;

	if (!s->started && (r = start(s, f)) < 0)
		return r;
	if ((w = waiting_get(&s->pool)) == NULL)
		return scan_nomem(s);
	context_add(s->context, f, &context);
	feature_row(s->model.detector->features, f, &context, w->row);
	scaler_apply(&s->model.detector->scaler, w->row, scaled);
	w->flow = *f;
	w->device = context.device;
	w->side = context.side;
	w->profile = s->model.detector->calibrated ? profile_score(&s->model.detector->profile, scaled, NULL) : (double)NAN;
	s->sum.flows++;
	lane = lanes_get(s->lanes, context.slot);
	if (lane->n == 0 || lane->device != context.device) {
		if ((r = scan_judge_unwindowed(s, lane)) < 0)
			goto drop;
		lane_start(lane, context.device);
	}
	w->device_flow = lane->pushed;
	r = ask_rules(s, w);
	w->odd = w->profile > s->suspicious || (isfinite(s->suspicious) && w->hit != NULL && w->hit->alarm);
	if (r < 0 || lanes_push(s->lanes, lane, scaled, f->row, w->odd) < 0) {
		r = scan_nomem(s);
		goto drop;
	}
	if (lane->n == s->T)
		return push_window(s, lane, w);
	w->next = lane->waiting;
	lane->waiting = w;
	return OK;
drop:
	waiting_put(&s->pool, w);
	return r;
}

int scan_new(struct scan **out, const struct scan_options *o, struct err *e)
{
	const struct rules_options rules = { .home = o->input.home };
	struct incidents_options incidents = { .sink = scan_end_incident };
	struct scan *s;
	int r;

	if (o->method == METHOD_DENSE)
		return err_set(e, ERR_UNSUPPORTED, "method dense is trained on the whole file: see table_scan");
	if ((r = model_check(o, &o->model, e)) < 0)
		return r;
	if (o->threshold < 0)
		return err_set(e, ERR_RANGE, "the threshold is negative");
	if (o->top > SCAN_TOP_MAX)
		return err_set(e, ERR_RANGE, "the %zu worst anomalies are more than %d", o->top, SCAN_TOP_MAX);
	if (o->explain > SCAN_EXPLAIN_MAX)
		return err_set(e, ERR_RANGE, "explanations of %zu anomalies are more than %d", o->explain, SCAN_EXPLAIN_MAX);
	if (o->peaks > SCAN_EXPLAIN_MAX)
		return err_set(e, ERR_RANGE, "explanations of %zu incidents are more than %d", o->peaks, SCAN_EXPLAIN_MAX);
	if (o->threads < 1 || o->threads > SCORER_THREADS_MAX)
		return err_set(e, ERR_RANGE, "%zu threads are outside 1..%d", o->threads, SCORER_THREADS_MAX);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	s->o = *o;
	incidents.arg = s;
	s->context = context_new(&o->input.home);
	if (s->context == NULL || worst_init(&s->worst, o->top) < 0 || rules_new(&s->rules, &rules, NULL) < 0 ||
	    incidents_new(&s->incidents, &incidents, NULL) < 0 ||
	    reader_new(&s->reader, &o->input, &(struct sinks){ .flow = take_flow, .arg = s }, NULL) < 0) {
		scan_del(s);
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	}
	*out = s;
	return OK;
}

void scan_del(struct scan *s)
{
	if (s == NULL)
		return;
	scorer_del(s->scorer);
	reader_del(s->reader);
	for (size_t i = 0; s->lanes != NULL && i < CONTEXT_DEVICES; i++)
		waiting_put_list(&s->pool, lanes_get(s->lanes, i)->waiting);
	waiting_put_list(&s->pool, s->queue.first);
	waiting_free(&s->pool);
	lanes_del(s->lanes);
	incidents_del(s->incidents);
	rules_del(s->rules);
	context_del(s->context);
	worst_free(&s->worst);
	kept_free(&s->kept);
	peaks_free(&s->peaks);
	usual_del(s->usual);
	whatif_del(s->whatif);
	free(s);
}

/* An error of a sink has its message in s->err; the reader's own is in *e already. */
static int settle(struct scan *s, int r, struct err *e)
{
	if (r < 0 && s->err.code < 0 && e != NULL)
		*e = s->err;
	return r;
}

int scan_feed(struct scan *s, const void *data, size_t len, struct err *e)
{
	return settle(s, reader_feed(s->reader, data, len, e), e);
}

/* The ends of all streams. */
static int finish_flows(struct scan *s)
{
	int r = s->started ? OK : start(s, NULL);

	if (r == OK)
		r = scorer_finish(s->scorer, &s->err);
	for (size_t i = 0; r == OK && i < CONTEXT_DEVICES; i++)
		r = scan_judge_unwindowed(s, lanes_get(s->lanes, i));
	if (r == OK)
		r = mitm_tell(reader_arp(s->reader), s->context, s->incidents, &s->told);
	if (r == ERR_NOMEM && s->err.code == OK)
		r = scan_nomem(s);
	if (r == OK)
		r = incidents_finish(s->incidents);
	return r == OK && s->whatif != NULL ? whatif_finish(s->whatif, s->sum.incidents, s->told, &s->err) : r;
}

int scan_finish(struct scan *s, struct err *e)
{
	int hosts, r = reader_finish(s->reader, e);

	if (r == OK)
		r = finish_flows(s);
	/* Profile and rules judge flows without a window too, where there is more to go by than four numbers. */
	hosts = s->o.method == METHOD_HYBRID && s->sum.flows > 0 && !s->sum.one_stream;
	if (r == OK && s->told == 0 && s->sum.windows == 0 && !hosts)
		return err_set(e, ERR_TOO_FEW, "only %llu usable rows; a window needs %zu%s", (unsigned long long)s->sum.flows,
			       s->T, s->sum.flows < s->T ? "" : " of one device");
	return settle(s, r, e);
}

void scan_summary(const struct scan *s, struct scan_summary *out)
{
	*out = s->sum;
	out->method = s->o.method;
	if (out->detector == NULL)
		out->detector = s->o.model.detector;
	out->devices = context_devices(s->context);
	out->error_mean = s->finite ? s->error_sum / (double)s->finite : 0;
	out->input = reader_report(s->reader);
}

size_t scan_top(struct scan *s, const struct anomaly **out)
{
	return worst_list(&s->worst, out);
}

size_t scan_peaks(struct scan *s, const struct anomaly **out)
{
	return peaks_list(&s->peaks, out);
}

int scan_explanation(const struct scan *s, const struct anomaly *a, struct explanation *x, struct err *e)
{
	const struct kept_window *k = kept_find(&s->kept, a->sequence_id);

	if (k == NULL)
		k = kept_find(&s->peaks.kept, a->sequence_id);
	return k == NULL ? 0 : kept_explain(k, &s->model, s->o.method, s->sum.threshold, x, e);
}

const struct whatif_table *scan_whatif(const struct scan *s)
{
	return s->whatif == NULL ? NULL : whatif_get(s->whatif);
}

int scan_usual(const struct scan *s, const struct anomaly *a, struct usual_range *out)
{
	return scan_usual_of(s, a->device, out) >= USUAL_FLOWS;
}

uint64_t scan_usual_of(const struct scan *s, uint64_t device, struct usual_range *out)
{
	const struct feature_set *const set = s->model.detector->features;

	usual_get(s->usual, device, out);
	for (size_t f = 0; f < set->n; f++) {
		const struct feature *const feature = set->feature[f];

		out[f] = (struct usual_range){ explain_possible(feature, out[f].low), explain_possible(feature, out[f].middle),
					       explain_possible(feature, out[f].high) };
	}
	return usual_flows(s->usual, device);
}
