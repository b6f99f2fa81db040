/*
 * json_cut: where one record of a JSON file ends and the next begins, fed in pieces of any size.
 *
 * Taken are JSON lines (one object a line), objects one after the other over any number of lines, with commas or record separators
 * (RFC 7464) or nothing between them, and one or more arrays of objects. When the first object ends on its own line, the file is
 * taken for JSON lines: then a line break ends a record whatever it looks like, so that a broken one costs one line. A record of over
 * JSON_RECORD_MAX bytes is told as too long, and not kept.
 */
#ifndef TABLE_JSON_CUT_H
#define TABLE_JSON_CUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "table/json_walk.h"

enum json_cut_fault { JSON_CUT_FINE, JSON_CUT_TOO_LONG, JSON_CUT_BROKEN, JSON_CUT_NO_OBJECT };

/* A record: text[len] from its { on, borrowed; on JSON_CUT_TOO_LONG and JSON_CUT_NO_OBJECT there is no text. 0 to go on; a negative value stops. */
typedef int (*json_record)(void *arg, uint64_t line, enum json_cut_fault fault, const char *text, size_t len);

enum json_layout { JSON_LAYOUT_UNKNOWN, JSON_LINES, JSON_DOCUMENT };

struct json_cut {
	json_record each;
	void *arg;
	enum json_layout layout;
	int in_array, in_record, in_string, escaped, skipping; /* skipping: to the line break */
	int64_t depth;                                         /* of { and [ in the record */
	uint64_t line, record_line;                            /* from 1 */
	uint64_t records;
	size_t bom_n, n; /* bytes of the mark seen; of the record kept */
	int too_long;
	char buf[JSON_RECORD_MAX];
};

void json_cut_init(struct json_cut *c, json_record each, void *arg);

/* ERR_FORMAT: something other than objects in an array; or what the callback returned, with *e untouched. */
int json_cut_feed(struct json_cut *c, const char *p, size_t n, struct err *e);

/* ERR_FORMAT: the file is empty, or ends inside of an array or of an object that is not the rest of a line. */
int json_cut_finish(struct json_cut *c, struct err *e);

#endif
