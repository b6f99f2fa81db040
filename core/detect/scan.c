/* scan: the way of a flow from the reader to its verdict. */
#include "detect/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "detect/fuse.h"
#include "detect/kept.h"
#include "detect/lanes.h"
#include "detect/mitm.h"
#include "detect/verdict_make.h"
#include "detect/waiting.h"
#include "detect/worst.h"
#include "nn/scorer.h"

enum { PLAIN_FLOWS = 20 };
/* What a device usually does is learnt of its first flows and of some later ones: of all it would cost a tenth of the scan. */
enum { USUAL_ALL = 64, USUAL_EVERY = 8 };
enum { USUAL_BYTES = 16 << 20 }; /* some 600 devices of the full set; a flood from spoofed addresses does not get more */

static const double SUSPICIOUS = 1e-3; /* p of the profile */
static const double PLAIN_P = 1e-5;

struct scan {
	struct scan_options o;
	struct scan_model model; /* chosen by the first flow */
	struct verdict_maker maker;
	size_t T, F;
	int started;
	struct reader *reader;
	struct context *context;
	struct rules *rules;
	struct incidents *incidents;
	struct lanes *lanes;
	struct scorer *scorer;
	struct waiting_pool pool;
	uint64_t told;             /* incidents that are not made of flows */
	struct waiting_list queue; /* whose windows are being scored, in that order */
	double suspicious;         /* score of the profile from which on a flow is no context for others; infinite: method lstm */
	struct scan_summary sum;
	double error_sum;
	uint64_t finite;
	struct worst worst;
	struct kept kept;
	struct usual *usual; /* of flows that are not anomalous */
	struct err err;      /* of the sinks below the reader */
};

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

static int nomem(struct scan *s)
{
	return err_set(&s->err, ERR_NOMEM, "out of memory after %llu rows", (unsigned long long)s->sum.flows);
}

static int end_incident(void *arg, const struct incident *i)
{
	struct scan *const s = arg;
	const int plain = !s->model.detector->features->needs_hosts && s->model.detector->calibrated;
	struct incident told = *i;

	told.minor =
		i->part_of != 0 || (plain && i->rule == rule_get(rules_n() - 1) && i->flows < PLAIN_FLOWS && i->least_p > PLAIN_P);
	s->sum.incidents += !told.minor;
	return s->o.incidents != NULL ? s->o.incidents(s->o.arg, &told) : OK;
}

/* Hand on the verdict of a flow; a message of its own only where the sinks gave none. */
static int give_verdict(struct scan *s, const struct judged_flow *j, struct verdict *v)
{
	int r = OK;

	s->sum.flows_anomalous += (uint64_t)v->anomalous;
	if (!v->anomalous) {
		if ((v->device_flow < USUAL_ALL || v->device_flow % USUAL_EVERY == 0) && usual_add(s->usual, v->device, v->row) < 0)
			return nomem(s);
	} else {
		char sentence[RULE_SENTENCE];
		const int64_t id = incidents_add(s->incidents, v, j->flow->hit, verdict_sentence(&s->maker, j, v, sentence));

		if (id < 0)
			return id == ERR_NOMEM ? nomem(s) : (int)id;
		v->incident = (uint64_t)id;
	}
	if (s->o.verdicts != NULL)
		r = s->o.verdicts(s->o.arg, v);
	return r;
}

static void take_error(struct scan *s, uint64_t window, double error)
{
	if (isfinite(error)) {
		s->finite++;
		s->error_sum += error;
		s->sum.error_max = fmax(s->sum.error_max, error);
	}
	if (s->o.errors != NULL)
		s->o.errors(s->o.arg, window, (float)error);
}

static int take_anomaly(struct scan *s, const struct waiting *last, const struct judged_flow *worst, const struct verdict *v,
			double error)
{
	const struct judged_flow by_window = { last, worst->window, s->T - 1, 0 };
	struct anomaly a;

	verdict_anomaly(&s->maker, last, worst, v, error, &a);
	s->sum.anomalies++;
	worst_add(&s->worst, &a);
	kept_add(&s->kept, &a, s->o.method == METHOD_HYBRID ? worst : &by_window, v);
	return s->o.sink != NULL ? s->o.sink(s->o.arg, &a) : OK;
}

