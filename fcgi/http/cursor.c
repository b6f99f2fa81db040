/* cursor: the id in decimal, a dash, the value in hex. */
#include "http/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void cursor_write(char out[static CURSOR_TEXT], const char *value, uint64_t id)
{
	char cut[CURSOR_VALUE + 1] = "";
	int at = snprintf(out, CURSOR_TEXT, "%" PRIu64 "-", id);

	if (value != NULL)
		utf8_clean(cut, sizeof(cut), CURSOR_VALUE, 0, value, strlen(value));
	for (const char *p = cut; *p != '\0'; p++)
		at += snprintf(out + at, CURSOR_TEXT - (size_t)at, "%02x", (unsigned)(unsigned char)*p);
}

int cursor_read(struct cursor *c, const char *text, struct err *e)
{
	struct cursor own = { .given = 1 };
	const size_t digits = strspn(text, "0123456789");
	const char *p = text + digits + 1;
	size_t n = 0;

	*c = (struct cursor){ 0 };
	if (*text == '\0')
		return OK;
	if (digits == 0 || digits > 19 || text[digits] != '-')
		goto strange;
	own.id = strtoull(text, NULL, 10);
	for (; *p != '\0'; p += 2, n++) {
		const int high = hex_digit(p[0]), low = high < 0 ? -1 : hex_digit(p[1]);

		if (low < 0 || n == CURSOR_VALUE || (high == 0 && low == 0))
			goto strange;
		own.value[n] = (char)(high << 4 | low);
	}
	if (!utf8_is_valid(own.value, n))
		goto strange;
	*c = own;
	return OK;
strange:
	err_set(e, ERR_FORMAT, "parameter cursor is none that this list gave: take next_cursor of the page before");
	err_field(e, "cursor");
	return ERR_FORMAT;
}
