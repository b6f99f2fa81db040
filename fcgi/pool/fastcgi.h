/*
 * fastcgi: one request on one connection, by libfcgi. The connection is closed after it whatever the web server asks for: a worker
 * that holds an idle connection could not serve another one.
 */
#ifndef POOL_FASTCGI_H
#define POOL_FASTCGI_H

#include <stddef.h>
#include <sys/types.h>

#include <fcgiapp.h>

#include "base/err.h"
#include "pool/fastcgi_body.h"

struct fastcgi {
	FCGX_Request request;
	unsigned char *buffer; /* what came, FASTCGI_HEAD_MAX bytes; those from `at` to n are still to be read */
	size_t n, at;
	struct fastcgi_body body;
	int pipe[2]; /* by which libfcgi gets the head; -1: none yet */
};

/* Once in a process. */
int fastcgi_init(struct fastcgi *f, struct err *e);
void fastcgi_free(struct fastcgi *f);

/*
 * Take a connection that was accepted (it is closed on failure) and read its request up to the body. A peer that keeps silent for
 * timeout_seconds, here or later, is given up. ERR_FORMAT: not a request; ERR_IO: the peer broke off or is too slow.
 */
int fastcgi_open(struct fastcgi *f, int fd, unsigned timeout_seconds, struct err *e);

/* A parameter or NULL; borrowed until fastcgi_close(). arg is a struct fastcgi: see cgi_param of http/request.h. */
const char *fastcgi_param(void *arg, const char *name);

/* What has come of the body, at least a byte; 0 at its end, -1 when it broke off or something else came. */
ptrdiff_t fastcgi_read(struct fastcgi *f, void *buf, size_t cap);

/* Part of the answer. Failures are remembered for fastcgi_close(). */
void fastcgi_write(struct fastcgi *f, const void *data, size_t n);

/* End the answer and the connection. ERR_IO: the peer did not take it all. */
int fastcgi_close(struct fastcgi *f, struct err *e);

#endif
