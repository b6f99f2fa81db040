/* delimiter: what separates the columns of a table, from its first line: the most frequent of , ; tab | outside quotes; else a comma. */
#ifndef TABLE_DELIMITER_H
#define TABLE_DELIMITER_H

#include <stddef.h>

/* p[n]: the beginning of the file, looked at up to the end of the first line that is not empty. */
char delimiter_find(const char *p, size_t n);

/* A byte that may come before the first line that says something: a line end, a blank, one of a byte order mark. */
int delimiter_is_before(char c);

/* "commas", "semicolons", "tabs", "bars" */
const char *delimiter_name(char d);

#endif
