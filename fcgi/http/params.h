/*
 * params: the query of a URL against the route's table: unknown, repeated, malformed and out-of-range parameters are refused in one
 * place, before any handler runs.
 */
#ifndef HTTP_PARAMS_H
#define HTTP_PARAMS_H

#include <stdint.h>

#include "base/err.h"

enum param_type {
	PARAM_INTEGER,
	PARAM_TEXT,
	PARAM_KEY,    /* see base/key.h */
	PARAM_CHOICE, /* one of `choices`: integer is its index, the fallback when not given */
	PARAM_TIME,   /* 2026-11-21, 2026-11-21T08:30:00Z (UTC) or seconds since 1970: integer is microseconds since 1970 */
};
enum { PARAMS_MAX = 16, PARAM_TEXT_MAX = 255, PARAM_TEXT_BYTES = 4 * PARAM_TEXT_MAX }; /* characters; bytes of UTF-8 */

/* A row of a table that ends with a row whose name is NULL. */
struct param {
	const char *name;
	enum param_type type;
	int64_t min, max, fallback; /* of integers; the fallback of choices and times too */
	const char *help;
	const char *const *choices; /* of a choice: words, NULL-terminated */
};

struct param_value {
	int given;
	int64_t integer;                 /* the fallback when not given */
	char text[PARAM_TEXT_BYTES + 1]; /* decoded (percent and '+'), valid UTF-8 without control characters; "" when not given */
};

/* value[i] belongs to table[i]; table may be NULL: no parameter is known then. ERR_FORMAT or ERR_RANGE names the parameter and what
 * is allowed. */
int params_parse(const struct param *table, const char *query, struct param_value value[PARAMS_MAX], struct err *e);

#endif
