/* upload_control: how far an upload is, and its end before the time. */
#include <math.h>
#include <stdlib.h>

#include "api/handlers.h"
#include "base/json.h"
#include "fcgi/context.h"
#include "sql/store_upload.h"

/* A guess from less is none. */
static const double LEAST_SECONDS = 1;

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

/* By bytes: what the rest of the file will take if it goes on like this; NaN: unknown. A form has some bytes more than its file. */
static double seconds_left(const struct upload_row *u)
{
	const double read = (double)u->counts.bytes, size = (double)u->size;

	if (u->state != SCAN_RUNNING || u->phase != PHASE_READING || u->size < 0 || read <= 0 || u->seconds < LEAST_SECONDS)
		return (double)NAN;
	return read < size ? u->seconds * (size - read) / read : 0;
}

void api_progress(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct upload_row u = { 0 };
	struct json_object *o;
	struct err e = { 0 };

	(void)p;
	if (store_upload_get(c->store, q->word, &u, &e) < 0) {
		response_err(s, &e);
		return;
	}
	o = json_object_new_object();
	add(o, "scan_id", json_count(u.id));
	add(o, "state", json_object_new_string(scan_state_name(u.state)));
	add(o, "phase", u.state == SCAN_RUNNING ? json_object_new_string(scan_phase_name(u.phase)) : NULL);
	add(o, "bytes", json_count(u.counts.bytes));
	add(o, "size", u.size >= 0 ? json_count((uint64_t)u.size) : NULL);
	add(o, "rows", json_count(u.counts.rows));
	add(o, "rows_per_second", u.seconds > 0 ? json_number((double)u.counts.rows / u.seconds, 6) : NULL);
	add(o, "seconds", json_number(u.seconds, 6));
	add(o, "seconds_left", json_number(seconds_left(&u), 3));
	add(o, "windows", json_count(u.counts.windows));
	add(o, "anomalies", json_count(u.counts.anomalies));
	add(o, "incidents", json_count(u.counts.incidents));
	if (u.error != NULL)
		add(o, "error", json_text(u.error));
	response_json(s, 200, o);
	free(u.error);
}

/* A worker of this host stops at once, one of another host at its next progress. */
static void cancel(struct context *c, uint64_t id, struct response *s)
{
	struct json_object *o;
	struct err e = { 0 };

	scoreboard_cancel(c->board, id);
	if (store_scan_cancel(c->store, id, &e) < 0) {
		response_err(s, &e);
		return;
	}
	o = json_object_new_object();
	add(o, "scan_id", json_count(id));
	add(o, "state", json_object_new_string(scan_state_name(SCAN_CANCELLED)));
	response_json(s, 200, o);
}

void api_scan_cancel(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)p;
	cancel(c, q->number, s);
}

void api_upload_cancel(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct upload_row u = { 0 };
	struct err e = { 0 };

	(void)p;
	if (store_upload_get(c->store, q->word, &u, &e) < 0)
		response_err(s, &e);
	else
		cancel(c, u.id, s);
	free(u.error);
}
