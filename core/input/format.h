/* format: what kind of file the first bytes say that it is. Names are never believed. One row each; the first that matches counts. */
#ifndef INPUT_FORMAT_H
#define INPUT_FORMAT_H

#include <stddef.h>

#include "flow/source.h"

enum { FORMAT_HEAD = 512 }; /* bytes that are enough to tell */

struct format {
	const char *name; /* "CSV", "gzip" */
	int (*is)(const unsigned char *p, size_t n);
	const char *advice; /* NULL: there is a reader; otherwise what to do with such a file */
	const struct source_ops *source;
};

/* Never NULL: what nothing else claims is CSV. p[n]: the beginning of the file. */
const struct format *format_of(const void *p, size_t n);

#endif
