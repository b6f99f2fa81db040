/*
 * delimiter: what separates the columns of a table, from its first line: the most frequent of , ; tab | outside quotes; a comma when there
 * is none. A first line that only says it, as Excel writes it (sep=;), is believed.
 */
#ifndef TABLE_DELIMITER_H
#define TABLE_DELIMITER_H

#include <stddef.h>

enum { DELIMITER_LOOK = 4096 }; /* of a longer first line this much is looked at */

/* The beginning of a file, kept up to the end of the first line that is not empty. Starts as zeros. */
struct delimiter_look {
	int text, done;
	size_t n;
	unsigned char head[DELIMITER_LOOK];
};

/* Keep p[n], or as much of it as is needed; returns how much. Once `done`, nothing more is. */
size_t delimiter_look(struct delimiter_look *l, const unsigned char *p, size_t n);

/* p[n]: the beginning of the file. *line: bytes of a first line that only says it, with its line end, or 0. */
char delimiter_find(const unsigned char *p, size_t n, size_t *line);

/* A byte that may come before the first line that says something: a line end, a blank, one of a byte order mark. */
int delimiter_is_before(char c);

/* "commas", "semicolons", "tabs", "bars" */
const char *delimiter_name(char d);

#endif
