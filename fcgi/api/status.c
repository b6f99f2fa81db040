/* status: how the system is. Costs no query: what is known of the database is refreshed once a second by whoever is asked. */
#include <math.h>

#include "api/handlers.h"
#include "api/database.h"
#include "base/json.h"
#include "base/version.h"
#include "fcgi/context.h"

static const char *const class_names[] = { [CLASS_PAGES] = "pages", [CLASS_UPLOADS] = "uploads", [CLASS_JOBS] = "jobs" };

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static struct json_object *worker_view(const struct slot_view *v)
{
	struct json_object *const o = json_object_new_object();

	add(o, "pid", json_count((uint64_t)v->pid));
	add(o, "pool", json_object_new_string(class_names[v->pool]));
	add(o, "state", json_object_new_string(slot_state_name(v->state)));
	add(o, "requests", json_count(v->requests));
	add(o, "deaths", json_count(v->deaths));
	add(o, "busy_seconds", json_number(v->busy_seconds, 6));
	add(o, "state_seconds", json_number(v->state_seconds, 6));
	add(o, "generation", json_count(v->generation));
	add(o, "request", json_text(v->current));
	return o;
}

static struct json_object *workers_view(const struct scoreboard *b)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < scoreboard_n(b); i++) {
		struct slot_view v;

		scoreboard_view(b, i, &v);
		if (v.state != SLOT_EMPTY)
			json_object_array_add(list, worker_view(&v));
	}
	return list;
}

void api_status(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const struct site *const site = c->site;
	const struct detector *const d = &site->model.detector;
	struct json_object *const o = json_object_new_object(), *const model = json_object_new_object();
	struct database_view db;

	(void)q;
	(void)p;
	database_look(c, &db);
	add(o, "status", json_object_new_string(db.connected ? "ok" : "degraded"));
	add(o, "model_loaded", json_object_new_boolean(1));
	add(o, "threshold", json_number(site->threshold, 9));
	add(o, "database_connected", json_object_new_boolean(db.connected));
	add(o, "total_scans", db.connected ? json_count(db.total_scans) : NULL);
	add(o, "version", json_object_new_string(GUARDIAN_VERSION));
	add(o, "uptime_seconds", json_number(scoreboard_uptime(c->board), 6));
	add(model, "name", json_text(site->model_name));
	add(model, "features", json_text(d->features->name));
	add(model, "window", json_count(d->net.steps));
	add(model, "threshold_strategy", json_text(site->strategy));
	add(model, "method", json_object_new_string(scan_method_name(site->method)));
	add(model, "basic", site->plain_name != NULL ? json_text(site->plain_name) : NULL);
	add(model, "kernel", json_object_new_string(site->kernel));
	add(o, "model", model);
	add(o, "workers", workers_view(c->board));
	response_json(s, 200, o);
}

void api_alive(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *const o = json_object_new_object();

	(void)c;
	(void)q;
	(void)p;
	add(o, "status", json_object_new_string("ok"));
	response_json(s, 200, o);
}

void api_ready(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };

	if (store_check(c->store, &e) == OK)
		api_alive(c, q, p, s);
	else
		response_err(s, &e);
}
