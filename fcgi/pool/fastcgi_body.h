/*
 * fastcgi_body: the body of a request out of its records (FCGI_STDIN), as they come.
 *
 * Nothing else may come on this connection: a record of another request or type ends the body. The specification allows management
 * records at any time, but no web server sends them in the middle of a request, and libfcgi overruns a buffer on some.
 */
#ifndef POOL_FASTCGI_BODY_H
#define POOL_FASTCGI_BODY_H

#include <stddef.h>

enum fastcgi_body_state { BODY_OPEN, BODY_END, BODY_BAD };

struct fastcgi_body {
	enum fastcgi_body_state state;
	unsigned id;
	size_t content, padding; /* what is to come of the record in hand */
};

/* The body that follows this head, as fastcgi_head_check() found it; with the padding of the last record of the head, if there is any. */
void fastcgi_body_begin(struct fastcgi_body *b, const unsigned char *head, size_t length);

/*
 * Look for content in p[n], the bytes that follow those of the calls before: it is at the offset returned, *len bytes. What is before
 * it is done with. *len 0: more bytes must come behind the offset, or the body is BODY_END or BODY_BAD.
 */
size_t fastcgi_body_next(struct fastcgi_body *b, const unsigned char *p, size_t n, size_t *len);

/* So many bytes of that content are done with too. */
void fastcgi_body_took(struct fastcgi_body *b, size_t n);

#endif
