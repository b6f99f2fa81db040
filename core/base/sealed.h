/*
 * sealed: a copy of some bytes in pages that are read-only and shared by all processes forked later, whatever these do: one copy in memory, shown as
 * /memfd:NAME in /proc/PID/smaps.
 */
#ifndef BASE_SEALED_H
#define BASE_SEALED_H

#include <stddef.h>

#include "base/err.h"

/* Page-aligned; n > 0. Release with sealed_free(p, n). */
int sealed_copy(const void **out, const char *name, const void *data, size_t n, struct err *e);
/* The next n bytes of an open file. ERR_IO also when it has less. */
int sealed_file(const void **out, const char *name, int fd, size_t n, struct err *e);
void sealed_free(const void *p, size_t n); /* p may be NULL */

#endif
