/* text: a growing piece of text or bytes. Memory that runs out is remembered and told at the end, so that callers can append without checking. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

/* Zero-initialise; release with text_free(). */
struct text {
	char *p; /* NUL behind the last byte; NULL while empty */
	size_t n, cap;
	int failed; /* memory was out; what was appended since is lost */
};

void text_add(struct text *t, const void *data, size_t n);
void text_str(struct text *t, const char *s);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* To write n more bytes at the end, and how many it became: NULL when memory is out. Valid until the next call. */
char *text_room(struct text *t, size_t n);
void text_took(struct text *t, size_t n);

/* Never NULL. */
const char *text_get(const struct text *t);

/* Forget the content, keep the memory. */
void text_clear(struct text *t);
void text_free(struct text *t);

#endif
