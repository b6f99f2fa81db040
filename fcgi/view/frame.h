/*
 * frame: what all pages have around them: head, navigation, footer (templates/layout.tpl). A page handler is
 *
 *	struct frame f;
 *
 *	frame_begin(&f, NAV_DEVICES, "Devices", "devices.tpl", "devices");
 *	...page_set(f.content, "NAME", value)...
 *	frame_send(&f, c, s);
 *
 * or, where it cannot be made, frame_error().
 */
#ifndef VIEW_FRAME_H
#define VIEW_FRAME_H

#include "fcgi/context.h"
#include "http/response.h"
#include "page/template.h"

enum nav { NAV_OVERVIEW, NAV_SCAN, NAV_HISTORY, NAV_DEVICES, NAV_MODEL, NAV_NONE };

struct frame {
	struct page *page, *content; /* content: of the page's own template; borrowed from page */
};

/* title: before the product's name; may be hostile. script: of public/js without .js; NULL: none but those of all pages. */
void frame_begin(struct frame *f, enum nav nav, const char *title, const char *content, const char *script);

/* Render into s, with status 200 where it is not set otherwise, and release. */
void frame_send(struct frame *f, const struct context *c, struct response *s);

/* Release without rendering. */
void frame_drop(struct frame *f);

/* A page that says what is wrong and what to do, with the status of the error; for handlers of pages. */
void frame_error(const struct context *c, enum nav nav, struct response *s, const struct err *e);

/* The same of an answer that is an error in JSON already; it keeps its status and headers. */
void frame_refused(const struct context *c, struct response *s);

#endif
