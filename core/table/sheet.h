/*
 * sheet: the values of a table with a header, row by row, on their way to flows, or to rows of numbers where the header does not have
 * the columns of flows or no flows are wanted.
 *
 * A row has as many columns as the header. It may end with one delimiter more than the header does, or the header with one more
 * than the rows, which is noted: the column behind it is empty in all rows.
 */
#ifndef TABLE_SHEET_H
#define TABLE_SHEET_H

#include "base/err.h"
#include "table/header.h"
#include "table/numeric.h"
#include "table/row.h"

struct sheet {
	struct header header;
	struct row row;
	size_t col;              /* values of this row so far, or names of the header */
	int beyond;              /* this row has text where the header has no column */
	struct numeric *numeric; /* where the table is no list of flows */
	struct err lack; /* flows are wanted and there are none; before it is told, a few rows say what else the table could be */
};

void sheet_init(struct sheet *s, const struct sinks *sinks, struct read_report *report);
void sheet_free(struct sheet *s);

/* The next name of the header. ERR_FORMAT as header_add(). */
int sheet_name(struct sheet *s, const char *text, size_t len, struct err *e);

/* The header is complete. ERR_FORMAT is told later: by sheet_row() or sheet_end(). */
int sheet_begin(struct sheet *s, uint64_t line, struct err *e);

/* The next value of the row, which began in `line`; one that goes over the end of a line is none. */
void sheet_value(struct sheet *s, uint64_t line, int over_line_end, const char *text, size_t len);

/* The row cannot be used because of the value that is next; kind is static. */
void sheet_blame(struct sheet *s, enum fault fault, uint64_t line, const char *kind, const char *what);

/* The row, which began in `line`, is complete. ERR_FORMAT with *e; or what a sink returned, with *e untouched. */
int sheet_row(struct sheet *s, uint64_t line, struct err *e);

/* The table is at its end. As sheet_row(). */
int sheet_end(struct sheet *s, struct err *e);

#endif
