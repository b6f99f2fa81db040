/* upload_scan: reader, network and store put together. */
#include "api/upload_scan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/incident_rows.h"
#include "api/scan_view.h"
#include "base/clock.h"
#include "base/json.h"
#include "detect/scan_json.h"
#include "fcgi/job/alert.h"
#include "fcgi/job/mail.h"
#include "fcgi/log.h"

enum {
	EXPLAINED = 10, /* of the worst anomalies: some 8 kB of JSON each */
	KEPT = 100,     /* worst anomalies in the row, whatever the answer wants */
	HIGHLIGHTS = 3, /* of them in lists */
	STORE_TRIES = 3,
	BEAT_ROWS = 1024, /* anomalies stored between two signs of life */
};

static size_t record_size(const struct upload_scan *u)
{
	const struct site *const site = u->context->site;
	const size_t n = site->model.detector.features->n, plain = site->plain.plan != NULL ? site->plain.detector.features->n : 0;

	return offsetof(struct anomaly, sample) + (n > plain ? n : plain) * sizeof(double);
}

static int take_anomaly(void *arg, const struct anomaly *a)
{
	struct upload_scan *const u = arg;
	struct err e = { 0 };

	u->severity[a->severity]++;
	if (spool_put(u->spool, a, &e) < 0) {
		log_message(LOG_LEVEL_ERROR, "spool", "%s", e.msg);
		u->status = 507;
		return ERR_IO;
	}
	return OK;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct upload_scan *const u = arg;

	return incident_keep_add(&u->incidents, i);
}

static void take_error(void *arg, uint64_t window, float error)
{
	struct upload_scan *const u = arg;

	/* A small piece of a compressed file may hold very many. */
	if ((window & 0xfff) == 0)
		slot_beat(u->context->slot);
	curve_add(u->curve, error);
}

static void count(const struct upload_scan *u, struct scan_counts *n)
{
	struct scan_summary sum;

	*n = (struct scan_counts){ 0 };
	if (u->scan == NULL)
		return;
	scan_summary(u->scan, &sum);
	n->bytes = sum.input->bytes;
	n->rows = sum.input->rows;
	n->rows_skipped = sum.input->rows_skipped;
	n->windows = sum.windows;
	n->anomalies = sum.anomalies;
	memcpy(n->severity, u->severity, sizeof(n->severity));
	n->devices = sum.devices;
	n->flows = sum.flows;
	n->flows_anomalous = sum.flows_anomalous;
	n->incidents = u->incidents.n;
}

