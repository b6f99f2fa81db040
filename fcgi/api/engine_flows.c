/* engine_flows: flows, judged by the models of the site (detect/scan.h). */
#include "api/scan_engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/upload_scan.h"
#include "detect/scan_json.h"

struct record {
	struct found found;
	struct anomaly a; /* cut behind the features that there are */
};

struct judge {
	struct upload_scan *u;
	struct scan *scan;
	const struct anomaly *top;
	size_t top_n;
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

	/* A small piece of a compressed file may hold very many. */
	if ((window & 0xfff) == 0)
		slot_beat(j->u->context->slot);
	curve_add(j->u->curve, error);
}

/* ---- the scan ----------------------------------------------------------------------------------------------------------------- */

static int open_flows(struct upload_scan *u, struct err *e)
{
	const struct site *const site = u->context->site;
	struct judge *const j = calloc(1, sizeof(*j));
	const struct scan_options o = {
		.model = model_for_scan(&site->model),
		.plain = model_for_scan(&site->plain),
		.method = site->method,
		.threshold = (double)NAN,
		.input = site->input,
		.threads = 1,
		.top = u->top > SCAN_KEPT ? u->top : SCAN_KEPT,
		.explain = SCAN_EXPLAINED,
		.sink = take_anomaly,
		.errors = take_error,
		.incidents = take_incident,
		.arg = j,
	};
	int r;

	if (j == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	j->u = u;
	if ((r = scan_new(&j->scan, &o, e)) < 0)
		free(j);
	else
		u->judge = j;
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
	const int r = scan_finish(j->scan, e);

	if (r == OK)
		j->top_n = scan_top(j->scan, &j->top);
	return r;
}

static void close_flows(struct upload_scan *u)
{
	struct judge *const j = u->judge;

	scan_del(j->scan);
	free(j);
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

static int explanation(struct upload_scan *u, size_t n, struct explained *out)
{
	const struct judge *const j = u->judge;

	if (n >= SCAN_EXPLAINED || n >= j->top_n)
		return 0;
	out->sequence_id = j->top[n].sequence_id;
	out->json = scan_explanation_to_json(j->scan, &j->top[n]);
	return 1;
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
	.top = top,
};
