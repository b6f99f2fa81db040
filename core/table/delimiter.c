/* delimiter: counted in the header, where no value can hold one. */
#include "table/delimiter.h"

static const struct {
	char c;
	const char *name;
} candidates[] = { { ',', "commas" }, { ';', "semicolons" }, { '\t', "tabs" }, { '|', "bars" } };

enum { CANDIDATES = sizeof(candidates) / sizeof(*candidates) };

int delimiter_is_before(char c)
{
	return c == '\n' || c == '\r' || c == ' ' || c == '\xef' || c == '\xbb' || c == '\xbf';
}

char delimiter_find(const char *p, size_t n)
{
	size_t count[CANDIDATES] = { 0 }, best = 0;
	int quoted = 0;
	size_t i = 0;

	while (i < n && delimiter_is_before(p[i]))
		i++;
	for (; i < n && ((p[i] != '\n' && p[i] != '\r') || quoted); i++) {
		quoted ^= p[i] == '"';
		for (size_t k = 0; k < CANDIDATES && !quoted; k++)
			count[k] += p[i] == candidates[k].c;
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
