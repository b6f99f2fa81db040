/* json_body: the body of a request that is one small JSON object. */
#ifndef HTTP_JSON_BODY_H
#define HTTP_JSON_BODY_H

#include <json-c/json.h>

#include "base/err.h"
#include "http/request.h"

enum { JSON_BODY_MOST = 65536 };

/*
 * Read it: *out is the caller's (json_object_put). known: names of the members that may be there, NULL-terminated; others are refused by name.
 * ERR_UNKNOWN: it is not said to be application/json; ERR_TOO_LARGE; ERR_FORMAT: no JSON object; ERR_IO: the client broke off.
 */
int json_body(struct json_object **out, struct request *q, const char *const *known, struct err *e);

/*
 * A member that is a text of at most `most` characters, without control characters but line feed and tab. *out NULL where it is not there or null,
 * borrowed. ERR_FORMAT, ERR_RANGE name it.
 */
int json_body_text(struct json_object *o, const char *name, size_t most, const char **out, struct err *e);

#endif
