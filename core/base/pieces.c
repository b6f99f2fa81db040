/* pieces: read(2), so that a pipe's bytes are not waited for until a buffer is full. */
#include "base/pieces.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int pieces_read(const char *name, piece_sink take, void *arg, struct err *e)
{
	static unsigned char buf[1 << 18];
	const int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int r = OK;

	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open");
	while (r == OK && (n = read(fd, buf, sizeof(buf))) != 0) {
		if (n > 0)
			r = take(arg, buf, (size_t)n, e);
		else if (errno != EINTR)
			r = err_errno(e, ERR_IO, "cannot read");
	}
	if (fd != STDIN_FILENO)
		close(fd);
	return r;
}

static int take_digest(void *arg, const void *data, size_t n, struct err *e)
{
	(void)e;
	sha256_add(arg, data, n);
	return OK;
}

int pieces_digest(const char *name, char out[static SHA256_HEX], struct err *e)
{
	struct sha256 s;
	int r;

	sha256_init(&s);
	if ((r = pieces_read(name, take_digest, &s, e)) < 0)
		return err_prefix(e, "%s", name);
	sha256_hex(&s, out);
	return r;
}
