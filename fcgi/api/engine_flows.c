/* engine_flows: flows, judged by the models of the site (detect/scan.h). Who took part and the flagged flows are kept too. */
#include "api/scan_engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/chunk_spool.h"
#include "api/device_rows.h"
#include "api/upload_scan.h"
#include "detect/flowlog.h"
#include "detect/roster.h"
#include "detect/scan_json.h"
#include "detect/whatif.h"

enum { PEAKS = 20 /* worst anomalies of incidents that are explained, besides those that are the worst of all */ };

struct record {
	struct found found;
	struct anomaly a; /* cut behind the features that there are */
};

struct judge {
	struct upload_scan *u;
	struct scan *scan;
	const struct anomaly *top, *peak;
	size_t top_n, peak_n;
	struct roster *roster;
	struct flowlog *log;
	struct chunk_spool *chunks;
	uint64_t label[LABEL_MALICIOUS + 1]; /* flows by label */
	double first_ts, last_ts;
	/* of the end */
	struct device_rows *devices;
	struct json_object *whatif;
	struct err e; /* of the log of flows; what matters of it is told otherwise */
	struct record record;
};

static size_t record_size(const struct upload_scan *u)
{
	const struct site *const site = u->context->site;
	const size_t n = site->model.detector.features->n, plain = site->plain.plan != NULL ? site->plain.detector.features->n : 0;

	return offsetof(struct record, a.sample) + (n > plain ? n : plain) * sizeof(double);
}

/* ---- sinks -------------------------------------------------------------------------------------------------------------------- */

static int take_anomaly(void *arg, const struct anomaly *a)
{
	struct judge *const j = arg;

	j->record = (struct record){ { a->sequence_id, a->incident, (double)a->error, a->severity }, *a };
	return upload_scan_found(j->u, &j->record);
}

static int take_incident(void *arg, const struct incident *i)
{
	struct judge *const j = arg;

	return incident_keep_add(&j->u->incidents, i);
}

static void take_error(void *arg, uint64_t window, float error)
{
	struct judge *const j = arg;

	(void)window;
	curve_add(j->u->curve, error);
}

static int take_chunk(void *arg, const struct flowlog_chunk *c, struct err *e)
{
	struct judge *const j = arg;

	return chunk_spool_put(j->chunks, c, e) < 0 ? upload_scan_no_room(j->u, e) : OK;
}

static int take_verdict(void *arg, const struct verdict *v)
{
	struct judge *const j = arg;
	int r;

	j->label[v->flow->label]++;
	j->first_ts = fmin(j->first_ts, v->flow->ts); /* of a NaN and a number the number */
	j->last_ts = fmax(j->last_ts, v->flow->ts);
	if ((r = roster_add(j->roster, v)) < 0)
		return r;
	if ((r = flowlog_add(j->log, v, &j->e)) < 0)
		return r;
	return upload_scan_tick(j->u);
}

/* ---- the scan ----------------------------------------------------------------------------------------------------------------- */

static int open_scan(struct judge *j, struct err *e)
{
	const struct upload_scan *const u = j->u;
	const struct site *const site = u->context->site;
	const struct scan_options o = {
		.model = { &u->choice.model, site->model.plan },
		.plain = { site->plain.plan != NULL ? &u->choice.plain : NULL, site->plain.plan },
		.method = u->choice.method,
		.threshold = u->choice.threshold,
		.input = site->input,
		.threads = 1,
		.top = u->top > SCAN_KEPT ? u->top : SCAN_KEPT,
		.explain = SCAN_EXPLAINED,
		.peaks = PEAKS,
		.whatif_dir = site->spool_dir,
		.sink = take_anomaly,
		.errors = take_error,
		.verdicts = take_verdict,
		.incidents = take_incident,
		.arg = j,
	};

	return scan_new(&j->scan, &o, e);
}

static void close_flows(struct upload_scan *u)
{
	struct judge *const j = u->judge;

	scan_del(j->scan);
	roster_del(j->roster);
	flowlog_del(j->log);
	chunk_spool_del(j->chunks);
	device_rows_del(j->devices);
	json_object_put(j->whatif);
	free(j);
	u->judge = NULL;
}

