/* history: GET /scans and GET /scans/export. */
#include "view/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/listing.h"
#include "page/values.h"
#include "rule/rule.h"
#include "sql/store_scan_delete.h"
#include "view/fields.h"
#include "view/frame.h"
#include "view/views.h"

enum { HISTORY_BACK = SCANS_PARAMS, EXPORT_MOST = 5000 };

#define DAY_US INT64_C(86400000000)

/* Texts, so that a form may send what was not filled in; history_query() looks at them. */
const struct param history_page_params[] = {
	[SCANS_Q] = { .name = "q", .type = PARAM_TEXT, .help = "a part of the file's name" },
	[SCANS_FROM] = { .name = "from", .type = PARAM_TEXT, .help = "began on this day or later" },
	[SCANS_TO] = { .name = "to", .type = PARAM_TEXT, .help = "began on this day or before" },
	[SCANS_SEVERITY] = { .name = "severity", .type = PARAM_TEXT, .help = "the worst is at least this" },
	[SCANS_ATTACK] = { .name = "attack", .type = PARAM_TEXT, .help = "has an incident of this family" },
	[SCANS_DEVICE] = { .name = "device", .type = PARAM_TEXT, .help = "has flows of this device" },
	[SCANS_STATE] = { .name = "state", .type = PARAM_TEXT, .help = "how it ended" },
	[SCANS_SORT] = { .name = "sort", .type = PARAM_TEXT, .help = "order, falling with a -" },
	[SCANS_DELETED] = { .name = "deleted", .type = PARAM_TEXT, .help = "true: those that were deleted" },
	[SCANS_CURSOR] = { .name = "cursor", .type = PARAM_TEXT, .help = "where the page begins" },
	[SCANS_LIMIT] = { .name = "limit", .type = PARAM_TEXT, .help = "how many" },
	[SCANS_FORMAT] = { .name = "format", .type = PARAM_TEXT, .help = "of an export: json or csv" },
	[HISTORY_BACK] = { .name = "back", .type = PARAM_TEXT, .help = "where the page ends" },
	{ .name = NULL },
};

int history_query(struct history_query *h, const struct request *q, struct err *e)
{
	struct param table[SCANS_PARAMS + 2] = { { .name = NULL } };
	struct text query = { 0 };
	int r;

	memcpy(table, scans_params, SCANS_PARAMS * sizeof(*table));
	table[HISTORY_BACK] = (struct param){ .name = "back", .type = PARAM_TEXT };
	query_filled(&query, q->query);
	r = params_parse(table, text_get(&query), h->value, e);
	text_free(&query);
	if (r < 0 || (r = scans_query(&h->scans, h->value, e)) < 0 || !h->value[HISTORY_BACK].given)
		return r;
	h->scans.back = 1;
	return cursor_read(&h->scans.cursor, h->value[HISTORY_BACK].text, e);
}

void history_filters(const struct history_query *h, struct text *out)
{
	static const int filters[] = { SCANS_Q, SCANS_FROM, SCANS_TO, SCANS_SEVERITY, SCANS_ATTACK, SCANS_STATE, SCANS_DELETED };
	char device[24];

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		query_add(out, scans_params[filters[i]].name, h->value[filters[i]].text);
	snprintf(device, sizeof(device), "%" PRIu64, h->scans.find.device);
	if (h->scans.find.device > 0)
		query_add(out, "device", device);
}

/* An address of this page with the filters, an order, and a place. */
static void set_href(struct page *p, const char *name, const struct history_query *h, const char *sort, const char *place,
		     const char *cursor)
{
	struct text t = { 0 };

	history_filters(h, &t);
	if (strcmp(sort, "-time") != 0)
		query_add(&t, "sort", sort);
	if (place != NULL && cursor != NULL)
		query_add(&t, place, cursor);
	page_printf(p, name, "/scans%s%s", t.n > 0 ? "?" : "", text_get(&t));
	text_free(&t);
}

static const char *sort_name(const struct history_query *h)
{
	return scans_sorts[2 * h->scans.find.order + (h->scans.find.falling ? 1 : 0)];
}

/* ---- filters -------------------------------------------------------------------------------------------------------------------- */

static void add_option(struct page *p, const char *section, const char *value, const char *words, const char *chosen)
{
	struct page *const option = page_section(p, section);
	const int here = strcmp(value, chosen) == 0;

	page_set(option, "VALUE", value);
	page_set(option, "WORDS", words);
	page_if(option, "CHOSEN", here);
}

