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
#include "sql/store_evidence.h"

enum {
	HIGHLIGHTS = 3, /* worst anomalies in lists */
	STORE_TRIES = 3,
	BEAT_ROWS = 1024, /* anomalies stored between two signs of life */
};

/* Texts of the row that are made of JSON. */
enum { DETAILS, LIGHTS, CURVE, SKIPPED, INPUT, PARTS, TEXTS };

enum { EXPLANATIONS = 64 };

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
	struct text subject, body, curve;
	struct explained why[EXPLANATIONS];
	struct explanation_row explanation[EXPLANATIONS];
	size_t why_n; /* of the worst anomalies first: one each, as far as there are explanations */
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
	if (x->given++ % BEAT_ROWS == 0 && upload_scan_stored(u, e) < 0)
		return e->code;
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
		if ((r = u->engine->evidence(u, &x->end, e)) == OK && (r = spool_rewind(u->spool, e)) == OK)
			r = store_scan_finish(u->context->store, u->id, &x->end, next_anomaly, x, &mail, e);
	}
	/* Done it cannot be: somebody has cancelled it. */
	if (r == ERR_CONFLICT)
		u->cancelled = 1;
	return u->cancelled ? err_set(e, ERR_CONFLICT, "cancelled") : r;
}

/* Which anomalies are an incident's, from one more pass over the spool. */
static int find_windows(struct ending *x, struct err *e)
{
	struct upload_scan *const u = x->u;
	int r = OK;

	if (x->incident_n == 0 || (r = spool_rewind(u->spool, e)) < 0)
		return r;
	while ((r = spool_get(u->spool, x->record, e)) == 1) {
		const struct found *const f = x->record;

		incident_rows_window(x->rows, incident_keep_id(&u->incidents, f->incident), f->sequence_id, f->error);
		if (upload_scan_tick(u) < 0)
			return upload_scan_said(u, ERR_CONFLICT, e);
	}
	return r;
}

/* Why anomalies score as they do: costs up to some hundred passes of the network each. */
static int explain(struct ending *x, struct err *e)
{
	struct upload_scan *const u = x->u;

	while (x->why_n < EXPLANATIONS && u->engine->explanation != NULL &&
	       u->engine->explanation(u, x->why_n, &x->why[x->why_n]) == 1) {
		x->why_n++;
		if (upload_scan_stored(u, e) < 0)
			return e->code;
	}
	for (size_t i = 0; i < x->why_n; i++)
		if (x->why[i].json != NULL)
			x->explanation[x->end.explanation_n++] =
				(struct explanation_row){ x->why[i].sequence_id,
							  json_object_to_json_string_ext(x->why[i].json, JSON_C_TO_STRING_PLAIN) };
	x->end.explanation = x->explanation;
	return OK;
}

/* The worst anomalies with the incidents that people know, and why, where that is kept. */
static struct json_object *worst_json(const struct ending *x)
{
	struct upload_scan *const u = x->u;
	const size_t n = u->top > SCAN_KEPT ? u->top : SCAN_KEPT;
	struct json_object *const list = json_object_new_array(), *o, *incident;

	for (size_t i = 0; i < n && (o = u->engine->worst(u, i)) != NULL; i++) {
		if (json_object_object_get_ex(o, "incident", &incident) && incident != NULL) {
			const uint64_t id = incident_keep_id(&u->incidents, (uint64_t)json_object_get_int64(incident));

			json_object_object_add(o, "incident", id > 0 ? json_count(id) : NULL);
		}
		if (i < SCAN_EXPLAINED && i < x->why_n && x->why[i].json != NULL)
			json_object_object_add(o, "explanation", json_object_get(x->why[i].json));
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
static struct json_object *input_json(const struct upload_scan *u, const struct scan_summary *sum)
{
	struct json_object *const o = report_to_json(sum->input), *notes;

	if (u->choice.note[0] != '\0' && json_object_object_get_ex(o, "notes", &notes))
		json_object_array_add(notes, json_object_new_string(u->choice.note));
	json_object_object_add(o, "one_stream", json_object_new_boolean(sum->one_stream));
	json_object_object_add(o, "window", json_count(sum->detector != NULL ? sum->detector->net.steps : 1));
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
static int answer(struct ending *x, int status, struct response *s, struct err *e)
{
	struct upload_scan *const u = x->u;
	struct json_object *o;
	int r;

	if ((r = scan_answer(u->context->store, u->id, &o, e)) < 0)
		return r;
	json_object_object_add(o, "details", first(x->worst, u->top));
	response_json(s, status, o);
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
	const char *text[TEXTS];
	int r;

	u->engine->summary(u, &x->sum);
	x->incident_n = incident_keep_list(&u->incidents, &x->incident);
	if ((x->record = malloc(u->engine->record_size(u))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the anomalies");
	if ((r = incident_rows_new(&x->rows, x->incident, x->incident_n, e)) < 0)
		return r;
	if ((r = find_windows(x, e)) < 0 || (r = explain(x, e)) < 0)
		return r;
	compose(x);
	x->worst = worst_json(x);
	x->json[DETAILS] = first(x->worst, SCAN_KEPT);
	x->json[LIGHTS] = first(x->worst, HIGHLIGHTS);
	x->json[CURVE] = curve_to_json(u->curve, x->sum.threshold);
	x->json[SKIPPED] = skipped_to_json(x->sum.input);
	x->json[INPUT] = input_json(u, &x->sum);
	x->json[PARTS] = incident_keep_parts(&u->incidents);
	if (curve_windows(u->curve) > 0 && (r = curve_save(u->curve, &x->curve, e)) < 0)
		return r;
	for (size_t i = 0; i < TEXTS; i++)
		text[i] = x->json[i] != NULL ? json_object_to_json_string_ext(x->json[i], JSON_C_TO_STRING_PLAIN) : NULL;
	x->end = (struct scan_end){
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
		.parts = text[PARTS],
		.curve_data = x->curve.n > 0 ? x->curve.p : NULL,
		.curve_len = x->curve.n,
		.curve_windows = curve_windows(u->curve),
		.explanation = x->explanation,
		.explanation_n = x->end.explanation_n,
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
	text_free(&x->curve);
	for (size_t i = 0; i < x->why_n; i++)
		json_object_put(x->why[i].json);
	free(x->record);
}

int upload_scan_finish(struct upload_scan *u, int status, struct response *s, struct err *e)
{
	struct ending x = { .u = u };
	int r;

	if ((r = upload_scan_phase(u, PHASE_JUDGING)) < 0 || (r = u->engine->finish(u, e)) < 0)
		return upload_scan_said(u, r, e);
	if ((r = prepare(&x, e)) == OK && (r = upload_scan_phase(u, PHASE_STORING)) < 0)
		upload_scan_said(u, r, e);
	if (r == OK && (r = store_result(&x, e)) == OK)
		r = answer(&x, status, s, e);
	release(&x);
	return r;
}
