/*
 * upload_body: the file inside a request's body, found while it streams: multipart/form-data (RFC 7578, RFC 2046 5.1) or the raw
 * body itself.
 *
 * Push bytes in pieces of any size; the bytes of the file part come out through the sink, in pieces, never buffered as a whole.
 * Memory is fixed (below 32 kB). The result does not depend on how the body was cut into pieces.
 */
#ifndef HTTP_UPLOAD_BODY_H
#define HTTP_UPLOAD_BODY_H

#include <stddef.h>

#include "base/err.h"

struct upload_body;

struct upload_sink {
	/* The file begins; name: as the client said it, decoded, without folders, valid UTF-8 without control characters, "" never.
	 */
	int (*begin)(void *arg, const char *name, struct err *e);
	int (*data)(void *arg, const void *data, size_t len, struct err *e);
	void *arg;
};

/*
 * content_type decides: multipart/form-data with its boundary, or text/csv, application/octet-stream, another type of what is taken,
 * none (raw; name is `raw_name` or "upload"). Others: ERR_UNKNOWN. ERR_FORMAT: a boundary that is missing, empty, longer than 70 characters or
 * has forbidden characters.
 */
int upload_body_new(struct upload_body **out, const char *content_type, const char *raw_name, const struct upload_sink *sink,
		    struct err *e);
void upload_body_del(struct upload_body *b);

/*
 * ERR_FORMAT with what is wrong: no boundary where one must be, a part without a usable Content-Disposition, part headers over 8
 * kB, a `file` part without or with an empty file name, more than one `file` part, more than 64 parts. Other parts are skipped. Or
 * what the sink returned.
 */
int upload_body_push(struct upload_body *b, const void *data, size_t len, struct err *e);

/* The end of the body. ERR_FORMAT: it broke off before the closing boundary; there was no `file` part (names of the parts that were
 * there). */
int upload_body_finish(struct upload_body *b, struct err *e);

#endif
