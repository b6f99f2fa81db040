/* scan_judge: from a scored window to verdicts, anomalies and incidents. */
#include <math.h>

#include "detect/scan_inner.h"

/* What a device usually does is learnt of its first flows and of some later ones: of all it would cost a tenth of the scan. */
enum { USUAL_ALL = 64, USUAL_EVERY = 8 };

int scan_nomem(struct scan *s)
{
	return err_set(&s->err, ERR_NOMEM, "out of memory after %llu rows", (unsigned long long)s->sum.flows);
}

int scan_is_plain(const struct scan *s)
{
	return !s->model.detector->features->needs_hosts && s->model.detector->calibrated;
}

int scan_end_incident(void *arg, const struct incident *i)
{
	struct scan *const s = arg;
	struct incident told = *i;

	told.minor = incident_minor(i, scan_is_plain(s));
	s->sum.incidents += !told.minor;
	return s->o.incidents != NULL ? s->o.incidents(s->o.arg, &told) : OK;
}

/* Hand on the verdict of a flow; a message of its own only where the sinks gave none. */
static int give_verdict(struct scan *s, const struct judged_flow *j, struct verdict *v)
{
	int r = OK;

	s->sum.flows_anomalous += (uint64_t)v->anomalous;
	if (s->whatif != NULL)
		whatif_flow(s->whatif, v);
	if (!v->anomalous) {
		if ((v->device_flow < USUAL_ALL || v->device_flow % USUAL_EVERY == 0) && usual_add(s->usual, v->device, v->row) < 0)
			return scan_nomem(s);
	} else {
		char sentence[RULE_SENTENCE];
		const int64_t id = incidents_add(s->incidents, v, v->hit, verdict_sentence(&s->maker, j, v, sentence));

		if (id < 0)
			return id == ERR_NOMEM ? scan_nomem(s) : (int)id;
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
	const struct judged_flow *const judged = s->o.method == METHOD_HYBRID ? worst : &by_window;
	struct anomaly a;

	verdict_anomaly(&s->maker, last, worst, v, error, &a);
	s->sum.anomalies++;
	worst_add(&s->worst, &a);
	kept_add(&s->kept, &a, judged, v);
	peaks_add(&s->peaks, &a, judged, v);
	return s->o.sink != NULL ? s->o.sink(s->o.arg, &a) : OK;
}

int scan_take_window(void *arg, const struct scored *scored)
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
		if (s->whatif != NULL)
			whatif_window(s->whatif, error);
		take_error(s, scored->window, error);
		if (!(error <= s->sum.threshold))
			r = take_anomaly(s, last, &worst, &worst_v, error);
	}
	waiting_put_list(&s->pool, last);
	return r;
}

/* They were put on the list newest first. */
int scan_judge_unwindowed(struct scan *s, struct lane *lane)
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
