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

#endif
