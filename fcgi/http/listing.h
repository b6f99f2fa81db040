/*
 * listing: a page of a list as the client wants it: JSON {"items":[…],"next_cursor":…} or, by `Accept: text/csv` or a parameter
 * format=csv, a table with a
 * line of names. Cells of text that a spreadsheet would take for a formula (= + - @, tab or carriage return first) get a ' before them (OWASP,
 * CSV injection).
 */
#ifndef HTTP_LISTING_H
#define HTTP_LISTING_H

#include <json-c/json.h>

#include "http/request.h"
#include "http/response.h"

enum listing_format { LISTING_JSON, LISTING_CSV, LISTING_REFUSED };

/* For the tables of parameters: { "format", PARAM_CHOICE, .choices = listing_formats }. */
extern const char *const listing_formats[]; /* "json", "csv" */

/* A column of the CSV: title, and where in an item its value is: "file", "device.ip", "rows.0". */
struct listing_column {
	const char *title, *path;
};

/* What the client wants: `format` is the parameter's index, negative when it was not given. LISTING_REFUSED: answered with 406 in s. */
enum listing_format listing_wanted(const struct request *q, int64_t format, struct response *s);

/* Answers 200 and releases items. next NULL: this is the last page; in CSV it is the header X-Next-Cursor. columns end with a row without title. */
void listing_answer(struct response *s, enum listing_format format, struct json_object *items, const char *next,
		    const struct listing_column *columns);

/* One cell of CSV (RFC 4180), quoted where it must be; text 0: it is a number or a truth, and no formula. For lists that are not made of JSON. */
void listing_cell(struct text *t, const char *value, size_t n, int text);

#endif
