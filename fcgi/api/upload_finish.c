/* upload_finish: what a scan found becomes its row, and the answer. */
#include "api/upload_scan.h"

#include <inttypes.h>
#include <stdlib.h>
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
	HIGHLIGHTS = 3, /* worst anomalies in lists */
	STORE_TRIES = 3,
	BEAT_ROWS = 1024, /* anomalies stored between two signs of life */
};

/* Texts of the row that are made of JSON. */
enum { DETAILS, LIGHTS, CURVE, SKIPPED, INPUT, TEXTS };

/* Everything that is made for the end, and released after it. */
struct ending {
	struct upload_scan *u;
	struct scan_summary sum;
	struct json_object *worst; /* array of the worst anomalies, as many as row or answer want */
	struct json_object *json[TEXTS];
	const struct incident *incident;
	size_t incident_n;
	struct incident_rows *rows;
	struct scan_end end;
	struct text subject, body;
	/* the spool as the store wants it */
	void *record;
	struct row_texts texts; /* of the last row given */
	uint64_t given;         /* rows, over all tries */
};

static int next_anomaly(void *arg, struct anomaly_row *row, struct err *e)
{
	struct ending *const x = arg;
	struct upload_scan *const u = x->u;
	const int r = spool_get(u->spool, x->record, e);

	json_object_put(x->texts.sample);
	x->texts.sample = NULL;
	if (r <= 0)
		return r;
	if (x->given++ % BEAT_ROWS == 0)
		slot_beat(u->context->slot);
	u->engine->row(u, x->record, row, &x->texts);
	row->incident = incident_keep_id(&u->incidents, ((const struct found *)x->record)->incident);
	return 1;
}

/* The result is worth waiting a moment for a database that restarts. */
static int store_result(struct ending *x, struct err *e)
{
	struct upload_scan *const u = x->u;
	const struct mail_text mail = { x->subject.n > 0 ? text_get(&x->subject) : NULL, text_get(&x->body) };
	int r = ERR_UNAVAILABLE;

	for (int i = 0; i < STORE_TRIES && r == ERR_UNAVAILABLE; i++) {
		if (i > 0)
			nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
		slot_beat(u->context->slot);
		if ((r = spool_rewind(u->spool, e)) == OK)
			r = store_scan_finish(u->context->store, u->id, &x->end, next_anomaly, x, &mail, e);
	}
	return r;
}

/* The worst anomalies with the incidents that people know, and why, where that is kept. */
static struct json_object *worst_json(struct upload_scan *u)
{
	const size_t n = u->top > SCAN_KEPT ? u->top : SCAN_KEPT;
	struct json_object *const list = json_object_new_array(), *o, *incident;

	for (size_t i = 0; i < n && (o = u->engine->worst(u, i)) != NULL; i++) {
		struct explained why = { 0 };

		if (json_object_object_get_ex(o, "incident", &incident) && incident != NULL) {
			const uint64_t id = incident_keep_id(&u->incidents, (uint64_t)json_object_get_int64(incident));

			json_object_object_add(o, "incident", id > 0 ? json_count(id) : NULL);
		}
		if (i < SCAN_EXPLAINED && u->engine->explanation != NULL && u->engine->explanation(u, i, &why) == 1 &&
		    why.json != NULL)
			json_object_object_add(o, "explanation", why.json);
		json_object_array_add(list, o);
	}
	return list;
}

/* The first n of them. */
static struct json_object *first(const struct json_object *list, size_t n)
{
	struct json_object *const out = json_object_new_array();

