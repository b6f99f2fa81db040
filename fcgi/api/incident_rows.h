/* incident_rows: incidents as the database keeps them. */
#ifndef API_INCIDENT_ROWS_H
#define API_INCIDENT_ROWS_H

#include <stddef.h>

#include "base/err.h"
#include "detect/incident.h"
#include "sql/store.h"

struct incident_rows;

/* One row for each of list[n], in this order; they borrow from the list. Release with incident_rows_del(). ERR_NOMEM. */
int incident_rows_new(struct incident_rows **out, const struct incident *list, size_t n, struct err *e);
const struct incident_row *incident_rows_get(const struct incident_rows *r);
/* An anomaly of an incident; in the order of the file; of an incident that is not there it is nothing. */
void incident_rows_window(struct incident_rows *r, uint64_t incident, uint64_t sequence_id, double error);

void incident_rows_del(struct incident_rows *r);

#endif
