/* accept: for each offer the most specific range that takes it in, and its quality in thousandths. */
#include "http/accept.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NO_RANGE = -1, ANY = 0, ANY_SUBTYPE = 1, EXACT = 2 };

/* How specific a range takes `type` in. */
static int takes(const char *range, size_t n, const char *type)
{
	const size_t major = strcspn(type, "/") + 1;

	if (n == 3 && memcmp(range, "*/*", 3) == 0)
		return ANY;
	if (n == major + 1 && range[major] == '*' && strncasecmp(range, type, major) == 0)
		return ANY_SUBTYPE;
	return n == strlen(type) && strncasecmp(range, type, n) == 0 ? EXACT : NO_RANGE;
}

/* q=0.5 of the parameters in text[n]: 0..1000; 1000 where it is missing. */
static int quality(const char *text, size_t n)
{
	for (size_t i = 0; i + 2 < n; i++) {
		if (text[i] != ';')
			continue;
		i += 1 + strspn(text + i + 1, " \t");
		if (i + 2 < n && (text[i] == 'q' || text[i] == 'Q') && text[i + 1] == '=') {
			const double q = strtod(text + i + 2, NULL);

			return q >= 1 ? 1000 : q > 0 ? (int)(q * 1000) : 0;
		}
		i--;
	}
	return 1000;
}

static int quality_of(const char *accept, const char *type)
{
	int best = NO_RANGE, q = 0;

	for (const char *p = accept + strspn(accept, " \t,"); *p != '\0'; p += strspn(p, " \t,")) {
		const size_t all = strcspn(p, ","), n = strcspn(p, ",; \t");
		const int how = takes(p, n, type);

		if (how > best) {
			best = how;
			q = quality(p + n, all - n);
		}
		p += all;
	}
	return q;
}

size_t accept_best(const char *accept, const char *const *offered, size_t n)
{
	size_t best = n;
	int most = 0;

	if (accept[strspn(accept, " \t")] == '\0')
		return 0;
	for (size_t i = 0; i < n; i++) {
		const int q = quality_of(accept, offered[i]);

		if (q > most) {
			most = q;
			best = i;
		}
	}
	return best;
}
