/* header: names to columns. */
#include "table/header.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "flow/report.h"
#include "table/row.h"

/* Another column has the field. Of two labels, as in "Label,Attack" with 0 and 1 in the first, this one may say what the attack was. */
static void second_best(const struct header *h, struct binding *b)
{
	b->field = b->field == FIELD_LABEL && (h->have & 1U << FIELD_ATTACK) == 0 ? FIELD_ATTACK : FIELD_NONE;
	b->rank = UINT_MAX;
}

int header_add(struct header *h, const char *name, size_t len, struct err *e)
{
	struct binding b;

	if (memchr(name, '\0', len) != NULL)
		return err_set(e, ERR_FORMAT, "NUL bytes, this is no text file");
	if (h->n == HEADER_MAX)
		return err_set(e, ERR_FORMAT, "more than %d columns", HEADER_MAX);
	row_trim(&name, &len);
	b = field_find(name, len);
	for (size_t i = 0; b.field != FIELD_NONE && i < h->n; i++) {
		if (h->column[i].field != b.field)
			continue;
		if (h->column[i].rank == b.rank)
			return err_set(e, ERR_FORMAT, "the header names %s twice, in columns %zu and %zu: remove one", h->name[i],
				       i + 1, h->n + 1);
		second_best(h, h->column[i].rank < b.rank ? &b : &h->column[i]);
	}
	h->have |= 1U << b.field;
	h->column[h->n] = b;
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
	const unsigned lacks = fields_missing(h->have);
	char missing[80] = "", found[160] = "";
	size_t n = 0;

	if (lacks == 0)
		return OK;
	fields_print(lacks, missing, sizeof(missing));
	for (size_t i = 0; i < h->n && n < sizeof(found) - 1; i++)
		n = append(found, sizeof(found), n, h->name[i]);
	return err_set(e, ERR_FORMAT, "the header lacks %s; it has: %s", missing, found);
}
