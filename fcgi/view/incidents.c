/* incidents: the page of the incidents of all scans, of a device, of a scan. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/device_view.h"
#include "api/handlers.h"
#include "http/cursor.h"
#include "page/values.h"
#include "view/fields.h"
#include "view/frame.h"
#include "view/tell.h"
#include "view/views.h"

static const char *const severities[] = { "Low", "Medium", "High", "Critical", "any", NULL };
static const char *const marks[] = { "open", "expected", "confirmed", "any", NULL };
static const char *const sorts[] = { "newest", "worst", NULL };

const struct param page_incidents_params[] = {
	[INCIDENTS_MARK] = { .name = "mark", PARAM_CHOICE, .fallback = -1, .choices = marks, .help = "what the owner says" },
	[INCIDENTS_SEVERITY] = { .name = "severity", PARAM_CHOICE, .fallback = -1, .choices = severities, .help = "exactly" },
	[INCIDENTS_ATTACK] = { .name = "attack", PARAM_TEXT, .help = "the family, such as port_scan" },
	[INCIDENTS_SORT] = { .name = "sort",
			     PARAM_CHOICE,
			     .fallback = INCIDENTS_NEWEST,
			     .choices = sorts,
			     .help = "newest or worst first" },
	[INCIDENTS_LIMIT] = { .name = "limit", PARAM_INTEGER, .min = 1, .max = 200, .fallback = 50, .help = "how many" },
	[INCIDENTS_CURSOR] = { .name = "cursor", PARAM_TEXT, .help = "of the page before" },
	[INCIDENTS_DEVICE] = { .name = "device", PARAM_INTEGER, .min = 1, .max = INT64_MAX, .help = "id of the device" },
	[INCIDENTS_SCAN] = { .name = "scan", PARAM_INTEGER, .min = 1, .max = INT64_MAX, .help = "id of the scan" },
	[INCIDENTS_FROM] = { .name = "from", PARAM_TIME, .help = "found at that time or later" },
	[INCIDENTS_TO] = { .name = "to", PARAM_TIME, .help = "found before that time" },
	{ .name = NULL },
};

struct list {
	const struct context *c;
	struct page *page;
	size_t n, limit;
	int more;
	char last[CURSOR_TEXT];
};

static int take(void *arg, const struct incident_found *i)
{
	struct list *const l = arg;
	struct json_object *o;

	if (l->n == l->limit) {
		l->more = 1;
		return OK;
	}
	o = incident_view(l->c, i);
	tell_incident_row(page_section(l->page, "INCIDENT"), o);
	json_object_put(o);
	incident_cursor(l->last, i);
	l->n++;
	return OK;
}

static void fill_choices(struct page *p, const char *section, const char *const *words, int64_t chosen)
{
	for (int64_t i = 0; words[i] != NULL && strcmp(words[i], "any") != 0; i++) {
		struct page *const s = page_section(p, section);

		page_set(s, "VALUE", words[i]);
		page_if(s, "HERE", i == chosen);
	}
}

/* Of a parameter that was given, as it came. */
static const char *as_text(char out[24], const struct param_value *v, int i)
{
	if (page_incidents_params[i].type != PARAM_INTEGER)
		return v[i].text;
	snprintf(out, 24, "%lld", (long long)v[i].integer);
	return out;
}

/* The query that this list was asked by, without the cursor. For the API: without what only pages know. */
static void write_query(struct text *t, const struct param_value *v, int api)
{
	char number[24];

	for (int i = 0; page_incidents_params[i].name != NULL; i++) {
		if (!v[i].given || i == INCIDENTS_CURSOR || (api && (strcmp(v[i].text, "any") == 0 || i == INCIDENTS_LIMIT)))
			continue;
		query_add(t, page_incidents_params[i].name, as_text(number, v, i));
	}
}

