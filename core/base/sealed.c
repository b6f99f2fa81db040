/* sealed: memfd_create(2) and a read-only mapping of it. */
#include "base/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
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

/* In the kernel: a file that others shorten meanwhile is an error here, never a signal. */
static int fill_from(int fd, int file, size_t n, struct err *e)
{
	while (n > 0) {
		const ssize_t k = sendfile(fd, file, NULL, n);

		if (k > 0)
			n -= (size_t)k;
		else if (k == 0)
			return err_set(e, ERR_IO, "it became shorter while it was read: somebody writes to it");
		else if (errno != EINTR)
			return err_errno(e, ERR_IO, "cannot be read");
	}
	return OK;
}

static int seal_and_map(int fd, const void **out, size_t n, struct err *e)
{
	void *p;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		return err_errno(e, ERR_IO, "cannot seal shared memory");
	if ((p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
		return err_errno(e, ERR_IO, "cannot map shared memory");
	*out = p;
	return OK;
}

/* From data, or from `file` when that is NULL. */
static int make(const void **out, const char *name, const void *data, int file, size_t n, struct err *e)
{
	const int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r;

	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot make shared memory");
	r = data != NULL ? fill(fd, data, n, e) : fill_from(fd, file, n, e);
	if (r == OK)
		r = seal_and_map(fd, out, n, e);
	close(fd);
	return r;
}

int sealed_copy(const void **out, const char *name, const void *data, size_t n, struct err *e)
{
	return make(out, name, data, -1, n, e);
}

int sealed_file(const void **out, const char *name, int fd, size_t n, struct err *e)
{
	return make(out, name, NULL, fd, n, e);
}

void sealed_free(const void *p, size_t n)
{
	if (p != NULL)
		munmap((void *)(uintptr_t)p, n);
}
