/* etag: weak comparison, as it must be for If-None-Match: nginx makes tags weak where it compresses. */
#include "http/etag.h"

#include <string.h>

#include "base/sha256.h"

enum { TAG = 32 };

/* Whether a list of tags has ours. */
static int listed(const char *list, const char tag[TAG + 1])
{
	for (const char *p = list + strspn(list, " \t,"); *p != '\0'; p += strspn(p, " \t,")) {
		size_t n;

		if (*p == '*')
			return 1;
		p += strncmp(p, "W/", 2) == 0 ? 2 : 0;
		if (*p != '"')
			return 0;
		n = strcspn(++p, "\"");
		if (n == TAG && memcmp(p, tag, TAG) == 0)
			return 1;
		p += n + (p[n] == '"');
	}
	return 0;
}

void etag_apply(const struct request *q, struct response *s)
{
	struct sha256 digest;
	char hex[SHA256_HEX];

	if ((q->method != METHOD_GET && q->method != METHOD_HEAD) || s->status != 200 || s->body.failed)
		return;
	sha256_init(&digest);
	sha256_add(&digest, text_get(&s->body), s->body.n);
	sha256_hex(&digest, hex);
	hex[TAG] = '\0';
	text_printf(&s->headers, "ETag: \"%s\"\r\nCache-Control: private, no-cache\r\n", hex);
	if (!listed(q->if_none_match, hex))
		return;
	s->status = 304;
	text_clear(&s->body);
}
