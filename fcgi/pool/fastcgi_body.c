/* fastcgi_body: headers, content and padding told apart. */
#include "pool/fastcgi_body.h"

#include <assert.h>

#include "pool/fastcgi_record.h"

void fastcgi_body_begin(struct fastcgi_body *b, const unsigned char *head, size_t length)
{
	struct record r;

	record_at(&r, head + length - RECORD_HEADER, RECORD_HEADER);
	*b = (struct fastcgi_body){ .state = BODY_OPEN, .id = r.id, .padding = r.padding };
}

static void next_record(struct fastcgi_body *b, unsigned version, const struct record *r)
{
	if (version != RECORD_VERSION || r->type != RECORD_STDIN || r->id != b->id) {
		b->state = BODY_BAD;
		return;
	}
	b->content = r->length;
	b->padding = r->padding;
	if (r->length == 0)
		b->state = BODY_END;
}

size_t fastcgi_body_next(struct fastcgi_body *b, const unsigned char *p, size_t n, size_t *len)
{
	struct record r;
	size_t at = 0;

	while (b->state == BODY_OPEN && b->content == 0) {
		const size_t skip = b->padding < n - at ? b->padding : n - at;

		at += skip;
		b->padding -= skip;
		if (b->padding > 0 || !record_at(&r, p + at, n - at))
			break;
		next_record(b, p[at], &r);
		at += RECORD_HEADER;
	}
	*len = b->content < n - at ? b->content : n - at;
	return at;
}

void fastcgi_body_took(struct fastcgi_body *b, size_t n)
{
	assert(n <= b->content);
	b->content -= n;
}
