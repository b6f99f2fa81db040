/* filestamp: what tells one state of a file from another, for who wants to know whether it changed. */
#ifndef BASE_FILESTAMP_H
#define BASE_FILESTAMP_H

#include <sys/types.h>
#include <time.h>

/* All 0: there is none. */
struct filestamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec modified;
};

/* Of path itself, not of what a link points to. */
void filestamp_look(struct filestamp *s, const char *path);

int filestamp_differs(const struct filestamp *a, const struct filestamp *b);

/* Whether path is another than when *seen was looked at, which is brought up to date: a change is told once. */
int filestamp_changed(struct filestamp *seen, const char *path);

#endif
