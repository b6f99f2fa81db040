/* upload: POST /upload: the body becomes a scan while it arrives, and the scan a row of the database. */
#include "api/handlers.h"
#include "api/upload_read.h"
#include "api/upload_scan.h"
#include "base/json.h"
#include "fcgi/context.h"

const struct param upload_params[] = {
	[UPLOAD_TOP] = { "top", PARAM_INTEGER, 0, 1000, 100, "how many of the worst anomalies to answer with" },
	[UPLOAD_KEY] = { "key", PARAM_KEY, 0, 0, 0, "your own name for this upload, to ask for its progress" },
	[UPLOAD_NAME] = { "name", PARAM_TEXT, 0, 0, 0, "name of the file, when the body is the file itself" },
	{ .name = NULL },
};

void api_upload(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct upload_scan u = {
		.context = c,
		.engine = &engine_flows,
		.top = (size_t)p[UPLOAD_TOP].integer,
		.key = p[UPLOAD_KEY].given ? p[UPLOAD_KEY].text : NULL,
		.size = q->content_length,
	};
	const struct upload_sink sink = { upload_scan_begin, upload_scan_data, &u };
	struct err e = { 0 };
	int r;

	if (upload_is_too_large(c, q, s))
		return;
	r = upload_read(c, q, p[UPLOAD_NAME].given ? p[UPLOAD_NAME].text : NULL, &sink, &u.status, &e);
	u.broken_off = u.status == UPLOAD_BROKE_OFF;
	if (r == OK)
		r = upload_scan_finish(&u, s, &e);
	if (r < 0)
		upload_scan_fail(&u, r, s, &e);
	upload_scan_free(&u);
}
