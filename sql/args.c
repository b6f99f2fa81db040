/* args: values for placeholders. */
#include "sql/args.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void args_clear(struct args *a)
{
	a->n = 0;
	a->failed = 0;
	text_clear(&a->text);
}

void args_free(struct args *a)
{
	free(a->v);
	text_free(&a->text);
	*a = (struct args){ 0 };
}

static void push(struct args *a, struct arg v)
{
	if (a->n == a->cap) {
		const size_t cap = a->cap ? 2 * a->cap : 32;
		struct arg *more = realloc(a->v, cap * sizeof(*more));

		if (more == NULL) {
			a->failed = 1;
			return;
		}
		a->v = more;
		a->cap = cap;
	}
	a->v[a->n++] = v;
}

void args_i64(struct args *a, int64_t v)
{
	push(a, (struct arg){ .type = ARG_I64, .v.i64 = v });
}

void args_u64(struct args *a, uint64_t v)
{
	push(a, (struct arg){ .type = ARG_U64, .v.u64 = v });
}

void args_real(struct args *a, double v)
{
	push(a, isfinite(v) ? (struct arg){ .type = ARG_REAL, .v.real = v } : (struct arg){ .type = ARG_NULL });
}

/* Bytes of the character at s, 0: it is not well-formed (The Unicode Standard, table 3-7). */
static size_t utf8_len(const unsigned char *s)
{
	/* First byte, range of the second, length. */
	static const struct {
		unsigned char first, last, low, high, len;
	} rows[] = {
		{ 0x01, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (s[0] < rows[i].first || s[0] > rows[i].last)
			continue;
		if (rows[i].len > 1 && (s[1] < rows[i].low || s[1] > rows[i].high))
			return 0;
		for (size_t k = 2; k < rows[i].len; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

void args_text(struct args *a, const char *s, size_t max)
{
	const size_t at = a->text.n;
	const char *good = s; /* what is not copied yet */

	if (s == NULL) {
		push(a, (struct arg){ .type = ARG_NULL });
		return;
	}
	for (; *s != '\0' && max > 0; max--) {
		const size_t len = utf8_len((const unsigned char *)s);

		if (len == 0) {
			text_add(&a->text, good, (size_t)(s - good));
			text_add(&a->text, "\xef\xbf\xbd", 3);
			good = s + 1;
		}
		s += len > 0 ? len : 1;
	}
	text_add(&a->text, good, (size_t)(s - good));
	a->failed |= a->text.failed;
	push(a, (struct arg){ .type = ARG_TEXT, .len = a->text.n - at, .v.at = at });
}

void args_blob(struct args *a, const void *p, size_t n)
{
	const size_t at = a->text.n;

	if (p == NULL) {
		push(a, (struct arg){ .type = ARG_NULL });
		return;
	}
	text_add(&a->text, p, n);
	a->failed |= a->text.failed;
	push(a, (struct arg){ .type = ARG_BLOB, .len = n, .v.at = at });
}
