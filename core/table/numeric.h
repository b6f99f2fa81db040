/*
 * numeric: the numeric columns of a table of any kind (flow/table.h).
 *
 * A column is numeric when it has numbers, and nothing but numbers and unset values, in the first NUMERIC_LOOK rows, which are held
 * back for that. Later values that are no numbers are NaN, which is noted once for each column. The columns of label and attack are
 * ground truth, not numbers.
 */
#ifndef TABLE_NUMERIC_H
#define TABLE_NUMERIC_H

#include <stddef.h>

#include "table/header.h"
#include "table/row.h"

enum { NUMERIC_LOOK = 64 };

struct numeric;

/* Header and row must outlive it; the row knows the sinks, has the faults and the ground truth. NULL: memory is out. */
struct numeric *numeric_new(const struct header *h, struct row *row);
void numeric_del(struct numeric *t);

/* The next row's value of column i; columns that are not told are unset. */
void numeric_set(struct numeric *t, size_t i, const char *text, size_t len);

/* The row is complete. 0, ERR_FORMAT (fewer than TABLE_LEAST columns have numbers), or what the sink returned. */
int numeric_end(struct numeric *t, struct err *e);

/* The file is at its end. As numeric_end(). */
int numeric_finish(struct numeric *t, struct err *e);

/* Instead of numeric_end(): the row is not used, only looked at. 1 when enough rows were. */
int numeric_look(struct numeric *t);

/* Columns that are numeric, as far as rows were told. */
size_t numeric_count(const struct numeric *t);

#endif
