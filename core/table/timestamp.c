/* timestamp: numbers by their size, texts by their shape. */
#include "table/timestamp.h"

#include <stdint.h>
#include <string.h>

#include "flow/number.h"

static const struct {
	double below, divisor;
	enum time_kind kind;
} units[] = {
	{ 1e11, 1, TIME_SECONDS },
	{ 1e14, 1e3, TIME_MILLIS },
	{ 1e17, 1e6, TIME_MICROS },
	{ 1e20, 1e9, TIME_NANOS },
};

/* Later times may be this much outside of their unit's range: a thousandth or a thousandfold is another unit. */
static const double SLACK = 10;
static const char unlike[] = "is no time like the first one";

struct cursor {
	const char *p, *end;
};

/* Exactly `n` digits, or with n = 0 one or two. -1 when they are not there. */
static int digits(struct cursor *c, int n)
{
	int v = 0, k = 0;

	while (k < (n > 0 ? n : 2) && c->p < c->end && *c->p >= '0' && *c->p <= '9') {
		v = 10 * v + (*c->p++ - '0');
		k++;
	}
	return k == n || (n == 0 && k > 0) ? v : -1;
}

static int skip(struct cursor *c, const char *any)
{
	if (c->p == c->end || *c->p == '\0' || strchr(any, *c->p) == NULL)
		return 0;
	c->p++;
	return 1;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t days(int y, int m, int d)
{
	const int64_t year = m > 2 ? y : y - 1, era = year / 400, of_era = year % 400;
	const int64_t of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int month_days(int y, int m)
{
	static const int n[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return m < 1 || m > 12 ? 0 : n[m - 1] + (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
}

/* hh:mm[:ss[.fraction]]; seconds of the day, or -1. */
static double clock_time(struct cursor *c)
{
	const int h = digits(c, 0), m = skip(c, ":") ? digits(c, 2) : -1;
	double s = 0, fraction = 0;
	const char *from;

	if (h < 0 || h > 24 || m < 0 || m > 59)
		return -1;
	if (skip(c, ":")) {
		s = digits(c, 2);
		if (s < 0 || s > 60)
			return -1;
		from = c->p;
		if (skip(c, ".,")) {
			while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
				c->p++;
			if (c->p == from + 1 || number_parse(from + 1, (size_t)(c->p - from - 1), &fraction) < 0)
				return -1;
			for (const char *p = from + 1; p < c->p; p++)
				fraction /= 10;
		}
	}
	if (h == 24 && m + s + fraction > 0)
		return -1;
	return 3600 * h + 60 * m + s + fraction;
}

/* Z, +hh:mm, +hhmm, +hh or nothing: seconds to take off; -1 in *bad. */
static int zone(struct cursor *c, int *bad)
{
	int sign, h, m = 0;

	skip(c, " ");
	if (c->p == c->end || skip(c, "Zz"))
		return 0;
	sign = *c->p == '-' ? -1 : 1;
	if (!skip(c, "+-") || (h = digits(c, 2)) < 0 || h > 14) {
		*bad = 1;
		return 0;
	}
	if (skip(c, ":") || c->p < c->end)
		m = digits(c, 2);
	*bad = m < 0 || m > 59;
	return sign * (3600 * h + 60 * m);
}

static int iso(const char *text, size_t len, double *out)
{
	struct cursor c = { text, text + len };
	const int y = digits(&c, 4), m = skip(&c, "-/") ? digits(&c, 2) : -1, d = skip(&c, "-/") ? digits(&c, 2) : -1;
	double of_day = 0;
	int bad = 0, off = 0;

	if (y < 0 || d < 1 || d > month_days(y, m))
		return -1;
	if (c.p < c.end) {
		if (!skip(&c, "Tt ") || (of_day = clock_time(&c)) < 0)
			return -1;
		off = zone(&c, &bad);
	}
	if (bad || c.p < c.end)
		return -1;
	*out = (double)(days(y, m, d) * 86400 - off) + of_day;
	return 0;
}

static int day_first(const char *text, size_t len, double *out)
{
	struct cursor c = { text, text + len };
	const int d = digits(&c, 0), m = skip(&c, "/") ? digits(&c, 0) : -1, y = skip(&c, "/") ? digits(&c, 4) : -1;
	double of_day;

	if (y < 0 || d < 1 || d > month_days(y, m) || !skip(&c, " ") || (of_day = clock_time(&c)) < 0)
		return -1;
	if (c.end - c.p == 3 && c.p[0] == ' ' && (c.p[2] == 'M' || c.p[2] == 'm')) {
		const int pm = c.p[1] == 'P' || c.p[1] == 'p';

		if ((!pm && c.p[1] != 'A' && c.p[1] != 'a') || of_day >= 13 * 3600)
			return -1;
		of_day += of_day >= 12 * 3600 ? (pm ? 0 : -12 * 3600) : (pm ? 12 * 3600 : 0);
		c.p += 3;
	}
	if (c.p < c.end)
		return -1;
	*out = (double)(days(y, m, d) * 86400) + of_day;
	return 0;
}

static const char *number(enum time_kind *kind, double v, double *out)
{
	const int known = *kind != TIME_UNKNOWN;
	size_t i = 0;

	if (v < 0)
		return "is negative";
	*out = 0;
	if (v == 0) /* in any unit */
		return NULL;
	while (i + 1 < sizeof(units) / sizeof(*units) && (known ? units[i].kind != *kind : v >= units[i].below))
		i++;
	if (v >= units[i].below * (known ? SLACK : 1))
		return known ? unlike : "is no time";
	if (known && i > 0 && v < units[i - 1].below / SLACK)
		return unlike;
	*kind = units[i].kind;
	*out = v / units[i].divisor;
	return NULL;
}

const char *timestamp_parse(enum time_kind *kind, const char *text, size_t len, double *out)
{
	double v;

	if (*kind < TIME_ISO && number_parse(text, len, &v) == 0)
		return number(kind, v, out);
	if ((*kind == TIME_UNKNOWN || *kind == TIME_ISO) && iso(text, len, out) == 0) {
		*kind = TIME_ISO;
		return NULL;
	}
	if ((*kind == TIME_UNKNOWN || *kind == TIME_DAY_FIRST) && day_first(text, len, out) == 0) {
		*kind = TIME_DAY_FIRST;
		return NULL;
	}
	return *kind >= TIME_ISO ? unlike : "is not a number, nor a time in ISO 8601";
}

const char *timestamp_kind_name(enum time_kind kind)
{
	static const char *const name[] = {
		[TIME_SECONDS] = "times in seconds",     [TIME_MILLIS] = "times in milliseconds",
		[TIME_MICROS] = "times in microseconds", [TIME_NANOS] = "times in nanoseconds",
		[TIME_ISO] = "times in ISO 8601",        [TIME_DAY_FIRST] = "times as day/month/year",
	};

	return kind > TIME_UNKNOWN && kind <= TIME_DAY_FIRST ? name[kind] : NULL;
}
