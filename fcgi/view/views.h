/* views: what the rows of the route table call for pages; each answers in s with HTML. */
#ifndef VIEW_VIEWS_H
#define VIEW_VIEWS_H

#include "http/route.h"

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

#endif
