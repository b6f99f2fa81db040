/* upload_read: from the request to the parser of its body. */
#include "api/upload_read.h"

enum { PIECE = 1 << 16 };

int upload_is_too_large(const struct context *c, const struct request *q, struct response *s)
{
	if (q->content_length <= 0 || (uint64_t)q->content_length <= c->site->max_upload)
		return 0;
	response_error(s, UPLOAD_TOO_LARGE, "the upload is larger than %zu bytes", c->site->max_upload);
	return 1;
}

/* Push the body through the parser until its end. */
static int read_body(const struct context *c, struct request *q, struct upload_body *body, int *status, struct err *e)
{
	static char piece[PIECE];
	ptrdiff_t n;
	int r = OK;

	while (r == OK && (n = request_read(q, piece, sizeof(piece))) != 0) {
		if (n < 0) {
			*status = UPLOAD_BROKE_OFF;
			return err_set(e, ERR_IO, "the upload broke off after %llu bytes", (unsigned long long)q->body_bytes);
		}
		if (q->body_bytes > c->site->max_upload) {
			*status = UPLOAD_TOO_LARGE;
			return err_set(e, ERR_RANGE, "the upload is larger than %zu bytes", c->site->max_upload);
		}
		r = upload_body_push(body, piece, (size_t)n, e);
	}
	return r == OK ? upload_body_finish(body, e) : r;
}

int upload_read(const struct context *c, struct request *q, const char *raw_name, const struct upload_sink *sink, int *status,
		struct err *e)
{
	struct upload_body *body = NULL;
	int r = upload_body_new(&body, q->content_type, raw_name, sink, e);

	if (r == OK)
		r = read_body(c, q, body, status, e);
	upload_body_del(body);
	return r;
}
