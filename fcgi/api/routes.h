/* routes: the table of all URLs of the product. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include <json-c/json.h>

#include "http/route.h"

const struct route *routes(void);

/* [{"method", "path", "help", "params": [{"name", "type", "min"?, "max"?, "fallback"?, "choices"?}]}], as the tables are. Owned by the caller. */
struct json_object *routes_to_json(void);

/*
 * Serve one request: guard, route, class, parameters, handler. Always leaves an answer in s. `pool` is the class of the worker: a
 * route of another class is 404 there (nginx sends each to its own).
 */
void routes_serve(struct context *c, enum pool_class pool, struct request *q, struct response *s);

#endif
