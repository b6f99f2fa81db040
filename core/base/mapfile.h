/* mapfile: a whole file as read-only memory. */
#ifndef BASE_MAPFILE_H
#define BASE_MAPFILE_H

#include <stddef.h>

#include "base/err.h"

struct mapfile {
	const unsigned char *data; /* NULL when closed; an empty file maps to a valid pointer and len 0 */
	size_t len;
};

/*
 * Map a sealed copy of path as it is now, read-only; processes that are forked share its pages. Refuses what is not a regular
 * file or is larger than 1 GiB.
 * The file itself is not mapped: one that somebody shortens (cp over it, a full disk) would raise SIGBUS in whoever looks.
 */
int mapfile_open(struct mapfile *m, const char *path, struct err *e);

/* Unmap; m may be zero-initialised or closed already. */
void mapfile_close(struct mapfile *m);

#endif
