/* overview: a handful of short queries, each by an index; the page costs no more on a server with a thousand scans. */
#include "api/overview.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "api/database.h"
#include "api/handlers.h"
#include "api/model.h"
#include "api/scan_view.h"
#include "api/scans.h"
#include "base/json.h"
#include "base/version.h"

enum { NEWEST = 5, TOP_DEVICES = 5, LAST_SCANS = 6, DAYS = 30, SCANS_SHOWN = 30 };

#define DAY_US INT64_C(86400000000)

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static int push(struct json_object *list, struct json_object *o)
{
	return json_object_array_add(list, o) == 0 ? OK : ERR_NOMEM;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- incidents and devices ------------------------------------------------------------------------------------------------------ */

static int add_incident(void *arg, const struct incident_brief *i)
{
	return push(arg, brief_incident(i));
}

static int incidents(struct store *s, struct json_object *o, struct err *e)
{
	struct json_object *const worst = json_object_new_array(), *const newest = json_object_new_array();
	uint64_t severity[SEVERITIES], open = 0;
	int r;

	if ((r = store_open_incidents(s, severity, e)) == OK &&
	    (r = store_open_list(s, BRIEF_OPEN_WORST, 1, add_incident, worst, e)) == OK &&
	    (r = store_open_list(s, BRIEF_OPEN_NEWEST, NEWEST, add_incident, newest, e)) == OK) {
		for (int i = 0; i < SEVERITIES; i++)
			open += severity[i];
		add(o, "open", json_count(open));
		add(o, "by_severity", severity_view(severity));
		add(o, "worst", json_object_get(json_object_array_get_idx(worst, 0)));
		add(o, "newest", json_object_get(newest));
	}
	json_object_put(worst);
	json_object_put(newest);
	return r;
}

static int add_device(void *arg, const struct device_brief *d)
{
	return push(arg, brief_device(d));
}

static int devices(struct store *s, struct json_object *o, struct err *e)
{
	static const char *const names[RISKS] = { "critical", "high", "medium", "low", "none" };
	struct json_object *const classes = json_object_new_object(), *const top = json_object_new_array();
	uint64_t n[RISKS];
	int r;

	add(o, "by_risk", classes);
	add(o, "top", top);
	if ((r = store_risk_classes(s, n, e)) < 0)
		return r;
	for (int i = 0; i < RISKS; i++)
		add(classes, names[i], json_count(n[i]));
	return store_risk_list(s, TOP_DEVICES, add_device, top, e);
}

/* ---- time ----------------------------------------------------------------------------------------------------------------------- */

static struct json_object *bucket(const struct day_sum *d, uint64_t scan, const char *file)
{
	struct json_object *const o = json_object_new_object();

	add(o, "start", json_time(d->day_us));
	add(o, "scan_id", scan > 0 ? json_count(scan) : NULL);
	add(o, "file", json_text(file));
	add(o, "scans", json_count(d->scans));
	add(o, "flows", json_count(d->flows));
	add(o, "anomalous_flows", json_count(d->flows_anomalous));
	add(o, "anomalies_count", json_count(d->anomalies));
	add(o, "incidents_count", json_count(d->incidents));
	return o;
}

/* Days one behind the other, those without a scan too. */
struct days {
	struct json_object *list;
	struct day_sum last; /* day_us 0: none yet */
	uint64_t scans;
	size_t with_scans;
};

static int fill_until(struct days *d, int64_t day_us)
{
	int r = OK;

	while (r == OK && d->last.day_us != 0 && (d->last = (struct day_sum){ .day_us = d->last.day_us + DAY_US }).day_us < day_us)
		r = push(d->list, bucket(&d->last, 0, NULL));
	return r;
}

static int add_day(void *arg, const struct day_sum *sum)
{
	struct days *const d = arg;
	const int r = fill_until(d, sum->day_us);

	d->last = *sum;
	d->scans += sum->scans;
	d->with_scans++;
	return r < 0 ? r : push(d->list, bucket(sum, 0, NULL));
}

/* Falling: the newest first, which is to be last. */
static int add_scan_bucket(void *arg, const struct scan_row *r)
{
	const struct day_sum sum = { .day_us = r->started_us,
				     .scans = 1,
				     .flows = r->counts.flows,
				     .flows_anomalous = r->counts.flows_anomalous,
				     .anomalies = r->counts.anomalies,
				     .incidents = r->counts.incidents };

	return push(arg, bucket(&sum, r->id, r->name));
}

static struct json_object *rising(struct json_object *list)
{
	struct json_object *const out = json_object_new_array();

	for (size_t i = json_object_array_length(list); i > 0; i--)
		json_object_array_add(out, json_object_get(json_object_array_get_idx(list, i - 1)));
	return out;
}

/* The days of the last month when they say more than the newest scans, each by itself. */
static int activity(struct store *s, struct json_object *o, struct err *e)
{
	static const struct scan_find newest = {
		.severity = -1, .state = SCAN_DONE, .order = SCAN_BY_TIME, .falling = 1, .limit = SCANS_SHOWN
	};
	const int64_t today = now_us() / DAY_US * DAY_US;
	struct days d = { .list = json_object_new_array() };
	struct json_object *scans = NULL;
	int r;

	if ((r = store_days(s, today - (DAYS - 1) * DAY_US, add_day, &d, e)) == OK)
		r = fill_until(&d, today + DAY_US);
	if (r == OK && d.with_scans > 1 && d.scans > SCANS_SHOWN) {
		add(o, "by", json_object_new_string("day"));
		add(o, "buckets", json_object_get(d.list));
	} else if (r == OK) {
		scans = json_object_new_array();
		r = store_scan_find(s, &newest, add_scan_bucket, scans, e);
		add(o, "by", json_object_new_string("scan"));
		add(o, "buckets", rising(scans));
	}
	json_object_put(scans);
	json_object_put(d.list);
	return r;
}

static int add_scan(void *arg, const struct scan_row *r)
{
	return push(arg, scans_item(r));
}

static int scans(struct store *s, struct json_object *o, struct err *e)
{
	static const struct scan_find last = {
		.severity = -1, .state = -1, .order = SCAN_BY_TIME, .falling = 1, .limit = LAST_SCANS
	};
	struct json_object *const list = json_object_new_array();

	add(o, "last", list);
	return store_scan_find(s, &last, add_scan, list, e);
}

/* ---- the system ----------------------------------------------------------------------------------------------------------------- */

static struct json_object *pools(const struct scoreboard *b)
{
	static const char *const names[] = { [CLASS_PAGES] = "pages", [CLASS_UPLOADS] = "uploads", [CLASS_JOBS] = "jobs" };
	struct json_object *const o = json_object_new_object();
	uint64_t idle[3] = { 0 }, busy[3] = { 0 };

	for (size_t i = 0; i < scoreboard_n(b); i++) {
		struct slot_view v;

		scoreboard_view(b, i, &v);
		idle[v.pool] += v.state == SLOT_IDLE;
		busy[v.pool] += v.state == SLOT_BUSY;
	}
	for (int k = CLASS_PAGES; k <= CLASS_JOBS; k++) {
		struct json_object *const pool = json_object_new_object();

		add(pool, "idle", json_count(idle[k]));
		add(pool, "busy", json_count(busy[k]));
		add(o, names[k], pool);
	}
	return o;
}

static struct json_object *system_view(const struct context *c, int connected)
{
	const struct site *const site = c->site;
	struct json_object *const o = json_object_new_object();
	struct text words = { 0 };

	model_words(site, &words);
	add(o, "model", json_text(site->model_name));
	add(o, "model_words", json_text(text_get(&words)));
	add(o, "adapted", json_object_new_boolean(site->is_adapted));
	add(o, "method", json_object_new_string(scan_method_name(site->method)));
	add(o, "threshold", json_number(site->threshold, 9));
	add(o, "threshold_strategy", json_text(site->strategy));
	add(o, "window", json_count(site->model.detector.net.steps));
	add(o, "database_connected", json_object_new_boolean(connected));
	add(o, "workers", pools(c->board));
	/* In whole seconds, so that it is the same each time. */
	add(o, "since", json_time((now_us() - (int64_t)(1e6 * scoreboard_uptime(c->board)) + 500000) / 1000000 * 1000000));
	add(o, "version", json_object_new_string(GUARDIAN_VERSION));
	text_free(&words);
	return o;
}

struct json_object *overview_make(struct context *c, struct err *why)
{
	static const struct {
		const char *name;
		int (*make)(struct store *s, struct json_object *o, struct err *e);
	} parts[] = { { "incidents", incidents }, { "devices", devices }, { "activity", activity }, { "scans", scans } };
	enum { PARTS = sizeof(parts) / sizeof(*parts) };
	struct json_object *const o = json_object_new_object(), *made[PARTS] = { NULL };
	struct database_view db;
	int r = OK;

	/* While the database is away each query would wait for a connection: what all workers know of it is asked first. */
	database_look(c, &db);
	if (!db.connected)
		r = err_set(why, ERR_UNAVAILABLE, "the database cannot be reached: scans cannot be stored or shown now");
	for (size_t i = 0; r == OK && i < PARTS; i++)
		r = parts[i].make(c->store, made[i] = json_object_new_object(), why);
	add(o, "status", json_object_new_string(r == OK ? "ok" : "degraded"));
	for (size_t i = 0; i < PARTS; i++) {
		if (r < 0) {
			json_object_put(made[i]);
			made[i] = NULL;
		} else if (strcmp(parts[i].name, "scans") == 0) {
			add(made[i], "total", json_count(db.total_scans));
		}
		add(o, parts[i].name, made[i]);
	}
	add(o, "system", system_view(c, r == OK));
	return o;
}

void api_overview(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };
	struct json_object *const o = overview_make(c, &e);

	(void)q;
	(void)p;
	if (e.code == OK) {
		response_json(s, 200, o);
		return;
	}
	json_object_put(o);
	response_err(s, &e);
}
