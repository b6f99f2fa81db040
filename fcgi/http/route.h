/*
 * route: the table of all URLs. Matching is exact, bytes and length; `<id>`, which is not 0, and, behind it, `<n>` match a decimal number below
 * 2^63 without leading zero, `<key>` what base/key.h calls one.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/params.h"
#include "http/request.h"
#include "http/response.h"

struct context; /* what a worker has: fcgi/context.h */

typedef void (*route_handler)(struct context *c, struct request *q, const struct param_value *p, struct response *s);

enum pool_class { CLASS_PAGES, CLASS_UPLOADS, CLASS_JOBS }; /* which workers serve it */

/* A row of a table that ends with a row whose path is NULL. HEAD is served by the row of GET. */
struct route {
	enum method method;
	const char *path;
	route_handler handler;
	enum pool_class pool;
	const struct param *params; /* NULL: takes none */
	const char *help;
};

/* The row, with q->number, q->item and q->word filled; or NULL and the answer in s: 404, or 405 with Allow. */
const struct route *route_find(const struct route *table, struct request *q, struct response *s);

#endif
