/*
 * store_scan_find: the list of scans by what they are, in any of six orders, page by page. A page begins behind a row, which is told by the
 * value that the list is sorted by and the id, so rows that come or go meanwhile move no others. One statement for each order and
 * direction, each with its index.
 */
#ifndef SQL_STORE_SCAN_FIND_H
#define SQL_STORE_SCAN_FIND_H

#include "sql/store.h"

/* By time: by the order in which they began. Names by their bytes. */
enum scan_order { SCAN_BY_TIME, SCAN_BY_INCIDENTS, SCAN_BY_ANOMALIES, SCAN_BY_FLOWS, SCAN_BY_SEVERITY, SCAN_BY_NAME, SCAN_ORDERS };

struct scan_find {
	const char *name;       /* a part of the name, in any case; NULL or "": any */
	int64_t from_us, to_us; /* began at from_us or later, before to_us; 0: any */
	int severity;           /* the worst is at least this; negative: any */
	const char *attack;     /* has an incident of this family; NULL or "": any */
	uint64_t device;        /* has flows of the device with this id; 0: any */
	int state;              /* enum scan_state; negative: any */
	int deleted;            /* those that were deleted and can still come back, else those that are there */
	enum scan_order order;
	int falling;
	uint64_t after_id; /* behind this row, 0: from the beginning */
	const char *after; /* the value that it is sorted by, of SCAN_VALUE; of names the first CURSOR_VALUE bytes do */
	size_t limit;
};

enum { SCAN_VALUE = SCAN_NAME_MAX * 4 + 1 };

/* The value of a row for `after`. */
void store_scan_value(char out[static SCAN_VALUE], enum scan_order order, const struct scan_row *r);

/* As store_scan_list(), with worst and deleted_us. ERR_FORMAT: `after` is none of this order. */
int store_scan_find(struct store *s, const struct scan_find *f, scan_each each, void *arg, struct err *e);

#endif
