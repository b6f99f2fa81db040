/* upload_scan: the life of a scan until its file has been read, and its end when something failed. */
#include "api/upload_scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "detect/scan_json.h"
#include "fcgi/log.h"

enum { NO_ROOM = 507 };

int upload_scan_found(struct upload_scan *u, const void *record)
{
	const struct found *const f = record;
	struct err e = { 0 };

	u->severity[f->severity]++;
	if (spool_put(u->spool, record, &e) < 0) {
		log_message(LOG_LEVEL_ERROR, "spool", "%s", e.msg);
		u->status = NO_ROOM;
		return ERR_IO;
	}
	return OK;
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
}

int upload_scan_begin(void *arg, const char *name, struct err *e)
{
	struct upload_scan *const u = arg;
	const struct site *const site = u->context->site;
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
	if ((r = spool_new(&u->spool, site->spool_dir, u->engine->record_size(u), e)) < 0)
		return r;
	return u->engine->open(u, e);
}

int upload_scan_said(const struct upload_scan *u, int r, struct err *e)
{
	if (u->status == NO_ROOM)
		return err_set(e, r, "there is no room for the anomalies of this file in the folder for temporary files");
	return e->msg[0] != '\0' ? r : err_set(e, r, "out of memory");
}

int upload_scan_data(void *arg, const void *data, size_t len, struct err *e)
{
	struct upload_scan *const u = arg;
	struct scan_counts n;
	struct err ignored;
	const double now = clock_seconds();
	const int r = u->engine->feed(u, data, len, e);

	if (r < 0)
		return upload_scan_said(u, r, e);
	if (now - u->reported >= 1) {
		u->reported = now;
		upload_scan_count(u, &n);
		/* The scan goes on without the database: it may be back at the end. */
		if (store_scan_progress(u->context->store, u->id, &n, &ignored) < 0)
			log_message(LOG_LEVEL_WARN, "progress", "scan %" PRIu64 ": %s", u->id, ignored.msg);
	}
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
		if (store_scan_fail(u->context->store, u->id, u->broken_off ? SCAN_INTERRUPTED : SCAN_FAILED, e->msg, input, &n,
				    &ignored) < 0)
			log_message(LOG_LEVEL_WARN, "scan", "%" PRIu64 " failed and that cannot be stored: %s", u->id, ignored.msg);
	}
	json_move_members(o, report);
	response_err_as(s, u->status ? u->status : response_status_of(code), e, o);
}

void upload_scan_free(struct upload_scan *u)
{
	if (u->judge != NULL)
		u->engine->close(u);
	curve_del(u->curve);
	spool_del(u->spool);
	incident_keep_free(&u->incidents);
}
