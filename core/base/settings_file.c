/* settings_file: the text of a configuration file, line by line. */
#include "base/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A piece of the text. */
struct span {
	const char *p;
	size_t n;
};

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span trim(struct span t)
{
	while (t.n > 0 && is_blank(t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n > 0 && is_blank(t.p[t.n - 1]))
		t.n--;
	return t;
}

/* Levenshtein distance between a name of the table and t[n], both at most SETTING_NAME_MAX long. */
static size_t distance(const char *name, struct span t)
{
	unsigned char row[SETTING_NAME_MAX + 1];

	for (size_t j = 0; j <= t.n; j++)
		row[j] = (unsigned char)j;
	for (size_t i = 0; name[i] != '\0'; i++) {
		unsigned char diagonal = row[0];

		row[0] = (unsigned char)(i + 1);
		for (size_t j = 0; j < t.n; j++) {
			const unsigned char above = row[j + 1];
			unsigned char best = (unsigned char)(diagonal + (name[i] != t.p[j]));

			best = above + 1 < best ? (unsigned char)(above + 1) : best;
			best = row[j] + 1 < best ? (unsigned char)(row[j] + 1) : best;
			row[j + 1] = best;
			diagonal = above;
		}
	}
	return row[t.n];
}

static int unknown(const struct setting *table, size_t line, struct span name, struct err *e)
{
	const int shown = (int)(name.n < 40 ? name.n : 40);
	const char *similar = NULL;
	size_t best = 3, n = 0; /* up to two wrong letters */
	char list[160] = "";

	for (size_t i = 0; name.n <= SETTING_NAME_MAX && table[i].name != NULL; i++) {
		const size_t d = distance(table[i].name, name);

		if (d < best && d < name.n) {
			best = d;
			similar = table[i].name;
		}
	}
	if (similar != NULL)
		return err_set(e, ERR_FORMAT, "line %zu: unknown setting \"%.*s\"; did you mean \"%s\"?", line, shown, name.p,
			       similar);
	for (size_t i = 0; table[i].name != NULL && n + strlen(table[i].name) + 6 < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i > 0 ? ", " : "", table[i].name);
	return err_set(e, ERR_FORMAT, "line %zu: unknown setting \"%.*s\"; known are %s", line, shown, name.p, list);
}

/* Take the quotes or the comment off a value. */
static int unquote(struct span *t, size_t line, struct err *e)
{
	struct span rest;
	const char *end;

	if (t->n == 0 || (t->p[0] != '"' && t->p[0] != '\'')) {
		for (size_t i = 0; i < t->n; i++)
			if (t->p[i] == '#' && (i == 0 || is_blank(t->p[i - 1])))
				t->n = i;
		*t = trim(*t);
		return OK;
	}
	if ((end = memchr(t->p + 1, t->p[0], t->n - 1)) == NULL)
		return err_set(e, ERR_FORMAT, "line %zu: the quote %c is not closed", line, t->p[0]);
	rest = trim((struct span){ end + 1, t->n - (size_t)(end + 1 - t->p) });
	if (rest.n > 0 && rest.p[0] != '#')
		return err_set(e, ERR_FORMAT, "line %zu: text after the closing quote; use the other kind of quotes around it",
			       line);
	*t = (struct span){ t->p + 1, (size_t)(end - t->p - 1) };
	return OK;
}

static int read_line(struct settings *s, size_t line, struct span text, struct err *e)
{
	struct span name, value;
	const char *equals;
	size_t i = 0;
	int r;

	for (size_t k = 0; k < text.n; k++)
		if (((unsigned char)text.p[k] < 0x20 && text.p[k] != '\t') || text.p[k] == 0x7f)
			return err_set(e, ERR_FORMAT, "line %zu: control character 0x%02x; is this a text file?", line,
				       (unsigned)text.p[k]);
	text = trim(text);
	if (text.n == 0 || text.p[0] == '#')
		return OK;
	if ((equals = memchr(text.p, '=', text.n)) == NULL)
		return err_set(e, ERR_FORMAT, "line %zu: no '='; a line is \"name = value\"", line);
	name = trim((struct span){ text.p, (size_t)(equals - text.p) });
	value = trim((struct span){ equals + 1, text.n - (size_t)(equals + 1 - text.p) });
	while (s->table[i].name != NULL && (strlen(s->table[i].name) != name.n || memcmp(s->table[i].name, name.p, name.n) != 0))
		i++;
	if (s->table[i].name == NULL)
		return unknown(s->table, line, name, e);
	if (s->value[i].line > 0)
		return err_set(e, ERR_FORMAT, "line %zu: \"%s\" is set in line %zu already", line, s->table[i].name,
			       s->value[i].line);
	if ((r = unquote(&value, line, e)) < 0)
		return r;
	if (value.n > SETTING_TEXT_MAX)
		return err_set(e, ERR_RANGE, "line %zu: the value of \"%s\" is longer than %d characters", line, s->table[i].name,
			       SETTING_TEXT_MAX);
	memcpy(s->value[i].text, value.p, value.n);
	s->value[i].text[value.n] = '\0';
	s->value[i].line = line;
	s->value[i].env = NULL;
	return OK;
}

int settings_parse(struct settings *s, const char *source, const char *text, size_t len, struct err *e)
{
	struct settings made = *s;
	size_t i = 0;
	int r;

	if (len > SETTINGS_FILE_MAX)
		return err_set(e, ERR_RANGE, "%.128s: longer than %d bytes; is this the configuration?", source, SETTINGS_FILE_MAX);
	snprintf(made.source, sizeof(made.source), "%s", source);
	for (size_t k = 0; k < SETTINGS_MAX; k++)
		made.value[k].line = 0;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	for (size_t line = 1; i < len; line++) {
		const char *end = memchr(text + i, '\n', len - i);
		const size_t n = end != NULL ? (size_t)(end - (text + i)) : len - i;
		const size_t cr = n > 0 && text[i + n - 1] == '\r';

		if ((r = read_line(&made, line, (struct span){ text + i, n - cr }, e)) < 0) {
			err_prefix(e, "%.128s", source);
			return r;
		}
		i += n + 1;
	}
	*s = made;
	return OK;
}

int settings_load(struct settings *s, const char *path, struct err *e)
{
	char *text = malloc(SETTINGS_FILE_MAX + 1);
	FILE *f = NULL;
	size_t len;
	int r;

	if (text == NULL) {
		r = err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	/* Read, not mapped: people edit this file in place. */
	if ((f = fopen(path, "re")) == NULL) {
		r = err_errno(e, ERR_IO, "cannot open %.200s", path);
		goto out;
	}
	len = fread(text, 1, SETTINGS_FILE_MAX + 1, f);
	r = ferror(f) ? err_errno(e, ERR_IO, "cannot read %.200s", path) : settings_parse(s, path, text, len, e);
out:
	if (f != NULL)
		fclose(f);
	free(text);
	return r;
}
