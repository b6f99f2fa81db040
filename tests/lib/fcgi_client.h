/* fcgi_client: the web server's side of FastCGI, as small as tests need it. */
#ifndef LIB_FCGI_CLIENT_H
#define LIB_FCGI_CLIENT_H

#include <stddef.h>

enum { FCGI_BEGIN = 1, FCGI_ABORT = 2, FCGI_END = 3, FCGI_PARAM = 4, FCGI_IN = 5, FCGI_OUT = 6 };

/* Bytes of a request as they go over the wire. */
struct wire {
	unsigned char *p;
	size_t n, cap;
};

void wire_record(struct wire *w, int type, const void *content, size_t n); /* at most 65535 bytes, request id 1 */
void wire_padded(struct wire *w, int type, const void *content, size_t n, unsigned padding); /* at most 255 bytes of it */
void wire_begin(struct wire *w, int keep);
/* Name and value as a pair of a parameter stream; put it into records with wire_stream(). */
void wire_pair(struct wire *pairs, const char *name, const char *value);
/* As many records as it takes, and the empty one at the end. */
void wire_stream(struct wire *w, int type, const void *content, size_t n);
/* A whole request: "GET /x?y". */
void wire_request(struct wire *w, const char *method, const char *uri, const void *body, size_t n);
void wire_free(struct wire *w);

struct answer {
	int connected; /* connect() worked */
	int whole;     /* the end of the request was seen */
	int status;
	char text[4096];  /* head and body, cut */
	size_t bytes;     /* of the body */
	const char *body; /* in text */
};

/* To the path of a unix socket or to 127.0.0.1:port; -1: nobody is there. */
int fcgi_connect(const char *path);
int fcgi_send(int fd, const void *p, size_t n);
/* Until the peer closes; at most seconds. */
void fcgi_receive(int fd, unsigned seconds, struct answer *a);
/* One request on a connection of its own. */
void fcgi_ask(const char *path, const char *method, const char *uri, const void *body, size_t n, struct answer *a);

#endif
