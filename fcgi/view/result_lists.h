/* result_lists: the incidents and anomalies of a scan into its page. */
#ifndef VIEW_RESULT_LISTS_H
#define VIEW_RESULT_LISTS_H

#include "page/template.h"
#include "sql/store_result.h"

enum { INCIDENTS_SHOWN = 20, ANOMALIES_SHOWN = 20, INCIDENTS_PAGE = 50, ANOMALIES_PAGE = 100, SPANS = 200 };

/* Incidents of r from rank `skip` on. Of a scan without any there is no list. ERR_* of the store. */
int result_incidents(struct page *p, struct store *s, const struct scan_row *r, size_t skip, struct err *e);

/* The worst anomalies, which are in the row of the scan. */
void result_worst(struct page *p, const struct scan_row *r);

/* All anomalies from this sequence_id on, in the order of the file. ERR_* of the store. */
int result_anomalies(struct page *p, struct store *s, const struct scan_row *r, uint64_t from, struct err *e);

/* Of the worst SPANS incidents "number:severity:first:last …", windows that the chart marks. Numbers only. ERR_* of the store. */
int result_spans(struct page *p, struct store *s, uint64_t scan, struct err *e);

/* A score that says how rare a flow is, -log10 of its p-value; by other methods it is an error. */
int result_is_rare(const struct scan_row *r);
/* Rows of a table, each judged alone: there are no windows. */
int result_is_table(const struct scan_row *r);

#endif
