/*
 * json: strict reading of JSON that others wrote, on top of json-c.
 *
 * What json-c lets pass and we refuse: trailing text after the value, a member name that occurs twice in an
 * object, NaN and Infinity, comments, names in single quotes, control characters and NUL (\u0000) in strings, numbers
 * outside RFC 8259's grammar ("1.", "01"), integers outside 64 bits, nesting deeper than 32, more than 65,536 arrays
 * and objects.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"

/* Parse text[len]. *out is owned by the caller (json_object_put). Leading and trailing white space is legal. */
int json_read(struct json_object **out, const char *text, size_t len, struct err *e);

/*
 * Typed members of an object; the message names the key. `obj` must be an object, else ERR_FORMAT.
 * The string is borrowed from obj.
 */
int json_get_string(struct json_object *obj, const char *key, const char **out, struct err *e);
int json_get_size(struct json_object *obj, const char *key, size_t max, size_t *out, struct err *e); /* integer in [0, max] */
int json_get_double(struct json_object *obj, const char *key, double *out, struct err *e);           /* finite number */
int json_get_bool(struct json_object *obj, const char *key, int *out, struct err *e);
int json_get_array(struct json_object *obj, const char *key, struct json_object **out, struct err *e); /* borrowed */
/* An array of exactly n finite numbers. */
int json_get_doubles(struct json_object *obj, const char *key, double *out, size_t n, struct err *e);

/* A number with that many significant digits at most; NULL, which is null, when it is not finite: JSON has no infinity. */
struct json_object *json_number(double v, int digits);
struct json_object *json_count(uint64_t n);

/* A finite number with the 17 digits that give it back, a point whatever the locale, and the sign of a 0; NULL: memory is out. */
struct json_object *json_exact(double v);
struct json_object *json_exacts(const double *v, size_t n); /* an array of them */

/* Move the members of `from`, which is released, into o. NULL is fine. */
void json_move_members(struct json_object *o, struct json_object *from);

#endif
