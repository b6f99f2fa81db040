/* overview: GET /. The database may be away, the page is not. */
#include "api/overview.h"
#include "input/format.h"
#include "view/frame.h"
#include "view/overview_fill.h"
#include "view/views.h"

void page_overview(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct err e = { 0 };
	struct json_object *const o = overview_make(c, &e);
	char taken[FORMAT_TAKEN];
	struct frame f;

	(void)q;
	(void)p;
	format_taken(taken);
	frame_begin(&f, NAV_OVERVIEW, "", "overview.tpl", "overview");
	overview_fill(f.content, o, e.msg, taken);
	frame_send(&f, c, s);
	json_object_put(o);
}
