/* history: what the pages of the history have in common. */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include "api/scans.h"
#include "fcgi/context.h"
#include "http/request.h"

/* What a page of scans shows: parameters as in the API, but what a form sends empty is not given, and `back` is a cursor to go back from. */
struct history_query {
	struct param_value value[PARAMS_MAX];
	struct scans_query scans;
};

int history_query(struct history_query *h, const struct request *q, struct err *e); /* ERR_* name the parameter */

/* The filters as a query of an address, "q=camera&severity=High"; without order and place. */
void history_filters(const struct history_query *h, struct text *out);

#endif
