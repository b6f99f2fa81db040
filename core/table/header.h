/*
 * header: which column of a text table is which value of a flow, by the names in its first line.
 *
 * Any order, unknown columns are ignored. Messages do not say the line: the reader puts it before them.
 */
#ifndef TABLE_HEADER_H
#define TABLE_HEADER_H

#include <stddef.h>

#include "base/err.h"
#include "table/column.h"

enum { HEADER_MAX = 1024, HEADER_NAME = 40 };

struct header {
	size_t n;
	int has_label;
	const struct column *column[HEADER_MAX]; /* NULL where the name is unknown */
	char name[HEADER_MAX][HEADER_NAME];      /* as in the file, for messages */
};

/* Add the next name. ERR_FORMAT: it is no text, means the same as one before, or is one too many. */
int header_add(struct header *h, const char *name, size_t len, struct err *e);

/* All names were added. ERR_FORMAT: the ones in the message are missing. */
int header_check(const struct header *h, struct err *e);

#endif
