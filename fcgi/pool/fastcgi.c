/*
 * fastcgi: the bridge to libfcgi 2.4.
 *
 * FCGX_Accept_r() accepts and reads in one go, so a peer that sends half a request would hold the worker for ever: SO_RCVTIMEO of a
 * listening unix socket is not inherited. So connections are accepted by the worker, get their timeouts, are looked at, and then
 * handed to libfcgi as if it had kept them open from the request before (ipcFd, keepConnection).
 */
#include "pool/fastcgi.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "pool/fastcgi_head.h"

enum { HEAD_USUAL = 8 << 10, HEAD_SECONDS = 10, PAUSE_MS = 5 };

int fastcgi_init(struct fastcgi *f, struct err *e)
{
	memset(f, 0, sizeof(*f));
	if ((f->head = malloc(FASTCGI_HEAD_MAX)) == NULL)
		return err_set(e, ERR_NOMEM, "fastcgi: out of memory");
	if (FCGX_Init() != 0)
		return err_set(e, ERR_NOMEM, "fastcgi: libfcgi cannot start");
	return OK;
}

void fastcgi_free(struct fastcgi *f)
{
	free(f->head);
	f->head = NULL;
}

static double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * Wait until the head is there without taking it from the socket. It comes in one piece from a web server; for others this looks
 * again every few milliseconds, since poll() cannot wait for "more than I have seen" on a unix socket.
 */
static int await_head(struct fastcgi *f, int fd, unsigned seconds, struct err *e)
{
	const double deadline = clock_seconds() + seconds;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t cap = HEAD_USUAL, seen = 0;
	const char *why = "";

	for (;;) {
		const ssize_t n = recv(fd, f->head, cap, MSG_PEEK | MSG_DONTWAIT);
		const int over = p.revents & (POLLHUP | POLLERR | POLLRDHUP);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return err_set(e, ERR_IO, "the peer closed the connection before its request");
		if (n > 0)
			switch (fastcgi_head_check(f->head, (size_t)n, &why)) {
			case HEAD_WHOLE:
				return OK;
			case HEAD_BAD:
				return err_set(e, ERR_FORMAT, "what came %s", why);
			case HEAD_SHORT:
				break;
			}
		if (n > 0 && (size_t)n == cap && cap == FASTCGI_HEAD_MAX)
			return err_set(e, ERR_FORMAT, "what came has a head that is too large");
		if (n > 0 && (size_t)n == cap) {
			cap = FASTCGI_HEAD_MAX;
			continue;
		}
		if (over && (n < 0 || (size_t)n == seen))
			return err_set(e, ERR_IO, "the peer closed the connection in the middle of its request");
		if (clock_seconds() > deadline)
			return err_set(e, ERR_IO, "the peer did not send its request within %u s", seconds);
		/* Nothing yet: wait for the first byte. Some: there is always something to read, so wait for the end and look. */
		seen = n > 0 ? (size_t)n : 0;
		p.events = seen > 0 ? POLLRDHUP : POLLIN | POLLRDHUP;
		p.revents = 0;
		poll(&p, 1, seen > 0 ? PAUSE_MS : (int)(seconds * 1000));
	}
}

int fastcgi_open(struct fastcgi *f, int fd, unsigned timeout_seconds, struct err *e)
{
	const struct timeval limit = { .tv_sec = timeout_seconds };
	const unsigned head_seconds = timeout_seconds < HEAD_SECONDS ? timeout_seconds : HEAD_SECONDS;
	int r;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0) {
		r = err_errno(e, ERR_IO, "cannot limit the time of a connection");
		close(fd);
		return r;
	}
	if ((r = await_head(f, fd, head_seconds, e)) < 0) {
		close(fd);
		return r;
	}
	/* There is no socket to accept from: what libfcgi does not like is the end of it. */
	FCGX_InitRequest(&f->request, -1, 0);
	f->request.ipcFd = fd;
	f->request.keepConnection = 1;
	if (FCGX_Accept_r(&f->request) != 0)
		return err_set(e, ERR_FORMAT, "what came is not a request");
	f->request.keepConnection = 0;
	return OK;
}

const char *fastcgi_param(void *arg, const char *name)
{
	struct fastcgi *const f = arg;

	return FCGX_GetParam(name, f->request.envp);
}

ptrdiff_t fastcgi_read(struct fastcgi *f, void *buf, size_t cap)
{
	FCGX_Stream *const in = f->request.in;
	unsigned char *const out = buf;
	int c;

	if (cap == 0)
		return 0;
	/* The first byte fills the buffer of the stream when that is empty; then what is there is taken without waiting for more. */
	if ((c = FCGX_GetChar(in)) == EOF)
		return FCGX_GetError(in) != 0 ? -1 : 0;
	out[0] = (unsigned char)c;
	cap--;
	if (cap > (size_t)(in->stop - in->rdNext))
		cap = (size_t)(in->stop - in->rdNext);
	return 1 + FCGX_GetStr((char *)out + 1, (int)cap, in);
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