/* What a form must hand on, though it does not ask for it. */
static void fill_kept(struct page *p, const struct param_value *v)
{
	static const int kept[] = { INCIDENTS_ATTACK, INCIDENTS_DEVICE, INCIDENTS_SCAN, INCIDENTS_FROM, INCIDENTS_TO };

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		struct page *const s = page_if(p, "KEEP", v[kept[i]].given);
		char number[24];

		page_set(s, "NAME", page_incidents_params[kept[i]].name);
		page_set(s, "VALUE", as_text(number, v, kept[i]));
	}
}

static void fill_frame(struct page *p, const struct list *l, const struct param_value *v, int first)
{
	struct text query = { 0 }, csv = { 0 };

	fill_choices(p, "MARKS", marks, v[INCIDENTS_MARK].integer);
	fill_choices(p, "SEVERITIES", severities, v[INCIDENTS_SEVERITY].integer);
	fill_choices(p, "SORTS", sorts, v[INCIDENTS_SORT].integer);
	fill_kept(p, v);
	write_query(&query, v, 0);
	page_if(p, "FILTERED", query.n > 0);
	page_if(p, "EMPTY", l->n == 0);
	page_set(page_if(p, "NOT_FIRST", !first), "QUERY", text_get(&query));
	if (l->more) {
		query_add(&query, "cursor", l->last);
		page_set(page_section(p, "NEXT"), "QUERY", text_get(&query));
	}
	write_query(&csv, v, 1);
	query_add(&csv, "limit", "200");
	query_add(&csv, "format", "csv");
	page_set(p, "CSV_QUERY", text_get(&csv));
	text_free(&query);
	text_free(&csv);
}

/* Whose incidents these are, where it is asked for those of one. ERR_NOT_FOUND: there is no such device or scan. */
static int fill_whose(struct page *p, const struct context *c, const struct incident_query *q, struct err *e)
{
	struct device_found d = { 0 };
	struct page *s;
	int r;

	if (q->scan > 0) {
		if ((r = store_scan_exists(c->store, q->scan, e)) < 0)
			return r;
		page_printf(page_section(p, "OF_SCAN"), "ID", "%llu", (unsigned long long)q->scan);
	}
	if (q->device == 0)
		return OK;
	if ((r = store_device_get(c->store, q->device, &d, e)) < 0)
		return r;
	s = page_section(p, "OF_DEVICE");
	page_printf(s, "ID", "%llu", (unsigned long long)q->device);
	page_set(s, "LABEL",
		 d.name != NULL && d.name[0] != '\0' ? d.name
		 : d.ip != NULL                      ? d.ip
		 : d.mac != NULL                     ? d.mac
						     : "a device");
	device_found_free(&d);
	return OK;
}

/* Behind the choices of the store there is one more, which is "any". */
static int choice(const struct param_value *v, int any)
{
	return v->integer == any ? -1 : (int)v->integer;
}

void page_incidents(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct list l = { .c = c, .limit = (size_t)p[INCIDENTS_LIMIT].integer };
	struct incident_query query = { .mark = choice(&p[INCIDENTS_MARK], 3),
					.severity = choice(&p[INCIDENTS_SEVERITY], SEVERITIES),
					.attack = p[INCIDENTS_ATTACK].text,
					.device = (uint64_t)p[INCIDENTS_DEVICE].integer,
					.scan = (uint64_t)p[INCIDENTS_SCAN].integer,
					.from_us = p[INCIDENTS_FROM].integer,
					.to_us = p[INCIDENTS_TO].integer,
					.sort = (enum incident_sort)p[INCIDENTS_SORT].integer,
					.limit = l.limit + 1 };
	struct err e = { 0 };
	struct frame f;

	(void)q;
	frame_begin(&f, NAV_NONE, "Incidents", "incidents.tpl", NULL);
	l.page = f.content;
	if (incident_cursor_read(&query, p[INCIDENTS_CURSOR].text, &e) < 0 || fill_whose(f.content, c, &query, &e) < 0 ||
	    store_incident_find(c->store, &query, take, &l, &e) < 0) {
		frame_drop(&f);
		frame_error(c, NAV_NONE, s, &e);
		return;
	}
	fill_frame(f.content, &l, p, !query.after);
	frame_send(&f, c, s);
}
