/* history: scans that were, and their anomalies, from the database. */
#include "api/handlers.h"
#include "api/scan_view.h"
#include "base/json.h"
#include "detect/scan_json.h"
#include "detect/severity.h"
#include "fcgi/context.h"
#include "rule/rule.h"

const struct param history_params[] = {
	[HISTORY_LIMIT] = { "limit", PARAM_INTEGER, 1, 200, 50, "how many", NULL },
	[HISTORY_BEFORE] = { "before", PARAM_INTEGER, 1, INT64_MAX, 0, "only scans with a lower id: the next page", NULL },
	{ .name = NULL },
};

static int add_scan(void *arg, const struct scan_row *r)
{
	return json_object_array_add(arg, scan_view(r)) == 0 ? OK : ERR_NOMEM;
}

void api_history(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *const list = json_object_new_array();
	struct err e = { 0 };

	(void)q;
	if (store_scan_list(c->store, (uint64_t)p[HISTORY_BEFORE].integer, (size_t)p[HISTORY_LIMIT].integer, add_scan, list, &e) ==
	    OK) {
		response_json(s, 200, list);
	} else {
		json_object_put(list);
		response_err(s, &e);
	}
}

void api_scan(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *answer = NULL;
	struct err e = { 0 };

	(void)p;
	if (scan_answer(c->store, q->number, &answer, &e) == OK)
		response_json(s, 200, answer);
	else
		response_err(s, &e);
}
