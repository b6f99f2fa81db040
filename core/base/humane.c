/* humane: digits by whole-number arithmetic, since printf's point depends on the locale. */
#include "base/humane.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DECIMALS_MAX = 6 };

static const double TOO_MANY = 1e15; /* doubles do not hold all whole numbers much beyond */
static const uint64_t tens[DECIMALS_MAX + 1] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };

/* Writes v, finite and >= 0, into out. */
typedef void (*writer)(char out[HUMANE_TEXT], double v, int digits);

static int decimals_for(double v, int digits)
{
	int d = digits - 1;

	for (double limit = 10; d > 0 && v >= limit; limit *= 10)
		d--;
	for (double limit = 1; v > 0 && d < DECIMALS_MAX && v < limit; limit /= 10)
		d++;
	return d < DECIMALS_MAX ? d : DECIMALS_MAX;
}

/* v as it will read. */
static double rounded(double v, int digits)
{
	const double ten = (double)tens[decimals_for(v, digits)];

	return round(v * ten) / ten;
}

/* Room for the longest whole number below TOO_MANY with its commas, and decimals. */
static void write_whole(char *out, size_t cap, uint64_t n)
{
	char digits[24];
	const int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	size_t at = 0;

	for (int i = 0; i < len && at + 2 < cap; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

static void write_number(char out[HUMANE_TEXT], double v, int digits)
{
	const int d = decimals_for(v, digits);
	uint64_t scaled;
	size_t n;

	if (v >= TOO_MANY) {
		strcpy(out, "more than 10^15");
		return;
	}
	scaled = (uint64_t)llround(v * (double)tens[d]);
	if (scaled == 0 && v > 0) {
		strcpy(out, "under 0.000001");
		return;
	}
	write_whole(out, HUMANE_TEXT, scaled / tens[d]);
	if (scaled % tens[d] == 0)
		return;
	n = strlen(out);
	snprintf(out + n, HUMANE_TEXT - n, ".%0*" PRIu64, d, scaled % tens[d]);
	for (n = strlen(out); out[n - 1] == '0'; n--)
		out[n - 1] = '\0';
}

static void add_word(char out[HUMANE_TEXT], const char *word)
{
	const size_t n = strlen(out);

	snprintf(out + n, HUMANE_TEXT - n, " %s", word);
}

static void write_bytes(char out[HUMANE_TEXT], double v, int digits)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB", "PB", "EB" };
	const size_t last = sizeof(units) / sizeof(*units) - 1;
	size_t u = 0;

	for (; u < last && rounded(v, digits) >= 1000; u++)
		v /= 1000;
	write_number(out, v, digits);
	add_word(out, u == 0 && strcmp(out, "1") == 0 ? "byte" : units[u]);
}

/* Whole numbers of a unit and of the next smaller one, which is left out when there is none: "3 min 20 s". */
static const struct {
	double unit, part; /* seconds */
	const char *name, *names, *part_name;
} spans[] = {
	{ 86400, 3600, "day", "days", "h" },
	{ 3600, 60, "h", "h", "min" },
	{ 60, 1, "min", "min", "s" },
};

static void write_seconds(char out[HUMANE_TEXT], double v, int digits)
{
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		const double parts = round(v / spans[i].part), each = spans[i].unit / spans[i].part;
		const double whole = floor(parts / each), rest = parts - whole * each;

		if (whole < 1)
			continue;
		write_number(out, whole, digits);
		add_word(out, whole == 1 ? spans[i].name : spans[i].names);
		if (rest >= 1) {
			const size_t n = strlen(out);

			snprintf(out + n, HUMANE_TEXT - n, " %d %s", (int)rest, spans[i].part_name);
		}
		return;
	}
	if (v > 0 && rounded(1000 * v, digits) < 1000) {
		write_number(out, 1000 * v, digits);
		add_word(out, "ms");
		return;
	}
	write_number(out, v, digits);
	add_word(out, "s");
}

static void write_ms(char out[HUMANE_TEXT], double v, int digits)
{
	write_seconds(out, v / 1000, digits);
}

static void write_percent(char out[HUMANE_TEXT], double part, int digits)
{
	while (part < 1 && rounded(100 * part, digits) >= 100 && digits < DECIMALS_MAX + 2)
		digits++;
	write_number(out, 100 * part, digits);
	add_word(out, "%");
}

