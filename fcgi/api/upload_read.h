/* upload_read: the file in the body of a request, pushed into a sink while it arrives. */
#ifndef API_UPLOAD_READ_H
#define API_UPLOAD_READ_H

#include "fcgi/context.h"
#include "http/request.h"
#include "http/response.h"
#include "http/upload_body.h"

enum { UPLOAD_BROKE_OFF = 400, UPLOAD_TOO_LARGE = 413 };

/* A body that says itself that it is over the limit: 1, and answered. */
int upload_is_too_large(const struct context *c, const struct request *q, struct response *s);

/*
 * Read the body to its end. raw_name: of a file that is the body itself, or NULL. When it fails by what happens to the body, *status is one of the
 * two above; else it stays.
 */
int upload_read(const struct context *c, struct request *q, const char *raw_name, const struct upload_sink *sink, int *status,
		struct err *e);

#endif
