/* utf8: one table of what may follow a first byte. */
#include "base/utf8.h"

#include <string.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* First bytes, and the second bytes that each allows: this is where overlong forms, surrogates and too large codes are kept out. */
static const struct {
	unsigned char first, last, second_min, second_max, n;
} leads[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* Codes that utf8_is_control(). */
static const struct {
	uint32_t first, last;
} controls_of[] = {
	{ 0x00, 0x1f },
	{ 0x7f, 0x9f },
	{ 0x2028, 0x202e },
	{ 0x2066, 0x2069 },
};

size_t utf8_next(const char *s, size_t n, uint32_t *code)
{
	const unsigned char *const p = (const unsigned char *)s;
	size_t i = 0, k;

	*code = p[0];
	if (p[0] < 0x80)
		return 1;
	*code = UTF8_INVALID;
	while (i < sizeof(leads) / sizeof(*leads) && (p[0] < leads[i].first || p[0] > leads[i].last))
		i++;
	if (i == sizeof(leads) / sizeof(*leads) || n < 2 || p[1] < leads[i].second_min || p[1] > leads[i].second_max)
		return 1;
	for (k = 2; k < leads[i].n; k++)
		if (k >= n || p[k] >> 6 != 2)
			return k;
	*code = p[0] & (0x7fU >> k);
	for (size_t j = 1; j < k; j++)
		*code = *code << 6 | (p[j] & 0x3fU);
	return k;
}

int utf8_is_control(uint32_t code)
{
	for (size_t i = 0; i < sizeof(controls_of) / sizeof(*controls_of); i++)
		if (code >= controls_of[i].first && code <= controls_of[i].last)
			return 1;
	return 0;
}

int utf8_is_valid(const char *s, size_t n)
{
	uint32_t code = 0;

	for (size_t i = 0; i < n && code != UTF8_INVALID;)
		i += utf8_next(s + i, n - i, &code);
	return code != UTF8_INVALID;
}

size_t utf8_clean(char *out, size_t cap, size_t characters, int controls, const char *s, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n && characters > 0; characters--) {
		uint32_t code;
		const size_t k = utf8_next(s + i, n - i, &code);
		const int bad = code == UTF8_INVALID || code == 0 || (!controls && utf8_is_control(code));
		const size_t take = bad ? sizeof(replacement) - 1 : k;

		if (take >= cap - at)
			break;
		memcpy(out + at, bad ? replacement : s + i, take);
		at += take;
		i += k;
	}
	out[at] = '\0';
	return at;
}
