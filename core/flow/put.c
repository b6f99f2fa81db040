/* put: digits. Whole numbers and times with microseconds, which nearly all values are, do without printf(). */
#include "flow/put.h"

#include <stdio.h>
#include <string.h>

#include "flow/number.h"

char *put_text(char *p, const char *s)
{
	while (*s != '\0')
		*p++ = *s++;
	return p;
}

char *put_count(char *p, uint64_t v)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	while (n > 0)
		*p++ = digits[--n];
	return p;
}

char *put_number(char *p, double v)
{
	double again;
	int n = 0;

	if (v >= 0 && v <= 0x1p53 && v == (double)(uint64_t)v)
		return put_count(p, (uint64_t)v);
	for (int digits = 15; digits <= 17; digits++) {
		n = snprintf(p, PUT_NUMBER, "%.*g", digits, v);
		if (number_parse(p, (size_t)n, &again) == 0 && again == v)
			break;
	}
	return p + n;
}

char *put_micros(char *p, double v, int trim)
{
	const uint64_t us = v >= 0 && v < 9e9 ? (uint64_t)(v * 1e6 + 0.5) : UINT64_MAX;
	uint32_t rest = (uint32_t)(us % 1000000);

	/* A quotient of two whole numbers is rounded as the decimal text of it is. */
	if (us == UINT64_MAX || (double)us / 1e6 != v)
		return put_number(p, v);
	p = put_count(p, us / 1000000);
	if (trim && rest == 0)
		return p;
	*p = '.';
	for (int i = 6; i > 0; i--, rest /= 10)
		p[i] = (char)('0' + rest % 10);
	p += 7;
	while (trim && p[-1] == '0')
		p--;
	return p;
}

char *put_ip(char *p, const struct ip *a)
{
	char text[IP_TEXT];

	if (a->family != 4)
		return put_text(p, ip_print(a, text));
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*p++ = '.';
		p = put_count(p, a->b[i]);
	}
	return p;
}

char *put_mac(char *p, const uint8_t mac[6])
{
	static const char hex[] = "0123456789abcdef";

	for (int i = 0; i < 6; i++) {
		if (i > 0)
			*p++ = ':';
		*p++ = hex[mac[i] >> 4];
		*p++ = hex[mac[i] & 15];
	}
	return p;
}
