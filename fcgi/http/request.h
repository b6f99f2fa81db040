/*
 * request: one HTTP request as handlers see it. Knows no FastCGI: where parameters and body come from is the caller's
 * (fcgi/pool/worker, tests, fuzzers).
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/key.h"

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_OTHER };

const char *method_name(enum method m); /* "GET"; "OTHER" */

enum { PATH_MAX_BYTES = 1024, QUERY_MAX_BYTES = 8192, HEADER_MAX_BYTES = 512 };

struct request {
	enum method method;
	char id[17];                 /* 16 hex digits, for the log and X-Request-Id */
	char path[PATH_MAX_BYTES];   /* percent-decoded, starts with '/', without query */
	char query[QUERY_MAX_BYTES]; /* as it came, "" when there is none */
	char host[HEADER_MAX_BYTES], origin[HEADER_MAX_BYTES], fetch_site[HEADER_MAX_BYTES], content_type[HEADER_MAX_BYTES],
		accept[HEADER_MAX_BYTES], if_none_match[HEADER_MAX_BYTES], idempotency_key[HEADER_MAX_BYTES];
	int64_t content_length; /* -1: unknown */
	uint64_t number;        /* <id> of the route */
	uint64_t item;          /* <n> of the route */
	char word[KEY_MAX + 1]; /* <key> of the route */

	/* The body: bytes into buf, 0 at its end, -1 when the client broke off. */
	ptrdiff_t (*read)(void *arg, void *buf, size_t cap);
	void *read_arg;
	uint64_t body_bytes; /* read so far, kept by request_read() */
};

/* Value of a CGI parameter (REQUEST_METHOD, HTTP_HOST, ...) or NULL. */
typedef const char *(*cgi_param)(void *arg, const char *name);

/*
 * Fill q from CGI parameters (RFC 3875; path from DOCUMENT_URI, which nginx sends decoded and normalised; else SCRIPT_NAME). 0, or
 * the HTTP status to answer with: 400 for what is missing, malformed or has control characters, 414 or 431 for what is too long; e
 * says what. All parameters are hostile.
 */
int request_init(struct request *q, cgi_param get, void *arg, struct err *e);

/* As q->read(); counts. */
ptrdiff_t request_read(struct request *q, void *buf, size_t cap);

/* Read the rest of the body and forget it, so that nginx can finish sending before it reads the answer. */
void request_drain(struct request *q);

#endif
