/*
 * savefile: write a file so that readers see the old one or the whole new one, never a part.
 *
 * Writes to a temporary file beside the target, fsyncs it, renames it over the target and fsyncs the folder.
 */
#ifndef BASE_SAVEFILE_H
#define BASE_SAVEFILE_H

#include <stdio.h>

#include "base/err.h"

struct savefile {
	FILE *f;    /* write here; NULL when not open */
	char *path; /* the target */
	char *temp; /* what is being written */
};

/*
 * Start to write path. The file gets mode 0666 less the umask (an existing target's mode is not kept). A symbolic link is
 * followed; what exists and is not a regular file is refused.
 */
int savefile_open(struct savefile *s, const char *path, struct err *e);

/* Finish: everything is on the disk under path, or an error is returned and path is as it was. Closes s. */
int savefile_commit(struct savefile *s, struct err *e);

/* Throw the new content away; path is as it was. Legal on a closed or zero-initialised s. */
void savefile_abort(struct savefile *s);

#endif