/* "port_scan" to "Port scan". */
static void family_words(char *out, size_t size, const char *family)
{
	snprintf(out, size, "%s", family);
	for (char *c = out; *c != '\0'; c++)
		*c = *c == '_' ? ' ' : *c;
	if (out[0] >= 'a' && out[0] <= 'z')
		out[0] = (char)(out[0] - 'a' + 'A');
}

static void fill_families(struct page *p, const char *chosen)
{
	for (size_t i = 0; i < rules_n(); i++) {
		const char *const family = rule_get(i)->attack;
		size_t k = 0;
		char words[64];

		while (k < i && strcmp(rule_get(k)->attack, family) != 0)
			k++;
		if (k < i)
			continue;
		family_words(words, sizeof(words), family);
		add_option(p, "FAMILY", family, words, chosen);
	}
}

static void fill_form(struct page *p, const struct history_query *h)
{
	static const int hidden_ones[] = { SCANS_SORT, SCANS_DELETED, SCANS_DEVICE };
	static const int more[] = { SCANS_FROM, SCANS_TO, SCANS_SEVERITY, SCANS_ATTACK, SCANS_STATE };
	const struct param_value *const v = h->value;
	int open = 0;

	page_set(p, "Q", v[SCANS_Q].text);
	page_printf(p, "FROM", "%.10s", v[SCANS_FROM].text);
	page_printf(p, "TO", "%.10s", v[SCANS_TO].text);
	for (size_t i = 0; scans_params[SCANS_SEVERITY].choices[i] != NULL; i++)
		add_option(p, "SEVERITY", scans_params[SCANS_SEVERITY].choices[i], scans_params[SCANS_SEVERITY].choices[i],
			   v[SCANS_SEVERITY].text);
	fill_families(p, v[SCANS_ATTACK].text);
	for (size_t i = 0; scans_params[SCANS_STATE].choices[i] != NULL; i++)
		add_option(p, "STATE", scans_params[SCANS_STATE].choices[i], scans_params[SCANS_STATE].choices[i],
			   v[SCANS_STATE].text);
	for (size_t i = 0; i < sizeof(hidden_ones) / sizeof(*hidden_ones); i++) {
		const struct param_value *const x = &v[hidden_ones[i]];
		struct page *row;

		if (!x->given)
			continue;
		row = page_section(p, "HIDDEN");
		page_set(row, "NAME", scans_params[hidden_ones[i]].name);
		if (hidden_ones[i] == SCANS_DEVICE)
			page_printf(row, "VALUE", "%" PRId64, x->integer);
		else
			page_set(row, "VALUE", x->text);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		open |= v[more[i]].given;
	page_if(p, "MORE_GIVEN", open);
}

/* ---- the list ------------------------------------------------------------------------------------------------------------------- */

static void fill_heads(struct page *p, const struct history_query *h)
{
	static const struct {
		const char *title, *class;
		enum scan_order order;
		int first_falling; /* what a first click gives: of numbers the largest */
	} heads[] = {
		{ "Time", "when", SCAN_BY_TIME, 1 },         { "File", "file", SCAN_BY_NAME, 0 },
		{ "Result", "result", SCAN_BY_SEVERITY, 1 }, { "Incidents", "num incidents", SCAN_BY_INCIDENTS, 1 },
		{ "Flows", "num flows", SCAN_BY_FLOWS, 1 },  { "Anomalies", "num anomalies", SCAN_BY_ANOMALIES, 1 },
	};
	const struct scan_find *const f = &h->scans.find;

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		struct page *const head = page_section(p, "HEAD");
		const int here = f->order == heads[i].order, falling = here ? !f->falling : heads[i].first_falling;

		page_set(head, "CLASS", heads[i].class);
		page_set(head, "TITLE", heads[i].title);
		page_set(head, "SORT", !here ? "none" : f->falling ? "descending" : "ascending");
		set_href(head, "HREF", h, scans_sorts[2 * heads[i].order + (falling ? 1 : 0)], NULL, NULL);
	}
}

