/* values: the same words as public/js/words.js. */
#include "page/values.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#define NONE "\xe2\x80\x93"

static const char *grouped(char out[32], uint64_t n)
{
	char plain[24];
	const int len = snprintf(plain, sizeof(plain), "%" PRIu64, n);
	size_t at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = plain[i];
	}
	out[at] = '\0';
	return out;
}

void page_count(struct page *p, const char *name, uint64_t n)
{
	char text[32];

	page_set(p, name, grouped(text, n));
}

void page_plural(struct page *p, const char *name, uint64_t n, const char *one, const char *many)
{
	char text[32];

	page_printf(p, name, "%s %s%s", grouped(text, n), n == 1 || many == NULL ? one : many, n != 1 && many == NULL ? "s" : "");
}

void page_percentage(struct page *p, const char *name, uint64_t part, uint64_t whole)
{
	const double v = whole > 0 ? 100 * (double)part / (double)whole : 0;

	if (v > 0 && v < 0.01)
		page_set(p, name, "<0.01 %");
	else
		page_printf(p, name, v > 0 ? "%.2f %%" : "%.0f %%", v);
}

void page_bytes(struct page *p, const char *name, double n)
{
	static const char *const unit[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	if (!isfinite(n)) {
		page_set(p, name, NONE);
		return;
	}
	for (; fabs(n) >= 1024 && i + 1 < sizeof(unit) / sizeof(*unit); i++)
		n /= 1024;
	page_printf(p, name, fabs(n) < 10 && n != trunc(n) ? "%.1f %s" : "%.0f %s", n, unit[i]);
}

void page_number(struct page *p, const char *name, double v)
{
	char text[32];

	if (isnan(v))
		page_set(p, name, NONE);
	else if (isinf(v))
		page_set(p, name, "\xe2\x88\x9e");
	else if (v != 0 && (fabs(v) < 1e-4 || fabs(v) >= 1e9))
		page_printf(p, name, "%.3e", v);
	else if (fabs(v) >= 1000 && v > 0)
		page_set(p, name, grouped(text, (uint64_t)llround(v)));
	else
		page_printf(p, name, "%.4g", v);
}

void page_p_value(struct page *p, const char *name, double v)
{
	if (isnan(v))
		page_set(p, name, NONE);
	else
		page_printf(p, name, v >= 0.001 ? "%.3g" : "%.1e", v);
}

void page_duration(struct page *p, const char *name, double seconds)
{
	const unsigned long minutes = isfinite(seconds) && seconds >= 0 && seconds < 1e12 ? (unsigned long)(seconds / 60) : 0;

	if (!isfinite(seconds) || seconds < 0)
		page_set(p, name, NONE);
	else if (seconds < 1)
		page_printf(p, name, "%.0f ms", fmax(1, round(seconds * 1000)));
	else if (seconds < 60)
		page_printf(p, name, "%.1f s", seconds);
	else if (minutes < 60)
		page_printf(p, name, "%lu min %lu s", minutes, (unsigned long)seconds % 60);
	else if (minutes < 48 * 60)
		page_printf(p, name, "%lu h %lu min", minutes / 60, minutes % 60);
	else
		page_printf(p, name, "%lu days %lu h", minutes / 1440, minutes / 60 % 24);
}

void page_time(struct page *p, const char *name, int64_t us)
{
	const time_t seconds = (time_t)(us / 1000000);
	char shown[80], text[32];
	struct tm tm;

	snprintf(shown, sizeof(shown), "%.60s_SHOWN", name);
	if (us <= 0 || gmtime_r(&seconds, &tm) == NULL || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
		page_set(p, shown, NONE);
		return;
	}
	page_set(p, name, text);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	page_set(p, shown, text);
}

void page_time_seconds(struct page *p, const char *name, double seconds)
{
	page_time(p, name, seconds > 0 && seconds < 1e12 ? (int64_t)(seconds * 1e6) : 0);
}

struct page *page_if(struct page *p, const char *name, int shown)
{
	return shown ? page_section(p, name) : NULL;
}
