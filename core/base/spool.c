/* spool: one buffer, and a file behind it. */
#include "base/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct spool {
	const char *dir;
	size_t size, cap; /* of a record; of the buffer, in bytes: a multiple of size */
	unsigned char *buf;
	size_t len, at;          /* bytes in the buffer; read so far */
	int fd;                  /* -1: all is in the buffer */
	uint64_t n, filed, read; /* records put; bytes in the file; bytes of the file that were read */
};

int spool_new(struct spool **out, const char *dir, size_t size, struct err *e)
{
	struct spool *s;

	assert(size > 0 && size <= SPOOL_MEMORY);
	s = calloc(1, sizeof(*s));
	if (s == NULL || (s->buf = malloc(SPOOL_MEMORY)) == NULL) {
		free(s);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	s->dir = dir;
	s->size = size;
	s->cap = SPOOL_MEMORY / size * size;
	s->fd = -1;
	*out = s;
	return OK;
}

void spool_del(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->buf);
	free(s);
}

/* O_TMPFILE where the file system has it. */
int spool_file(const char *dir, struct err *e)
{
	char path[512];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	if (snprintf(path, sizeof(path), "%s/guardian-XXXXXX", dir) >= (int)sizeof(path))
		return err_set(e, ERR_IO, "the name of the folder for temporary files is too long: %.200s", dir);
	if ((fd = mkostemp(path, O_CLOEXEC)) < 0)
		return err_errno(e, ERR_IO, "cannot make a temporary file in %.200s", dir);
	unlink(path);
	return fd;
}

/* Move the buffer to the end of the file. */
static int flush(struct spool *s, struct err *e)
{
	size_t done = 0;

	if (s->fd < 0 && (s->fd = spool_file(s->dir, e)) < 0)
		return ERR_IO;
	while (done < s->len) {
		const ssize_t n = pwrite(s->fd, s->buf + done, s->len - done, (off_t)(s->filed + done));

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return err_errno(e, ERR_IO, "cannot write a temporary file in %.200s", s->dir);
	}
	s->filed += s->len;
	s->len = 0;
	return OK;
}

int spool_put(struct spool *s, const void *record, struct err *e)
{
	int r;

	if (s->len == s->cap && (r = flush(s, e)) < 0)
		return r;
	memcpy(s->buf + s->len, record, s->size);
	s->len += s->size;
	s->n++;
	return OK;
}

int spool_rewind(struct spool *s, struct err *e)
{
	int r;

	/* With a file, all is in the file and the buffer is for reading it. */
	if (s->fd >= 0) {
		if (s->filed < s->n * s->size && (r = flush(s, e)) < 0)
			return r;
		s->len = 0;
	}
	s->at = 0;
	s->read = 0;
	return OK;
}

/* The next piece of the file into the buffer; leaves it empty at the end. */
static int refill(struct spool *s, struct err *e)
{
	const uint64_t left = s->filed - s->read;
	const size_t want = left < s->cap ? (size_t)left : s->cap;

	s->at = 0;
	s->len = 0;
	while (s->len < want) {
		const ssize_t n = pread(s->fd, s->buf + s->len, want - s->len, (off_t)(s->read + s->len));

		if (n > 0)
			s->len += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return err_errno(e, ERR_IO, "cannot read a temporary file in %.200s", s->dir);
	}
	s->read += s->len;
	return OK;
}

int spool_get(struct spool *s, void *record, struct err *e)
{
	int r;

	if (s->at == s->len && s->fd >= 0 && (r = refill(s, e)) < 0)
		return r;
	if (s->at == s->len)
		return 0;
	memcpy(record, s->buf + s->at, s->size);
	s->at += s->size;
	return 1;
}

uint64_t spool_n(const struct spool *s)
{
	return s->n;
}

uint64_t spool_file_bytes(const struct spool *s)
{
	return s->filed;
}
