/*
 * table: the numeric columns of a file that is no list of flows, or is not wanted as one: what the dense detector takes.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "flow/flow.h"

enum { TABLE_MAX = 256, TABLE_LEAST = 3 }; /* columns: more are left out and noted, fewer are no table */

struct table_row {
	uint64_t row;            /* as in struct flow */
	size_t n;                /* columns, the same in all rows of a file */
	const char *const *name; /* [n], valid UTF-8 */
	const double *value;     /* [n]; NaN: empty, or no number */
	enum flow_label label;
	const char *attack; /* as in struct flow */
};

/* Rows are borrowed during the call. 0 to go on; a negative value stops the reader, which returns it. */
typedef int (*table_sink)(void *arg, const struct table_row *r);

#endif
