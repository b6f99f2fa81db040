/* sealed: memfd_create(2) and a read-only mapping of it. */
#include "base/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static int fill(int fd, const unsigned char *p, size_t n, struct err *e)
{
	while (n > 0) {
		const ssize_t k = write(fd, p, n);

		if (k > 0) {
			p += k;
			n -= (size_t)k;
		} else if (errno != EINTR) {
			return err_errno(e, ERR_IO, "cannot fill %zu bytes of shared memory", n);
		}
	}
	return OK;
}

int sealed_copy(const void **out, const char *name, const void *data, size_t n, struct err *e)
{
	const int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *p;
	int r;

	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot make shared memory");
	if ((r = fill(fd, data, n, e)) < 0)
		goto out;
	r = ERR_IO;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
		err_fill_errno(e, r, "cannot seal shared memory");
		goto out;
	}
	if ((p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED) {
		err_fill_errno(e, r, "cannot map shared memory");
		goto out;
	}
	*out = p;
	r = OK;
out:
	close(fd);
	return r;
}

void sealed_free(const void *p, size_t n)
{
	if (p != NULL)
		munmap((void *)(uintptr_t)p, n);
}
