/* text: a part of a fuzz input as a string of its own. strndup() would do, but ASan's strict_string_checks wants its argument terminated. */
#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Up to the first NUL of data[len]; free() it. */
static inline char *fuzz_text(const uint8_t *data, size_t len)
{
	char *const text = calloc(1, len + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, len);
	return text;
}

#endif
