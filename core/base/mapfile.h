/* mapfile: a whole file mapped read-only. */
#ifndef BASE_MAPFILE_H
#define BASE_MAPFILE_H

#include <stddef.h>

#include "base/err.h"

struct mapfile {
	const unsigned char *data; /* NULL when closed; an empty file maps to a valid pointer and len 0 */
	size_t len;
};

/*
 * Map path (MAP_SHARED, PROT_READ), so that all processes share one copy of its pages. Refuses what is not
 * a regular file. A file that shrinks while mapped raises SIGBUS on access: replace files by rename
 * (savefile does), never by writing into them.
 */
int mapfile_open(struct mapfile *m, const char *path, struct err *e);

/* Unmap; m may be zero-initialised or closed already. */
void mapfile_close(struct mapfile *m);

#endif
