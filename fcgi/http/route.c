/* route: the table, read from its top. */
#include "http/route.h"

#include <stdio.h>
#include <string.h>

#include "base/key.h"

/* A decimal number at *p. */
static int take_number(uint64_t *out, const char **p)
{
	const char *const start = *p;
	int64_t n = 0;

	for (; **p >= '0' && **p <= '9'; (*p)++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, **p - '0', &n))
			return 0;
	*out = (uint64_t)n;
	return *p > start && (*start != '0' || *p - start == 1);
}

static int take_id(struct request *q, const char **p)
{
	return take_number(&q->number, p) && q->number > 0;
}

static int take_item(struct request *q, const char **p)
{
	return take_number(&q->item, p);
}

static int take_key(struct request *q, const char **p)
{
	const size_t n = key_length(*p);

	memcpy(q->word, *p, n);
	q->word[n] = '\0';
	*p += n;
	return n > 0;
}

static const struct {
	const char *text;
	int (*take)(struct request *q, const char **p);
} holes[] = {
	{ "<id>", take_id },
	{ "<n>", take_item },
	{ "<key>", take_key },
};

/* 1: the hole at *pattern took what is at *path; 0: it did not; -1: there is no hole. */
static int fill(struct request *q, const char **pattern, const char **path)
{
	for (size_t i = 0; i < sizeof(holes) / sizeof(*holes); i++) {
		const size_t n = strlen(holes[i].text);

		if (strncmp(*pattern, holes[i].text, n) != 0)
			continue;
		*pattern += n;
		return holes[i].take(q, path);
	}
	return -1;
}

static int matches(const char *pattern, struct request *q)
{
	const char *path = q->path;

	q->number = q->item = 0;
	q->word[0] = '\0';
	while (*pattern != '\0') {
		const int filled = *pattern == '<' ? fill(q, &pattern, &path) : -1;

		if (filled == 0 || (filled < 0 && *pattern != *path))
			return 0;
		pattern += filled < 0;
		path += filled < 0;
	}
	return *path == '\0';
}

const struct route *route_find(const struct route *table, struct request *q, struct response *s)
{
	const enum method wanted = q->method == METHOD_HEAD ? METHOD_GET : q->method;
	unsigned allowed = 0;

	for (const struct route *r = table; r->path != NULL; r++) {
		if (!matches(r->path, q))
			continue;
		if (r->method == wanted)
			return r;
		allowed |= 1U << r->method | (r->method == METHOD_GET ? 1U << METHOD_HEAD : 0);
	}
	q->number = q->item = 0;
	q->word[0] = '\0';
	if (allowed == 0) {
		response_error(s, 404, "there is nothing at %s", q->path);
		return NULL;
	}
	response_error(s, 405, "%s does not take this method", q->path);
	text_str(&s->headers, "Allow: ");
	for (unsigned m = 0, n = 0; m < METHOD_OTHER; m++)
		if (allowed >> m & 1)
			text_printf(&s->headers, "%s%s", n++ > 0 ? ", " : "", method_name((enum method)m));
	text_str(&s->headers, "\r\n");
	return NULL;
}
