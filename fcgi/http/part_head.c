/* part_head: only Content-Disposition matters. */
#include "http/part_head.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "http/header_value.h"

enum { FIELD_NAME, FIELD_FILE_NAME, FIELD_FILE_NAME_EXTENDED, FIELD_N };
static const char *const fields[FIELD_N] = { "name", "filename", "filename*" };

/* A header may go on in the next line when that begins with a blank (RFC 5322 2.2.3). */
static void unfold(char *text, size_t n)
{
	for (size_t i = 0; i + 2 < n; i++)
		if (text[i] == '\r' && (text[i + 2] == ' ' || text[i + 2] == '\t'))
			text[i] = text[i + 1] = ' ';
}

/* The parameters that matter; NULL where not there. */
static int parameters(struct header_value *v, char *value[FIELD_N], struct err *e)
{
	struct header_param p;
	int r;

	while ((r = header_value_next(v, &p)) > 0) {
		for (size_t i = 0; i < FIELD_N; i++) {
			if (strcmp(p.name, fields[i]) != 0)
				continue;
			if (value[i] != NULL)
				return err_set(e, ERR_FORMAT, "Content-Disposition of a part has two parameters %s", fields[i]);
			value[i] = p.value;
		}
	}
	return r == 0 ? OK
		      : err_set(e, ERR_FORMAT,
				"Content-Disposition of a part is malformed; it should be: form-data; name=\"file\"; "
				"filename=\"flows.csv\"");
}

static int disposition(struct part_head *out, char *text, size_t n, struct err *e)
{
	struct header_value v;
	char *value[FIELD_N] = { NULL };
	const char *const type = header_value_begin(&v, text, n), *file_name;
	int r;

	if (strcmp(type, "form-data") != 0)
		return err_set(e, ERR_FORMAT, "Content-Disposition of a part is \"%.40s\" and should be form-data", type);
	if ((r = parameters(&v, value, e)) < 0)
		return r;
	if (value[FIELD_NAME] == NULL)
		return err_set(e, ERR_FORMAT, "Content-Disposition of a part has no name");
	utf8_clean(out->name, sizeof(out->name), sizeof(out->name), 0, value[FIELD_NAME], strlen(value[FIELD_NAME]));
	if (!(out->is_file = strcmp(value[FIELD_NAME], "file") == 0))
		return OK;
	if (value[FIELD_FILE_NAME] != NULL)
		file_name_unescape(value[FIELD_FILE_NAME]);
	/* Where both are there, the plain one is for those who do not know the other (RFC 6266 4.3). */
	file_name = value[FIELD_FILE_NAME_EXTENDED] != NULL && file_name_extended(value[FIELD_FILE_NAME_EXTENDED]) == 0
			    ? value[FIELD_FILE_NAME_EXTENDED]
			    : value[FIELD_FILE_NAME];
	if (file_name == NULL)
		return err_set(e, ERR_FORMAT, "the part \"file\" has no file name: it must be a file, not a text field");
	if (file_name_clean(out->file_name, file_name) < 0)
		return err_set(e, ERR_FORMAT, "the file name is empty: no file was chosen");
	return OK;
}

int part_head_parse(struct part_head *out, char *text, size_t n, struct err *e)
{
	static const char wanted[] = "content-disposition";
	struct {
		char *p;
		size_t n;
	} found = { NULL, 0 };

	*out = (struct part_head){ 0 };
	unfold(text, n);
	for (char *line = text, *end; line < text + n; line = end + 2) {
		const size_t left = n - (size_t)(line - text);
		char *colon;
		size_t name_n;

		end = memchr(line, '\r', left);
		if (end == line) /* the empty line at the end */
			break;
		colon = memchr(line, ':', (size_t)(end - line));
		name_n = colon != NULL ? (size_t)(colon - line) : 0;
		if (name_n == 0 || memchr(line, ' ', name_n) != NULL || memchr(line, '\t', name_n) != NULL)
			return err_set(e, ERR_FORMAT,
				       "a part has a line \"%.*s\" that is no header, before the empty line that ends them",
				       end - line < 60 ? (int)(end - line) : 60, line);
		if (name_n != sizeof(wanted) - 1 || strncasecmp(line, wanted, name_n) != 0)
			continue;
		if (found.p != NULL)
			return err_set(e, ERR_FORMAT, "a part has two Content-Disposition headers");
		found.p = colon + 1;
		found.n = (size_t)(end - found.p);
	}
	if (found.p == NULL)
		return err_set(e, ERR_FORMAT, "a part has no Content-Disposition header");
	found.p[found.n] = '\0';
	return disposition(out, found.p, found.n, e);
}
