/* ping: one request over FastCGI. Records: FastCGI specification 1.0, 3.3 (header), 3.4 (pairs), 8 (constants). */
#include "pool/ping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fastcgi.h>

#include "pool/listener.h"

enum { HOST_MAX = 256, REQUEST_MAX = 1024, ANSWER_MAX = 16 << 10 };

/* What is sent, which is far below REQUEST_MAX: seven parameters, all but HTTP_HOST constant. */
struct wire {
	unsigned char p[REQUEST_MAX];
	size_t n;
};

static void add(struct wire *w, const void *p, size_t n)
{
	memcpy(w->p + w->n, p, n);
	w->n += n;
}

static void add_record(struct wire *w, unsigned char type, const void *content, size_t n)
{
	const FCGI_Header head = { .version = FCGI_VERSION_1,
				   .type = type,
				   .requestIdB0 = 1,
				   .contentLengthB1 = (unsigned char)(n >> 8),
				   .contentLengthB0 = (unsigned char)n };

	add(w, &head, sizeof(head));
	add(w, content, n);
}

static void add_pair(struct wire *w, const char *name, const char *value)
{
	const size_t n = strlen(name), v = strlen(value);

	/* Lengths of four bytes have the highest bit set. */
	add(w, (const unsigned char[]){ 0x80, 0, (unsigned char)(n >> 8), (unsigned char)n }, 4);
	add(w, (const unsigned char[]){ 0x80, 0, (unsigned char)(v >> 8), (unsigned char)v }, 4);
	add(w, name, n);
	add(w, value, v);
}

static void make_request(struct wire *w, const char *host)
{
	static const struct {
		const char *name, *value;
	} fixed[] = { { "REQUEST_METHOD", "GET" },       { "DOCUMENT_URI", "/healthz" }, { "QUERY_STRING", "" },
		      { "SERVER_PROTOCOL", "HTTP/1.1" }, { "CONTENT_TYPE", "" },         { "CONTENT_LENGTH", "" } };
	const FCGI_BeginRequestBody begin = { .roleB0 = FCGI_RESPONDER };
	struct wire pairs = { .n = 0 };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		add_pair(&pairs, fixed[i].name, fixed[i].value);
	add_pair(&pairs, "HTTP_HOST", host);
	w->n = 0;
	add_record(w, FCGI_BEGIN_REQUEST, &begin, sizeof(begin));
	add_record(w, FCGI_PARAMS, pairs.p, pairs.n);
	add_record(w, FCGI_PARAMS, "", 0);
	add_record(w, FCGI_STDIN, "", 0);
}

int ping_status(const unsigned char *p, size_t n)
{
	char line[32] = "", blank;
	size_t have = 0;
	int status;

	for (FCGI_Header h; n >= sizeof(h);) {
		size_t content;

		memcpy(&h, p, sizeof(h));
		content = (size_t)h.contentLengthB1 << 8 | h.contentLengthB0;
		if (content + h.paddingLength > n - sizeof(h))
			break;
		if (h.type == FCGI_STDOUT) {
			const size_t room = sizeof(line) - 1 - have, take = content < room ? content : room;

			memcpy(line + have, p + sizeof(h), take);
			have += take;
		}
		if (h.type == FCGI_END_REQUEST)
			return sscanf(line, "Status: %3d%c", &status, &blank) == 2 && blank == ' ' ? status : 0;
		p += sizeof(h) + content + h.paddingLength;
		n -= sizeof(h) + content + h.paddingLength;
	}
	return 0;
}

/* The worker closes the connection after its answer; what is longer than the buffer is none that we know. */
static int exchange(int fd, const struct wire *w, const char *where, struct err *e)
{
	unsigned char answer[ANSWER_MAX];
	size_t n = 0;
	ssize_t got = 0;
	int status;

	if (send(fd, w->p, w->n, MSG_NOSIGNAL) != (ssize_t)w->n)
		return err_errno(e, ERR_IO, "%s: cannot send the request", where);
	while (n < sizeof(answer) && (got = recv(fd, answer + n, sizeof(answer) - n, 0)) > 0)
		n += (size_t)got;
	if (got < 0)
		return err_errno(e, ERR_IO, "%s: no answer", where);
	if ((status = ping_status(answer, n)) == 0)
		return err_set(e, ERR_IO, "%s: what answers there is not a pool of workers", where);
	return status == 200 ? OK : err_set(e, ERR_IO, "%s: answered with status %d", where, status);
}

int ping(const char *where, const char *hosts, unsigned timeout_seconds, struct err *e)
{
	char host[HOST_MAX] = "localhost";
	struct wire w;
	int fd, r;

	/* "*" allows every name; an empty list allows none, and then 421 is the answer. */
	if (sscanf(hosts, " %255[^ \t]", host) != 1 || strcmp(host, "*") == 0)
		memcpy(host, "localhost", sizeof("localhost"));
	if ((fd = listener_connect(where, timeout_seconds, e)) < 0)
		return fd;
	make_request(&w, host);
	r = exchange(fd, &w, where, e);
	close(fd);
	return r;
}
