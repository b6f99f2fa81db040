/* routes: the table, and the way of a request through it. */
#include "api/routes.h"

#include <string.h>

#include "api/handlers.h"
#include "fcgi/context.h"
#include "http/etag.h"
#include "http/guard.h"
#include "view/views.h"

static const struct route table[] = {
	{ METHOD_GET, "/", page_overview, CLASS_PAGES, NULL, "the overview" },
	{ METHOD_POST, "/upload", api_upload, CLASS_UPLOADS, upload_params,
	  "scan a file of flow records: multipart field `file`, or the body itself" },
	{ METHOD_GET, "/history", api_history, CLASS_PAGES, history_params, "scans, newest first" },
	{ METHOD_GET, "/scan/<id>", api_scan, CLASS_PAGES, NULL, "a scan with its worst anomalies" },
	{ METHOD_GET, "/status", api_status, CLASS_PAGES, NULL, "model, database and workers" },
	{ METHOD_GET, "/api/v1/uploads/<key>", api_progress, CLASS_PAGES, NULL, "how far the upload with that key is" },
	{ METHOD_GET, "/api/v1/scans/<id>/anomalies", api_anomalies, CLASS_PAGES, anomalies_params,
	  "all anomalies of a scan, page by page" },
	/* history */
	{ METHOD_GET, "/scans", page_history, CLASS_PAGES, history_page_params, "the page of the history" },
	{ METHOD_GET, "/scans/export", page_history_export, CLASS_PAGES, history_page_params,
	  "all scans that filters find, as a file" },
	{ METHOD_GET, "/scans/compare", page_compare, CLASS_PAGES, compare_params, "the page of two scans side by side" },
	{ METHOD_GET, "/scans/<id>/report", page_report, CLASS_PAGES, NULL, "a scan as a page to print" },
	{ METHOD_GET, "/api/v1/scans", api_scans, CLASS_PAGES, scans_params, "scans by what they are, page by page" },
	{ METHOD_GET, "/api/v1/scans/<id>", api_scan_whole, CLASS_PAGES, NULL, "a scan with all that is known of it" },
	{ METHOD_DELETE, "/api/v1/scans/<id>", api_scan_delete, CLASS_PAGES, NULL,
	  "delete a scan; it can come back for seven days" },
	{ METHOD_POST, "/api/v1/scans/<id>/restore", api_scan_restore, CLASS_PAGES, NULL, "a deleted scan comes back" },
	{ METHOD_GET, "/api/v1/compare", api_compare, CLASS_PAGES, compare_params, "two scans side by side" },
	{ METHOD_GET, "/api/v1/overview", api_overview, CLASS_PAGES, NULL, "the state of the network in one glance" },

	{ METHOD_GET, "/api/v1/model", api_model, CLASS_PAGES, NULL, "the model that is used" },
	{ METHOD_POST, "/api/v1/model/adapt", api_model_adapt, CLASS_UPLOADS, adapt_params,
	  "adapt the model to this home by a file of its normal traffic, sent as to /upload" },
	{ METHOD_POST, "/api/v1/model/reset", api_model_reset, CLASS_PAGES, NULL, "use the model again that was used before" },
	{ METHOD_GET, "/healthz", api_alive, CLASS_PAGES, NULL, "200 while the process answers" },
	{ METHOD_GET, "/readyz", api_ready, CLASS_PAGES, NULL, "200 when the database answers too, else 503" },
	{ .path = NULL },
};

const struct route *routes(void)
{
	return table;
}

void routes_serve(struct context *c, enum pool_class pool, struct request *q, struct response *s)
{
	struct param_value value[PARAMS_MAX];
	const struct route *route;
	struct err e;

	if (guard_check(c->site->allowed_hosts, q, s) < 0 || (route = route_find(table, q, s)) == NULL)
		return;
	if (route->pool != pool)
		response_error(s, 404, "%s is served by another group of workers: the web server sends it to the wrong one",
			       route->path);
	else if (params_parse(route->params, q->query, value, &e) < 0)
		response_err(s, &e);
	else
		route->handler(c, q, value, s);
	if (strncmp(q->path, "/api/", 5) == 0)
		etag_apply(q, s);
}
