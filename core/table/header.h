/*
 * header: which column of a table is which value of a flow, by the names in its first line.
 *
 * Any order, unknown columns are ignored; of several columns for the same value the one with the best-known name is used.
 * Messages do not say the line: the reader puts it before them.
 */
#ifndef TABLE_HEADER_H
#define TABLE_HEADER_H

#include <stddef.h>

#include "base/err.h"
#include "table/field.h"

enum { HEADER_MAX = 1024, HEADER_NAME = 40 };

struct header {
	size_t n;
	unsigned have;                      /* fields, 1 << field */
	struct binding column[HEADER_MAX];  /* field FIELD_NONE where the column is not used */
	char name[HEADER_MAX][HEADER_NAME]; /* as in the file, for messages: printable ASCII, cut where long */
};

/* Add the next name. ERR_FORMAT: it is no text, the same as one before that means something, or is one too many. */
int header_add(struct header *h, const char *name, size_t len, struct err *e);

/* All names were added. ERR_FORMAT: the ones in the message are missing. */
int header_check(const struct header *h, struct err *e);

#endif