static void fill_row(struct page *p, struct json_object *x)
{
	struct page *const row = page_section(p, "SCAN");
	const int done = strcmp(field_text(x, "state"), "done") == 0;
	const int64_t deleted = field_time(x, "deleted");
	const char *const severity = field_text(x, "severity");
	static const struct {
		const char *name, *member;
	} counts[] = { { "INCIDENTS", "incidents_count" }, { "FLOWS", "flows" }, { "ANOMALIES", "anomalies_count" } };

	page_printf(row, "ID", "%" PRIu64, field_count(x, "id"));
	page_set(row, "FILE", field_text(x, "file"));
	page_time(row, "TIME", field_time(x, "timestamp"));
	page_set(row, "RESULT", !done ? field_text(x, "state") : severity[0] != '\0' ? severity : "Normal");
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		if (done && field(x, counts[i].member) != NULL)
			page_count(row, counts[i].name, field_count(x, counts[i].member));
		else
			page_set(row, counts[i].name, "\xe2\x80\x93");
	}
	if (deleted > 0)
		page_time(page_section(row, "DELETED"), "UNTIL", deleted + SCAN_KEPT_DAYS * DAY_US);
	else
		page_if(page_section(row, "THERE"), "RUNNING", strcmp(field_text(x, "state"), "running") == 0);
}

static void fill_exports(struct page *p, const struct history_query *h)
{
	for (size_t i = 0; listing_formats[i] != NULL; i++) {
		struct page *const link = page_section(p, "EXPORT");
		struct text t = { 0 };

		history_filters(h, &t);
		query_add(&t, "sort", sort_name(h));
		query_add(&t, "format", listing_formats[i]);
		page_printf(link, "HREF", "/scans/export?%s", text_get(&t));
		page_set(link, "NAME", i == LISTING_CSV ? "CSV" : "JSON");
		text_free(&t);
	}
}

static void fill(struct page *p, const struct history_query *h, const struct scans_page *page)
{
	const size_t n = json_object_array_length(page->items);
	const int deleted = h->scans.find.deleted;
	struct text filters = { 0 };

	history_filters(h, &filters);
	fill_form(p, h);
	fill_heads(p, h);
	for (size_t i = 0; i < n; i++)
		fill_row(p, json_object_array_get_idx(page->items, i));
	page_if(p, n > 0 ? "LIST" : deleted ? "NONE_DELETED" : filters.n > 0 ? "NONE_FOUND" : "NONE", 1);
	page_if(p, "COMPARE", !deleted);
	page_if(p, "FILTERED", filters.n > 0 && !deleted);
	page_if(p, deleted ? "TITLE_DELETED" : "TITLE", 1);
	page_if(p, deleted ? "LINK_ALL" : "LINK_DELETED", 1);
	if (h->scans.find.device > 0)
		page_printf(page_section(p, "DEVICE"), "HREF", "/devices/%" PRIu64, h->scans.find.device);
	if (page->first[0] != '\0')
		set_href(page_section(p, "NEWER"), "HREF", h, sort_name(h), "back", page->first);
	if (page->next[0] != '\0')
		set_href(page_section(p, "OLDER"), "HREF", h, sort_name(h), "cursor", page->next);
	if (n > 0 && !deleted)
		fill_exports(p, h);
	text_free(&filters);
}

void page_history(struct context *c, struct request *q, const struct param_value *unused, struct response *s)
{
	struct history_query h;
	struct scans_page page;
	struct err e = { 0 };
	struct frame f;

	(void)unused;
	if (history_query(&h, q, &e) < 0 || scans_page(c->store, &h.scans, &page, &e) < 0) {
		frame_error(c, NAV_HISTORY, s, &e);
		return;
	}
	frame_begin(&f, NAV_HISTORY, h.scans.find.deleted ? "Deleted scans" : "History", "scans.tpl", "history");
	fill(f.content, &h, &page);
	json_object_put(page.items);
	frame_send(&f, c, s);
}

/* All that the filters find, as a file: the API has the same in pages. */
void page_history_export(struct context *c, struct request *q, const struct param_value *unused, struct response *s)
{
	struct history_query h;
	struct scans_page page;
	struct err e = { 0 };
	int csv;

	(void)unused;
	if (history_query(&h, q, &e) == OK) {
		h.scans.find.limit = EXPORT_MOST;
		csv = h.value[SCANS_FORMAT].integer == LISTING_CSV;
		if (scans_page(c->store, &h.scans, &page, &e) == OK) {
			scans_answer(s, csv ? LISTING_CSV : LISTING_JSON, &page);
			text_printf(&s->headers, "Content-Disposition: attachment; filename=\"scans.%s\"\r\n",
				    csv ? "csv" : "json");
			return;
		}
	}
	frame_error(c, NAV_HISTORY, s, &e);
}
