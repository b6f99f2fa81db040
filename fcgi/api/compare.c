/* compare: the parts of each scan sorted by what makes them the same, then side by side. */
#include "api/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/incident_keep.h"
#include "api/scan_view.h"
#include "api/scans.h"
#include "base/json.h"
#include "fcgi/context.h"

enum { DEVICES_MOST = 10000 };

const struct param compare_params[] = {
	[COMPARE_A] = { .name = "a", .type = PARAM_INTEGER, .min = 1, .max = INT64_MAX, .help = "a scan" },
	[COMPARE_B] = { .name = "b",
			.type = PARAM_INTEGER,
			.min = 1,
			.max = INT64_MAX,
			.help = "another one, as a rule a later one" },
	{ .name = NULL },
};

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

/* ---- parts and what makes them the same ----------------------------------------------------------------------------------------- */

struct part {
	char key[160];
	size_t at; /* its place in the list that was read: worst first */
	struct json_object *o;
	const struct part *other; /* of the other scan; NULL: there is none */
};

struct parts {
	struct part *v;
	size_t n, cap;
};

static struct part *part_new(struct parts *p)
{
	struct part *more;

	if (p->n == p->cap) {
		const size_t cap = p->cap > 0 ? 2 * p->cap : 64;

		if ((more = realloc(p->v, cap * sizeof(*more))) == NULL)
			return NULL;
		p->v = more;
		p->cap = cap;
	}
	p->v[p->n] = (struct part){ .at = p->n };
	return &p->v[p->n++];
}

static void parts_free(struct parts *p)
{
	for (size_t i = 0; i < p->n; i++)
		json_object_put(p->v[i].o);
	free(p->v);
}

static const char *or_none(const char *s)
{
	return s != NULL ? s : "";
}

static int take_incident(void *arg, const struct incident_brief *i)
{
	struct part *const p = part_new(arg);
	char own[24] = "";

	if (p == NULL)
		return ERR_NOMEM;
	if (i->device > 0)
		snprintf(own, sizeof(own), "%llu", (unsigned long long)i->device);
	snprintf(p->key, sizeof(p->key), "%s %s %s",
		 own[0] != '\0' ? own : or_none(i->device_mac != NULL ? i->device_mac : i->device_ip), or_none(i->attack),
		 or_none(i->peer));
	p->o = brief_incident(i);
	return OK;
}

static int take_device(void *arg, const struct device_brief *d)
{
	struct part *const p = part_new(arg);

	if (p == NULL)
		return ERR_NOMEM;
	snprintf(p->key, sizeof(p->key), "%llu", (unsigned long long)d->id);
	p->o = brief_device(d);
	return OK;
}

static int by_key(const void *a, const void *b)
{
	const struct part *const x = a, *const y = b;
	const int d = strcmp(x->key, y->key);

	return d != 0 ? d : (x->at > y->at) - (x->at < y->at);
}

static int by_place(const void *a, const void *b)
{
	const struct part *const x = a, *const y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static void sort(struct parts *p, int (*order)(const void *, const void *))
{
	if (p->n > 1)
		qsort(p->v, p->n, sizeof(*p->v), order);
}

/* Of those with the same key the first with the first, and so on. */
static void match(struct parts *a, struct parts *b)
{
	sort(a, by_key);
	sort(b, by_key);
	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		const int d = strcmp(a->v[i].key, b->v[k].key);

		if (d == 0) {
			a->v[i].other = &b->v[k];
			b->v[k].other = &a->v[i];
		}
		i += d <= 0;
		k += d >= 0;
	}
}

static struct json_object *without_other(const struct parts *p)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].other == NULL)
			json_object_array_add(list, json_object_get(p->v[i].o));
	return list;
}

static struct json_object *with_other(const struct parts *p)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < p->n; i++) {
		struct json_object *pair;

		if (p->v[i].other == NULL)
			continue;
		pair = json_object_new_object();
		add(pair, "a", json_object_get(p->v[i].o));
		add(pair, "b", json_object_get(p->v[i].other->o));
		json_object_array_add(list, pair);
	}
	return list;
}

/* What only one has. Its list is in the order in which it was read afterwards, so pointers into it are of no use any more. */
static struct json_object *only(struct parts *p)
{
	sort(p, by_place);
	return without_other(p);
}

static int compare_incidents(struct store *s, const uint64_t id[2], struct json_object *out, struct err *e)
{
	struct parts p[2] = { { 0 } };
	struct json_object *const o = json_object_new_object();
	int r = OK;

	add(out, "incidents", o);
	for (int i = 0; i < 2 && r == OK; i++)
		r = store_incident_briefs(s, id[i], INCIDENTS_KEPT, take_incident, &p[i], e);
	if (r == OK) {
		match(&p[0], &p[1]);
		add(o, "only_a", only(&p[0]));
		add(o, "both", with_other(&p[0]));
		add(o, "only_b", only(&p[1]));
	}
	parts_free(&p[0]);
	parts_free(&p[1]);
	return r;
}

