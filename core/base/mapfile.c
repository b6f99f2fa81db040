/* mapfile: open, check, copy, map. */
#include "base/mapfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sealed.h"

enum { LARGEST = 1 << 30 }; /* far above any model; what is named by mistake must not fill the memory */

int mapfile_open(struct mapfile *m, const char *path, struct err *e)
{
	static const unsigned char empty[1];
	const unsigned char *data = empty;
	char name[64];
	struct stat st;
	int r = OK, fd;

	snprintf(name, sizeof(name), "%s", strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
	/* O_NONBLOCK: opening a FIFO without a writer must not wait. */
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) < 0)
		return err_errno(e, ERR_IO, "cannot open %.200s", path);
	if (fstat(fd, &st) < 0) {
		r = err_errno(e, ERR_IO, "cannot examine %.200s", path);
	} else if (!S_ISREG(st.st_mode)) {
		r = err_set(e, ERR_IO, "%.200s is not a regular file", path);
	} else if (st.st_size > LARGEST) {
		r = err_set(e, ERR_IO, "%.200s has %lld bytes; %d are the most that is mapped", path, (long long)st.st_size, LARGEST);
	} else if (st.st_size > 0) {
		const void *p;

		if ((r = sealed_file(&p, name, fd, (size_t)st.st_size, e)) < 0)
			err_prefix(e, "cannot map %.120s", path);
		else
			data = p;
	}
	close(fd);
	if (r == OK)
		*m = (struct mapfile){ data, (size_t)st.st_size };
	return r;
}

void mapfile_close(struct mapfile *m)
{
	if (m->len > 0)
		sealed_free(m->data, m->len);
	*m = (struct mapfile){ 0 };
}
