/* upload: POST /upload: the body becomes a scan while it arrives, and the scan a row of the database. */
#include "api/handlers.h"
#include "api/upload_scan.h"
#include "base/json.h"
#include "fcgi/context.h"
#include "http/upload_body.h"

enum { PIECE = 1 << 16 };

const struct param upload_params[] = {
	[UPLOAD_TOP] = { "top", PARAM_INTEGER, 0, 1000, 100, "how many of the worst anomalies to answer with" },
	[UPLOAD_KEY] = { "key", PARAM_KEY, 0, 0, 0, "your own name for this upload, to ask for its progress" },
	[UPLOAD_NAME] = { "name", PARAM_TEXT, 0, 0, 0, "name of the file, when the body is the file itself" },
	{ .name = NULL },
};

/* Push the body through the parser until its end. */
static int read_body(struct context *c, struct request *q, struct upload_body *body, struct upload_scan *u, struct err *e)
{
	static char piece[PIECE];
	ptrdiff_t n;
	int r = OK;

	while (r == OK && (n = request_read(q, piece, sizeof(piece))) != 0) {
		if (n < 0) {
			u->status = 400;
			u->broken_off = 1;
			return err_set(e, ERR_IO, "the upload broke off after %llu bytes", (unsigned long long)q->body_bytes);
		}
		if (q->body_bytes > c->site->max_upload) {
			u->status = 413;
			return err_set(e, ERR_RANGE, "the upload is larger than %zu bytes", c->site->max_upload);
		}
		r = upload_body_push(body, piece, (size_t)n, e);
	}
	return r == OK ? upload_body_finish(body, e) : r;
}

void api_upload(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct upload_scan u = {
		.context = c,
		.top = (size_t)p[UPLOAD_TOP].integer,
		.key = p[UPLOAD_KEY].given ? p[UPLOAD_KEY].text : NULL,
		.size = q->content_length,
	};
	const struct upload_sink sink = { upload_scan_begin, upload_scan_data, &u };
	struct upload_body *body = NULL;
	struct err e = { 0 };
	int r;

	if (q->content_length > 0 && (uint64_t)q->content_length > c->site->max_upload) {
		response_error(s, 413, "the upload is larger than %zu bytes", c->site->max_upload);
		return;
	}
	r = upload_body_new(&body, q->content_type, p[UPLOAD_NAME].given ? p[UPLOAD_NAME].text : NULL, &sink, &e);
	if (r == OK)
		r = read_body(c, q, body, &u, &e);
	if (r == OK)
		r = upload_scan_finish(&u, s, &e);
	if (r < 0)
		upload_scan_fail(&u, r, s, &e);
	upload_body_del(body);
	upload_scan_free(&u);
}
