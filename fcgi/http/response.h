/* response: what a handler answers. Sent by the worker when the handler is done. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <json-c/json.h>

#include "base/err.h"
#include "base/json.h"
#include "base/text.h"

struct response {
	int status;               /* 200 when not set otherwise */
	const char *content_type; /* static text; application/json when NULL */
	struct text headers;      /* further "Name: value\r\n" lines; values must not come from a client */
	struct text body;
};

/* Start anew, keeping memory: 200, application/json, nothing else. */
void response_reset(struct response *s);
void response_free(struct response *s);

/* Serialise o (plain, one line, newline at the end) and release it; 500 when memory is out (o is NULL then). Always valid UTF-8. */
void response_json(struct response *s, int status, struct json_object *o);

/*
 * {"error": "words", "code": "not_found"}: the code is for programs; the words may hold text of a client: they are escaped. With
 * Retry-After when it is 503.
 */
void response_error(struct response *s, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The status that an ERR_* of core or store means: client's mistake 400, ERR_NOT_FOUND 404, ERR_CONFLICT 409, ERR_UNAVAILABLE 503,
 * else 500. */
int response_status_of(int err_code);
/* With "field", "line" and "column" too, where e knows them. */
void response_err(struct response *s, const struct err *e);
/* The same with another status (0: that of e) and further members, which are moved out of `more` (may be NULL) and it released. */
void response_err_as(struct response *s, int status, const struct err *e, struct json_object *more);

const char *response_reason(int status); /* "Not Found" */

/*
 * The complete head, appended to out: Status, Content-Type, Content-Length, security headers, s->headers, X-Request-Id, empty line.
 * Nothing is kept by caches unless s->headers has a Cache-Control of its own; the same with Content-Security-Policy.
 */
void response_head(const struct response *s, const char *request_id, struct text *out);

/* A string from any bytes: U+FFFD stands for what is no UTF-8. NULL (null) for NULL. */
struct json_object *json_text(const char *text);
/* A text that is JSON already as a value of an object: spliced in without parsing. Copies. */
struct json_object *json_raw(const char *json);
/* ISO 8601 UTC with milliseconds and Z; NULL for 0. */
struct json_object *json_time(int64_t us);

#endif
