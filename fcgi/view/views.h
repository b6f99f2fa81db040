/* views: what the rows of the route table call for pages; each answers in s with HTML. */
#ifndef VIEW_VIEWS_H
#define VIEW_VIEWS_H

#include "http/route.h"

/* ---- model ---- */
void page_model(struct context *c, struct request *q, const struct param_value *p, struct response *s); /* GET /model */
enum { MODEL_JOB, MODEL_CURSOR };
extern const struct param model_params[];

#endif
