/* scan_table: `guardian scan --method dense` for a table of numbers that is no list of flows. */
#ifndef CMD_SCAN_TABLE_H
#define CMD_SCAN_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

#include "base/err.h"
#include "input/reader.h"
#include "nn/kernel.h"

struct scan_table_job {
	const struct kernel_ops *kernel;
	const char *threshold; /* strategy or number; NULL: the table's own */
	uint64_t seed;
	struct reader_options input;
	size_t top;   /* worst rows that are shown */
	int all;      /* or all, in the order of the file */
	FILE *scores; /* a line row,score,p_value,anomalous,attack,incident for each row; NULL: not wanted */
};

/*
 * Scan the file called name ("-": standard input): the result is added to array, or with array NULL printed as a table; notes and problems go to
 * stderr. The names of its fields are those of scan_print.h. ERR_IO, and what table_scan.h says.
 */
int scan_table_file(const struct scan_table_job *j, const char *name, struct json_object *array, struct err *e);

#endif
