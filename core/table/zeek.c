/* zeek: lines, split at the separator. */
#include "table/zeek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/delimiter.h"
#include "table/header.h"
#include "table/row.h"

enum { MARK_MAX = 32, VALUE_MAX = 4096 };

struct mark {
	size_t n;
	char text[MARK_MAX];
};

struct zeek_reader {
	struct row row;
	int code; /* of the first failure, which is final */
	int sink_failed;
	struct err err;

	uint64_t line;
	int blanks;   /* the line that is read now has some */
	int too_long; /* the line that is read now */
	size_t line_n;
	char line_text[ZEEK_LINE_MAX]; /* a line that came in pieces */

	char separator;
	struct mark unset, empty; /* what #unset_field and #empty_field say */
	char path[MARK_MAX];      /* which log it is: "conn" */
	int has_fields;
	struct header header;
	char value[VALUE_MAX]; /* without its escapes */
};

static void fail(struct zeek_reader *z)
{
	err_at(&z->err, z->line, 0);
	z->code = err_prefix(&z->err, "line %llu", (unsigned long long)z->line);
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \xhh become bytes. What is longer than the buffer is cut. */
static size_t unescape(char *out, size_t cap, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < cap; i++)
		if (text[i] == '\\' && i + 3 < len && text[i + 1] == 'x' && hex(text[i + 2]) >= 0 && hex(text[i + 3]) >= 0) {
			out[n++] = (char)(hex(text[i + 2]) << 4 | hex(text[i + 3]));
			i += 3;
		} else {
			out[n++] = text[i];
		}
	return n;
}

/* A line on its way to columns: p is the next one, NULL behind the last; up to `stop`, once known, there is no separator. */
struct line {
	const char *p, *stop, *end;
};

/* The next column: up to the separator; three blanks part columns as well, since no value has them. 0 when there is none. */
static int next_column(const struct zeek_reader *z, struct line *l, const char **text, size_t *n)
{
	const char *blank;

	if (l->p == NULL)
		return 0;
	if (l->stop == NULL && (l->stop = memchr(l->p, z->separator, (size_t)(l->end - l->p))) == NULL)
		l->stop = l->end;
	*text = l->p;
	*n = (size_t)(l->stop - l->p);
	blank = z->blanks ? memmem(*text, *n, "   ", 3) : NULL;
	if (blank != NULL) {
		*n = (size_t)(blank - *text);
		l->p = blank + 3;
	} else {
		l->p = l->stop < l->end ? l->stop + 1 : NULL;
		l->stop = NULL;
	}
	return 1;
}

static void fields(struct zeek_reader *z, const char *p, const char *end)
{
	struct line l = { p, NULL, end };
	const char *name;
	size_t n;

	memset(&z->header, 0, offsetof(struct header, column));
	z->has_fields = 1;
	while (next_column(z, &l, &name, &n))
		if (header_add(&z->header, name, n, &z->err) < 0)
			return fail(z);
	z->row.report->has_label |= (z->header.have & 1U << FIELD_LABEL) != 0;
	if (header_check(&z->header, &z->err) == OK)
		return;
	if (z->path[0] != '\0' && strcmp(z->path, "conn") != 0)
		err_set(&z->err, ERR_FORMAT, "this is Zeek's %s.log; flows are in its conn.log", z->path);
	fail(z);
}

static void set_separator(struct zeek_reader *z, const char *p, const char *end)
{
	char c[4];
	const size_t n = unescape(c, sizeof(c), p, (size_t)(end - p));

	if (n == 1 && c[0] != '\0' && c[0] != '\n' && c[0] != ' ') {
		z->separator = c[0];
		return;
	}
	err_set(&z->err, ERR_FORMAT, "#separator is not one character");
	fail(z);
}

static void keep_mark(struct mark *m, const char *p, const char *end)
{
	m->n = (size_t)(end - p) < MARK_MAX ? (size_t)(end - p) : MARK_MAX;
	memcpy(m->text, p, m->n);
}

static void set_unset(struct zeek_reader *z, const char *p, const char *end)
{
	keep_mark(&z->unset, p, end);
}

static void set_empty(struct zeek_reader *z, const char *p, const char *end)
{
	keep_mark(&z->empty, p, end);
}

static void set_path(struct zeek_reader *z, const char *p, const char *end)
{
	report_print(z->path, sizeof(z->path), p, (size_t)(end - p));
}

/* Lines that say how to read the others; those with other names are left out: #types, #open, #close. */
static void directive(struct zeek_reader *z, const char *p, const char *end)
{
	static const struct {
		const char *name;
		char after; /* '\0': the separator */
		void (*take)(struct zeek_reader *z, const char *p, const char *end);
	} directives[] = {
		{ "#separator", ' ', set_separator }, { "#unset_field", '\0', set_unset }, { "#empty_field", '\0', set_empty },
		{ "#path", '\0', set_path },          { "#fields", '\0', fields },
	};

	for (size_t i = 0; i < sizeof(directives) / sizeof(*directives); i++) {
		const size_t n = strlen(directives[i].name);
		const char after = (char)(directives[i].after != '\0' ? directives[i].after : z->separator);

		if ((size_t)(end - p) > n && memcmp(p, directives[i].name, n) == 0 && p[n] == after)
			return directives[i].take(z, p + n + 1, end);
	}
}

