/* flow_around: the flows near one of a scan, as far as they are kept. */
#ifndef API_FLOW_AROUND_H
#define API_FLOW_AROUND_H

#include "detect/flowlog.h"
#include "sql/store_evidence.h"

enum { FLOWS_AROUND = 21 };

/* A line that has its flow with it. */
struct flow_near {
	struct flowlog_line line;
	struct flow flow;
};

/*
 * Up to FLOWS_AROUND flows with the rows nearest to `row`, in rising order: first those of the device (NULL: of any), then, where it has fewer
 * near by,
 * those of others. How many, or ERR_*. Looks at a few chunks around the row.
 */
int flows_around(struct store *s, uint64_t scan, uint64_t row, const struct flowlog_select *device,
		 struct flow_near out[static FLOWS_AROUND], struct err *e);

#endif
