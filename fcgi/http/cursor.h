/*
 * cursor: where the next page of a list begins: the value that it is sorted by and the id of the last row that was shown. To clients it is a word of
 * [0-9a-z-], which says nothing to them; what they make up themselves is refused or leads to some place of the list.
 */
#ifndef HTTP_CURSOR_H
#define HTTP_CURSOR_H

#include <stdint.h>

#include "base/err.h"

enum { CURSOR_VALUE = 100, CURSOR_TEXT = 2 * CURSOR_VALUE + 24 };

struct cursor {
	int given;                    /* 0: from the beginning */
	uint64_t id;                  /* of the last row */
	char value[CURSOR_VALUE + 1]; /* that it is sorted by, as text; cut at a character of UTF-8 when longer */
};

/* value NULL: the list is sorted by id alone. */
void cursor_write(char out[static CURSOR_TEXT], const char *value, uint64_t id);

/* Of a parameter's text; "" is none. ERR_FORMAT. */
int cursor_read(struct cursor *c, const char *text, struct err *e);

#endif
