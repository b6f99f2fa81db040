/* file_name: a label for people, never a path of ours. */
#include "http/file_name.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "http/percent.h"

int file_name_clean(char out[static FILE_NAME_SIZE], const char *name)
{
	const char *base = name;

	for (const char *p = name; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	if (base[strspn(base, " \t")] == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return -1;
	utf8_clean(out, FILE_NAME_SIZE, FILE_NAME_CHARACTERS, 0, base, strlen(base));
	return 0;
}

void file_name_unescape(char *name)
{
	char *to = name;

	for (const char *p = name; *p != '\0'; p++) {
		const int c = percent_byte(p);
		const int escaped = c == '"' || c == '\r' || c == '\n';

		*to++ = escaped ? (char)c : *p;
		p += escaped ? 2 : 0;
	}
	*to = '\0';
}

int file_name_extended(char *value)
{
	static const char charset[] = "UTF-8'";
	const char *p;
	char *to = value;

	if (strncasecmp(value, charset, sizeof(charset) - 1) != 0 || (p = strchr(value + sizeof(charset) - 1, '\'')) == NULL)
		return -1;
	for (p++; *p != '\0'; p++) {
		const int c = percent_byte(p);

		if (c == 0 || (c < 0 && *p == '%'))
			return -1;
		*to++ = c > 0 ? (char)c : *p;
		p += c > 0 ? 2 : 0;
	}
	*to = '\0';
	return 0;
}