static int is_mark(const struct mark *m, const char *text, size_t n)
{
	return m->n == n && memcmp(m->text, text, n) == 0;
}

static void value(struct zeek_reader *z, size_t col, const char *text, size_t n)
{
	const struct binding *const b = &z->header.column[col];
	char shown[48];
	const char *wrong;

	if (b->field == FIELD_NONE || z->row.fault != FAULT_NONE)
		return;
	if (is_mark(&z->unset, text, n) || is_mark(&z->empty, text, n)) {
		n = 0;
	} else if (memchr(text, '\\', n) != NULL) {
		n = unescape(z->value, sizeof(z->value), text, n);
		text = z->value;
	}
	if ((wrong = row_set(&z->row, b, text, n)) == NULL)
		return;
	report_print(shown, sizeof(shown), text, n);
	row_blame(&z->row, FAULT_FIELD, z->line, z->header.name[col], wrong, "\"%s\" %s", shown, wrong);
}

static void record(struct zeek_reader *z, const char *p, const char *end)
{
	struct line l = { p, NULL, end };
	const char *text;
	size_t n, col = 0;
	int code;

	if (!z->has_fields) {
		err_set(&z->err, ERR_FORMAT, "a row before the line with #fields, which names the columns");
		return fail(z);
	}
	for (; next_column(z, &l, &text, &n); col++)
		if (col < z->header.n)
			value(z, col, text, n);
	if (col != z->header.n)
		row_blame(&z->row, FAULT_ROW, z->line, NULL, "has not as many columns as the header",
			  "%zu columns, #fields has %zu", col, z->header.n);
	if ((code = row_end(&z->row)) < 0) {
		z->code = code;
		z->sink_failed = 1;
	}
}

static void one_line(struct zeek_reader *z, const char *p, size_t n)
{
	z->line++;
	z->blanks = memchr(p, ' ', n) != NULL;
	if (n > 0 && p[n - 1] == '\r')
		n--;
	for (; n > 0 && !z->has_fields && (*p == '\t' || delimiter_is_before(*p)); p++)
		n--;
	if (z->too_long) {
		row_blame(&z->row, FAULT_ROW, z->line, NULL, "is too long", "longer than %d bytes", ZEEK_LINE_MAX);
		row_end(&z->row);
	} else if (n > 0 && *p == '#') {
		directive(z, p, p + n);
	} else if (n > 0) {
		record(z, p, p + n);
	}
	z->too_long = 0;
	z->line_n = 0;
}

/* Part of a line. */
static void keep(struct zeek_reader *z, const char *p, size_t n)
{
	if (n > sizeof(z->line_text) - z->line_n)
		z->too_long = 1;
	else if (n > 0)
		memcpy(z->line_text + z->line_n, p, n);
	z->line_n += z->too_long ? 0 : n;
}

static int result(const struct zeek_reader *z, struct err *e)
{
	if (z->code != OK && !z->sink_failed && e != NULL)
		*e = z->err;
	return z->code;
}

static void *zeek_open(const struct sinks *sinks, const struct source_options *o, struct read_report *report)
{
	struct zeek_reader *const z = calloc(1, sizeof(*z));

	(void)o;
	if (z == NULL)
		return NULL;
	row_init(&z->row, sinks, report);
	if (sinks->flow == NULL)
		z->code = err_set(&z->err, ERR_UNSUPPORTED, "a Zeek log is a list of flows; a table of numbers is wanted");
	z->separator = '\t';
	z->unset = (struct mark){ 1, "-" };
	z->empty = (struct mark){ 7, "(empty)" };
	return z;
}

static int zeek_feed(void *source, const void *data, size_t len, struct err *e)
{
	struct zeek_reader *const z = source;
	const char *p = data, *const end = p + len;

	while (p < end && z->code == OK) {
		const char *const lf = memchr(p, '\n', (size_t)(end - p));
		const size_t n = (size_t)((lf != NULL ? lf : end) - p);

		if (lf == NULL || z->line_n > 0 || z->too_long || n > ZEEK_LINE_MAX)
			keep(z, p, n);
		if (lf != NULL && (z->line_n > 0 || z->too_long))
			one_line(z, z->line_text, z->line_n);
		else if (lf != NULL)
			one_line(z, p, n);
		p += n + (lf != NULL);
	}
	return result(z, e);
}

static int zeek_finish(void *source, struct err *e)
{
	struct zeek_reader *const z = source;

	if (z->code == OK && (z->line_n > 0 || z->too_long))
		one_line(z, z->line_text, z->line_n);
	if (z->code == OK && !z->has_fields)
		z->code = err_set(&z->err, ERR_FORMAT, "the log has no line with #fields, which names the columns");
	return result(z, e);
}

static void zeek_close(void *source)
{
	free(source);
}

const struct source_ops zeek_source = { zeek_open, zeek_feed, zeek_finish, zeek_close };
