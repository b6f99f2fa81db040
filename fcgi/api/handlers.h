/* handlers: what the rows of the route table call; each answers in s. */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "http/route.h"

void api_upload(struct context *c, struct request *q, const struct param_value *p, struct response *s);    /* POST /upload */
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

enum { UPLOAD_TOP, UPLOAD_KEY, UPLOAD_NAME };
extern const struct param upload_params[];
enum { HISTORY_LIMIT, HISTORY_BEFORE };
extern const struct param history_params[];
enum { ANOMALIES_FROM, ANOMALIES_LIMIT };
extern const struct param anomalies_params[];
enum { ADAPT_STRATEGY, ADAPT_NAME };
extern const struct param adapt_params[];

#endif
