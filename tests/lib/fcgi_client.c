/* fcgi_client: write requests, read answers. */
#include "lib/fcgi_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { RECORD_MAX = 65528, PATIENCE_SECONDS = 60 };

static void add(struct wire *w, const void *p, size_t n)
{
	if (w->n + n > w->cap) {
		w->cap = 2 * (w->n + n);
		if ((w->p = realloc(w->p, w->cap)) == NULL)
			abort();
	}
	if (n > 0)
		memcpy(w->p + w->n, p, n);
	w->n += n;
}

void wire_record(struct wire *w, int type, const void *content, size_t n)
{
	const unsigned char head[8] = { 1, (unsigned char)type, 0, 1, (unsigned char)(n >> 8), (unsigned char)n, 0, 0 };

	add(w, head, sizeof(head));
	add(w, content, n);
}

void wire_padded(struct wire *w, int type, const void *content, size_t n, unsigned padding)
{
	static const unsigned char noise[255] = { 1, FCGI_IN, 0, 1, 0, 1 }; /* it looks like a record */
	const size_t at = w->n;

	wire_record(w, type, content, n);
	w->p[at + 6] = (unsigned char)padding;
	add(w, noise, padding);
}

void wire_begin(struct wire *w, int keep)
{
	wire_record(w, FCGI_BEGIN, (const unsigned char[8]){ 0, 1, (unsigned char)keep }, 8);
}

static void add_length(struct wire *w, size_t n)
{
	const unsigned char l[4] = { (unsigned char)(n >> 24 | 0x80), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
				     (unsigned char)n };

	if (n < 0x80)
		add(w, &l[3], 1);
	else
		add(w, l, 4);
}

void wire_pair(struct wire *pairs, const char *name, const char *value)
{
	add_length(pairs, strlen(name));
	add_length(pairs, strlen(value));
	add(pairs, name, strlen(name));
	add(pairs, value, strlen(value));
}

void wire_stream(struct wire *w, int type, const void *content, size_t n)
{
	const unsigned char *p = content;

	while (n > 0) {
		const size_t piece = n < RECORD_MAX ? n : RECORD_MAX;

		wire_record(w, type, p, piece);
		p += piece;
		n -= piece;
	}
	wire_record(w, type, NULL, 0);
}

void wire_request(struct wire *w, const char *method, const char *uri, const void *body, size_t n)
{
	const char *const query = strchr(uri, '?');
	struct wire pairs = { 0 };
	char path[1024], length[24];

	snprintf(path, sizeof(path), "%.*s", (int)(query != NULL ? query - uri : (ptrdiff_t)strlen(uri)), uri);
	snprintf(length, sizeof(length), "%zu", n);
	wire_pair(&pairs, "REQUEST_METHOD", method);
	wire_pair(&pairs, "SCRIPT_NAME", path);
	wire_pair(&pairs, "DOCUMENT_URI", path);
	wire_pair(&pairs, "REQUEST_URI", uri);
	wire_pair(&pairs, "QUERY_STRING", query != NULL ? query + 1 : "");
	wire_pair(&pairs, "HTTP_HOST", "localhost");
	wire_pair(&pairs, "SERVER_PROTOCOL", "HTTP/1.1");
	wire_pair(&pairs, "CONTENT_TYPE", n > 0 ? "text/csv" : "");
	wire_pair(&pairs, "CONTENT_LENGTH", n > 0 ? length : "");
	wire_begin(w, 1); /* nginx may ask to keep the connection: it must be closed all the same */
	wire_stream(w, FCGI_PARAM, pairs.p, pairs.n);
	wire_stream(w, FCGI_IN, body, n);
	wire_free(&pairs);
}

void wire_free(struct wire *w)
{
	free(w->p);
	*w = (struct wire){ 0 };
}

static int connect_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof(a)) < 0) {
		const int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static int connect_tcp(const char *port)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				       .sin_port = htons((uint16_t)strtoul(port, NULL, 10)) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

int fcgi_connect(const char *path)
{
	if (strncmp(path, "127.0.0.1:", 10) == 0)
		return connect_tcp(path + 10);
	return connect_unix(path);
}

int fcgi_send(int fd, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		const ssize_t sent = send(fd, from, n, MSG_NOSIGNAL);

		if (sent < 0)
			return -1;
		from += sent;
		n -= (size_t)sent;
	}
	return 0;
}

static int receive_all(int fd, void *p, size_t n)
{
	return n == 0 || recv(fd, p, n, MSG_WAITALL) == (ssize_t)n;
}

static void add_text(struct answer *a, size_t *total, const unsigned char *p, size_t n)
{
	const size_t room = *total < sizeof(a->text) - 1 ? sizeof(a->text) - 1 - *total : 0;

	memcpy(a->text + *total, p, n < room ? n : room);
	*total += n;
}

void fcgi_receive(int fd, unsigned seconds, struct answer *a)
{
	const struct timeval limit = { .tv_sec = seconds };
	unsigned char head[8], *content = malloc(65536 + 256);
	size_t total = 0;
	const char *gap;

	memset(a, 0, sizeof(*a));
	a->connected = 1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	while (content != NULL && receive_all(fd, head, sizeof(head))) {
		const size_t n = (size_t)head[4] << 8 | head[5];

		if (!receive_all(fd, content, n + head[6]))
			break;
		if (head[1] == FCGI_OUT)
			add_text(a, &total, content, n);
		a->whole |= head[1] == FCGI_END;
	}
	free(content);
	gap = strstr(a->text, "\r\n\r\n");
	a->body = gap != NULL ? gap + 4 : "";
	a->bytes = gap != NULL ? total - (size_t)(a->body - a->text) : 0;
	if (gap != NULL && sscanf(a->text, "Status: %d", &a->status) != 1)
		a->status = 0;
}

void fcgi_ask(const char *path, const char *method, const char *uri, const void *body, size_t n, struct answer *a)
{
	struct wire w = { 0 };
	const int fd = fcgi_connect(path);

	memset(a, 0, sizeof(*a));
	a->body = "";
	if (fd < 0)
		return;
	wire_request(&w, method, uri, body, n);
	/* A peer that answers early may close early: read what it said in any case. */
	fcgi_send(fd, w.p, w.n);
	fcgi_receive(fd, PATIENCE_SECONDS, a);
	close(fd);
	wire_free(&w);
}
