/* listener: open, shut and close listening sockets. */
#include "pool/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, FLAGS = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK };

/* ---- unix ------------------------------------------------------------------------------------------------------------------- */

static int unix_address(struct sockaddr_un *a, const char *path, struct err *e)
{
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (path[0] != '/')
		return err_set(e, ERR_FORMAT, "\"unix:%s\": the path of a socket begins with /", path);
	if (strlen(path) >= sizeof(a->sun_path))
		return err_set(e, ERR_FORMAT, "\"unix:%s\": longer than the %zu characters that a socket's path may have", path,
			       sizeof(a->sun_path) - 1);
	memcpy(a->sun_path, path, strlen(path) + 1);
	return OK;
}

/* Whether somebody answers on the socket file: 1, 0, or ERR_*. A full backlog is an answer too. */
static int is_answered(const struct sockaddr_un *a, struct err *e)
{
	const int fd = socket(AF_UNIX, FLAGS, 0);
	int r;

	if (fd < 0)
		return err_errno(e, ERR_IO, "%s: cannot make a socket", a->sun_path);
	r = connect(fd, (const struct sockaddr *)a, sizeof(*a)) == 0 || errno == EAGAIN;
	if (!r && errno != ECONNREFUSED && errno != ENOENT)
		r = err_errno(e, ERR_IO, "%s: cannot tell whether somebody listens there", a->sun_path);
	close(fd);
	return r;
}

/* Make room for the socket file. */
static int remove_stale(const struct sockaddr_un *a, struct err *e)
{
	struct stat st;
	int r;

	if (lstat(a->sun_path, &st) < 0)
		return errno == ENOENT ? OK : err_errno(e, ERR_IO, "%s", a->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_IO, "%s: exists and is no socket; remove it or choose another path", a->sun_path);
	if ((r = is_answered(a, e)) < 0)
		return r;
	if (r > 0)
		return err_set(e, ERR_CONFLICT, "%s: already in use: another server listens there", a->sun_path);
	if (unlink(a->sun_path) < 0 && errno != ENOENT)
		return err_errno(e, ERR_IO, "%s: cannot remove the socket that an earlier server has left", a->sun_path);
	return OK;
}

/* Bound with its final mode, so that there is no moment in which others could connect. */
static int bind_private(int fd, const struct sockaddr_un *a)
{
	const mode_t old = umask(0117);
	const int r = bind(fd, (const struct sockaddr *)a, sizeof(*a));
	const int saved = errno;

	umask(old);
	errno = saved;
	return r;
}

static int open_unix(struct listener *l, const char *path, struct listener_owner owner, struct err *e)
{
	struct sockaddr_un a;
	struct stat st;
	int r;

	if ((r = unix_address(&a, path, e)) < 0 || (r = remove_stale(&a, e)) < 0)
		return r;
	if ((l->fd = socket(AF_UNIX, FLAGS, 0)) < 0)
		return err_errno(e, ERR_IO, "%s: cannot make a socket", path);
	if (bind_private(l->fd, &a) < 0)
		return err_errno(e, ERR_IO, "%s: cannot make the socket (its folder must exist and be writable)", path);
	memcpy(l->path, a.sun_path, sizeof(l->path));
	if (stat(path, &st) == 0) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	if (owner.uid != (uid_t)-1 && chown(path, owner.uid, owner.gid) < 0)
		return err_errno(e, ERR_IO, "%s: cannot give the socket to the user of the service", path);
	return OK;
}

/* ---- TCP -------------------------------------------------------------------------------------------------------------------- */

static int split(const char *where, char host[static 64], char port[static 6], struct err *e)
{
	const char *const colon = strrchr(where, ':'), *const digits = colon != NULL ? colon + 1 : "";
	const char *from = where, *to = colon;

	if (colon != NULL && where[0] == '[' && colon > where && colon[-1] == ']') {
		from++;
		to--;
	} else if (colon != NULL && memchr(where, ':', (size_t)(colon - where)) != NULL) {
		return err_set(e, ERR_FORMAT, "\"%s\": write an IPv6 address as [address]:port", where);
	}
	if (colon == NULL || to == from || to - from >= 64 || strlen(digits) > 5 ||
	    strspn(digits, "0123456789") != strlen(digits) || atoi(digits) < 1 || atoi(digits) > 65535)
		return err_set(e, ERR_FORMAT, "\"%s\": neither unix:/path nor address:port with a port from 1 to 65535", where);
	memcpy(host, from, (size_t)(to - from));
	host[to - from] = '\0';
	memcpy(port, digits, strlen(digits) + 1);
	return OK;
}

