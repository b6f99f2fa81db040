/* upload_scan: the life of a scan until its file has been read, and its end when something failed. */
#include "api/upload_scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "detect/scan_json.h"
#include "fcgi/log.h"
#include "sql/store_upload.h"

enum { NO_ROOM = 507, UNLIKE = 422, TICKS = 1024 };

int upload_scan_said(const struct upload_scan *u, int r, struct err *e)
{
	if (u->why.code < 0) {
		*e = u->why;
		return e->code;
	}
	return e->msg[0] != '\0' ? r : err_set(e, r, "out of memory");
}

int upload_scan_no_room(struct upload_scan *u, const struct err *e)
{
	log_message(LOG_LEVEL_ERROR, "spool", "%s", e->msg);
	u->status = NO_ROOM;
	return err_set(&u->why, ERR_IO, "there is no room for the anomalies of this file in the folder for temporary files");
}

int upload_scan_found(struct upload_scan *u, const void *record)
{
	const struct found *const f = record;
	struct err e = { 0 };

	u->severity[f->severity]++;
	return spool_put(u->spool, record, &e) < 0 ? upload_scan_no_room(u, &e) : OK;
}

void upload_scan_count(const struct upload_scan *u, struct scan_counts *n)
{
	struct scan_summary sum;

	*n = (struct scan_counts){ 0 };
	if (u->judge == NULL)
		return;
	u->engine->summary(u, &sum);
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
	n->phase = u->phase;
}

/* ---- progress ----------------------------------------------------------------------------------------------------------------- */

static int cancelled(struct upload_scan *u)
{
	u->cancelled = 1;
	u->status = 0;
	return err_set(&u->why, ERR_CONFLICT, "cancelled");
}

static int report(struct upload_scan *u, double now)
{
	struct scan_counts n;
	struct err e = { 0 };
	int r;

	u->reported = now;
	upload_scan_count(u, &n);
	/* The scan goes on without the database: it may be back at the end. */
	if ((r = store_scan_progress(u->context->store, u->id, &n, &e)) == ERR_CONFLICT)
		return cancelled(u);
	if (r < 0)
		log_message(LOG_LEVEL_WARN, "progress", "scan %" PRIu64 ": %s", u->id, e.msg);
	return OK;
}

static int look(struct upload_scan *u)
{
	const double now = clock_seconds();

	slot_beat(u->context->slot);
	if (slot_cancelled(u->context->slot))
		return cancelled(u);
	return now - u->reported >= 1 ? report(u, now) : OK;
}

int upload_scan_tick(struct upload_scan *u)
{
	return ++u->ticks % TICKS == 0 ? look(u) : OK;
}

int upload_scan_phase(struct upload_scan *u, enum scan_phase phase)
{
	const double now = clock_seconds();

	u->phase = phase;
	/* Nobody watches what takes no time. */
	return now - u->started >= 1 ? report(u, now) : look(u);
}

int upload_scan_stored(struct upload_scan *u, struct err *e)
{
	slot_beat(u->context->slot);
	if (!slot_cancelled(u->context->slot))
		return OK;
	cancelled(u);
	return upload_scan_said(u, ERR_CONFLICT, e);
}

/* ---- the file ----------------------------------------------------------------------------------------------------------------- */

static int differs(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") != 0;
}

/* The same request may have come before: see upload.c. */
static int look_for_same(struct upload_scan *u, const char *name, struct err *e)
{
	struct same_row same;
	char shown[SCAN_NAME_MAX * 4 + 1];
	int r;

	if (u->idempotency[0] == '\0' || (r = store_upload_same(u->context->store, u->idempotency, &same, e)) == 0)
		return OK;
	if (r < 0)
		return r;
	utf8_clean(shown, sizeof(shown), SCAN_NAME_MAX, 0, name, strlen(name));
	if (differs(shown, same.name) || same.size != u->size || differs(same.method, scan_method_name(u->choice.method)) ||
	    differs(same.strategy, u->choice.strategy)) {
		u->status = UNLIKE;
		r = err_set(e, ERR_CONFLICT,
			    "this Idempotency-Key was used for another upload (scan %" PRIu64
			    "): name, size, method and threshold must be the same",
			    same.id);
		err_field(e, "Idempotency-Key");
	} else if (same.state == SCAN_RUNNING) {
		r = err_set(e, ERR_CONFLICT, "the upload with this Idempotency-Key is still being scanned (scan %" PRIu64 ")",
			    same.id);
	} else {
		u->replay = same.id;
		r = err_set(e, ERR_CONFLICT, "scanned already");
	}
	same_row_free(&same);
	return r;
}

