/* text: a growing buffer. */
#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and a NUL; 0 when memory is out. */
static int room(struct text *t, size_t n)
{
	size_t cap = t->cap ? t->cap : 256;
	char *p;

	if (t->failed || n > SIZE_MAX / 4 || t->n > SIZE_MAX / 4)
		t->failed = 1;
	if (t->failed)
		return 0;
	while (cap < t->n + n + 1)
		cap *= 2;
	if (cap == t->cap)
		return 1;
	if ((p = realloc(t->p, cap)) == NULL) {
		t->failed = 1;
		return 0;
	}
	t->p = p;
	t->cap = cap;
	return 1;
}

void text_add(struct text *t, const void *data, size_t n)
{
	if (!room(t, n))
		return;
	if (n > 0)
		memcpy(t->p + t->n, data, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void text_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		t->failed = 1;
	if (!room(t, n < 0 ? 0 : (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(t->p + t->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t)n;
}

char *text_room(struct text *t, size_t n)
{
	return room(t, n) ? t->p + t->n : NULL;
}

void text_took(struct text *t, size_t n)
{
	t->n += n;
	t->p[t->n] = '\0';
}

const char *text_get(const struct text *t)
{
	return t->p != NULL ? t->p : "";
}

void text_clear(struct text *t)
{
	t->n = 0;
	t->failed = 0;
	if (t->p != NULL)
		t->p[0] = '\0';
}

void text_free(struct text *t)
{
	free(t->p);
	*t = (struct text){ 0 };
}
