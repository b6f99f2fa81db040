/* routes: the table, and the way of a request through it. */
#include "api/routes.h"

#include <string.h>

#include "api/handlers.h"
#include "fcgi/context.h"
#include "http/accept.h"
#include "http/etag.h"
#include "http/guard.h"
#include "view/frame.h"
#include "view/views.h"

static const struct route table[] = {
	{ METHOD_GET, "/", page_overview, CLASS_PAGES, NULL, "the overview" },
	{ METHOD_POST, "/upload", api_upload, CLASS_UPLOADS, upload_params,
	  "scan a file of flow records: multipart field `file`, or the body itself" },
	{ METHOD_GET, "/history", api_history, CLASS_PAGES, history_params, "scans, newest first" },
	{ METHOD_GET, "/scan/<id>", api_scan, CLASS_PAGES, NULL, "a scan with its worst anomalies" },
	{ METHOD_GET, "/status", api_status, CLASS_PAGES, NULL, "model, database and workers" },
	{ METHOD_GET, "/api/v1/uploads/<key>", api_progress, CLASS_PAGES, NULL, "how far the upload with that key is" },
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
	{ METHOD_GET, "/model", page_model, CLASS_PAGES, model_params, "the page of the model and its jobs" },
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
	/* devices, incidents, anomalies */
	{ METHOD_GET, "/devices", page_devices, CLASS_PAGES, page_devices_params, "page: devices of all scans" },
	{ METHOD_GET, "/devices/<id>", page_device, CLASS_PAGES, NULL, "page: a device" },
	{ METHOD_GET, "/incidents", page_incidents, CLASS_PAGES, page_incidents_params, "page: incidents of all scans" },
	{ METHOD_GET, "/scans/<id>/incidents/<n>", page_incident, CLASS_PAGES, NULL, "page: an incident" },
	{ METHOD_GET, "/scans/<id>/anomalies/<n>", page_anomaly, CLASS_PAGES, NULL, "page: an anomaly" },
	{ METHOD_GET, "/api/v1/devices", api_devices, CLASS_PAGES, devices_params, "devices of all scans" },
	{ METHOD_GET, "/api/v1/devices/<id>", api_device, CLASS_PAGES, NULL, "a device with its baseline, incidents and scans" },
	{ METHOD_PATCH, "/api/v1/devices/<id>", api_device_set, CLASS_PAGES, NULL, "give a device a name or a note" },
	{ METHOD_GET, "/api/v1/incidents", api_incidents, CLASS_PAGES, incidents_params, "incidents of all scans, newest first" },
	{ METHOD_GET, "/api/v1/scans/<id>/incidents", api_scan_incidents, CLASS_PAGES, scan_incidents_params,
	  "incidents of a scan, worst first" },
	{ METHOD_GET, "/api/v1/scans/<id>/incidents/<n>", api_incident, CLASS_PAGES, NULL, "an incident" },
	{ METHOD_PATCH, "/api/v1/scans/<id>/incidents/<n>", api_incident_mark, CLASS_PAGES, NULL,
	  "mark an incident as open, expected or confirmed, with a note" },
	{ METHOD_GET, "/api/v1/scans/<id>/anomalies", api_anomalies, CLASS_PAGES, anomalies_params,
	  "anomalies of a scan, page by page" },
	{ METHOD_GET, "/api/v1/scans/<id>/anomalies/<n>", api_anomaly, CLASS_PAGES, NULL, "an anomaly with its explanation" },
	{ METHOD_PATCH, "/api/v1/scans/<id>/anomalies/<n>", api_anomaly_mark, CLASS_PAGES, NULL,
	  "mark an anomaly as open, expected or confirmed, with a note" },
	{ METHOD_GET, "/docs", page_docs, CLASS_PAGES, NULL, "the page about the API" },
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

/* Who follows a link that leads nowhere gets a page; programs, which do not ask for one, JSON. */
static int is_for_people(const struct request *q)
{
	static const char *const types[] = { "application/json", "text/html" };

	return (q->method == METHOD_GET || q->method == METHOD_HEAD) && strncmp(q->path, "/api/", 5) != 0 &&
	       accept_best(q->accept, types, 2) == 1;
}

/* The handler that the address asks for, with its parameters; or NULL and the answer in s. */
static route_handler find(enum pool_class pool, struct request *q, struct param_value value[PARAMS_MAX], struct response *s)
{
	const struct route *const route = route_find(table, q, s);
	struct err e;

	if (route == NULL)
		return NULL;
	if (route->pool != pool)
		response_error(s, 404, "%s is served by another group of workers: the web server sends it to the wrong one",
			       route->path);
	else if (params_parse(route->params, q->query, value, &e) < 0)
		response_err(s, &e);
	else
		return route->handler;
	return NULL;
}

void routes_serve(struct context *c, enum pool_class pool, struct request *q, struct response *s)
{
	struct param_value value[PARAMS_MAX];
	route_handler handler;

	if (guard_check(c->site->allowed_hosts, q, s) < 0)
		return;
	if ((handler = find(pool, q, value, s)) != NULL)
		handler(c, q, value, s);
	else if (is_for_people(q))
		frame_refused(c, s);
	if (strncmp(q->path, "/api/", 5) == 0)
		etag_apply(q, s);
}
