/* listener: a socket that nginx connects to: unix:/path, or address:port ([::1]:9000 for IPv6). */
#ifndef POOL_LISTENER_H
#define POOL_LISTENER_H

#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"

/* Who may connect to a unix socket: its owner and his group, mode 0660. (uid_t)-1: whoever starts us. */
struct listener_owner {
	uid_t uid;
	gid_t gid;
};

struct listener {
	int fd;         /* -1: not open; does not block */
	char path[108]; /* of a unix socket, "" for TCP */
	dev_t dev;      /* which file the socket is, so that no other is removed */
	ino_t ino;
};

/*
 * ERR_FORMAT: where is not understood. ERR_CONFLICT: somebody answers there already. A socket file on which nobody answers is
 * replaced; any other file is left alone: ERR_IO.
 */
int listener_open(struct listener *l, const char *where, struct listener_owner owner, struct err *e);

/*
 * The other side: a connected socket, to be closed by the caller, that gives up sending or receiving after timeout_seconds.
 * ERR_FORMAT as above; ERR_IO: nobody listens there, or does not take it in time.
 */
int listener_connect(const char *where, unsigned timeout_seconds, struct err *e);

/* No new connections, as far as the system can do that while those in the backlog are still to be served. */
void listener_shut(struct listener *l);

/* Remove the socket file too, when it is ours. Legal on a closed one. */
void listener_close(struct listener *l);

#endif
