/*
 * fastcgi_head: is this the head of a request (FCGI_BEGIN_REQUEST, FCGI_PARAMS…) that libfcgi may be given?
 *
 * libfcgi believes lengths: it allocates up to 4 GB for one parameter that is announced, ends the process when that fails, and
 * writes past a buffer on some management records. So the head is judged first.
 */
#ifndef POOL_FASTCGI_HEAD_H
#define POOL_FASTCGI_HEAD_H

#include <stddef.h>

/* All names and values together; the head with its record headers and padding. */
enum { FASTCGI_PARAMS_MAX = 64 << 10, FASTCGI_HEAD_MAX = 96 << 10 };

enum fastcgi_head { HEAD_WHOLE, HEAD_SHORT /* so far good, more must come */, HEAD_BAD };

/* p[n]: what has arrived. HEAD_WHOLE: the first *length bytes are the head, up to the
 * header of its last record; fastcgi_body goes on from there. HEAD_BAD: *why is a text for the log. */
enum fastcgi_head fastcgi_head_check(const unsigned char *p, size_t n, size_t *length, const char **why);

#endif
