/* filestamp: lstat(). */
#include "base/filestamp.h"

#include <sys/stat.h>

void filestamp_look(struct filestamp *s, const char *path)
{
	struct stat st;

	*s = (struct filestamp){ 0 };
	if (lstat(path, &st) == 0)
		*s = (struct filestamp){ st.st_dev, st.st_ino, st.st_size, st.st_mtim };
}

int filestamp_differs(const struct filestamp *a, const struct filestamp *b)
{
	return a->dev != b->dev || a->ino != b->ino || a->size != b->size || a->modified.tv_sec != b->modified.tv_sec ||
	       a->modified.tv_nsec != b->modified.tv_nsec;
}

int filestamp_changed(struct filestamp *seen, const char *path)
{
	const struct filestamp before = *seen;

	filestamp_look(seen, path);
	return filestamp_differs(&before, seen);
}
