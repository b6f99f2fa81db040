/* devices: the page of all devices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/device_view.h"
#include "api/handlers.h"
#include "fcgi/oui.h"
#include "http/cursor.h"
#include "page/values.h"
#include "view/fields.h"
#include "view/frame.h"
#include "view/tell.h"
#include "view/views.h"

struct list {
	const struct context *c;
	struct page *page;
	size_t n, limit;
	int more;
	char last[CURSOR_TEXT];
};

static void fill_row(struct page *p, const struct context *c, const struct device_found *d)
{
	struct json_object *const o = device_view(c, d);

	page_printf(p, "ID", "%llu", (unsigned long long)d->id);
	tell_device(p, o);
	page_printf(p, "RISK", "%u", d->risk);
	page_set(p, "LEVEL", risk_word(d->risk));
	page_count(p, "OPEN", d->open);
	page_if(p, d->open > 0 ? "SOME_OPEN" : "NO_OPEN", 1);
	page_count(p, "FLOWS", d->flows);
	page_time(p, "SEEN", d->seen_us);
	json_object_put(o);
}

static int take(void *arg, const struct device_found *d)
{
	struct list *const l = arg;

	if (l->n == l->limit) {
		l->more = 1;
		return OK;
	}
	fill_row(page_section(l->page, "ROW"), l->c, d);
	cursor_write(l->last, d->order, d->id);
	l->n++;
	return OK;
}

/* A head of the table leads to the list in its order, and when it is that already, to the other way round. */
static void fill_heads(struct page *p, const char *text, enum device_sort sort)
{
	static const struct {
		const char *section, *up, *down;
		enum device_sort first; /* that a click gives */
	} heads[] = {
		{ "HEAD_NAME", "name", "-name", BY_NAME },      { "HEAD_IP", "ip", "-ip", BY_IP },
		{ "HEAD_RISK", "risk", "-risk", BY_RISK_DOWN }, { "HEAD_FLOWS", "flows", "-flows", BY_FLOWS_DOWN },
		{ "HEAD_SEEN", "seen", "-seen", BY_SEEN_DOWN },
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		const enum device_sort up = (enum device_sort)(heads[i].first & ~1U), down = (enum device_sort)(up + 1);
		const int here = sort == up || sort == down;
		const enum device_sort next = !here ? heads[i].first : sort == up ? down : up;
		struct page *const s = page_section(p, heads[i].section);
		struct text query = { 0 };

		query_add(&query, "q", text);
		query_add(&query, "sort", next == up ? heads[i].up : heads[i].down);
		page_set(s, "QUERY", text_get(&query));
		page_set(s, "WAY", !here ? "none" : sort == up ? "ascending" : "descending");
		page_set(s, "ARROW", !here ? "" : sort == up ? "\xe2\x86\x91" : "\xe2\x86\x93");
		text_free(&query);
	}
}

static void fill_frame(struct page *p, const struct list *l, const struct param_value *v, int first)
{
	const char *const text = v[DEVICES_TEXT].text;
	struct text query = { 0 }, csv = { 0 };
	char limit[24];

	page_set(p, "Q", text);
	page_set(p, "SORT", v[DEVICES_SORT].text);
	page_if(p, "SORTED", v[DEVICES_SORT].given);
	page_if(p, "FILTERED", text[0] != '\0');
	page_if(p, "EMPTY", l->n == 0 && text[0] == '\0' && first);
	page_if(p, "NONE_FOUND", l->n == 0 && (text[0] != '\0' || !first));
	query_add(&query, "q", text);
	query_add(&query, "sort", v[DEVICES_SORT].text);
	text_str(&csv, text_get(&query));
	query_add(&csv, "limit", "200");
	query_add(&csv, "format", "csv");
	page_set(p, "CSV_QUERY", text_get(&csv));
	if (v[DEVICES_LIMIT].given) {
		snprintf(limit, sizeof(limit), "%lld", (long long)v[DEVICES_LIMIT].integer);
		query_add(&query, "limit", limit);
	}
	page_if(p, "NOT_FIRST", !first);
	page_set(p, "FIRST_QUERY", text_get(&query));
	if (l->more) {
		query_add(&query, "cursor", l->last);
		page_set(page_section(p, "NEXT"), "QUERY", text_get(&query));
	}
	text_free(&query);
	text_free(&csv);
}

void page_devices(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct list l = { .c = c, .limit = (size_t)p[DEVICES_LIMIT].integer };
	struct device_query query = { .text = p[DEVICES_TEXT].text,
				      .sort = (enum device_sort)p[DEVICES_SORT].integer,
				      .limit = l.limit + 1 };
	struct cursor after;
	struct err e = { 0 };
	struct page *table;
	struct frame f;

	(void)q;
	if (cursor_read(&after, p[DEVICES_CURSOR].text, &e) < 0) {
		frame_error(c, NAV_DEVICES, s, &e);
		return;
	}
	query.after = after.given ? after.value : NULL;
	query.after_id = after.id;
	frame_begin(&f, NAV_DEVICES, "Devices", "devices.tpl", NULL);
	table = page_section(f.content, "TABLE");
	l.page = table;
	if (store_device_list(c->store, &query, take, &l, &e) < 0) {
		frame_drop(&f);
		frame_error(c, NAV_DEVICES, s, &e);
		return;
	}
	fill_heads(table, p[DEVICES_TEXT].text, query.sort);
	page_if(table, "FULL", l.n > 0);
	fill_frame(f.content, &l, p, !after.given);
	frame_send(&f, c, s);
}
