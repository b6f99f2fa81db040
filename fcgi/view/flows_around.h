/* flows_around: what went on around a flow that was flagged, from the log of flows that the scan kept (detect/flowlog.h). */
#ifndef VIEW_FLOWS_AROUND_H
#define VIEW_FLOWS_AROUND_H

#include <stdint.h>

#include "page/template.h"
#include "sql/store.h"

/*
 * Shows {{#FLOWS}} with ROW by ROW: those near row `row` of the file, those of the device with this address first ("": of any; api/flow_around.h).
 * The row itself is {{#HERE}}. {{#NO_FLOWS}} where it was not kept. 1: they are shown, 0: there are none; ERR_* of the store.
 */
int flows_around_fill(struct page *p, struct store *s, uint64_t scan, uint64_t row, const char *device, struct err *e);

#endif
