/* tempdir: a folder of its own for a test, and small files in it. A failure ends the test. */
#ifndef LIB_TEMPDIR_H
#define LIB_TEMPDIR_H

#include <stddef.h>

enum { TEMPDIR_PATH_MAX = 512 };

struct tempdir {
	char path[256];
	char file[TEMPDIR_PATH_MAX]; /* what tempdir_file() made last */
};

void tempdir_make(struct tempdir *d);
void tempdir_remove(struct tempdir *d); /* with all files in it */

/* The path of a file in it; borrowed until the next call. */
const char *tempdir_file(struct tempdir *d, const char *name);

/* Files that are in it. */
size_t tempdir_count(const struct tempdir *d);

void file_put(const char *path, const void *data, size_t len);

/* The whole file in memory (malloc: aligned for everything); one byte more is there and 0. */
void *file_get(const char *path, size_t *len);

#endif
