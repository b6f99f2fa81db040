/* percent: "%41" is 'A'. */
#ifndef HTTP_PERCENT_H
#define HTTP_PERCENT_H

static inline int percent_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that the text at p stands for, 0..255; -1 when it is not % and two hex digits. Reads no further than a NUL. */
static inline int percent_byte(const char *p)
{
	const int high = p[0] == '%' ? percent_digit(p[1]) : -1, low = high >= 0 ? percent_digit(p[2]) : -1;

	return low >= 0 ? high << 4 | low : -1;
}

#endif
