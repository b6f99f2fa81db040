/*
 * fastcgi: the bridge to libfcgi 2.4, which takes the parameters apart and writes the answer.
 *
 * What comes is read here: FCGX_Accept_r() would wait for ever for a peer that sends half a request, and libfcgi believes whatever it
 * reads (fastcgi_head.h, fastcgi_body.h). It gets the head, which was judged, from a pipe, as if that were a connection that
 * it had kept open from the request before (ipcFd, keepConnection); the connection itself follows for the answer.
 */
#include "pool/fastcgi.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "pool/fastcgi_head.h"

enum { BUFFER = FASTCGI_HEAD_MAX, PIPE_SIZE = 128 << 10, HEAD_SECONDS = 10 };

int fastcgi_init(struct fastcgi *f, struct err *e)
{
	memset(f, 0, sizeof(*f));
	f->pipe[0] = f->pipe[1] = -1;
	if ((f->buffer = malloc(BUFFER)) == NULL)
		return err_set(e, ERR_NOMEM, "fastcgi: out of memory");
	if (FCGX_Init() != 0)
		return err_set(e, ERR_NOMEM, "fastcgi: libfcgi cannot start");
	return OK;
}

static void close_pipe(struct fastcgi *f)
{
	for (int i = 0; i < 2; i++)
		if (f->pipe[i] >= 0)
			close(f->pipe[i]);
	f->pipe[0] = f->pipe[1] = -1;
}

void fastcgi_free(struct fastcgi *f)
{
	if (f->buffer != NULL)
		close_pipe(f);
	free(f->buffer);
	f->buffer = NULL;
}

/* More bytes behind those in the buffer: how many, 0 at the end, -1 when nothing came in time or the connection is broken. */
static ssize_t receive(struct fastcgi *f, int fd, int flags)
{
	ssize_t n;

	do
		n = recv(fd, f->buffer + f->n, BUFFER - f->n, flags);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		f->n += (size_t)n;
	return n;
}

/* The head into the buffer, and what came with it of the body. */
static int await_head(struct fastcgi *f, int fd, unsigned seconds, size_t *length, struct err *e)
{
	const double deadline = clock_seconds() + seconds;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	const char *why = "";

	for (f->n = 0;;) {
		const ssize_t n = receive(f, fd, MSG_DONTWAIT);
		const double left = deadline - clock_seconds();

		if (n == 0 || (n < 0 && errno != EAGAIN))
			return err_set(e, ERR_IO, "the peer closed the connection %s its request", f->n > 0 ? "in the middle of" : "before");
		if (n > 0)
			switch (fastcgi_head_check(f->buffer, f->n, length, &why)) {
			case HEAD_WHOLE:
				return OK;
			case HEAD_BAD:
				return err_set(e, ERR_FORMAT, "what came %s", why);
			case HEAD_SHORT:
				break;
			}
		if (f->n == BUFFER)
			return err_set(e, ERR_FORMAT, "what came has a head that is too large");
		if (left <= 0)
			return err_set(e, ERR_IO, "the peer did not send its request within %u s", seconds);
		p.revents = 0;
		poll(&p, 1, (int)(left * 1000) + 1);
	}
}

/* Neither end waits: where libfcgi wants more than the head has, it shall fail. */
static int open_pipe(struct fastcgi *f)
{
	if (f->pipe[0] >= 0)
		return OK;
	if (pipe2(f->pipe, O_CLOEXEC | O_NONBLOCK) == 0 && fcntl(f->pipe[1], F_SETPIPE_SZ, PIPE_SIZE) >= FASTCGI_HEAD_MAX)
		return OK;
	close_pipe(f);
	return ERR_IO;
}

/* The head from the buffer to libfcgi; it must take all of it, so the last record is said to have no padding. */
static int hand_over(struct fastcgi *f, size_t length, struct err *e)
{
	f->buffer[length - 2] = 0;
	if (open_pipe(f) < 0 || write(f->pipe[1], f->buffer, length) != (ssize_t)length) {
		err_errno(e, ERR_IO, "fastcgi: no pipe for the head of a request");
		close_pipe(f);
		return ERR_IO;
	}
	/* There is no socket to accept from: what libfcgi does not like is the end of it. */
	FCGX_InitRequest(&f->request, -1, 0);
	f->request.ipcFd = f->pipe[0];
	f->request.keepConnection = 1;
	if (FCGX_Accept_r(&f->request) != 0) {
		f->pipe[0] = -1; /* closed by libfcgi */
		close_pipe(f);
		return err_set(e, ERR_FORMAT, "what came is not a request");
	}
	return OK;
}

int fastcgi_open(struct fastcgi *f, int fd, unsigned timeout_seconds, struct err *e)
{
	const struct timeval limit = { .tv_sec = timeout_seconds };
	const unsigned head_seconds = timeout_seconds < HEAD_SECONDS ? timeout_seconds : HEAD_SECONDS;
	size_t length;
	int r;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0) {
		r = err_errno(e, ERR_IO, "cannot limit the time of a connection");
		close(fd);
		return r;
	}
	if ((r = await_head(f, fd, head_seconds, &length, e)) < 0)
		goto refuse;
	fastcgi_body_begin(&f->body, f->buffer, length);
	f->at = length;
	if ((r = hand_over(f, length, e)) < 0)
		goto refuse;
	f->request.ipcFd = fd;
	f->request.keepConnection = 0;
	return OK;
refuse:
	close(fd);
	return r;
}

const char *fastcgi_param(void *arg, const char *name)
{
	struct fastcgi *const f = arg;

	return FCGX_GetParam(name, f->request.envp);
}

ptrdiff_t fastcgi_read(struct fastcgi *f, void *buf, size_t cap)
{
	size_t len;

	if (cap == 0)
		return 0;
	for (;;) {
		f->at += fastcgi_body_next(&f->body, f->buffer + f->at, f->n - f->at, &len);
		if (len > 0)
			break;
		if (f->body.state != BODY_OPEN)
			return f->body.state == BODY_END ? 0 : -1;
		/* What is left is a header that was cut. */
		memmove(f->buffer, f->buffer + f->at, f->n - f->at);
		f->n -= f->at;
		f->at = 0;
		if (receive(f, f->request.ipcFd, 0) <= 0)
			f->body.state = BODY_BAD;
	}
	len = len < cap ? len : cap;
	memcpy(buf, f->buffer + f->at, len);
	f->at += len;
	fastcgi_body_took(&f->body, len);
	return (ptrdiff_t)len;
}

void fastcgi_write(struct fastcgi *f, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		const int piece = n < INT_MAX ? (int)n : INT_MAX;

		if (FCGX_PutStr(p, piece, f->request.out) < 0) {
			/* The end of the request must not wait for such a peer once more. */
			shutdown(f->request.ipcFd, SHUT_RDWR);
			return;
		}
		p += piece;
		n -= (size_t)piece;
	}
}

int fastcgi_close(struct fastcgi *f, struct err *e)
{
	/* Writes what is left and the end of the request; the second is the last writer. */
	const int failed = FCGX_FClose(f->request.err) != 0 || FCGX_FClose(f->request.out) != 0;

	/* Without this libfcgi waits up to 2 s for the peer to close first, so that no data of his that were not read turn the end into a
	 * reset. The body was read to its end. */
	FCGX_Detach(&f->request);
	FCGX_Finish_r(&f->request);
	return failed ? err_set(e, ERR_IO, "the peer went away before the answer was through") : OK;
}
