/* fastcgi_record: the header of a record (FastCGI specification 1.0, section 3.3), for those who look at what comes. */
#ifndef POOL_FASTCGI_RECORD_H
#define POOL_FASTCGI_RECORD_H

#include <stddef.h>

enum { RECORD_VERSION = 1, RECORD_HEADER = 8 };
enum record_type { RECORD_BEGIN = 1, RECORD_PARAMS = 4, RECORD_STDIN = 5 };

struct record {
	unsigned type, id;
	size_t length, padding; /* of the content; behind it */
};

/* The header at p[n]; 0: not all of it is there. */
static inline int record_at(struct record *r, const unsigned char *p, size_t n)
{
	if (n < RECORD_HEADER)
		return 0;
	r->type = p[1];
	r->id = (unsigned)p[2] << 8 | p[3];
	r->length = (size_t)p[4] << 8 | p[5];
	r->padding = p[6];
	return 1;
}

#endif
