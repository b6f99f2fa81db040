/*
 * shown: text of others (file names, metadata of a model) made safe to print.
 *
 * A terminal obeys control characters, and JSON must be UTF-8; neither a file name nor what a model file says is bound to that.
 */
#ifndef BASE_SHOWN_H
#define BASE_SHOWN_H

#include <stddef.h>

#include <json-c/json.h>

enum { SHOWN_NAME = 512 }; /* bytes for a file name that is shown */

/*
 * Every byte of a control character (utf8_is_control(): C0, DEL, C1, what turns text around) and every byte that is no UTF-8
 * becomes '?'. Returns text.
 */
char *shown_in_place(char *text);

/* The same in buf[cap], cut to fit at the end of a character. Returns buf. */
const char *shown(char *buf, size_t cap, const char *text);

/* A JSON string: text itself (json-c escapes control characters), or as above when it is no UTF-8. NULL when memory is out. */
struct json_object *shown_json(const char *text);

#endif