int upload_scan_begin(void *arg, const char *name, struct err *e)
{
	struct upload_scan *const u = arg;
	const struct site *const site = u->context->site;
	const struct scan_start row = {
		.name = name,
		.key = u->key,
		.method = scan_method_name(u->choice.method),
		.model = u->choice.method == METHOD_DENSE ? "of the file itself" : site->model_name,
		.threshold = u->choice.known,
		.size = u->size,
		.strategy = u->choice.strategy,
		.idempotency = u->idempotency[0] != '\0' ? u->idempotency : NULL,
	};
	uint64_t id = 0;
	int r;

	snprintf(u->name, sizeof(u->name), "%s", name);
	if ((r = look_for_same(u, name, e)) < 0)
		return r;
	if ((u->curve = curve_new()) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a curve");
	u->started = u->reported = clock_seconds();
	if ((r = store_scan_start(u->context->store, &row, &id, e)) < 0)
		return r;
	u->id = id;
	slot_scan(u->context->slot, id);
	if ((r = spool_new(&u->spool, site->spool_dir, u->engine->record_size(u), e)) < 0)
		return r;
	return u->engine->open(u, e);
}

int upload_scan_data(void *arg, const void *data, size_t len, struct err *e)
{
	struct upload_scan *const u = arg;
	int r = u->engine->feed(u, data, len, e);

	if (r == OK)
		r = look(u);
	return r < 0 ? upload_scan_said(u, r, e) : OK;
}

/* What is known of the input goes into the answer and into the row. */
void upload_scan_fail(struct upload_scan *u, int code, struct response *s, const struct err *e)
{
	struct json_object *const o = json_object_new_object(), *report = NULL;
	const char *input = NULL;
	struct scan_summary sum;
	struct scan_counts n;
	struct err ignored = { 0 };

	if (u->judge != NULL) {
		u->engine->summary(u, &sum);
		json_object_object_add(o, "rows_read", json_count(sum.input->rows));
		json_object_object_add(o, "rows_used", json_count(sum.input->rows - sum.input->rows_skipped));
		json_object_object_add(o, "rows_skipped", json_count(sum.input->rows_skipped));
		report = report_to_json(sum.input);
		json_object_object_add(report, "skipped", skipped_to_json(sum.input));
		input = json_object_to_json_string_ext(report, JSON_C_TO_STRING_PLAIN);
	}
	if (u->id != 0) {
		json_object_object_add(o, "scan_id", json_count(u->id));
		upload_scan_count(u, &n);
		if (store_scan_fail(u->context->store, u->id,
				    u->cancelled    ? SCAN_CANCELLED
				    : u->broken_off ? SCAN_INTERRUPTED
						    : SCAN_FAILED,
				    e->msg, input, &n, &ignored) < 0)
			log_message(LOG_LEVEL_WARN, "scan", "%" PRIu64 " failed and that cannot be stored: %s", u->id, ignored.msg);
	}
	json_move_members(o, report);
	response_err_as(s, u->status ? u->status : response_status_of(code), e, o);
}

void upload_scan_free(struct upload_scan *u)
{
	if (u->judge != NULL)
		u->engine->close(u);
	slot_scan(u->context->slot, 0);
	curve_del(u->curve);
	spool_del(u->spool);
	incident_keep_free(&u->incidents);
}
