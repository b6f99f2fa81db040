/* json_value: values that json-c has no maker for. */
#include "http/response.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

enum { DIGITS_MAX = 17 };

struct json_object *json_text(const char *text)
{
	const size_t n = text != NULL ? strlen(text) : 0;
	struct json_object *o;
	char *copy;

	if (text == NULL || utf8_is_valid(text, n))
		return text != NULL ? json_object_new_string(text) : NULL;
	if ((copy = malloc(3 * n + 1)) == NULL)
		return NULL;
	utf8_clean(copy, 3 * n + 1, n, 1, text, n);
	o = json_object_new_string(copy);
	free(copy);
	return o;
}

/* A double with a text of its own: json-c writes the text, whatever it is. */
struct json_object *json_raw(const char *json)
{
	return json != NULL ? json_object_new_double_s(0, json) : NULL;
}

struct json_object *json_time(int64_t us)
{
	enum { SECOND = 1000000 };
	const int64_t part = (us % SECOND + SECOND) % SECOND;
	const time_t t = (time_t)(us / SECOND - (us % SECOND < 0));
	struct tm tm;
	char text[64];

	/* ISO 8601 has four digits for the year. */
	if (us == 0 || gmtime_r(&t, &tm) == NULL || tm.tm_year < -1900 || tm.tm_year > 8099)
		return NULL;
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(part / 1000));
	return json_object_new_string(text);
}
