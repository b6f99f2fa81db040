/* delimiter: counted in the header, where no value can hold one. */
#include "table/delimiter.h"

#include <string.h>
#include <strings.h>

static const struct {
	char c;
	const char *name;
} candidates[] = { { ',', "commas" }, { ';', "semicolons" }, { '\t', "tabs" }, { '|', "bars" } };

enum { CANDIDATES = sizeof(candidates) / sizeof(*candidates) };

int delimiter_is_before(char c)
{
	return c == '\n' || c == '\r' || c == ' ' || c == '\xef' || c == '\xbb' || c == '\xbf';
}

static int is_line_end(unsigned char c)
{
	return c == '\n' || c == '\r';
}

size_t delimiter_look(struct delimiter_look *l, const unsigned char *p, size_t n)
{
	const size_t room = sizeof(l->head) - l->n, most = n < room ? n : room;
	size_t used = 0;

	while (used < most && !l->done) {
		l->done = is_line_end(p[used]) && l->text;
		l->text |= !delimiter_is_before((char)p[used]);
		used++;
	}
	if (used > 0)
		memcpy(l->head + l->n, p, used);
	l->n += used;
	l->done |= l->n == sizeof(l->head);
	return used;
}

/* "sep=;" and a line end, behind a byte order mark or not. */
static size_t declaration(const unsigned char *p, size_t n, char *d)
{
	const size_t bom = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (n != bom + 6 || strncasecmp((const char *)p + bom, "sep=", 4) != 0 || !is_line_end(p[n - 1]))
		return 0;
	for (size_t k = 0; k < CANDIDATES; k++)
		if (p[bom + 4] == (unsigned char)candidates[k].c) {
			*d = candidates[k].c;
			return n;
		}
	return 0;
}

char delimiter_find(const unsigned char *p, size_t n, size_t *line)
{
	size_t count[CANDIDATES] = { 0 }, best = 0;
	int quoted = 0;
	size_t i = 0;
	char d = ',';

	if ((*line = declaration(p, n, &d)) > 0)
		return d;
	while (i < n && delimiter_is_before((char)p[i]))
		i++;
	for (; i < n && (!is_line_end(p[i]) || quoted); i++) {
		quoted ^= p[i] == '"';
		for (size_t k = 0; k < CANDIDATES && !quoted; k++)
			count[k] += p[i] == (unsigned char)candidates[k].c;
	}
	for (size_t k = 1; k < CANDIDATES; k++)
		if (count[k] > count[best])
			best = k;
	return candidates[best].c;
}

const char *delimiter_name(char d)
{
	size_t k = 0;

	while (k + 1 < CANDIDATES && candidates[k].c != d)
		k++;
	return candidates[k].name;
}
