/* routes: the table, and the way of a request through it. */
#include "api/routes.h"

#include <string.h>

#include "api/handlers.h"
#include "fcgi/context.h"
#include "http/etag.h"
#include "http/guard.h"
#include "view/views.h"

static const struct route table[] = {
	{ METHOD_GET, "/", api_dashboard, CLASS_PAGES, NULL, "the page" },
	{ METHOD_POST, "/upload", api_upload, CLASS_UPLOADS, upload_params,
	  "scan a file of flow records: multipart field `file`, or the body itself" },
	{ METHOD_GET, "/history", api_history, CLASS_PAGES, history_params, "scans, newest first" },
	{ METHOD_GET, "/scan/<id>", api_scan, CLASS_PAGES, NULL, "a scan with its worst anomalies" },
	{ METHOD_GET, "/status", api_status, CLASS_PAGES, NULL, "model, database and workers" },
	{ METHOD_GET, "/api/v1/uploads/<key>", api_progress, CLASS_PAGES, NULL, "how far the upload with that key is" },
	{ METHOD_GET, "/api/v1/scans/<id>/anomalies", api_anomalies, CLASS_PAGES, anomalies_params,
	  "all anomalies of a scan, page by page" },
	{ METHOD_GET, "/api/v1/model", api_model, CLASS_PAGES, NULL, "the model that is used" },
	{ METHOD_POST, "/api/v1/model/adapt", api_model_adapt, CLASS_UPLOADS, adapt_params,
	  "adapt the model to this home by a file of its normal traffic, sent as to /upload" },
	{ METHOD_POST, "/api/v1/model/reset", api_model_reset, CLASS_PAGES, NULL, "use the model again that was used before" },
	{ METHOD_GET, "/api/v1/model/card", api_model_card, CLASS_PAGES, NULL, "the card of the model, in Markdown" },
	{ METHOD_POST, "/api/v1/model/threshold", api_model_threshold, CLASS_PAGES, NULL,
	  "use another threshold: {\"threshold\": 4.2, \"method\": \"hybrid\"}" },
	{ METHOD_POST, "/api/v1/evaluations", api_evaluations, CLASS_UPLOADS, evaluations_params,
	  "judge the model by a labelled file, sent as to /upload: a job" },
	{ METHOD_GET, "/api/v1/jobs", api_jobs, CLASS_PAGES, jobs_params, "jobs, newest first" },
	{ METHOD_GET, "/api/v1/jobs/<id>", api_job, CLASS_PAGES, NULL, "a job: how far it is, or what came out" },
	{ METHOD_POST, "/api/v1/jobs/<id>/cancel", api_job_cancel, CLASS_PAGES, NULL, "end a job that runs" },
	{ METHOD_GET, "/api/v1/jobs/<id>/report", api_job_report, CLASS_PAGES, NULL, "the page that an evaluation made" },
	/* making a scan, and what it found */
	{ METHOD_GET, "/new", page_scan_new, CLASS_PAGES, NULL, "the page that takes files" },
	{ METHOD_GET, "/scans/<id>", page_result, CLASS_PAGES, result_params, "the page of a scan" },
	{ METHOD_GET, "/healthz", api_alive, CLASS_PAGES, NULL, "200 while the process answers" },
	{ METHOD_GET, "/readyz", api_ready, CLASS_PAGES, NULL, "200 when the database answers too, else 503" },
	/* uploads and what is kept of scans */
	{ METHOD_POST, "/api/v1/scans", api_scan_add, CLASS_UPLOADS, upload_params,
	  "as /upload, answered as a thing that was made" },
	{ METHOD_POST, "/api/v1/samples/scan", api_sample_scan, CLASS_UPLOADS, sample_params,
	  "scan a made-up capture of a home, with attacks" },
	{ METHOD_POST, "/api/v1/scans/<id>/cancel", api_scan_cancel, CLASS_PAGES, NULL, "end a running scan without results" },
	{ METHOD_POST, "/api/v1/uploads/<key>/cancel", api_upload_cancel, CLASS_PAGES, NULL, "the same by the name of its upload" },
	{ METHOD_GET, "/api/v1/scans/<id>/curve", api_scan_curve, CLASS_PAGES, curve_params,
	  "the error over a range of its windows" },
	{ METHOD_GET, "/api/v1/scans/<id>/scores", api_scan_scores, CLASS_PAGES, NULL, "what other thresholds would flag" },
	{ METHOD_GET, "/api/v1/scans/<id>/flows", api_scan_flows, CLASS_PAGES, flows_params,
	  "its flagged flows, or those around a row" },
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