/* Units that are not just counts of something. */
static const struct {
	const char *unit;
	writer write;
} units_of_their_own[] = {
	{ "bytes", write_bytes }, { "seconds", write_seconds }, { "s", write_seconds },
	{ "ms", write_ms },       { "share", write_percent },
};

static writer find_writer(const char *unit)
{
	for (size_t i = 0; i < sizeof(units_of_their_own) / sizeof(*units_of_their_own); i++)
		if (strcmp(units_of_their_own[i].unit, unit) == 0)
			return units_of_their_own[i].write;
	return NULL;
}

static const char *write_signed(char out[HUMANE_TEXT], writer write, double v, int digits)
{
	char text[HUMANE_TEXT];

	if (isnan(v) || isinf(v))
		return strcpy(out, isnan(v) ? "unknown" : v > 0 ? "beyond counting" : "below counting");
	write(text, fabs(v), digits);
	snprintf(out, HUMANE_TEXT, "%s%.*s", v < 0 ? "-" : "", HUMANE_TEXT - 2, text);
	return out;
}

const char *humane_count(char out[HUMANE_TEXT], double n)
{
	return write_signed(out, write_number, n, HUMANE_DIGITS);
}

const char *humane_bytes(char out[HUMANE_TEXT], double n)
{
	return write_signed(out, write_bytes, n, HUMANE_DIGITS);
}

const char *humane_seconds(char out[HUMANE_TEXT], double s)
{
	return write_signed(out, write_seconds, s, HUMANE_DIGITS);
}

const char *humane_percent(char out[HUMANE_TEXT], double part)
{
	return write_signed(out, write_percent, part, HUMANE_DIGITS);
}

const char *humane_quantity(char out[HUMANE_TEXT], const char *unit, double v, int digits)
{
	const writer own = find_writer(unit);
	size_t n;

	write_signed(out, own != NULL ? own : write_number, v, digits);
	if (own != NULL || *unit == '\0' || !isfinite(v))
		return out;
	add_word(out, unit);
	n = strlen(out);
	if (strncmp(out, "1 ", 2) == 0 && out[n - 1] == 's' && strchr(unit, '/') == NULL)
		out[n - 1] = '\0';
	return out;
}

/* Where the one word behind the number begins; NULL: there are more words, or none. */
static char *only_word(char *text)
{
	char *const space = strchr(text, ' ');

	return space != NULL && strchr(space + 1, ' ') == NULL ? space : NULL;
}

/* " byte" is " bytes". */
static int same_word(const char *a, const char *b)
{
	const size_t n = strlen(a);

	return strncmp(a, b, n) == 0 && (b[n] == '\0' || strcmp(b + n, "s") == 0);
}

const char *humane_range(char out[HUMANE_RANGE], const char *unit, double low, double high)
{
	char a[HUMANE_TEXT], b[HUMANE_TEXT];
	char *a_word, *b_word;

	humane_quantity(a, unit, low, HUMANE_DIGITS);
	humane_quantity(b, unit, high, HUMANE_DIGITS);
	if (strcmp(a, b) == 0) {
		strcpy(out, b);
		return out;
	}
	a_word = only_word(a);
	b_word = only_word(b);
	if (a_word != NULL && b_word != NULL && (low == 0 || find_writer(unit) == NULL || same_word(a_word, b_word)))
		*a_word = '\0';
	snprintf(out, HUMANE_RANGE, "%.60s to %.60s", a, b);
	return out;
}

const char *humane_one_in(char out[HUMANE_TEXT], double p)
{
	static const struct {
		double unit;
		const char *name;
	} scales[] = { { 1e12, " trillion" }, { 1e9, " billion" }, { 1e6, " million" }, { 1, "" } };
	char number[HUMANE_TEXT];
	double n = fmax(1 / p, 1), digit;
	size_t i = 0;

	if (isnan(p))
		return strcpy(out, "unknown");
	if (p <= 0 || 1 / p > TOO_MANY)
		return strcpy(out, "less than one in 1,000 trillion");
	digit = n < 10 ? 1 : pow(10, floor(log10(n)) - (HUMANE_DIGITS - 1));
	n = round(n / digit) * digit;
	while (n < scales[i].unit && i + 1 < sizeof(scales) / sizeof(*scales))
		i++;
	write_number(number, n / scales[i].unit, HUMANE_DIGITS);
	snprintf(out, HUMANE_TEXT, "one in %.40s%s", number, scales[i].name);
	return out;
}
