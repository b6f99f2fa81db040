/* scan_new: GET /new: the page that takes files. */
#include <inttypes.h>

#include "input/format.h"
#include "page/values.h"
#include "view/frame.h"
#include "view/views.h"

void page_scan_new(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const struct site *const site = c->site;
	char taken[FORMAT_TAKEN];
	struct frame f;

	(void)q;
	(void)p;
	format_taken(taken);
	frame_begin(&f, NAV_SCAN, "Scan", "new.tpl", "new");
	page_set(f.content, "TAKEN", taken);
	page_printf(f.content, "MAX_UPLOAD_BYTES", "%zu", site->max_upload);
	if (site->max_upload > 0)
		page_bytes(page_section(f.content, "LIMIT"), "MAX_UPLOAD", (double)site->max_upload);
	page_printf(f.content, "WINDOW", "%zu", site->model.detector.net.steps);
	page_set(f.content, "MODEL", site->model_name);
	page_set(f.content, "METHOD", scan_method_name(site->method));
	page_number(f.content, "THRESHOLD", site->threshold);
	frame_send(&f, c, s);
}
