/* fields: members of an answer of the API into a page. Paths are "device.ip"; what is not there is "", 0 or NaN. */
#ifndef VIEW_FIELDS_H
#define VIEW_FIELDS_H

#include <json-c/json.h>

#include "page/template.h"

struct json_object *field(struct json_object *o, const char *path); /* borrowed; NULL: it is not there, or null */
const char *field_text(struct json_object *o, const char *path);    /* borrowed from o */
uint64_t field_count(struct json_object *o, const char *path);
double field_number(struct json_object *o, const char *path);
int64_t field_time(struct json_object *o,
		   const char *path); /* ISO 8601 in UTC, as json_time() writes it: microseconds; 0: it is none */

/* Elements of an array; 0 for what is none. */
size_t field_length(struct json_object *o, const char *path);

/* "Lamp", "192.168.1.5" or "unknown device", of {"name", "ip", "mac"}. */
const char *field_device(struct json_object *device);

/* Percent-encoded (RFC 3986: all but unreserved characters), with & before it unless out is empty: "&q=a%20b". Nothing for "". */
void query_add(struct text *out, const char *name, const char *value);

/* Name=value pairs of a query without those whose value is empty, as forms send them for what was not filled in. */
void query_filled(struct text *out, const char *query);

#endif
