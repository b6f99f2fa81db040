/* recipe: which files a model is trained on, and which of them belong together. */
#ifndef CMD_RECIPE_H
#define CMD_RECIPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Zero-initialise; release with recipe_free(). */
struct recipe {
	char **file;     /* [file_n] paths, in the order of the lines */
	uint32_t *group; /* [file_n] */
	size_t file_n;
	char **group_name;   /* [group_n], in the order of appearing */
	size_t *group_files; /* [group_n] */
	size_t group_n;
};

/*
 * Lines of GROUP and PATH, parted by white space; # begins a comment; a pattern with * stands for all files that it fits (glob(7)), sorted.
 * ERR_IO; ERR_FORMAT with the line: a word is missing, or nothing fits the pattern.
 */
int recipe_read(struct recipe *r, const char *path, struct err *e);
void recipe_free(struct recipe *r);

#endif