	for (size_t i = 0; i < n && i < json_object_array_length(list); i++)
		json_object_array_add(out, json_object_get(json_object_array_get_idx(list, i)));
	return out;
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
static void compose(struct ending *x)
{
	struct upload_scan *const u = x->u;
	const struct site *const site = u->context->site;
	struct alert a = {
		.file = u->name,
		.scan_id = u->id,
		.public_url = site->public_url,
		.summary = &x->sum,
		.severity = u->severity,
		.incidents = u->incidents.n,
		.incident_severity = u->incidents.severity,
		.incident = x->incident,
		.incident_n = x->incident_n,
	};
	struct mail_server server;
	struct err e = { 0 };

	if (u->engine->top != NULL)
		a.top_n = u->engine->top(u, &a.top);
	if (u->incidents.n == 0 && (x->sum.anomalies == 0 || x->sum.method != METHOD_LSTM))
		return;
	if (mail_configured(&site->settings, &server, &e) == 1)
		alert_compose(&a, &x->subject, &x->body);
	else
		log_message(LOG_LEVEL_INFO, "alert",
			    "scan %" PRIu64 ": %" PRIu64 " incidents, %" PRIu64 " anomalies; no mail goes out, none is configured",
			    u->id, u->incidents.n, x->sum.anomalies);
}

/* The answer is the row, as everybody gets it later, with as many anomalies as this client wants. */
static int answer(struct ending *x, struct response *s, struct err *e)
{
	struct upload_scan *const u = x->u;
	struct json_object *o;
	int r;

	if ((r = scan_answer(u->context->store, u->id, &o, e)) < 0)
		return r;
	json_object_object_add(o, "details", first(x->worst, u->top));
	response_json(s, 200, o);
	scoreboard_stale_database(u->context->board);
	log_message(LOG_LEVEL_INFO, "scan",
		    "id=%" PRIu64 " rows=%" PRIu64 " incidents=%" PRIu64 " anomalies=%" PRIu64 " spooled=%" PRIu64, u->id,
		    x->sum.input->rows, u->incidents.n, x->sum.anomalies, spool_file_bytes(u->spool));
	return OK;
}

/* All that is to be stored, ready in memory but for the anomalies. */
static int prepare(struct ending *x, struct err *e)
{
	struct upload_scan *const u = x->u;
	const struct site *const site = u->context->site;
	const char *text[TEXTS];
	int r;

	u->engine->summary(u, &x->sum);
	x->incident_n = incident_keep_list(&u->incidents, &x->incident);
	if ((x->record = malloc(u->engine->record_size(u))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the anomalies");
	if ((r = incident_rows_new(&x->rows, x->incident, x->incident_n, e)) < 0)
		return r;
	compose(x);
	x->worst = worst_json(u);
	x->json[DETAILS] = first(x->worst, SCAN_KEPT);
	x->json[LIGHTS] = first(x->worst, HIGHLIGHTS);
	x->json[CURVE] = curve_to_json(u->curve, x->sum.threshold);
	x->json[SKIPPED] = skipped_to_json(x->sum.input);
	x->json[INPUT] = input_json(&x->sum);
	for (size_t i = 0; i < TEXTS; i++)
		text[i] = json_object_to_json_string_ext(x->json[i], JSON_C_TO_STRING_PLAIN);
	x->end = (struct scan_end){
		.model = x->sum.detector == &site->plain.detector ? site->plain_name : NULL,
		.threshold = x->sum.threshold,
		.error_mean = x->sum.error_mean,
		.error_max = x->sum.error_max,
		.seconds = clock_seconds() - u->started,
		.details = text[DETAILS],
		.highlights = text[LIGHTS],
		.curve = text[CURVE],
		.skipped = text[SKIPPED],
		.input = text[INPUT],
		.incident = incident_rows_get(x->rows),
		.incident_n = x->incident_n,
	};
	upload_scan_count(u, &x->end.counts);
	return OK;
}

static void release(struct ending *x)
{
	json_object_put(x->worst);
	for (size_t i = 0; i < TEXTS; i++)
		json_object_put(x->json[i]);
	json_object_put(x->texts.sample);
	incident_rows_del(x->rows);
	text_free(&x->subject);
	text_free(&x->body);
	free(x->record);
}

int upload_scan_finish(struct upload_scan *u, struct response *s, struct err *e)
{
	struct ending x = { .u = u };
	int r;

	if ((r = u->engine->finish(u, e)) < 0)
		return upload_scan_said(u, r, e);
	if ((r = prepare(&x, e)) == OK && (r = store_result(&x, e)) == OK)
		r = answer(&x, s, e);
	release(&x);
	return r;
}
