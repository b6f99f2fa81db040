/* views: what the rows of the route table call for pages; each answers in s with HTML. */
#ifndef VIEW_VIEWS_H
#define VIEW_VIEWS_H

#include "http/route.h"

/* ---- devices, incidents and anomalies ---- */
void page_devices(struct context *c, struct request *q, const struct param_value *p, struct response *s);   /* GET /devices */
void page_device(struct context *c, struct request *q, const struct param_value *p, struct response *s);    /* GET /devices/<id> */
void page_incidents(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET /incidents */
void page_incident(struct context *c, struct request *q, const struct param_value *p,
		   struct response *s); /* GET /scans/<id>/incidents/<n> */
void page_anomaly(struct context *c, struct request *q, const struct param_value *p,
		  struct response *s); /* GET /scans/<id>/anomalies/<n> */
/* ---- making a scan, and what it found ---- */
void page_scan_new(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET /new */
void page_result(struct context *c, struct request *q, const struct param_value *p, struct response *s);   /* GET /scans/<id> */

enum { RESULT_FROM, RESULT_SKIP };
extern const struct param result_params[];
/* ---- overview and history ---- */
void page_overview(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET / */
void page_history(struct context *c, struct request *q, const struct param_value *p, struct response *s);  /* GET /scans */
void page_history_export(struct context *c, struct request *q, const struct param_value *p, struct response *s);
void page_compare(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET /scans/compare */
void page_report(struct context *c, struct request *q, const struct param_value *p,
		 struct response *s); /* GET /scans/<id>/report */
extern const struct param history_page_params[];

/* what the API is */
void page_docs(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET /docs */
/* ---- model ---- */
void page_model(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET /model */
enum { MODEL_JOB, MODEL_CURSOR };
extern const struct param model_params[];

#endif
