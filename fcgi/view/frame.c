/* frame: the navigation is a table. */
#include "view/frame.h"

#include "base/json.h"
#include "page/values.h"

static const struct {
	const char *path, *name;
} links[] = {
	[NAV_OVERVIEW] = { "/", "Overview" },      [NAV_SCAN] = { "/new", "Scan" },     [NAV_HISTORY] = { "/scans", "History" },
	[NAV_DEVICES] = { "/devices", "Devices" }, [NAV_MODEL] = { "/model", "Model" },
};

void frame_begin(struct frame *f, enum nav nav, const char *title, const char *content, const char *script)
{
	f->page = page_new();
	page_printf(f->page, "TITLE", "%s%sHome IoT Guardian", title, *title != '\0' ? " \xc2\xb7 " : "");
	for (enum nav i = NAV_OVERVIEW; i < NAV_NONE; i++) {
		struct page *const link = page_section(f->page, "NAV");

		page_set(link, "HREF", links[i].path);
		page_set(link, "NAME", links[i].name);
		page_if(link, "HERE", i == nav);
	}
	if (script != NULL)
		page_set(page_section(f->page, "SCRIPT"), "FILE", script);
	f->content = page_include(f->page, "CONTENT", content);
}

void frame_drop(struct frame *f)
{
	page_del(f->page);
	*f = (struct frame){ 0 };
}

void frame_send(struct frame *f, const struct context *c, struct response *s)
{
	struct err e = { 0 };

	s->content_type = "text/html; charset=utf-8";
	text_clear(&s->body);
	if (templates_render(c->site->templates, "layout.tpl", f->page, &s->body, &e) < 0)
		response_err(s, &e);
	frame_drop(f);
}

/* What the visitor can do about it, by status. */
static const char *advice(int status)
{
	static const struct {
		int status;
		const char *words;
	} table[] = {
		{ 400, "The address of this page has something in it that it cannot have. Go back and follow a link." },
		{ 404, "It may have been deleted, or the link is not complete. The history has all scans that are there." },
		{ 503, "The database cannot be reached now. It may be restarting: try again in a moment. If it stays away, its log "
		       "says why." },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (table[i].status == status)
			return table[i].words;
	return "Try again. If it happens again, the log of the server says why.";
}

static void send_error(const struct context *c, enum nav nav, struct response *s, int status, const char *words)
{
	struct frame f;

	frame_begin(&f, nav, response_reason(status), "error.tpl", NULL);
	page_set(f.content, "TITLE", response_reason(status));
	page_printf(f.content, "STATUS", "%d", status);
	page_set(f.content, "WORDS", words);
	page_set(f.content, "ADVICE", advice(status));
	s->status = status;
	frame_send(&f, c, s);
}

void frame_error(const struct context *c, enum nav nav, struct response *s, const struct err *e)
{
	const int status = response_status_of(e->code);

	send_error(c, nav, s, status, e->msg);
	if (status == 503)
		text_str(&s->headers, "Retry-After: 5\r\n");
}

void frame_refused(const struct context *c, struct response *s)
{
	struct json_object *const o = json_tokener_parse(text_get(&s->body));
	const char *words = "";

	if (json_get_string(o, "error", &words, NULL) < 0)
		words = "The request was refused.";
	send_error(c, NAV_NONE, s, s->status, words);
	json_object_put(o);
}
