/* mapfile: open, check, map. */
#include "base/mapfile.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int mapfile_open(struct mapfile *m, const char *path, struct err *e)
{
	static const unsigned char empty[1];
	const unsigned char *data = empty;
	struct stat st;
	int r = OK, fd;

	/* O_NONBLOCK: opening a FIFO without a writer must not wait. */
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) < 0)
		return err_errno(e, ERR_IO, "cannot open %.200s", path);
	if (fstat(fd, &st) < 0) {
		r = err_errno(e, ERR_IO, "cannot examine %.200s", path);
	} else if (!S_ISREG(st.st_mode)) {
		r = err_set(e, ERR_IO, "%.200s is not a regular file", path);
	} else if ((uintmax_t)st.st_size > PTRDIFF_MAX) {
		r = err_set(e, ERR_IO, "%.200s is too large to map", path);
	} else if (st.st_size > 0) {
		void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);

		if (p == MAP_FAILED)
			r = err_errno(e, ERR_IO, "cannot map %.200s", path);
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
		munmap((void *)(uintptr_t)m->data, m->len);
	*m = (struct mapfile){ 0 };
}
