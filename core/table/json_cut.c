/* json_cut: braces and quotes are counted, nothing else is looked at. */
#include "table/json_cut.h"

#include <string.h>

static const char bom[] = "\xef\xbb\xbf";

void json_cut_init(struct json_cut *c, json_record each, void *arg)
{
	memset(c, 0, offsetof(struct json_cut, buf));
	c->each = each;
	c->arg = arg;
	c->line = 1;
}

static int tell(struct json_cut *c, enum json_cut_fault fault, const char *text, size_t len)
{
	c->records++;
	return c->each(c->arg, c->record_line, fault, text, len);
}

/* Keep the part of a record that is in this piece. */
static void keep(struct json_cut *c, const char *p, size_t n)
{
	if (n > sizeof(c->buf) - c->n)
		c->too_long = 1;
	else if (n > 0)
		memcpy(c->buf + c->n, p, n);
	c->n += c->too_long ? 0 : n;
}

/* The record ends before `end`; what of it is in this piece begins at p. */
static int end_record(struct json_cut *c, enum json_cut_fault fault, const char *p, const char *end)
{
	const size_t n = (size_t)(end - p);
	int r;

	if (c->n > 0 || c->too_long || n > sizeof(c->buf)) {
		keep(c, p, n);
		r = c->too_long ? tell(c, JSON_CUT_TOO_LONG, NULL, 0) : tell(c, fault, c->buf, c->n);
	} else {
		r = tell(c, fault, p, n);
	}
	if (c->layout == JSON_LAYOUT_UNKNOWN)
		c->layout = JSON_LINES;
	c->in_record = c->in_string = c->escaped = c->too_long = 0;
	c->depth = 0;
	c->n = 0;
	return r;
}

/* Inside a record, until its end or the end of the piece. *at moves to behind what was taken. */
static int record(struct json_cut *c, const char **at, const char *end)
{
	const char *const from = *at;
	const char *p = from;

	for (; p < end; p++) {
		if (*p == '\n') {
			if (c->layout == JSON_LAYOUT_UNKNOWN)
				c->layout = JSON_DOCUMENT;
			if (c->layout == JSON_LINES && !c->in_array) {
				*at = p; /* the line break is no part of it */
				return end_record(c, JSON_CUT_BROKEN, from, p);
			}
			c->line++;
		}
		if (c->in_string) {
			if (c->escaped)
				c->escaped = 0;
			else if (*p == '\\')
				c->escaped = 1;
			else if (*p == '"')
				c->in_string = 0;
		} else if (*p == '"') {
			c->in_string = 1;
		} else if (*p == '{' || *p == '[') {
			c->depth++;
		} else if ((*p == '}' || *p == ']') && --c->depth == 0) {
			*at = p + 1;
			return end_record(c, JSON_CUT_FINE, from, p + 1);
		}
	}
	keep(c, from, (size_t)(p - from));
	*at = p;
	return OK;
}

/* A byte between records. */
static int between(struct json_cut *c, char b, struct err *e)
{
	switch (b) {
	case '\n':
		c->line++;
		return OK;
	case ' ':
	case '\t':
	case '\r':
	case ',':
	case '\x1e':
		return OK;
	case '[':
	case ']':
		if (c->in_array == (b == ']')) {
			c->in_array = b == '[';
			return OK;
		}
		break;
	default:
		break;
	}
	if (c->in_array) {
		err_set(e, ERR_FORMAT, "line %llu: the array holds something that is no object; flow records are objects",
			(unsigned long long)c->line);
		err_at(e, c->line, 0);
		return ERR_FORMAT;
	}
	c->record_line = c->line;
	c->skipping = 1;
	return tell(c, JSON_CUT_NO_OBJECT, NULL, 0);
}

static const char *skip_line(struct json_cut *c, const char *p, const char *end)
{
	const char *const lf = memchr(p, '\n', (size_t)(end - p));

	c->skipping = lf == NULL;
	return lf != NULL ? lf : end;
}

int json_cut_feed(struct json_cut *c, const char *p, size_t n, struct err *e)
{
	const char *const end = p + n;
	int r = OK;

	for (; p < end && c->bom_n < 3 && *p == bom[c->bom_n]; p++)
		c->bom_n++;
	if (p < end)
		c->bom_n = 3;
	while (p < end && r == OK) {
		if (c->in_record) {
			r = record(c, &p, end);
		} else if (c->skipping) {
			p = skip_line(c, p, end);
		} else if (*p == '{') {
			c->in_record = 1;
			c->record_line = c->line;
		} else {
			r = between(c, *p++, e);
		}
	}
	return r;
}

int json_cut_finish(struct json_cut *c, struct err *e)
{
	const int in_line = c->in_record && c->layout == JSON_LINES && !c->in_array;
	int r = OK;

	if (in_line)
		r = end_record(c, JSON_CUT_BROKEN, c->buf, c->buf);
	if (r == OK && c->in_record) {
		err_set(e, ERR_FORMAT, "the file ends inside of the object that begins in line %llu",
			(unsigned long long)c->record_line);
		err_at(e, c->record_line, 0);
		return ERR_FORMAT;
	}
	if (r == OK && c->in_array)
		return err_set(e, ERR_FORMAT, "the file ends inside of an array: its last bracket is missing");
	if (r == OK && c->records == 0)
		return err_set(e, ERR_FORMAT, "the file is empty: no record is in it");
	return r;
}
