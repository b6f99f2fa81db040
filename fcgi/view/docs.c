/* docs: GET /docs: the frame; public/js/docs.js makes the rest of the OpenAPI document. */
#include "view/frame.h"
#include "view/views.h"

void page_docs(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct frame f;

	(void)q;
	(void)p;
	frame_begin(&f, NAV_NONE, "API", "docs.tpl", "docs");
	frame_send(&f, c, s);
}
