/* ping: is the pool alive? Asked as nginx asks it, by FastCGI, so that a pool that listens but does not serve is not taken for one. */
#ifndef POOL_PING_H
#define POOL_PING_H

#include <stddef.h>

#include "base/err.h"

/*
 * GET /healthz at `where` (the setting `listen`), under the first name of `hosts` (the setting `allowed_hosts`).
 * OK: answered with 200. ERR_FORMAT: where is not understood. ERR_IO: nobody listens, nobody answers in time, or another answer.
 */
int ping(const char *where, const char *hosts, unsigned timeout_seconds, struct err *e);

/* The HTTP status in the records p[n] that a worker sent; 0: not a whole answer. */
int ping_status(const unsigned char *p, size_t n);

#endif
