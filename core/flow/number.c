/* number: decimal text to double. */
#include "flow/number.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	PLAIN_BYTES = 19,   /* of them at most 19 digits */
	FAST_DIGITS = 19,   /* always fit into 64 bits */
	EXACT_POWER = 22,   /* 10^22 is the largest power of ten that a double holds exactly */
	SLOW_DIGITS = 800,  /* more than the 767 that can decide the rounding of a double; all later ones count as one */
	EXPONENT_MAX = 500, /* beyond it every number is infinite or 0 */
};

/* The number is 0.digits... * 10^point, with the leading zeros left out. */
struct decimal {
	int negative;
	size_t digit_n; /* significant ones, dropped ones too */
	int64_t point;
	uint64_t value;          /* of the first FAST_DIGITS digits */
	const char *first, *end; /* from the first significant digit to behind the last, may have a point in between */
};

static const double power_of_ten[EXACT_POWER + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
						      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits with an optional point from p on; returns what follows them, or NULL when there is no digit. */
static const char *scan_digits(struct decimal *d, const char *p, const char *end)
{
	int any = 0, seen_point = 0;

	d->first = d->end = p;
	for (; p < end; p++) {
		if (*p == '.' && !seen_point) {
			seen_point = 1;
			continue;
		}
		if (!is_digit(*p))
			break;
		any = 1;
		if (d->digit_n == 0 && *p == '0') {
			d->point -= seen_point;
			continue;
		}
		if (d->digit_n == 0)
			d->first = p;
		if (d->digit_n < FAST_DIGITS)
			d->value = d->value * 10 + (uint64_t)(*p - '0');
		d->digit_n++;
		d->point += !seen_point;
		d->end = p + 1;
	}
	return any ? p : NULL;
}

/* An exponent from p on, if there is one; returns what follows, or NULL when it has no digits. */
static const char *scan_exponent(struct decimal *d, const char *p, const char *end)
{
	const int64_t most = INT64_MAX / 40; /* far beyond any length of text, which is what it may have to outweigh */
	int64_t e = 0;
	int negative = 0;
	const char *start;

	if (p == end || (*p != 'e' && *p != 'E'))
		return p;
	p++;
	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	for (start = p; p < end && is_digit(*p); p++)
		if (e < most)
			e = e * 10 + (*p - '0');
	d->point += negative ? -e : e;
	return p > start ? p : NULL;
}

/* Clinger 1990: when value and power of ten are exact, one correctly rounded operation gives the nearest double. */
static int fast_path(const struct decimal *d, double *out)
{
	const int64_t e = d->point - (int64_t)d->digit_n;

	if (FLT_EVAL_METHOD != 0 || d->digit_n > FAST_DIGITS || d->value > (UINT64_C(1) << DBL_MANT_DIG) || e < -EXACT_POWER ||
	    e > EXACT_POWER)
		return 0;
	*out = e < 0 ? (double)d->value / power_of_ten[-e] : (double)d->value * power_of_ten[e];
	return 1;
}

/* By strtod() on text without a decimal point: that is the only thing in a number that the locale has a say in. */
static double slow_path(const struct decimal *d)
{
	char text[SLOW_DIGITS + 32];
	size_t n = 0;
	int rest = 0;

	if (d->point < -EXPONENT_MAX)
		return 0;
	if (d->point > EXPONENT_MAX)
		return INFINITY;
	for (const char *p = d->first; p < d->end; p++) {
		if (*p == '.')
			continue;
		if (n < SLOW_DIGITS)
			text[n++] = *p;
		else
			rest |= *p != '0';
	}
	if (rest)
		text[n++] = '1';
	snprintf(text + n, sizeof(text) - n, "e%d", (int)d->point - (int)n);
	return strtod(text, NULL);
}

/* What nearly all numbers are: digits with or without a point between them, few enough for the same exact operation. */
static int plain(const char *text, size_t len, double *out)
{
	uint64_t value = 0;
	size_t point = len;

	if (FLT_EVAL_METHOD != 0 || len > PLAIN_BYTES)
		return 0;
	for (size_t i = 0; i < len; i++) {
		const unsigned digit = (unsigned)(text[i] - '0');

		if (digit < 10) {
			value = value * 10 + digit;
		} else {
			if (text[i] != '.' || point < len || i == 0)
				return 0;
			point = i;
		}
	}
	if (value > UINT64_C(1) << DBL_MANT_DIG)
		return 0;
	*out = point + 1 < len ? (double)value / power_of_ten[len - point - 1] : (double)value;
	return 1;
}

int number_parse(const char *text, size_t len, double *out)
{
	struct decimal d = { 0 };
	const char *p = text, *end;
	double v = 0;

	if (len == 0)
		return -1;
	if (plain(text, len, out))
		return 0;
	end = text + len;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (p < end && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (p < end && (*p == '+' || *p == '-'))
		d.negative = *p++ == '-';
	if ((p = scan_digits(&d, p, end)) == NULL || (p = scan_exponent(&d, p, end)) == NULL || p != end)
		return -1;
	if (d.digit_n > 0 && !fast_path(&d, &v))
		v = slow_path(&d);
	if (!isfinite(v))
		return -1;
	*out = d.negative ? -v : v;
	return 0;
}
