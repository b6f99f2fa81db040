/* shown: one pass over the characters. */
#include "base/shown.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

char *shown_in_place(char *text)
{
	const size_t len = strlen(text);
	uint32_t code;

	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_next(text + i, len - i, &code);
		if (code == UTF8_INVALID || utf8_is_control(code))
			memset(text + i, '?', n);
	}
	return text;
}

const char *shown(char *buf, size_t cap, const char *text)
{
	const size_t len = strlen(text);
	uint32_t code;
	size_t at = 0;

	for (size_t n; at < len; at += n) {
		n = utf8_next(text + at, len - at, &code);
		if (at + n >= cap)
			break;
		memcpy(buf + at, text + at, n);
	}
	buf[at] = '\0';
	return shown_in_place(buf);
}

struct json_object *shown_json(const char *text)
{
	struct json_object *o;
	char *copy;

	if (utf8_is_valid(text, strlen(text)))
		return json_object_new_string(text);
	if ((copy = strdup(text)) == NULL)
		return NULL;
	o = json_object_new_string(shown_in_place(copy));
	free(copy);
	return o;
}
