/* scan_whole: one scan with all that is known of it; and incidents and devices in a line. */
#include <stdlib.h>

#include "api/handlers.h"
#include "api/scan_view.h"
#include "api/scans.h"
#include "base/json.h"
#include "detect/severity.h"
#include "fcgi/context.h"
#include "sql/store_scan_delete.h"

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static struct json_object *marks_view(const uint64_t mark[MARKS])
{
	struct json_object *const o = json_object_new_object();

	for (int i = 0; i < MARKS; i++)
		add(o, mark_names[i], json_count(mark[i]));
	return o;
}

int scans_whole(struct store *s, uint64_t id, struct json_object **out, struct err *e)
{
	struct scan_extra x;
	struct json_object *o;
	int r;

	if ((r = scan_answer(s, id, &o, e)) < 0)
		return r;
	if ((r = store_scan_extra(s, id, &x, e)) < 0) {
		json_object_put(o);
		return r;
	}
	add(o, "strategy", json_text(x.strategy));
	add(o, "first_ts", json_number(x.first_ts, 15));
	add(o, "last_ts", json_number(x.last_ts, 15));
	add(o, "labelled_flows", json_count(x.labelled));
	add(o, "attack_flows", json_count(x.attacks));
	add(o, "incident_marks", marks_view(x.mark));
	free(x.strategy);
	*out = o;
	return OK;
}

static void answer(struct context *c, uint64_t id, struct response *s)
{
	struct json_object *o;
	struct err e = { 0 };

	if (scans_whole(c->store, id, &o, &e) == OK)
		response_json(s, 200, o);
	else
		response_err(s, &e);
}

void api_scan_whole(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)p;
	answer(c, q->number, s);
}

void api_scan_delete(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };

	(void)p;
	if (store_scan_delete(c->store, q->number, &e) < 0) {
		response_err(s, &e);
		return;
	}
	scoreboard_stale_database(c->board);
	s->status = 204;
}

void api_scan_restore(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };

	(void)p;
	if (store_scan_restore(c->store, q->number, &e) < 0) {
		response_err(s, &e);
		return;
	}
	scoreboard_stale_database(c->board);
	answer(c, q->number, s);
}

/* ---- in a line ------------------------------------------------------------------------------------------------------------------ */

struct json_object *brief_incident(const struct incident_brief *i)
{
	struct json_object *const o = json_object_new_object(), *const device = json_object_new_object();

	add(device, "id", i->device > 0 ? json_count(i->device) : NULL);
	add(device, "ip", json_text(i->device_ip));
	add(device, "mac", json_text(i->device_mac));
	add(device, "name", json_text(i->device_name));
	add(o, "scan_id", json_count(i->scan));
	add(o, "id", json_count(i->id));
	add(o, "file", json_text(i->file));
	add(o, "found", json_time(i->found_us));
	add(o, "severity", json_object_new_string(severity_name((enum severity)i->severity)));
	add(o, "attack", json_text(i->attack));
	add(o, "title", json_text(i->title));
	add(o, "device", device);
	add(o, "peer", json_text(i->peer));
	add(o, "peers", json_count(i->peers));
	add(o, "flows", json_count(i->flows));
	add(o, "start", json_number(i->start, 15));
	add(o, "end", json_number(i->end, 15));
	add(o, "sentence", json_text(i->sentence));
	add(o, "mark", json_object_new_string(i->mark < MARKS ? mark_names[i->mark] : mark_names[MARK_OPEN]));
	add(o, "note", json_text(i->note));
	return o;
}

struct json_object *brief_device(const struct device_brief *d)
{
	struct json_object *const o = json_object_new_object();

	add(o, "id", json_count(d->id));
	add(o, "ip", json_text(d->ip));
	add(o, "mac", json_text(d->mac));
	add(o, "name", json_text(d->name));
	add(o, "risk", json_count(d->risk));
	add(o, "incidents", json_count(d->incidents));
	add(o, "flows", json_count(d->flows));
	add(o, "anomalous_flows", json_count(d->flagged));
	add(o, "seen", json_time(d->seen_us));
	return o;
}
