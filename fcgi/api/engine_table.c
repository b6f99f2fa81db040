/*
 * engine_table: rows of a table of numbers, judged by a network that is trained on them (detect/table_scan.h). To everybody behind it a row is
 * a flow and a window,
 * and incidents are "unusual" ones of an unknown device.
 */
#include "api/scan_engine.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/upload_scan.h"
#include "base/array.h"
#include "base/json.h"
#include "base/utf8.h"
#include "detect/scan_json.h"
#include "detect/table_scan.h"
#include "detect/whatif.h"
#include "nn/kernel.h"

enum { SEED = 1, ROWS_BYTES = 64 << 20 /* rows that are trained on */ };

struct record {
	struct found found;
	struct table_result r; /* names belong to the scan */
};

struct judge {
	struct upload_scan *u;
	struct table_scan *scan;
	double threshold; /* NaN: no row was judged yet */
	struct whatif *whatif;
	struct json_object *table; /* of it, at the end */
	struct table_result *worst;
	size_t worst_n, worst_cap;
	uint64_t label[LABEL_MALICIOUS + 1];
};

static size_t record_size(const struct upload_scan *u)
{
	(void)u;
	return sizeof(struct record);
}

/* ---- sinks -------------------------------------------------------------------------------------------------------------------- */

static int worst_first(const void *a, const void *b)
{
	const struct table_result *const x = a, *const y = b;

	if (x->score > y->score || x->score < y->score)
		return x->score < y->score ? 1 : -1;
	return (x->row > y->row) - (x->row < y->row);
}

static size_t wanted(const struct upload_scan *u)
{
	return u->top > SCAN_KEPT ? u->top : SCAN_KEPT;
}

/* Twice as many as are wanted, then the worse half stays. */
static int keep_worst(struct judge *j, const struct table_result *r)
{
	if (j->worst_n >= 2 * wanted(j->u)) {
		qsort(j->worst, j->worst_n, sizeof(*j->worst), worst_first);
		j->worst_n = wanted(j->u);
	}
	if (!array_room((void **)&j->worst, j->worst_n, &j->worst_cap, sizeof(*j->worst), 64))
		return err_set(&j->u->why, ERR_NOMEM, "out of memory for the worst rows");
	j->worst[j->worst_n++] = *r;
	return OK;
}

/* With the first row that is judged the threshold is known. */
static int first_row(struct judge *j)
{
	struct whatif_options o = { .method = METHOD_DENSE, .dir = j->u->context->site->spool_dir };
	struct table_summary sum;

	table_scan_summary(j->scan, &sum);
	j->threshold = o.threshold = o.flow_threshold = sum.threshold;
	return isfinite(o.threshold) ? whatif_new(&j->whatif, &o, &j->u->why) : OK;
}

static int take_row(void *arg, const struct table_result *r)
{
	struct judge *const j = arg;
	struct record kept = { { .sequence_id = r->row, .incident = r->incident, .error = r->score }, *r };
	int code = OK;

	if (isnan(j->threshold) && (code = first_row(j)) < 0)
		return code;
	j->label[r->label]++;
	curve_add(j->u->curve, (float)r->score);
	if (j->whatif != NULL)
		whatif_row(j->whatif, r);
	if (r->anomalous) {
		kept.found.severity = severity_of(r->score, j->threshold);
		if ((code = keep_worst(j, r)) == OK)
			code = upload_scan_found(j->u, &kept);
	}
	return code == OK ? upload_scan_tick(j->u) : code;
}

static int take_incident(void *arg, const struct table_incident *t)
{
	struct judge *const j = arg;
	struct incident i = {
		.id = t->id,
		.rule = rule_get(rules_n() - 1),
		.start = (double)NAN,
		.end = (double)NAN,
		.first_row = t->first_row,
		.last_row = t->last_row,
		.flows = t->rows,
		.port = PORT_UNSET,
		.peak_score = t->peak_score,
		.least_p = t->least_p,
		.peak_row = t->peak_row,
		.severity = t->severity,
	};

	snprintf(i.sentence, sizeof(i.sentence), "%s", t->sentence);
	return incident_keep_add(&j->u->incidents, &i);
}

