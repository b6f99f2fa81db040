/* result_input: what the reader took a file for, and what it could not use of it, into the page of its scan. */
#ifndef VIEW_RESULT_INPUT_H
#define VIEW_RESULT_INPUT_H

#include "page/template.h"
#include "sql/store.h"

/* Nothing where the row does not say. */
void result_input(struct page *p, const struct scan_row *r);

#endif
