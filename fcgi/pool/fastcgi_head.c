/* fastcgi_head: the FastCGI specification 1.0, sections 3.3 to 5.2, as far as the head of a responder's request goes. */
#include "pool/fastcgi_head.h"

#include <string.h>

#include "pool/fastcgi_record.h"

enum { RESPONDER = 1, BEGIN_BODY = 8 };

static enum fastcgi_head bad(const char **why, const char *text)
{
	*why = text;
	return HEAD_BAD;
}

/* A length of one byte or four; 0: it is cut off. */
static int length_at(const unsigned char **p, const unsigned char *end, size_t *out)
{
	const unsigned char *const q = *p;

	if (q < end && q[0] < 0x80) {
		*out = q[0];
		*p += 1;
		return 1;
	}
	if (end - q < 4)
		return 0;
	*out = (size_t)(q[0] & 0x7f) << 24 | (size_t)q[1] << 16 | (size_t)q[2] << 8 | q[3];
	*p += 4;
	return 1;
}

/* All pairs of names and values, put together from their records. */
static enum fastcgi_head check_pairs(const unsigned char *p, size_t n, const char **why)
{
	const unsigned char *const end = p + n;

	while (p < end) {
		size_t name, value;

		if (!length_at(&p, end, &name) || !length_at(&p, end, &value))
			return bad(why, "the length of a parameter is cut off");
		if (name > (size_t)(end - p) || value > (size_t)(end - p) - name)
			return bad(why, "a parameter is longer than what was sent");
		if (name == 0 || memchr(p, '=', name) != NULL)
			return bad(why, "a parameter has no usable name");
		if (memchr(p, '\0', name + value) != NULL)
			return bad(why, "a parameter has a zero byte");
		p += name + value;
	}
	return HEAD_WHOLE;
}

static enum fastcgi_head check_begin(const struct record *r, const unsigned char *content, size_t n, const char **why)
{
	if (r->type != RECORD_BEGIN || r->id == 0 || r->length != BEGIN_BODY)
		return bad(why, "does not start with the beginning of a request");
	if (n < BEGIN_BODY)
		return HEAD_SHORT;
	if (content[0] != 0 || content[1] != RESPONDER)
		return bad(why, "asks for another role than that of a responder");
	return HEAD_WHOLE;
}

/* The record at p[at] of n; it is whole, or the verdict is another. */
static enum fastcgi_head take_record(struct record *r, const unsigned char *p, size_t n, size_t at, const char **why)
{
	if (at > FASTCGI_HEAD_MAX)
		return bad(why, "has a head that is too large");
	if (at < n && p[at] != RECORD_VERSION)
		return bad(why, "is not FastCGI");
	if (at > n || !record_at(r, p + at, n - at))
		return HEAD_SHORT;
	return HEAD_WHOLE;
}

enum fastcgi_head fastcgi_head_check(const unsigned char *p, size_t n, size_t *length, const char **why)
{
	unsigned char pairs[FASTCGI_PARAMS_MAX];
	enum fastcgi_head verdict;
	struct record r;
	size_t at = 0, got = 0;
	unsigned id;

	if ((verdict = take_record(&r, p, n, at, why)) != HEAD_WHOLE ||
	    (verdict = check_begin(&r, p + RECORD_HEADER, n - RECORD_HEADER, why)) != HEAD_WHOLE)
		return verdict;
	id = r.id;
	do {
		at += RECORD_HEADER + r.length + r.padding;
		if ((verdict = take_record(&r, p, n, at, why)) != HEAD_WHOLE)
			return verdict;
		if (r.type != RECORD_PARAMS || r.id != id)
			return bad(why, "has another record where its parameters should be");
		if (r.length > sizeof(pairs) - got)
			return bad(why, "has too many parameters");
		if (n - at - RECORD_HEADER < r.length)
			return HEAD_SHORT;
		memcpy(pairs + got, p + at + RECORD_HEADER, r.length);
		got += r.length;
	} while (r.length > 0);
	*length = at + RECORD_HEADER;
	return check_pairs(pairs, got, why);
}
