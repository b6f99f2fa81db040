/* listing: CSV is made of the JSON, so both say the same. */
#include "http/listing.h"

#include <stdlib.h>
#include <string.h>

#include "http/accept.h"

const char *const listing_formats[] = { "json", "csv", NULL };

enum listing_format listing_wanted(const struct request *q, int64_t format, struct response *s)
{
	static const char *const types[] = { "application/json", "text/csv" };
	const size_t best = accept_best(q->accept, types, 2);

	if (format >= 0)
		return (enum listing_format)format;
	if (best < 2)
		return (enum listing_format)best;
	response_error(s, 406, "this list is there as application/json and as text/csv");
	return LISTING_REFUSED;
}

void listing_cell(struct text *t, const char *value, size_t n, int text)
{
	const int formula = text && n > 0 && value[0] != '\0' && strchr("=+-@\t\r", value[0]) != NULL;
	int quoted = formula;

	for (size_t i = 0; i < n && !quoted; i++)
		quoted = value[i] != '\0' && strchr(",\"\r\n", value[i]) != NULL;
	if (quoted)
		text_str(t, "\"");
	if (formula)
		text_str(t, "'");
	for (size_t i = 0; i < n; i++)
		text_add(t, value[i] == '"' ? "\"\"" : value + i, value[i] == '"' ? 2 : 1);
	if (quoted)
		text_str(t, "\"");
}

/* The value at a path; NULL: there is none. */
static struct json_object *at(struct json_object *o, const char *path)
{
	char name[64];

	while (o != NULL && *path != '\0') {
		const size_t n = strcspn(path, ".");

		if (n >= sizeof(name))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		path += n + (path[n] == '.');
		if (json_object_is_type(o, json_type_array))
			o = json_object_array_get_idx(o, strtoul(name, NULL, 10));
		else if (!json_object_object_get_ex(o, name, &o))
			return NULL;
	}
	return o;
}

static void add_cell(struct text *t, struct json_object *value)
{
	size_t n = 0;
	const char *s;

	if (value == NULL)
		return;
	if (json_object_is_type(value, json_type_string)) {
		listing_cell(t, json_object_get_string(value), (size_t)json_object_get_string_len(value), 1);
		return;
	}
	s = json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN, &n);
	if (s != NULL)
		listing_cell(t, s, n, 0);
}

static void answer_csv(struct response *s, struct json_object *items, const char *next, const struct listing_column *columns)
{
	s->status = 200;
	s->content_type = "text/csv; charset=utf-8";
	text_clear(&s->body);
	for (const struct listing_column *c = columns; c->title != NULL; c++)
		text_printf(&s->body, "%s%s", c > columns ? "," : "", c->title);
	text_str(&s->body, "\r\n");
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		for (const struct listing_column *c = columns; c->title != NULL; c++) {
			if (c > columns)
				text_str(&s->body, ",");
			add_cell(&s->body, at(json_object_array_get_idx(items, i), c->path));
		}
		text_str(&s->body, "\r\n");
	}
	if (next != NULL)
		text_printf(&s->headers, "X-Next-Cursor: %s\r\n", next);
	json_object_put(items);
}

void listing_answer(struct response *s, enum listing_format format, struct json_object *items, const char *next,
		    const struct listing_column *columns)
{
	struct json_object *o;

	text_str(&s->headers, "Vary: Accept\r\n");
	if (format == LISTING_CSV) {
		answer_csv(s, items, next, columns);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "items", items);
	json_object_object_add(o, "next_cursor", next != NULL ? json_object_new_string(next) : NULL);
	response_json(s, 200, o);
}
