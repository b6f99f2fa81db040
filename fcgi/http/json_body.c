/* json_body: read to its end, then parsed by base/json, which is strict. */
#include "http/json_body.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"

enum { PIECE = 4096, NAME_SHOWN = 40 };

static int is_json(const char *type)
{
	static const char json[] = "application/json";
	const size_t n = sizeof(json) - 1;

	return strncasecmp(type, json, n) == 0 && (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

static int read_all(struct text *t, struct request *q, struct err *e)
{
	ptrdiff_t n;

	do {
		char *const room = text_room(t, PIECE);

		if (room == NULL)
			return err_set(e, ERR_NOMEM, "out of memory");
		if ((n = request_read(q, room, PIECE)) < 0)
			return err_set(e, ERR_IO, "the request broke off");
		text_took(t, (size_t)n);
		if (t->n > JSON_BODY_MOST)
			return err_set(e, ERR_TOO_LARGE, "the body has more than %d bytes", JSON_BODY_MOST);
	} while (n > 0);
	return OK;
}

static int check_names(struct json_object *o, const char *const *known, struct err *e)
{
	json_object_object_foreach(o, name, value)
	{
		char shown[4 * NAME_SHOWN + 1];
		size_t i = 0;

		(void)value;
		while (known[i] != NULL && strcmp(known[i], name) != 0)
			i++;
		if (known[i] != NULL)
			continue;
		utf8_clean(shown, sizeof(shown), NAME_SHOWN, 0, name, strlen(name));
		err_set(e, ERR_FORMAT, "unknown member \"%s\"; the first that is known is \"%s\"", shown, known[0]);
		err_field(e, shown);
		return ERR_FORMAT;
	}
	return OK;
}

int json_body(struct json_object **out, struct request *q, const char *const *known, struct err *e)
{
	struct json_object *o = NULL;
	struct text t = { 0 };
	int r;

	if (!is_json(q->content_type))
		return err_set(e, ERR_UNKNOWN, "the body must be JSON: send Content-Type: application/json");
	if ((r = read_all(&t, q, e)) == OK && (r = json_read(&o, text_get(&t), t.n, e)) < 0)
		err_prefix(e, "the body is no JSON");
	if (r == OK && !json_object_is_type(o, json_type_object))
		r = err_set(e, ERR_FORMAT, "the body must be a JSON object");
	if (r == OK)
		r = check_names(o, known, e);
	text_free(&t);
	if (r == OK)
		*out = o;
	else
		json_object_put(o);
	return r;
}

static int read_text(struct json_object *value, const char *name, size_t most, const char **out, struct err *e)
{
	const char *text;
	size_t n, characters = 0;
	uint32_t code;

	if (!json_object_is_type(value, json_type_string))
		return err_set(e, ERR_FORMAT, "\"%s\" must be a text", name);
	text = json_object_get_string(value);
	n = (size_t)json_object_get_string_len(value);
	for (size_t i = 0; i < n; characters++) {
		i += utf8_next(text + i, n - i, &code);
		if (code == UTF8_INVALID || code == 0 || (utf8_is_control(code) && code != '\n' && code != '\t'))
			return err_set(e, ERR_FORMAT, "\"%s\" has a character that no text has", name);
	}
	if (characters > most)
		return err_set(e, ERR_RANGE, "\"%s\" has %zu characters; at most %zu are kept", name, characters, most);
	*out = text;
	return OK;
}

int json_body_text(struct json_object *o, const char *name, size_t most, const char **out, struct err *e)
{
	struct json_object *value = NULL;
	int r;

	*out = NULL;
	if (!json_object_object_get_ex(o, name, &value) || value == NULL)
		return OK;
	if ((r = read_text(value, name, most, out, e)) < 0)
		err_field(e, name);
	return r;
}
