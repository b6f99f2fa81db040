/*
 * args: the values for the placeholders of a statement, in their order; for a bulk insert those of many rows one after the other.
 * Texts are copied. Zero-initialise, release with args_free(); args_clear() keeps the memory for the next statement.
 */
#ifndef SQL_ARGS_H
#define SQL_ARGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum arg_type { ARG_NULL, ARG_I64, ARG_U64, ARG_REAL, ARG_TEXT, ARG_BLOB };

struct arg {
	enum arg_type type;
	size_t len; /* of the text, or the bytes */
	union {
		int64_t i64;
		uint64_t u64;
		double real;
		size_t at; /* where they begin */
	} v;
};

struct args {
	struct arg *v;
	size_t n, cap;
	struct text text;
	int failed; /* memory was out */
};

void args_clear(struct args *a);
void args_free(struct args *a);

void args_i64(struct args *a, int64_t v);
void args_u64(struct args *a, uint64_t v);
void args_real(struct args *a, double v); /* NaN and infinities, which the database does not know, become NULL */

/* UTF-8, cut to max characters; NULL is NULL. Every byte that is not a part of a well-formed character becomes U+FFFD. */
void args_text(struct args *a, const char *s, size_t max);

/* Bytes as they are; p NULL is NULL. Copies. */
void args_blob(struct args *a, const void *p, size_t n);

#endif