/* ---- the scan ----------------------------------------------------------------------------------------------------------------- */

static void close_table(struct upload_scan *u)
{
	struct judge *const j = u->judge;

	table_scan_del(j->scan);
	whatif_del(j->whatif);
	json_object_put(j->table);
	free(j->worst);
	free(j);
	u->judge = NULL;
}

static int open_table(struct upload_scan *u, struct err *e)
{
	const struct site *const site = u->context->site;
	struct judge *const j = calloc(1, sizeof(*j));
	const struct table_scan_options o = {
		.kernel = kernel_select(site->kernel, e),
		.seed = SEED,
		.bytes_max = ROWS_BYTES,
		.threshold = u->choice.text,
		.input = site->input,
		.results = take_row,
		.incidents = take_incident,
		.arg = j,
	};
	int r = o.kernel == NULL ? ERR_RANGE : OK;

	if (j == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a scan");
	u->judge = j;
	j->u = u;
	j->threshold = (double)NAN;
	if (r == OK)
		r = table_scan_new(&j->scan, &o, e);
	if (r < 0)
		close_table(u);
	return r;
}

static int feed(struct upload_scan *u, const void *data, size_t len, struct err *e)
{
	struct judge *const j = u->judge;

	return table_scan_feed(j->scan, data, len, e);
}

static int finish(struct upload_scan *u, struct err *e)
{
	struct judge *const j = u->judge;
	int r;

	if ((r = table_scan_finish(j->scan, e)) < 0)
		return r;
	if (j->worst_n > 0)
		qsort(j->worst, j->worst_n, sizeof(*j->worst), worst_first);
	return j->whatif != NULL ? whatif_finish(j->whatif, u->incidents.n, 0, e) : OK;
}

static void summary(const struct upload_scan *u, struct scan_summary *out)
{
	const struct judge *const j = u->judge;
	struct table_summary t;

	table_scan_summary(j->scan, &t);
	*out = (struct scan_summary){
		.method = METHOD_DENSE,
		.flows = t.rows,
		.flows_anomalous = t.anomalies,
		.windows = t.rows,
		.anomalies = t.anomalies,
		.incidents = t.incidents,
		.one_stream = 1,
		.threshold = t.threshold,
		.error_mean = t.mean_score,
		.error_max = t.max_score,
		.input = t.input,
	};
}

/* ---- what was found ------------------------------------------------------------------------------------------------------------ */

/* The largest parts, by column; names are the file's. */
static struct json_object *sample(const struct table_result *r)
{
	struct json_object *const o = json_object_new_object();
	char name[256];

	for (size_t i = 0; i < r->part_n; i++) {
		utf8_clean(name, sizeof(name), sizeof(name), 0, r->part[i].name, strlen(r->part[i].name));
		json_object_object_add(o, name, json_number(r->part[i].value, 15));
	}
	return o;
}

static const char *sentence(const struct table_result *r, char out[static TABLE_SENTENCE])
{
	const struct table_part *const p = &r->part[0];

	if (r->part_n == 0)
		return "";
	snprintf(out, TABLE_SENTENCE, "%.60s = %.6g; usual are %.6g to %.6g", p->name, p->value, p->usual[0], p->usual[2]);
	return out;
}

static void row(const struct upload_scan *u, const void *record, struct anomaly_row *out, struct row_texts *t)
{
	const struct record *const x = record;
	const struct rule *const rule = rule_get(rules_n() - 1);

	(void)u;
	t->sample = sample(&x->r);
	*out = (struct anomaly_row){
		.sequence_id = x->r.row,
		.row = { x->r.row, x->r.row },
		.ts = (double)NAN,
		.error = x->r.score,
		.severity = (int)x->found.severity,
		.feature = x->r.part_n > 0 ? x->r.part[0].name : "",
		.share = x->r.part_n > 0 ? x->r.part[0].share : 0,
		.value = x->r.part_n > 0 ? x->r.part[0].value : (double)NAN,
		.sample = json_object_to_json_string_ext(t->sample, JSON_C_TO_STRING_PLAIN),
		.p = x->r.p,
		.attack = rule->attack,
		.rule = rule->name,
		.sentence = sentence(&x->r, t->sentence),
		.port = { PORT_UNSET, PORT_UNSET },
		.side = -1,
	};
}

static struct json_object *part_json(const struct table_result *r)
{
	struct json_object *const o = json_object_new_object();
	char name[256] = "";

	if (r->part_n > 0)
		utf8_clean(name, sizeof(name), sizeof(name), 0, r->part[0].name, strlen(r->part[0].name));
	json_object_object_add(o, "feature", json_object_new_string(name));
	json_object_object_add(o, "step", json_count(0));
	json_object_object_add(o, "share", json_number(r->part_n > 0 ? r->part[0].share : 0, 4));
	json_object_object_add(o, "value", json_number(r->part_n > 0 ? r->part[0].value : (double)NAN, 15));
	return o;
}

/* With the names of anomaly_to_json(). */
static struct json_object *worst(struct upload_scan *u, size_t n)
{
	const struct judge *const j = u->judge;
	const struct table_result *const r = n < wanted(u) && n < j->worst_n ? &j->worst[n] : NULL;
	const struct rule *const rule = rule_get(rules_n() - 1);
	struct json_object *o, *rows;
	char said[TABLE_SENTENCE], clean[2 * TABLE_SENTENCE];

	if (r == NULL)
		return NULL;
	o = json_object_new_object();
	rows = json_object_new_array();
	json_object_array_add(rows, json_count(r->row));
	json_object_array_add(rows, json_count(r->row));
	json_object_object_add(o, "sequence_id", json_count(r->row));
	json_object_object_add(o, "rows", rows);
	json_object_object_add(o, "error", json_number(r->score, 9));
	json_object_object_add(o, "threshold", json_number(j->threshold, 9));
	json_object_object_add(o, "severity", json_object_new_string(severity_name(severity_of(r->score, j->threshold))));
	json_object_object_add(o, "most_unusual", part_json(r));
	json_object_object_add(o, "p_value", json_number(r->p, 6));
	json_object_object_add(o, "attack", json_object_new_string(rule->attack));
	json_object_object_add(o, "rule", json_object_new_string(rule->name));
	json_object_object_add(o, "title", json_object_new_string(rule->title));
	json_object_object_add(o, "incident", r->incident > 0 ? json_count(r->incident) : NULL);
	json_object_object_add(o, "device", NULL);
	json_object_object_add(o, "orig", endpoint_to_json(NULL, PORT_UNSET));
	json_object_object_add(o, "resp", endpoint_to_json(NULL, PORT_UNSET));
	sentence(r, said);
	utf8_clean(clean, sizeof(clean), sizeof(clean), 0, r->part_n > 0 ? said : "", r->part_n > 0 ? strlen(said) : 0);
	json_object_object_add(o, "sentence", json_object_new_string(clean));
	json_object_object_add(o, "sample_data", sample(r));
	return o;
}

static int evidence(struct upload_scan *u, struct scan_end *end, struct err *e)
{
	struct judge *const j = u->judge;

	(void)e;
	if (j->table == NULL && j->whatif != NULL)
		j->table = whatif_to_json(whatif_get(j->whatif));
	end->first_ts = end->last_ts = (double)NAN;
	end->labelled = j->label[LABEL_BENIGN] + j->label[LABEL_MALICIOUS];
	end->attacks = j->label[LABEL_MALICIOUS];
	end->whatif = j->table != NULL ? json_object_to_json_string_ext(j->table, JSON_C_TO_STRING_PLAIN) : NULL;
	return OK;
}

const struct scan_engine engine_table = {
	.record_size = record_size,
	.open = open_table,
	.feed = feed,
	.finish = finish,
	.close = close_table,
	.summary = summary,
	.row = row,
	.worst = worst,
	.evidence = evidence,
};
