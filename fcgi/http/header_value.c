/* header_value: RFC 2045 5.1 as it is met in practice. */
#include "http/header_value.h"

#include <string.h>

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void skip_blanks(struct header_value *v)
{
	while (v->p < v->end && is_blank(*v->p))
		v->p++;
}

/* From v->p up to the first of `stops` (or the end), without blanks behind; lower case. Not terminated. */
static char *word(struct header_value *v, const char *stops, size_t *n)
{
	char *const start = v->p, *last;

	while (v->p < v->end && strchr(stops, *v->p) == NULL) {
		*v->p = lower(*v->p);
		v->p++;
	}
	for (last = v->p; last > start && is_blank(last[-1]);)
		last--;
	*n = (size_t)(last - start);
	return start;
}

const char *header_value_begin(struct header_value *v, char *text, size_t n)
{
	char *type;
	size_t len;

	*v = (struct header_value){ text, text + n };
	while (v->end > text && is_blank(v->end[-1]))
		*--v->end = '\0';
	skip_blanks(v);
	type = word(v, ";", &len);
	if (v->p < v->end)
		v->p++;
	type[len] = '\0';
	return type;
}

/* A quoted string, v->p behind its opening quote; unescaped in place. */
static char *quoted(struct header_value *v)
{
	char *const start = v->p, *to = v->p;

	for (; v->p < v->end && *v->p != '"'; v->p++) {
		if (*v->p == '\\' && v->end - v->p > 1 && (v->p[1] == '\\' || (v->p[1] == '"' && v->end - v->p > 2)))
			v->p++;
		*to++ = *v->p;
	}
	if (v->p == v->end)
		return NULL;
	v->p++;
	*to = '\0';
	return start;
}

/* A value without quotes: up to a ';', without blanks behind. */
static char *bare(struct header_value *v)
{
	char *const start = v->p, *last;

	while (v->p < v->end && *v->p != ';' && *v->p != '"')
		v->p++;
	if (v->p < v->end && *v->p == '"')
		return NULL;
	for (last = v->p; last > start && is_blank(last[-1]);)
		last--;
	if (v->p < v->end)
		v->p++; /* before the ';' becomes NUL */
	*last = '\0';
	return start;
}

int header_value_next(struct header_value *v, struct header_param *p)
{
	size_t len;

	for (skip_blanks(v); v->p < v->end && *v->p == ';'; skip_blanks(v))
		v->p++;
	if (v->p == v->end)
		return 0;
	p->name = word(v, "=;\"", &len);
	if (v->p == v->end || *v->p != '=' || len == 0)
		return -1;
	v->p++;
	p->name[len] = '\0';
	skip_blanks(v);
	if (v->p == v->end || *v->p != '"')
		return (p->value = bare(v)) != NULL ? 1 : -1;
	v->p++;
	if ((p->value = quoted(v)) == NULL)
		return -1;
	skip_blanks(v);
	return v->p == v->end || *v->p == ';' ? 1 : -1;
}
