/*
 * isolate: run a function on hostile input in a child process.
 *
 * For libraries that may crash, or never end, on a damaged file: what happens to the child becomes an error message.
 */
#ifndef CMD_ISOLATE_H
#define CMD_ISOLATE_H

#include <stddef.h>

#include "base/err.h"

/* Memory that parent and child share, zeroed; NULL when there is none. n >= 1. */
void *isolate_alloc(size_t bytes);
void isolate_free(void *p, size_t bytes); /* p may be NULL */

/*
 * Run fn(arg, e) in a child and return what it returned, with its message. The child gets a copy of all memory; what it
 * writes is lost, except in memory of isolate_alloc(). ERR_FORMAT when the child crashes or takes more than cpu_s
 * seconds of processor time; the message then says that `what` is damaged.
 */
int isolate_run(int (*fn)(void *arg, struct err *e), void *arg, const char *what, unsigned cpu_s, struct err *e);

#endif
