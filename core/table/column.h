/*
 * column: the values of a flow that text formats have in named columns, from one table.
 *
 * Names are Zeek's (conn.log); the aliases are what TON_IoT renamed them to. Letter case does not matter.
 * "-", "(empty)" and nothing at all mean unset: a count that is unset is 0 (Zeek leaves orig_bytes unset when there was
 * no payload), a time NaN, a label LABEL_NONE. Numbers are finite and not negative.
 */
#ifndef TABLE_COLUMN_H
#define TABLE_COLUMN_H

#include <stddef.h>

#include "flow/flow.h"

struct column {
	const char *name;
	const char *alias; /* or NULL */
	int required;
	size_t offset; /* in struct flow, of a double or of the label */
	/* Store text[len], without blanks around it, in the flow. NULL, or what is wrong with the text. */
	const char *(*set)(const struct column *c, struct flow *f, const char *text, size_t len);
};

/* The i-th column; NULL past the last. */
const struct column *column_get(size_t i);

/* The column that is called name[len] (blanks around it are ignored), or NULL. */
const struct column *column_find(const char *name, size_t len);

/* Store text[len] in the flow: NULL, or what is wrong with it, such as "is not a number". */
const char *column_set(const struct column *c, struct flow *f, const char *text, size_t len);

/* 1 when the column is the label. */
int column_is_label(const struct column *c);

/* Move *text and *len past the blanks (space, tab) at both ends. */
void column_trim(const char **text, size_t *len);

#endif
