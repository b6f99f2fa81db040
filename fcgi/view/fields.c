/* fields: what a page needs of JSON. */
#include "view/fields.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct json_object *field(struct json_object *o, const char *path)
{
	char name[64];

	while (o != NULL && *path != '\0') {
		const size_t n = strcspn(path, ".");

		if (n >= sizeof(name) || !json_object_is_type(o, json_type_object))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		path += n + (path[n] == '.');
		o = json_object_object_get(o, name);
	}
	return o;
}

const char *field_text(struct json_object *o, const char *path)
{
	struct json_object *const v = field(o, path);

	return v != NULL ? json_object_get_string(v) : "";
}

uint64_t field_count(struct json_object *o, const char *path)
{
	struct json_object *const v = field(o, path);

	return v != NULL ? json_object_get_uint64(v) : 0;
}

double field_number(struct json_object *o, const char *path)
{
	struct json_object *const v = field(o, path);

	return v != NULL ? json_object_get_double(v) : (double)NAN;
}

int64_t field_time(struct json_object *o, const char *path)
{
	struct tm tm = { 0 };
	const char *const rest = strptime(field_text(o, path), "%Y-%m-%dT%H:%M:%S", &tm);

	if (rest == NULL)
		return 0;
	return (int64_t)timegm(&tm) * 1000000 + (*rest == '.' ? (int64_t)1000 * strtol(rest + 1, NULL, 10) : 0);
}

size_t field_length(struct json_object *o, const char *path)
{
	struct json_object *const v = field(o, path);

	return json_object_is_type(v, json_type_array) ? json_object_array_length(v) : 0;
}

const char *field_device(struct json_object *device)
{
	static const char *const names[] = { "name", "ip", "mac" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (field_text(device, names[i])[0] != '\0')
			return field_text(device, names[i]);
	return "an unknown device";
}

void query_add(struct text *out, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	text_printf(out, "%s%s=", out->n > 0 ? "&" : "", name);
	for (const char *p = value; *p != '\0'; p++) {
		const unsigned char c = (unsigned char)*p;

		if (isascii(c) && (isalnum(c) || strchr("-._~", c) != NULL))
			text_add(out, p, 1);
		else
			text_printf(out, "%%%02X", c);
	}
}

void query_filled(struct text *out, const char *query)
{
	for (const char *p = query; *p != '\0';) {
		const size_t n = strcspn(p, "&"), name = strcspn(p, "=&");

		if (n > name + 1) {
			text_str(out, out->n > 0 ? "&" : "");
			text_add(out, p, n);
		}
		p += n + (p[n] == '&');
	}
}