static int open_flows(struct upload_scan *u, struct err *e)
{
	const struct site *const site = u->context->site;
	struct judge *const j = calloc(1, sizeof(*j));
	const struct flowlog_options log = { .sink = take_chunk, .arg = j };
	int r;

	if (j == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	u->judge = j;
	j->u = u;
	j->first_ts = j->last_ts = (double)NAN;
	if ((j->roster = roster_new(&site->input.home)) == NULL)
		r = err_set(e, ERR_NOMEM, "out of memory for the devices of a scan");
	else if ((r = chunk_spool_new(&j->chunks, site->spool_dir, e)) == OK && (r = flowlog_new(&j->log, &log, e)) == OK)
		r = open_scan(j, e);
	if (r < 0)
		close_flows(u);
	return r;
}

static int feed(struct upload_scan *u, const void *data, size_t len, struct err *e)
{
	struct judge *const j = u->judge;

	return scan_feed(j->scan, data, len, e);
}

static int finish(struct upload_scan *u, struct err *e)
{
	struct judge *const j = u->judge;
	int r;

	if ((r = scan_finish(j->scan, e)) < 0 || (r = flowlog_finish(j->log, e)) < 0)
		return r;
	j->top_n = scan_top(j->scan, &j->top);
	j->peak_n = scan_peaks(j->scan, &j->peak);
	return OK;
}

static void summary(const struct upload_scan *u, struct scan_summary *out)
{
	const struct judge *const j = u->judge;

	scan_summary(j->scan, out);
}

/* ---- what was found ------------------------------------------------------------------------------------------------------------ */

static void row(const struct upload_scan *u, const void *record, struct anomaly_row *out, struct row_texts *t)
{
	const struct anomaly *const a = &((const struct record *)record)->a;

	(void)u;
	t->sample = sample_to_json(a->features, a->sample);
	*out = (struct anomaly_row){
		.sequence_id = a->sequence_id,
		.row = { a->row[0], a->row[1] },
		.ts = a->ts,
		.error = (double)a->error,
		.severity = (int)a->severity,
		.step = (unsigned)a->step,
		.feature = a->features->feature[a->feature]->name,
		.share = a->share,
		.value = a->value,
		.sample = json_object_to_json_string_ext(t->sample, JSON_C_TO_STRING_PLAIN),
		.p = a->p,
		.attack = a->rule->attack,
		.rule = a->rule->name,
		.sentence = a->sentence,
		.port = { a->port[ORIG], a->port[RESP] },
		.side = a->side,
	};
	for (int i = 0; i < 2; i++)
		out->host[i] = a->host[i].family != 0 ? ip_print(&a->host[i], t->host[i]) : NULL;
}

static struct json_object *worst(struct upload_scan *u, size_t n)
{
	const struct judge *const j = u->judge;

	return n < j->top_n ? anomaly_to_json(j->top[n].features, &j->top[n]) : NULL;
}

/* The worst of all, then the worst of incidents. */
static int explanation(struct upload_scan *u, size_t n, struct explained *out)
{
	const struct judge *const j = u->judge;
	const size_t worst_n = j->top_n < SCAN_EXPLAINED ? j->top_n : SCAN_EXPLAINED;
	const struct anomaly *const a = n < worst_n ? &j->top[n] : n - worst_n < j->peak_n ? &j->peak[n - worst_n] : NULL;

	if (a == NULL)
		return 0;
	*out = (struct explained){ .sequence_id = a->sequence_id };
	for (size_t i = 0; n >= worst_n && i < worst_n; i++)
		if (j->top[i].sequence_id == a->sequence_id)
			return 1;
	out->json = scan_explanation_to_json(j->scan, a);
	return 1;
}

static int next_chunk(void *arg, struct flow_chunk_row *c, struct err *e)
{
	struct judge *const j = arg;

	if (upload_scan_stored(j->u, e) < 0)
		return e->code;
	return chunk_spool_get(j->chunks, c, e);
}

static int evidence(struct upload_scan *u, struct scan_end *end, struct err *e)
{
	struct judge *const j = u->judge;
	const struct whatif_table *const whatif = scan_whatif(j->scan);
	struct scan_summary sum;
	int r;

	scan_summary(j->scan, &sum);
	if (j->devices == NULL && (r = device_rows_new(&j->devices, j->scan, j->roster, e)) < 0)
		return r;
	if (j->whatif == NULL && whatif != NULL)
		j->whatif = whatif_to_json(whatif);
	end->model = sum.detector == &u->choice.plain ? u->context->site->plain_name : NULL;
	end->first_ts = j->first_ts;
	end->last_ts = j->last_ts;
	end->labelled = j->label[LABEL_BENIGN] + j->label[LABEL_MALICIOUS];
	end->attacks = j->label[LABEL_MALICIOUS];
	end->whatif = j->whatif != NULL ? json_object_to_json_string_ext(j->whatif, JSON_C_TO_STRING_PLAIN) : NULL;
	end->device_n = device_rows_get(j->devices, &end->device);
	end->chunks = next_chunk;
	end->chunks_arg = j;
	return chunk_spool_rewind(j->chunks, e);
}

static size_t top(struct upload_scan *u, const struct anomaly **out)
{
	const struct judge *const j = u->judge;

	*out = j->top;
	return j->top_n;
}

const struct scan_engine engine_flows = {
	.record_size = record_size,
	.open = open_flows,
	.feed = feed,
	.finish = finish,
	.close = close_flows,
	.summary = summary,
	.row = row,
	.worst = worst,
	.explanation = explanation,
	.evidence = evidence,
	.top = top,
};
