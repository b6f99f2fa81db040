/* key: names of uploads. */
#include "base/key.h"

#include <string.h>

size_t key_length(const char *s)
{
	const size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

	return n >= KEY_MIN && n <= KEY_MAX ? n : 0;
}

int key_is(const char *s)
{
	const size_t n = key_length(s);

	return n > 0 && s[n] == '\0';
}
