/*
 * header_value: the value of a header with parameters: `form-data; name="file"; filename="a.csv"`, taken apart in place.
 *
 * Quoted strings: \" and \\ are a quote and a backslash; any other backslash is itself, because browsers send file names with bare
 * ones ("C:\x\y.csv"); \" at the very end closes the string, because browsers do not escape a backslash before it either.
 */
#ifndef HTTP_HEADER_VALUE_H
#define HTTP_HEADER_VALUE_H

#include <stddef.h>

struct header_value {
	char *p, *end;
};

struct header_param {
	char *name;  /* in lower case, never empty */
	char *value; /* without quotes; ends with NUL, has none before; may be empty */
};

/* Start on text[n], which ends with a NUL at text[n] and has none before. Returns what stands before the first ';', in lower case, without
 * blanks around it. */
const char *header_value_begin(struct header_value *v, char *text, size_t n);

/* The next parameter: 1; 0 at the end; -1 where it is no `name=value`. */
int header_value_next(struct header_value *v, struct header_param *p);

#endif
