/* delimiter: what separates the columns of a table, by its first line: the most frequent of , ; tab | outside quotes, or a comma. */
#ifndef TABLE_DELIMITER_H
#define TABLE_DELIMITER_H

#include <stddef.h>

/* p[n]: the beginning of the file, looked at up to the end of the first line that is not empty. */
char delimiter_find(const char *p, size_t n);

/* "commas", "semicolons", "tabs", "bars" */
const char *delimiter_name(char d);

#endif