/* A scored window: verdicts for its last flow and, of a first window, for those before. */
static int take_window(void *arg, const struct scored *scored)
{
	struct scan *const s = arg;
	struct waiting *const last = waiting_pop(&s->queue);
	struct waiting *w = last->before != NULL ? last->before : last;
	struct judged_flow worst = { last, scored, s->T - 1, 0 };
	size_t step = last->before != NULL ? 0 : s->T - 1;
	struct verdict v, worst_v = { 0 };
	int r = OK;

	for (; w != NULL && r == OK; step++) {
		const struct judged_flow j = { w, scored, step, last->odd_n > (size_t)w->odd };

		verdict_make(&s->maker, &j, &v);
		r = give_verdict(s, &j, &v);
		if (worst_v.flow == NULL || v.score > worst_v.score) {
			worst = j;
			worst_v = v;
		}
		w = w == last ? NULL : w->next != NULL ? w->next : last;
	}
	if (r == OK) {
		const double error = s->o.method == METHOD_LSTM ? (double)scored->score : worst_v.score;

		s->sum.windows++;
		take_error(s, scored->window, error);
		if (!(error <= s->sum.threshold))
			r = take_anomaly(s, last, &worst, &worst_v, error);
	}
	waiting_put_list(&s->pool, last);
	return r;
}

/* Flows of a device that never had a window. They were put on the list newest first. */
static int judge_unwindowed(struct scan *s, struct lane *lane)
{
	struct waiting *list = NULL, *next;
	int r = OK;

	for (struct waiting *w = lane->waiting; w != NULL; w = next) {
		next = w->next;
		w->next = list;
		list = w;
	}
	lane->waiting = NULL;
	for (struct waiting *w = list; w != NULL && r == OK; w = w->next) {
		const struct judged_flow j = { w, NULL, 0, 0 };
		struct verdict v;

		verdict_make(&s->maker, &j, &v);
		r = give_verdict(s, &j, &v);
	}
	waiting_put_list(&s->pool, list);
	return r;
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
	if (s->lanes == NULL || kept_init(&s->kept, s->o.explain, s->T, s->F) < 0)
		return nomem(s);
	return scorer_new(&s->scorer, s->model.plan, s->o.threads, take_window, s, &s->err);
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
		return nomem(s);
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
		if ((r = judge_unwindowed(s, lane)) < 0)
			goto drop;
		lane_start(lane, context.device);
	}
	w->device_flow = lane->pushed;
	r = ask_rules(s, w);
	w->odd = w->profile > s->suspicious || (isfinite(s->suspicious) && w->hit != NULL && w->hit->alarm);
	if (r < 0 || lanes_push(s->lanes, lane, scaled, f->row, w->odd) < 0) {
		r = nomem(s);
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
	struct incidents_options incidents = { .sink = end_incident };
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
	usual_del(s->usual);
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
		r = judge_unwindowed(s, lanes_get(s->lanes, i));
	if (r == OK)
		r = mitm_tell(reader_arp(s->reader), s->context, s->incidents, &s->told);
	if (r == ERR_NOMEM && s->err.code == OK)
		r = nomem(s);
	return r == OK ? incidents_finish(s->incidents) : r;
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

int scan_explanation(const struct scan *s, const struct anomaly *a, struct explanation *x, struct err *e)
{
	const struct kept_window *const k = kept_find(&s->kept, a->sequence_id);

	return k == NULL ? 0 : kept_explain(k, &s->model, s->o.method, s->sum.threshold, x, e);
}

int scan_usual(const struct scan *s, const struct anomaly *a, struct usual_range *out)
{
	const int own = usual_get(s->usual, a->device, out);

	for (size_t f = 0; f < a->features->n; f++) {
		const struct feature *const feature = a->features->feature[f];

		out[f] = (struct usual_range){ explain_possible(feature, out[f].low), explain_possible(feature, out[f].middle),
					       explain_possible(feature, out[f].high) };
	}
	return own;
}
