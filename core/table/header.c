/* header: names to columns. */
#include "table/header.h"

#include <stdio.h>
#include <string.h>

#include "flow/report.h"

int header_add(struct header *h, const char *name, size_t len, struct err *e)
{
	const struct column *c = column_find(name, len);

	if (memchr(name, '\0', len) != NULL)
		return err_set(e, ERR_FORMAT, "NUL bytes, this is no text file (CSV in ASCII or UTF-8 is needed)");
	if (h->n == HEADER_MAX)
		return err_set(e, ERR_FORMAT, "more than %d columns", HEADER_MAX);
	for (size_t i = 0; c != NULL && i < h->n; i++)
		if (h->column[i] == c)
			return err_set(e, ERR_FORMAT, "the header names %s twice, in columns %zu and %zu: remove one", c->name,
				       i + 1, h->n + 1);
	column_trim(&name, &len);
	h->column[h->n] = c;
	h->has_label |= c != NULL && column_is_label(c);
	report_print(h->name[h->n++], HEADER_NAME, name, len);
	return OK;
}

/* Append ", word" to list, which holds n bytes, and cut it with dots when it is full. Returns the new n. */
static size_t append(char *list, size_t size, size_t n, const char *word)
{
	const int k = snprintf(list + n, size - n, "%s%s", n > 0 ? ", " : "", word);

	if (k < 0)
		return n;
	if (n + (size_t)k < size)
		return n + (size_t)k;
	memcpy(list + size - 4, "...", 4);
	return size - 1;
}

int header_check(const struct header *h, struct err *e)
{
	char missing[80] = "", found[160] = "";
	const struct column *c;
	size_t missing_n = 0, found_n = 0, k;

	for (size_t i = 0; (c = column_get(i)) != NULL; i++) {
		for (k = 0; k < h->n && h->column[k] != c; k++)
			;
		if (c->required && k == h->n)
			missing_n = append(missing, sizeof(missing), missing_n, c->name);
	}
	if (missing_n == 0)
		return OK;
	for (k = 0; k < h->n && found_n < sizeof(found) - 1; k++)
		found_n = append(found, sizeof(found), found_n, h->name[k]);
	return err_set(e, ERR_FORMAT, "the header lacks %s; it has: %s", missing, found);
}