static int compare_devices(struct store *s, const uint64_t id[2], struct json_object *out, struct err *e)
{
	struct parts p[2] = { { 0 } };
	struct json_object *const o = json_object_new_object(), *gone;
	int r = OK;

	add(out, "devices", o);
	for (int i = 0; i < 2 && r == OK; i++)
		r = store_scan_devices(s, id[i], DEVICES_MOST, take_device, &p[i], e);
	if (r == OK) {
		match(&p[0], &p[1]);
		gone = only(&p[0]);
		add(o, "both", json_count(p[0].n - json_object_array_length(gone)));
		add(o, "new", only(&p[1]));
		add(o, "gone", gone);
	}
	parts_free(&p[0]);
	parts_free(&p[1]);
	return r;
}

/* ---- the scans themselves ------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *title;
} numbers[] = {
	{ "incidents_count", "Incidents" },
	{ "flows", "Flows" },
	{ "anomalous_flows", "Unusual flows" },
	{ "devices", "Devices" },
	{ "total_samples", "Windows" },
	{ "anomalies_count", "Anomalies" },
	{ "percentage", "Anomalies in 100 windows" },
	{ "threshold", "Threshold" },
	{ "mean_error", "Mean score" },
	{ "max_error", "Largest score" },
	{ "rows_read", "Rows" },
	{ "rows_skipped", "Skipped rows" },
	{ "bytes", "Bytes" },
	{ "seconds", "Seconds" },
};

static double number_of(struct json_object *scan, const char *name)
{
	struct json_object *const v = json_object_object_get(scan, name);

	return v != NULL ? json_object_get_double(v) : (double)NAN;
}

static struct json_object *differences(struct json_object *a, struct json_object *b)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct json_object *const o = json_object_new_object();
		const char *const name = numbers[i].name;

		add(o, "name", json_object_new_string(name));
		add(o, "title", json_object_new_string(numbers[i].title));
		add(o, "a", json_object_get(json_object_object_get(a, name)));
		add(o, "b", json_object_get(json_object_object_get(b, name)));
		add(o, "change", json_number(number_of(b, name) - number_of(a, name), 9));
		json_object_array_add(list, o);
	}
	return list;
}

static void note_texts(struct json_object *notes, const char *what, const char *a, const char *b, const char *means)
{
	struct text t = { 0 };

	if (strcmp(or_none(a), or_none(b)) == 0)
		return;
	text_printf(&t, "The %s differ (%s, %s): %s", what, a != NULL ? a : "unknown", b != NULL ? b : "unknown", means);
	json_object_array_add(notes, json_text(text_get(&t)));
	text_free(&t);
}

static struct json_object *notes_on(const struct scan_row row[2])
{
	struct json_object *const notes = json_object_new_array();
	char threshold[2][32];

	for (int i = 0; i < 2; i++) {
		struct text t = { 0 };

		snprintf(threshold[i], sizeof(threshold[i]), "%.6g", row[i].threshold);
		if (row[i].state != SCAN_DONE) {
			text_printf(&t, "Scan %llu is not done (%s): its numbers are those until then.",
				    (unsigned long long)row[i].id, scan_state_name(row[i].state));
			json_object_array_add(notes, json_text(text_get(&t)));
		}
		text_free(&t);
	}
	note_texts(notes, "methods", row[0].method, row[1].method, "scores are of different kinds, and so are anomalies.");
	note_texts(notes, "models", row[0].model, row[1].model, "what one finds normal, the other may not.");
	note_texts(notes, "thresholds", threshold[0], threshold[1], "with the lower one more is an anomaly.");
	return notes;
}

int compare_make(struct store *s, uint64_t a, uint64_t b, struct json_object **out, struct err *e)
{
	const uint64_t id[2] = { a, b };
	struct scan_row row[2] = { { 0 } };
	struct json_object *const o = json_object_new_object(), *scan[2];
	int r = OK;

	for (int i = 0; i < 2 && r == OK; i++)
		r = store_scan_get(s, id[i], &row[i], e);
	if (r == OK) {
		for (int i = 0; i < 2; i++)
			add(o, i == 0 ? "a" : "b", scan[i] = scans_item(&row[i]));
		add(o, "differences", differences(scan[0], scan[1]));
		add(o, "notes", notes_on(row));
		if ((r = compare_incidents(s, id, o, e)) == OK)
			r = compare_devices(s, id, o, e);
	}
	if (r == OK)
		*out = o;
	else
		json_object_put(o);
	for (int i = 0; i < 2; i++)
		scan_row_free(&row[i]);
	return r == ERR_NOMEM ? err_set(e, r, "out of memory") : r;
}

void api_compare(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *o;
	struct err e = { 0 };

	(void)q;
	if (!p[COMPARE_A].given || !p[COMPARE_B].given) {
		err_set(&e, ERR_USAGE, "which scans? say both: ?a=1&b=2");
		err_field(&e, compare_params[p[COMPARE_A].given ? COMPARE_B : COMPARE_A].name);
	} else if (compare_make(c->store, (uint64_t)p[COMPARE_A].integer, (uint64_t)p[COMPARE_B].integer, &o, &e) == OK) {
		response_json(s, 200, o);
		return;
	}
	response_err(s, &e);
}