int upload_scan_begin(void *arg, const char *name, struct err *e)
{
	struct upload_scan *const u = arg;
	const struct site *const site = u->context->site;
	const struct scan_options o = {
		.model = model_for_scan(&site->model),
		.plain = model_for_scan(&site->plain),
		.method = site->method,
		.threshold = (double)NAN,
		.input = site->input,
		.threads = 1,
		.top = u->top > KEPT ? u->top : KEPT,
		.explain = EXPLAINED,
		.sink = take_anomaly,
		.errors = take_error,
		.incidents = take_incident,
		.arg = u,
	};
	const struct scan_start row = {
		.name = name,
		.key = u->key,
		.method = scan_method_name(site->method),
		.model = site->model_name,
		.threshold = site->threshold,
		.size = u->size,
	};
	uint64_t id = 0;
	int r;

	snprintf(u->name, sizeof(u->name), "%s", name);
	if ((u->curve = curve_new()) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a curve");
	u->started = u->reported = clock_seconds();
	if ((r = store_scan_start(u->context->store, &row, &id, e)) < 0)
		return r;
	u->id = id;
	if ((r = spool_new(&u->spool, site->spool_dir, record_size(u), e)) < 0)
		return r;
	return scan_new(&u->scan, &o, e);
}

/* An error of the scan; those of our sinks have no words yet. */
static int said(const struct upload_scan *u, int r, struct err *e)
{
	if (u->status == 507)
		return err_set(e, r, "there is no room for the anomalies of this file in the folder for temporary files");
	return e->msg[0] != '\0' ? r : err_set(e, r, "out of memory");
}

int upload_scan_data(void *arg, const void *data, size_t len, struct err *e)
{
	struct upload_scan *const u = arg;
	struct scan_counts n;
	struct err ignored;
	const double now = clock_seconds();
	const int r = scan_feed(u->scan, data, len, e);

	if (r < 0)
		return said(u, r, e);
	if (now - u->reported >= 1) {
		u->reported = now;
		count(u, &n);
		/* The scan goes on without the database: it may be back at the end. */
		if (store_scan_progress(u->context->store, u->id, &n, &ignored) < 0)
			log_message(LOG_LEVEL_WARN, "progress", "scan %" PRIu64 ": %s", u->id, ignored.msg);
	}
	return r;
}

/* The spool as the store wants it. */
struct source {
	struct upload_scan *u;
	struct anomaly a;
	char host[2][IP_TEXT];
	struct json_object *sample; /* of the last row given */
	uint64_t given;             /* rows, over all tries */
};

static int next_anomaly(void *arg, struct anomaly_row *row, struct err *e)
{
	struct source *const s = arg;
	const struct anomaly *const a = &s->a;
	const int r = spool_get(s->u->spool, &s->a, e);

	json_object_put(s->sample);
	s->sample = NULL;
	if (r <= 0)
		return r;
	if (s->given++ % BEAT_ROWS == 0)
		slot_beat(s->u->context->slot);
	s->sample = sample_to_json(a->features, a->sample);
	*row = (struct anomaly_row){
		.sequence_id = a->sequence_id,
		.row = { a->row[0], a->row[1] },
		.ts = a->ts,
		.error = (double)a->error,
		.severity = (int)a->severity,
		.step = (unsigned)a->step,
		.feature = a->features->feature[a->feature]->name,
		.share = a->share,
		.value = a->value,
		.sample = json_object_to_json_string_ext(s->sample, JSON_C_TO_STRING_PLAIN),
		.p = a->p,
		.attack = a->rule->attack,
		.rule = a->rule->name,
		.sentence = a->sentence,
		.incident = incident_keep_id(&s->u->incidents, a->incident),
		.port = { a->port[ORIG], a->port[RESP] },
		.side = a->side,
	};
	for (int i = 0; i < 2; i++)
		row->host[i] = a->host[i].family != 0 ? ip_print(&a->host[i], s->host[i]) : NULL;
	return 1;
}

/* The result is worth waiting a moment for a database that restarts. */
static int store_result(struct upload_scan *u, const struct scan_end *end, const struct mail_text *mail, struct err *e)
{
	struct source source = { .u = u };
	int r = ERR_UNAVAILABLE;

	for (int i = 0; i < STORE_TRIES && r == ERR_UNAVAILABLE; i++) {
		if (i > 0)
			nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
		slot_beat(u->context->slot);
		if ((r = spool_rewind(u->spool, e)) == OK)
			r = store_scan_finish(u->context->store, u->id, end, next_anomaly, &source, mail, e);
	}
	json_object_put(source.sample);
	return r;
}

static struct json_object *details_json(const struct upload_scan *u, const struct anomaly *top, size_t n)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		struct json_object *o, *why;
		struct anomaly a = top[i];

		a.incident = incident_keep_id(&u->incidents, a.incident);
		o = anomaly_to_json(a.features, &a);
		if ((why = i < EXPLAINED ? scan_explanation_to_json(u->scan, &top[i]) : NULL) != NULL)
			json_object_object_add(o, "explanation", why);
		json_object_array_add(list, o);
	}
	return list;
}

/* What is known of the input, and how it was looked at. */
static struct json_object *input_json(const struct scan_summary *sum)
{
	struct json_object *const o = report_to_json(sum->input);

	json_object_object_add(o, "one_stream", json_object_new_boolean(sum->one_stream));
	json_object_object_add(o, "window", json_count(sum->detector->net.steps));
	return o;
}

/* The mail about this scan, when there is something to tell and somebody to tell it to. */
static void compose(struct upload_scan *u, const struct scan_summary *sum, const struct anomaly *top, size_t n,
		    struct text *subject, struct text *body)
{
	const struct site *const site = u->context->site;
	struct alert a = {
		.file = u->name,
		.scan_id = u->id,
		.public_url = site->public_url,
		.summary = sum,
		.severity = u->severity,
		.top = top,
		.top_n = n,
		.incidents = u->incidents.n,
		.incident_severity = u->incidents.severity,
	};
	struct mail_server server;
	struct err e = { 0 };

	a.incident_n = incident_keep_list(&u->incidents, &a.incident);
	if (u->incidents.n == 0 && (sum->anomalies == 0 || sum->method == METHOD_HYBRID))
		return;
	if (mail_configured(&site->settings, &server, &e) == 1)
		alert_compose(&a, subject, body);
	else
		log_message(LOG_LEVEL_INFO, "alert",
			    "scan %" PRIu64 ": %" PRIu64 " incidents, %" PRIu64 " anomalies; no mail goes out, none is configured",
			    u->id, u->incidents.n, sum->anomalies);
}

static size_t at_most(size_t n, size_t most)
{
	return n < most ? n : most;
}

