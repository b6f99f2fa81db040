/* devices: GET and PATCH /api/v1/devices. */
#include <string.h>

#include "api/device_view.h"
#include "api/handlers.h"
#include "api/mark_body.h"
#include "http/cursor.h"
#include "http/json_body.h"
#include "http/listing.h"

/* In the order of enum device_sort; the first is the one below. */
static const char *const sorts[] = { "risk", "-risk", "seen", "-seen", "name", "-name", "flows", "-flows", "ip", "-ip", NULL };

#define COMMON_PARAMS                                                                                                              \
	[DEVICES_TEXT] = { .name = "q", PARAM_TEXT, .help = "a part of the name, IP or MAC address" },                             \
	[DEVICES_SORT] = { .name = "sort", PARAM_CHOICE, .fallback = BY_RISK_DOWN, .choices = sorts, .help = "-: downwards" },     \
	[DEVICES_LIMIT] = { .name = "limit", PARAM_INTEGER, .min = 1, .max = 200, .fallback = 50, .help = "how many" },            \
	[DEVICES_CURSOR] = { .name = "cursor", PARAM_TEXT, .help = "next_cursor of the page before" }

const struct param devices_params[] = {
	COMMON_PARAMS,
	[DEVICES_FORMAT] = { .name = "format", PARAM_CHOICE, .fallback = -1, .choices = listing_formats, .help = "json or csv" },
	{ .name = NULL },
};

const struct param page_devices_params[] = { COMMON_PARAMS, { .name = NULL } };

static const struct listing_column columns[] = {
	{ "id", "id" },
	{ "name", "name" },
	{ "ip", "ip" },
	{ "mac", "mac" },
	{ "vendor", "vendor" },
	{ "mac_kind", "mac_kind" },
	{ "risk", "risk" },
	{ "risk_level", "risk_level" },
	{ "open_incidents", "open_incidents" },
	{ "scans", "scans" },
	{ "flows", "flows" },
	{ "anomalous_flows", "anomalous_flows" },
	{ "first_seen", "first_seen" },
	{ "last_seen", "last_seen" },
	{ "note", "note" },
	{ NULL, NULL },
};

struct page_of {
	const struct context *c;
	struct json_object *list;
	size_t limit;
	char next[CURSOR_TEXT], last[CURSOR_TEXT];
};

/* One more is asked for than is shown: where there is one the page has a next. */
static int take(void *arg, const struct device_found *d)
{
	struct page_of *const p = arg;

	if (json_object_array_length(p->list) == p->limit) {
		memcpy(p->next, p->last, sizeof(p->next));
		return OK;
	}
	cursor_write(p->last, d->order, d->id);
	return json_object_array_add(p->list, device_view(p->c, d)) == 0 ? OK : ERR_NOMEM;
}

void api_devices(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const enum listing_format format = listing_wanted(q, p[DEVICES_FORMAT].integer, s);
	struct page_of page = { .c = c, .list = json_object_new_array(), .limit = (size_t)p[DEVICES_LIMIT].integer };
	struct device_query query = { .text = p[DEVICES_TEXT].text,
				      .sort = (enum device_sort)p[DEVICES_SORT].integer,
				      .limit = page.limit + 1 };
	struct cursor after;
	struct err e = { 0 };

	if (format != LISTING_REFUSED && cursor_read(&after, p[DEVICES_CURSOR].text, &e) == OK) {
		query.after = after.given ? after.value : NULL;
		query.after_id = after.id;
		if (store_device_list(c->store, &query, take, &page, &e) == OK) {
			listing_answer(s, format, page.list, page.next[0] != '\0' ? page.next : NULL, columns);
			return;
		}
	}
	json_object_put(page.list);
	if (format != LISTING_REFUSED)
		response_err(s, &e);
}

static void answer(struct context *c, uint64_t id, struct response *s)
{
	struct json_object *o = NULL;
	struct err e = { 0 };

	if (device_whole(c, id, &o, &e) == OK)
		response_json(s, 200, o);
	else
		response_err(s, &e);
}

void api_device(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)p;
	answer(c, q->number, s);
}

/* It stands in lists, mails and files that are read line by line. */
static int check_name(const char *name, struct err *e)
{
	if (name == NULL || strpbrk(name, "\n\t") == NULL)
		return OK;
	err_set(e, ERR_FORMAT, "\"name\" must be a single line, without tabs");
	err_field(e, "name");
	return ERR_FORMAT;
}

void api_device_set(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	static const char *const known[] = { "name", "note", NULL };
	const char *name = NULL, *note = NULL;
	struct json_object *o = NULL;
	struct err e = { 0 };
	int r;

	(void)p;
	if ((r = json_body(&o, q, known, &e)) == OK && (r = body_text(o, "name", DEVICE_NAME_MAX, &name, &e)) == OK &&
	    (r = check_name(name, &e)) == OK && (r = body_text(o, "note", NOTE_MAX, &note, &e)) == OK)
		r = store_device_set(c->store, q->number, name, note, &e);
	if (r == OK)
		answer(c, q->number, s);
	else
		response_err(s, &e);
	json_object_put(o);
}
