/* shown: one pass over the characters of UTF-8 (RFC 3629). */
#include "cmd/shown.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the character at s, which ends with 0; 0 when it is no UTF-8. */
static size_t character(const char *s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *const p = (const unsigned char *)s;
	const size_t n = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;

	if (n < 2) {
		*code = p[0];
		return n;
	}
	*code = p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		*code = *code << 6 | (p[i] & 0x3fU);
	}
	return *code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000) ? 0 : n;
}

static int is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

char *shown_in_place(char *text)
{
	uint32_t code;

	for (size_t i = 0; text[i] != '\0';) {
		const size_t n = character(text + i, &code);

		if (n == 0 || is_control(code))
			memset(text + i, '?', n ? n : 1);
		i += n ? n : 1;
	}
	return text;
}

const char *shown(char *buf, size_t cap, const char *text)
{
	uint32_t code;
	size_t at = 0;

	while (text[at] != '\0') {
		const size_t n = character(text + at, &code), take = n ? n : 1;

		if (at + take >= cap)
			break;
		memcpy(buf + at, text + at, take);
		at += take;
	}
	buf[at] = '\0';
	return shown_in_place(buf);
}

struct json_object *shown_json(const char *text)
{
	struct json_object *o;
	uint32_t code;
	size_t at = 0, n;
	char *copy;

	while (text[at] != '\0' && (n = character(text + at, &code)) > 0)
		at += n;
	if (text[at] == '\0')
		return json_object_new_string(text);
	if ((copy = strdup(text)) == NULL)
		return NULL;
	o = json_object_new_string(shown_in_place(copy));
	free(copy);
	return o;
}
