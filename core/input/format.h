/* format: what kind of file the first bytes say that it is. Names are never believed. One row each; the first that matches counts. */
#ifndef INPUT_FORMAT_H
#define INPUT_FORMAT_H

#include <stddef.h>

#include "flow/source.h"
#include "input/codec.h"

enum { FORMAT_HEAD = 512, FORMAT_TAKEN = 200 }; /* bytes that are enough to tell; to list what is taken */

struct format {
	const char *name; /* "CSV" */
	int (*is)(const unsigned char *p, size_t n);
	const char *advice;              /* what to do with a file that is refused; NULL: nothing */
	const struct source_ops *source; /* NULL: it is known only to be refused by its name */
};

/* Never NULL: text that nothing else claims is CSV. p[n]: the beginning of the file. */
const struct format *format_of(const void *p, size_t n);

/* How the file is compressed; NULL: not in a way that is taken. */
const struct codec *format_codec(const void *p, size_t n);

/* What is taken, as a list for people: "CSV, JSON, each also as .gz or .zst". */
void format_taken(char out[FORMAT_TAKEN]);

#endif
