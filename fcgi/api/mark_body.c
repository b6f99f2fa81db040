/* mark_body: member by member. */
#include "api/mark_body.h"

#include <string.h>

#include "sql/store_device.h"

enum { MARK_CHARS = 40 };

int body_text(struct json_object *o, const char *name, size_t most, const char **out, struct err *e)
{
	struct json_object *value;
	const int r = json_body_text(o, name, most, out, e);

	if (r == OK && *out == NULL && json_object_object_get_ex(o, name, &value))
		*out = "";
	return r;
}

static int find_mark(int *mark, const char *word, struct err *e)
{
	int i = 0;

	while (mark_names[i] != NULL && strcmp(mark_names[i], word) != 0)
		i++;
	if (mark_names[i] == NULL) {
		err_set(e, ERR_RANGE, "\"mark\" must be one of: open, expected, confirmed");
		err_field(e, "mark");
		return ERR_RANGE;
	}
	*mark = i;
	return OK;
}

int mark_body(struct mark_change *m, struct json_object **body, struct request *q, struct err *e)
{
	static const char *const known[] = { "mark", "note", NULL };
	const char *word = NULL;
	int r;

	*m = (struct mark_change){ .mark = -1 };
	if ((r = json_body(body, q, known, e)) < 0 || (r = json_body_text(*body, "mark", MARK_CHARS, &word, e)) < 0 ||
	    (r = body_text(*body, "note", NOTE_MAX, &m->note, e)) < 0)
		return r;
	if (word != NULL && (r = find_mark(&m->mark, word, e)) < 0)
		return r;
	if (m->mark < 0 && m->note == NULL)
		return err_set(e, ERR_FORMAT, "nothing to change: give \"mark\", \"note\" or both");
	return OK;
}

int mark_take(struct store *s, struct request *q, mark_set set, struct err *e)
{
	struct json_object *body = NULL;
	struct mark_change m;
	int r;

	if ((r = mark_body(&m, &body, q, e)) == OK)
		r = set(s, q->number, q->item, &m, e);
	json_object_put(body);
	return r;
}
