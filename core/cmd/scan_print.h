/* scan_print: the result of a scan as JSON (the fields of the HTTP API) and as a table for people. */
#ifndef CMD_SCAN_PRINT_H
#define CMD_SCAN_PRINT_H

#include <stddef.h>
#include <stdio.h>

#include <json-c/json.h>

#include "detect/scan.h"

struct scan_result {
	const char *name;  /* of the file, as given */
	const char *model; /* path */
	const char *kernel;
	struct scan_summary summary;
	const struct anomaly *list; /* what to show, in this order */
	size_t n;
	double seconds;
	const struct scan *scan;       /* finished: explains what it kept of the list */
	struct json_object *incidents; /* array, in the order of their ends; borrowed */
};

/* A new object, the caller's. */
struct json_object *scan_to_json(const struct scan_result *r);

void scan_print_table(FILE *f, const struct scan_result *r);

/* "CSV (semicolons) out of gzip, 300 packets, ": what the file is taken for. */
void scan_print_input(FILE *f, const struct read_report *report);

/* Notes, what was left out by kind, and the first unusable rows with line, column and reason, for stderr. */
void scan_print_problems(FILE *f, const char *name, const struct read_report *report);

/* How far reading came in a file that could not be scanned, for stderr. report NULL: it was not begun. */
void scan_print_stop(FILE *f, const char *name, const struct read_report *report);

#endif