static int bind_tcp(struct listener *l, const char *where, const struct addrinfo *a, struct err *e)
{
	const int on = 1;

	if ((l->fd = socket(a->ai_family, FLAGS, 0)) < 0)
		return err_errno(e, ERR_IO, "%s: cannot make a socket", where);
	/* Connections that linger must not hinder a restart. Nobody gains by waiting for more to send: NODELAY, which accepted sockets
	 * inherit on Linux. */
	setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (a->ai_family == AF_INET6)
		setsockopt(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(l->fd, a->ai_addr, a->ai_addrlen) == 0)
		return OK;
	if (errno == EADDRINUSE)
		return err_set(e, ERR_CONFLICT, "%s: already in use: another server listens there", where);
	if (errno == EACCES)
		return err_set(e, ERR_IO, "%s: only root may listen on this port; choose one above 1023", where);
	return err_errno(e, ERR_IO, "%s: cannot listen there", where);
}

/* *found is for freeaddrinfo(). */
static int tcp_address(struct addrinfo **found, const char *where, struct err *e)
{
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
					.ai_family = AF_UNSPEC,
					.ai_socktype = SOCK_STREAM };
	char host[64], port[6];
	int r;

	if ((r = split(where, host, port, e)) < 0)
		return r;
	if ((r = getaddrinfo(host, port, &hints, found)) != 0)
		return err_set(e, ERR_FORMAT, "\"%s\": %s is no address of this machine: %s", where, host, gai_strerror(r));
	return OK;
}

static int open_tcp(struct listener *l, const char *where, struct err *e)
{
	struct addrinfo *found;
	int r;

	if ((r = tcp_address(&found, where, e)) < 0)
		return r;
	r = bind_tcp(l, where, found, e);
	freeaddrinfo(found);
	return r;
}

/* ----------------------------------------------------------------------------------------------------------------------------- */

static const char scheme[] = "unix:";

int listener_open(struct listener *l, const char *where, struct listener_owner owner, struct err *e)
{
	struct listener made = { .fd = -1 };
	int r;

	if (strncmp(where, scheme, strlen(scheme)) == 0)
		r = open_unix(&made, where + strlen(scheme), owner, e);
	else
		r = open_tcp(&made, where, e);
	/* Two may bind one port with REUSEADDR; the second to listen is refused. */
	if (r == OK && listen(made.fd, BACKLOG) < 0)
		r = errno == EADDRINUSE ? err_set(e, ERR_CONFLICT, "%s: already in use: another server listens there", where)
					: err_errno(e, ERR_IO, "%s: cannot listen there", where);
	if (r < 0)
		listener_close(&made);
	else
		*l = made;
	return r;
}

static int connect_to(const char *where, const struct sockaddr *a, socklen_t n, unsigned seconds, struct err *e)
{
	const struct timeval limit = { .tv_sec = seconds };
	const int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_errno(e, ERR_IO, "%s: cannot make a socket", where);
	/* On Linux the limit for sending is that of connect() too. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0 && connect(fd, a, n) == 0)
		return fd;
	err_errno(e, ERR_IO, "%s: cannot connect", where);
	close(fd);
	return ERR_IO;
}

int listener_connect(const char *where, unsigned timeout_seconds, struct err *e)
{
	struct addrinfo *found;
	struct sockaddr_un a;
	int r;

	if (strncmp(where, scheme, strlen(scheme)) == 0) {
		r = unix_address(&a, where + strlen(scheme), e);
		return r < 0 ? r : connect_to(where, (const struct sockaddr *)&a, sizeof(a), timeout_seconds, e);
	}
	if ((r = tcp_address(&found, where, e)) < 0)
		return r;
	/* The address that means all of this machine's own is, on Linux, loopback for who connects. */
	r = connect_to(where, found->ai_addr, found->ai_addrlen, timeout_seconds, e);
	freeaddrinfo(found);
	return r;
}

static int is_ours(const struct listener *l)
{
	struct stat st;

	return l->path[0] != '\0' && lstat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino;
}

void listener_shut(struct listener *l)
{
	/* A folder of root's does not let us remove the file, but nobody needs to be able to open it. */
	if (is_ours(l) && unlink(l->path) < 0)
		chmod(l->path, 0);
	/* For TCP: a backlog of none, so that hardly anybody gets in while those who wait are served. */
	if (l->fd >= 0 && l->path[0] == '\0')
		listen(l->fd, 0);
}

void listener_close(struct listener *l)
{
	if (is_ours(l))
		unlink(l->path);
	if (l->fd >= 0)
		close(l->fd);
	*l = (struct listener){ .fd = -1 };
}
