/* handlers: what the rows of the route table call; each answers in s. */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "http/route.h"

void api_upload(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* POST /upload */
void api_progress(struct context *c, struct request *q, const struct param_value *p,
		  struct response *s); /* GET /api/v1/uploads/<key> */
void api_history(struct context *c, struct request *q, const struct param_value *p, struct response *s);   /* GET /history */
void api_scan(struct context *c, struct request *q, const struct param_value *p, struct response *s);      /* GET /scan/<id> */
void api_anomalies(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* …/anomalies */
void api_status(struct context *c, struct request *q, const struct param_value *p, struct response *s);    /* GET /status */
void api_alive(struct context *c, struct request *q, const struct param_value *p, struct response *s);     /* GET /healthz */
void api_ready(struct context *c, struct request *q, const struct param_value *p, struct response *s);     /* GET /readyz */
void api_model(struct context *c, struct request *q, const struct param_value *p, struct response *s);     /* GET /api/v1/model */
void api_model_adapt(struct context *c, struct request *q, const struct param_value *p,
		     struct response *s); /* POST /api/v1/model/adapt */
void api_model_reset(struct context *c, struct request *q, const struct param_value *p,
		     struct response *s); /* POST /api/v1/model/reset */

/* model and jobs */
void api_model_card(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_model_threshold(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_evaluations(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_jobs(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_job(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_job_cancel(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_job_report(struct context *c, struct request *q, const struct param_value *p, struct response *s);
/* devices, incidents, anomalies */
void api_devices(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET /api/v1/devices */
void api_device(struct context *c, struct request *q, const struct param_value *p, struct response *s);  /* GET …/devices/<id> */
void api_device_set(struct context *c, struct request *q, const struct param_value *p,
		    struct response *s); /* PATCH …/devices/<id> */
void api_incidents(struct context *c, struct request *q, const struct param_value *p,
		   struct response *s); /* GET /api/v1/incidents */
void api_scan_incidents(struct context *c, struct request *q, const struct param_value *p,
			struct response *s); /* GET …/scans/<id>/incidents */
void api_incident(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET …/incidents/<n> */
void api_incident_mark(struct context *c, struct request *q, const struct param_value *p,
		       struct response *s); /* PATCH …/incidents/<n> */
void api_anomaly(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET …/anomalies/<n> */
void api_anomaly_mark(struct context *c, struct request *q, const struct param_value *p,
		      struct response *s); /* PATCH …/anomalies/<n> */
enum { DEVICES_TEXT, DEVICES_SORT, DEVICES_LIMIT, DEVICES_CURSOR, DEVICES_FORMAT };
extern const struct param devices_params[];
enum {
	INCIDENTS_MARK,
	INCIDENTS_SEVERITY,
	INCIDENTS_ATTACK,
	INCIDENTS_SORT,
	INCIDENTS_LIMIT,
	INCIDENTS_CURSOR,
	INCIDENTS_DEVICE,
	INCIDENTS_SCAN,
	INCIDENTS_FROM,
	INCIDENTS_TO,
	INCIDENTS_FORMAT,
	INCIDENTS_OF_SCAN_FORMAT = INCIDENTS_DEVICE,
};
extern const struct param incidents_params[], scan_incidents_params[];
extern const struct param page_incidents_params[], page_devices_params[]; /* the same without a format */
enum { ANOMALIES_FROM, ANOMALIES_LIMIT, ANOMALIES_CURSOR, ANOMALIES_SEVERITY, ANOMALIES_INCIDENT, ANOMALIES_FORMAT };

/* uploads and what is kept of scans: upload.c, upload_control.c, scan_curve.c, scan_flows.c */
void api_scan_add(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* POST /api/v1/scans */
void api_sample_scan(struct context *c, struct request *q, const struct param_value *p,
		     struct response *s); /* POST /api/v1/samples/scan */
void api_scan_cancel(struct context *c, struct request *q, const struct param_value *p,
		     struct response *s); /* POST /api/v1/scans/<id>/cancel */
void api_upload_cancel(struct context *c, struct request *q, const struct param_value *p,
		       struct response *s); /* POST /api/v1/uploads/<key>/cancel */

void api_scan_curve(struct context *c, struct request *q, const struct param_value *p,
		    struct response *s); /* GET /api/v1/scans/<id>/curve */
void api_scan_scores(struct context *c, struct request *q, const struct param_value *p,
		     struct response *s); /* GET /api/v1/scans/<id>/scores */
void api_scan_flows(struct context *c, struct request *q, const struct param_value *p,
		    struct response *s); /* GET /api/v1/scans/<id>/flows */
enum { CURVE_FROM, CURVE_TO, CURVE_POINTS_MOST };
extern const struct param curve_params[];
enum { FLOWS_LIMIT, FLOWS_CURSOR, FLOWS_FORMAT, FLOWS_DEVICE, FLOWS_INCIDENT, FLOWS_ROW };
extern const struct param flows_params[];
enum { UPLOAD_TOP, UPLOAD_KEY, UPLOAD_METHOD, UPLOAD_THRESHOLD, UPLOAD_NAME };
extern const struct param upload_params[], sample_params[];
/* scans as they are listed, deleted, compared and summed up */
void api_scans(struct context *c, struct request *q, const struct param_value *p, struct response *s);      /* GET /api/v1/scans */
void api_scan_whole(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET …/scans/<id> */
void api_scan_delete(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_scan_restore(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_compare(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void api_overview(struct context *c, struct request *q, const struct param_value *p, struct response *s);
extern const struct param scans_params[]; /* api/scans.h */
enum { COMPARE_A, COMPARE_B };
extern const struct param compare_params[];

enum { HISTORY_LIMIT, HISTORY_BEFORE };
extern const struct param history_params[];
extern const struct param anomalies_params[];
enum { ADAPT_STRATEGY, ADAPT_NAME, ADAPT_WAIT };
extern const struct param adapt_params[];
enum { EVALUATIONS_NAME };
extern const struct param evaluations_params[];
enum { JOBS_LIMIT, JOBS_CURSOR, JOBS_FORMAT };
extern const struct param jobs_params[];

#endif
