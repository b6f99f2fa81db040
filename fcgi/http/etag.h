/*
 * etag: an answer that did not change is not sent again (RFC 9110, 13.1.2). Its tag is made of its bytes, so it needs no care elsewhere;
 * what is saved is the
 * way to the client.
 */
#ifndef HTTP_ETAG_H
#define HTTP_ETAG_H

#include "http/request.h"
#include "http/response.h"

/* An answer 200 to GET or HEAD gets an ETag and may be kept for asking again; when the client has it it becomes 304. Others stay as they are. */
void etag_apply(const struct request *q, struct response *s);

#endif
