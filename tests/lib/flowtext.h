/*
 * flowtext: what a reader makes of a file, as text, so that two readings can be compared and kept.
 *
 * One line per flow, then the report, then the result of the reader's last call.
 */
#ifndef LIB_FLOWTEXT_H
#define LIB_FLOWTEXT_H

#include <stddef.h>

#include "flow/source.h"

/* Length of the next piece to feed, 1..left. */
typedef size_t (*flowtext_cut)(void *arg, size_t left);

/* Read data[len] with a source, all at once when cut is NULL. Text to free(), NULL when memory is out. */
char *flowtext(const struct source_ops *source, const void *data, size_t len, flowtext_cut cut, void *arg);

/* The same, as a table of numbers. */
char *flowtext_table(const struct source_ops *source, const void *data, size_t len, flowtext_cut cut, void *arg);

#endif