/* The answer is the row, as everybody gets it later, with as many anomalies as this client wants. */
static int answer(struct upload_scan *u, const struct anomaly *top, size_t n, struct response *s, struct err *e)
{
	struct json_object *o;
	int r;

	if ((r = scan_answer(u->context->store, u->id, &o, e)) < 0)
		return r;
	json_object_object_add(o, "details", details_json(u, top, n));
	response_json(s, 200, o);
	return OK;
}

int upload_scan_finish(struct upload_scan *u, struct response *s, struct err *e)
{
	struct json_object *json[5] = { NULL };
	const char *text[5];
	const struct anomaly *top = NULL;
	const struct incident *incident = NULL;
	struct incident_rows *rows = NULL;
	struct text subject = { 0 }, body = { 0 };
	struct mail_text mail = { 0 };
	struct scan_summary sum;
	struct scan_end end;
	size_t top_n, incident_n;
	int r;

	if ((r = scan_finish(u->scan, e)) < 0)
		return said(u, r, e);
	scan_summary(u->scan, &sum);
	top_n = scan_top(u->scan, &top);
	incident_n = incident_keep_list(&u->incidents, &incident);
	if ((r = incident_rows_new(&rows, incident, incident_n, e)) < 0)
		return r;
	compose(u, &sum, top, at_most(top_n, 5), &subject, &body);
	json[0] = details_json(u, top, at_most(top_n, KEPT));
	json[1] = details_json(u, top, at_most(top_n, HIGHLIGHTS));
	json[2] = curve_to_json(u->curve, sum.threshold);
	json[3] = skipped_to_json(sum.input);
	json[4] = input_json(&sum);
	for (size_t i = 0; i < 5; i++)
		text[i] = json_object_to_json_string_ext(json[i], JSON_C_TO_STRING_PLAIN);
	end = (struct scan_end){
		.model = sum.detector == &u->context->site->plain.detector ? u->context->site->plain_name : NULL,
		.threshold = sum.threshold,
		.error_mean = sum.error_mean,
		.error_max = sum.error_max,
		.seconds = clock_seconds() - u->started,
		.details = text[0],
		.highlights = text[1],
		.curve = text[2],
		.skipped = text[3],
		.input = text[4],
		.incident = incident_rows_get(rows),
		.incident_n = incident_n,
	};
	count(u, &end.counts);
	if (subject.n > 0)
		mail = (struct mail_text){ text_get(&subject), text_get(&body) };
	if ((r = store_result(u, &end, &mail, e)) == OK && (r = answer(u, top, at_most(top_n, u->top), s, e)) == OK) {
		scoreboard_stale_database(u->context->board);
		log_message(LOG_LEVEL_INFO, "scan",
			    "id=%" PRIu64 " rows=%" PRIu64 " incidents=%" PRIu64 " anomalies=%" PRIu64 " spooled=%" PRIu64, u->id,
			    sum.input->rows, u->incidents.n, sum.anomalies, spool_file_bytes(u->spool));
	}
	for (size_t i = 0; i < 5; i++)
		json_object_put(json[i]);
	incident_rows_del(rows);
	text_free(&subject);
	text_free(&body);
	return r;
}

/* What is known of the input goes into the answer and into the row. */
void upload_scan_fail(struct upload_scan *u, int code, struct response *s, const struct err *e)
{
	struct json_object *const o = json_object_new_object(), *report = NULL;
	const char *input = NULL;
	struct scan_summary sum;
	struct scan_counts n;
	struct err ignored = { 0 };

	if (u->scan != NULL) {
		scan_summary(u->scan, &sum);
		json_object_object_add(o, "rows_read", json_count(sum.input->rows));
		json_object_object_add(o, "rows_used", json_count(sum.input->rows - sum.input->rows_skipped));
		json_object_object_add(o, "rows_skipped", json_count(sum.input->rows_skipped));
		report = report_to_json(sum.input);
		json_object_object_add(report, "skipped", skipped_to_json(sum.input));
		input = json_object_to_json_string_ext(report, JSON_C_TO_STRING_PLAIN);
	}
	if (u->id != 0) {
		json_object_object_add(o, "scan_id", json_count(u->id));
		count(u, &n);
		if (store_scan_fail(u->context->store, u->id, u->broken_off ? SCAN_INTERRUPTED : SCAN_FAILED, e->msg, input, &n,
				    &ignored) < 0)
			log_message(LOG_LEVEL_WARN, "scan", "%" PRIu64 " failed and that cannot be stored: %s", u->id, ignored.msg);
	}
	json_move_members(o, report);
	response_err_as(s, u->status ? u->status : response_status_of(code), e, o);
}

void upload_scan_free(struct upload_scan *u)
{
	scan_del(u->scan);
	curve_del(u->curve);
	spool_del(u->spool);
	incident_keep_free(&u->incidents);
}
