/*
 * csv: libcsv splits the bytes into fields; here they become flows.
 *
 * Whole lines without a quote, which are nearly all, need no parser: they are cut at the delimiter, which takes half the time. What
 * comes in pieces, has quotes or ends with a bare CR goes through libcsv, to the same functions.
 *
 * libcsv runs in its strict mode, in which it stops at a quote that breaks RFC 4180. One in the middle of an unquoted
 * field is harmless and let through; text behind a closing quote costs the rest of the line. Its field buffer has a
 * fixed size: where it is full, what it holds is thrown away and the parser goes on, so that quotes and line ends are
 * followed still.
 */
#include "table/csv.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/delimiter.h"
#include "table/sheet.h"

enum {
	/* libcsv stores the closing quote too, and wants room before it looks at the next byte. */
	BUFFER_BYTES = CSV_FIELD_MAX + 2,
	/* Callbacks cannot stop libcsv: it is fed in slices, to notice a failure soon. */
	SLICE_BYTES = 1 << 16,
	OPTIONS = CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL,
};

static const unsigned char bom[] = { 0xef, 0xbb, 0xbf };

_Static_assert((int)CSV_COLUMNS_MAX == (int)HEADER_MAX, "csv.h promises what header.h holds");

struct csv_reader {
	struct csv_parser parser;
	int code;        /* of the first failure, which is final */
	int sink_failed; /* then the message is the sink's business */
	struct err err;

	char delimiter; /* '\0' until it is known */
	struct delimiter_look look;

	size_t bom_n;                  /* bytes of the byte order mark seen; all of them: the start of the file is over */
	int skipping;                  /* to the end of the line */
	uint64_t line;                 /* now, from 1 */
	uint64_t row_line, field_line; /* where the row and the field began */
	int after_cr;                  /* an LF now belongs to the line end before it */
	int overlong;                  /* the field was longer than the buffer */
	size_t counted;                /* bytes of the buffer that are counted in line, after it was full */

	int has_header; /* it was read, and is good */
	struct sheet sheet;
};

static void *bounded_realloc(void *p, size_t n)
{
	return n <= BUFFER_BYTES ? realloc(p, n) : NULL;
}

/* The first failure is final; its message gets the line. */
static void fail(struct csv_reader *r, uint64_t line)
{
	err_at(&r->err, line, 0);
	r->code = err_prefix(&r->err, "line %llu", (unsigned long long)line);
}

/* A line ends with LF, CR LF or CR. */
static void count_lines(struct csv_reader *r, const char *text, size_t len)
{
	for (size_t i = r->counted; i < len; i++) {
		r->line += text[i] == '\r' || (text[i] == '\n' && !r->after_cr);
		r->after_cr = text[i] == '\r';
	}
	r->counted = 0;
}

/* A code without a message came from a sink. */
static void settle(struct csv_reader *r, int code)
{
	if (code == OK)
		return;
	r->code = code;
	r->sink_failed = r->err.code == OK;
}

static void header_field(struct csv_reader *r, const char *text, size_t len)
{
	if (sheet_name(&r->sheet, text, len, &r->err) == OK && !r->overlong && len <= CSV_FIELD_MAX)
		return;
	if (r->err.code == OK)
		err_set(&r->err, ERR_FORMAT, "a column name of over %d bytes, this is no CSV with a header", CSV_FIELD_MAX);
	fail(r, r->field_line);
}

/* A value that is longer than the buffer. */
static void too_long(struct csv_reader *r)
{
	char what[120];

	snprintf(what, sizeof(what), "longer than %d bytes", CSV_FIELD_MAX);
	if (r->line > r->field_line)
		snprintf(what, sizeof(what), "longer than %d bytes: a quote opens here that closes in line %llu only",
			 CSV_FIELD_MAX, (unsigned long long)r->line);
	sheet_blame(&r->sheet, FAULT_ROW, r->field_line, "is too long", what);
	r->sheet.col++;
}

/* libcsv: a field has ended. */
static void on_field(void *text, size_t len, void *arg)
{
	struct csv_reader *r = arg;

	if (r->code != OK)
		return;
	count_lines(r, text, len);
	if (!r->has_header)
		header_field(r, text, len);
	else if (r->overlong || len > CSV_FIELD_MAX)
		too_long(r);
	else
		sheet_value(&r->sheet, r->field_line, r->line > r->field_line, text, len);
	r->overlong = 0;
	r->after_cr = 0;
	r->field_line = r->line;
}

/* libcsv: a line end outside quotes (its byte), or the end of the file (-1). */
static void on_row(int c, void *arg)
{
	struct csv_reader *r = arg;

	if (r->code != OK)
		return;
	if (r->sheet.col > 0 && !r->has_header) {
		settle(r, sheet_begin(&r->sheet, r->row_line, &r->err));
		r->has_header = 1;
	} else if (r->sheet.col > 0 || r->sheet.row.fault != FAULT_NONE) {
		settle(r, sheet_row(&r->sheet, r->row_line, &r->err));
	}
	r->line += c == '\r' || (c == '\n' && !r->after_cr);
	r->after_cr = c == '\r';
	r->row_line = r->field_line = r->line;
}

/* libcsv: what is left of a field that is given up. */
static void on_rest(void *text, size_t len, void *arg)
{
	count_lines(arg, text, len);
}

/* The buffer is full. What stays are bytes that libcsv may take back: a closing quote and the blanks behind it. */
static void field_overflow(struct csv_reader *r)
{
	struct csv_parser *p = &r->parser;

	if (csv_get_buffer_size(p) < BUFFER_BYTES) {
		r->code = err_set(&r->err, ERR_NOMEM, "out of memory");
		return;
	}
	r->overlong = 1;
	if (!r->has_header) {
		header_field(r, (const char *)p->entry_buf, p->entry_pos);
		return;
	}
	count_lines(r, (const char *)p->entry_buf, p->entry_pos);
	memset(p->entry_buf, ' ', 2);
	p->spaces = p->spaces > 0;
	p->entry_pos = p->spaces + 1;
	r->counted = p->entry_pos;
}

/* libcsv stopped before a byte that its strict mode does not take. Returns how many bytes were dealt with. */
static size_t stray_byte(struct csv_reader *r, const unsigned char *byte)
{
	size_t n;

	if (r->parser.quoted) {
		csv_fini(&r->parser, on_rest, NULL, r);
		sheet_blame(&r->sheet, FAULT_ROW, r->field_line, "has text after a closing quote",
			    "text after the closing quote; a quote inside quotes is written twice");
		if (!r->has_header) {
			err_set(&r->err, ERR_FORMAT, "text after a closing quote in the header");
			fail(r, r->line);
		}
		r->overlong = 0;
		r->skipping = 1;
		return 0;
	}
	csv_set_opts(&r->parser, OPTIONS & ~CSV_STRICT);
	n = csv_parse(&r->parser, byte, 1, on_field, on_row, r);
	csv_set_opts(&r->parser, OPTIONS);
	return n;
}

static size_t skip_line(struct csv_reader *r, const unsigned char *p, size_t n)
{
	const unsigned char *lf = memchr(p, '\n', n);
	const unsigned char *cr = memchr(p, '\r', lf != NULL ? (size_t)(lf - p) : n);
	const unsigned char *end = cr != NULL ? cr : lf;

	if (end == NULL)
		return n;
	r->skipping = 0;
	return (size_t)(end - p);
}

/* A line without quotes and line ends. */
static void plain_row(struct csv_reader *r, const char *p, size_t n)
{
	const char *const end = p + n, *stop = memchr(p, r->delimiter, n);

	if (stop == NULL)
		row_trim(&p, &n);
	for (; stop != NULL; p = stop + 1, stop = memchr(p, r->delimiter, (size_t)(end - p)))
		sheet_value(&r->sheet, r->line, 0, p, (size_t)(stop - p));
	if (n > 0)
		sheet_value(&r->sheet, r->line, 0, p, (size_t)(end - p));
	on_row('\n', r);
}

static const unsigned char *find(const unsigned char *p, char c, const unsigned char *end)
{
	const unsigned char *const found = memchr(p, c, (size_t)(end - p));

	return found != NULL ? found : end;
}

/* The lines up to the first that is not plain; returns how many bytes they are. */
static size_t plain_lines(struct csv_reader *r, const unsigned char *p, size_t n)
{
	const unsigned char *const start = p, *const end = find(p, '"', p + n);
	const unsigned char *lf = find(p, '\n', end), *cr = lf < end ? find(p, '\r', end) : end;

	for (; lf < end && lf - p <= CSV_FIELD_MAX && r->code == OK; lf = find(p, '\n', end)) {
		if (cr < lf && cr + 1 < lf)
			break;
		plain_row(r, (const char *)p, (size_t)((cr < lf ? cr : lf) - p));
		p = lf + 1;
		cr = cr < lf ? find(p, '\r', end) : cr;
	}
	return (size_t)(p - start);
}

/* The next bytes, at least one; lf: the next line end at or behind p, or the end of all bytes. Returns how many were taken. */
static size_t take(struct csv_reader *r, const unsigned char *p, size_t n, const unsigned char *lf)
{
	size_t used;

	if (r->skipping)
		return skip_line(r, p, n);
	if (r->has_header && r->parser.pstate == 0 && !r->after_cr && (used = plain_lines(r, p, n)) > 0)
		return used;
	n = lf < p + n ? (size_t)(lf + 1 - p) : n;
	used = csv_parse(&r->parser, p, n, on_field, on_row, r);
	if (r->code != OK)
		return n;
	if (used < n && csv_error(&r->parser) == CSV_EPARSE)
		used += stray_byte(r, p + used);
	else if (used < n)
		field_overflow(r);
	return used;
}

/* The start of the file: a byte order mark is left out, what only starts like one is not. */
static size_t take_bom(struct csv_reader *r, const unsigned char *p, size_t n)
{
	size_t used = 0;

	while (used < n && r->bom_n < sizeof(bom) && p[used] == bom[r->bom_n]) {
		used++;
		r->bom_n++;
	}
	if (used < n && r->bom_n < sizeof(bom)) {
		csv_parse(&r->parser, bom, r->bom_n, on_field, on_row, r);
		r->bom_n = sizeof(bom);
	}
	return used;
}

/* The file has ended inside quotes. */
static void open_quote(struct csv_reader *r)
{
	count_lines(r, (const char *)r->parser.entry_buf, r->parser.entry_pos);
	sheet_blame(&r->sheet, FAULT_ROW, r->field_line, "has an open quote", "a quote opens here that is never closed");
	if (r->has_header)
		settle(r, sheet_row(&r->sheet, r->row_line, &r->err));
	err_set(&r->err, ERR_FORMAT, "a quote opens here that is never closed: all up to line %llu is inside it",
		(unsigned long long)r->line);
	fail(r, r->field_line);
}

static int result(const struct csv_reader *r, struct err *e)
{
	if (r->code != OK && !r->sink_failed && e != NULL)
		*e = r->err;
	return r->code;
}

static void *csv_open(const struct sinks *sinks, const struct source_options *o, struct read_report *report)
{
	struct csv_reader *r = calloc(1, sizeof(*r));

	(void)o;
	if (r == NULL)
		return NULL;
	if (csv_init(&r->parser, OPTIONS) != 0) {
		free(r);
		return NULL;
	}
	csv_set_realloc_func(&r->parser, bounded_realloc);
	csv_set_blk_size(&r->parser, BUFFER_BYTES);
	sheet_init(&r->sheet, sinks, report);
	r->line = r->row_line = r->field_line = 1;
	return r;
}

static void csv_close(void *source)
{
	struct csv_reader *const r = source;

	if (r == NULL)
		return;
	sheet_free(&r->sheet);
	csv_free(&r->parser);
	free(r);
}

static void pump(struct csv_reader *r, const unsigned char *p, size_t len)
{
	const unsigned char *const end = p + len, *lf = NULL;

	while (p < end && r->code == OK) {
		const size_t left = (size_t)(end - p), n = left < SLICE_BYTES ? left : SLICE_BYTES;

		/* Looked for once a line: it may be taken byte by byte. */
		if (lf == NULL || lf < p)
			lf = find(p, '\n', end);
		p += r->bom_n < sizeof(bom) ? take_bom(r, p, n) : take(r, p, n, lf);
	}
}

/* The first line is complete, or as much of it as is looked at. */
static void delimit(struct csv_reader *r)
{
	const struct delimiter_look *const l = &r->look;
	size_t line;

	r->delimiter = delimiter_find(l->head, l->n, &line);
	csv_set_delim(&r->parser, (unsigned char)r->delimiter);
	r->sheet.row.decimal_comma = r->delimiter == ';';
	if (r->delimiter != ',')
		snprintf(r->sheet.row.report->dialect, sizeof(r->sheet.row.report->dialect), "%s", delimiter_name(r->delimiter));
	if (line > 0) {
		r->bom_n = sizeof(bom);
		r->after_cr = l->head[line - 1] == '\r';
		r->line = r->row_line = r->field_line = 2;
	}
	pump(r, l->head + line, l->n - line);
}

static int csv_feed(void *source, const void *data, size_t len, struct err *e)
{
	struct csv_reader *const r = source;
	const unsigned char *p = data;
	const size_t used = r->delimiter != '\0' || len == 0 ? 0 : delimiter_look(&r->look, p, len);

	if (r->delimiter == '\0' && r->look.done)
		delimit(r);
	pump(r, p + used, len - used);
	return result(r, e);
}

static int csv_finish(void *source, struct err *e)
{
	struct csv_reader *const r = source;

	if (r->code == OK && r->delimiter == '\0')
		delimit(r);
	if (r->code == OK && r->bom_n < sizeof(bom))
		csv_parse(&r->parser, bom, r->bom_n, on_field, on_row, r);
	if (r->code == OK && csv_fini(&r->parser, on_field, on_row, r) != 0)
		open_quote(r);
	if (r->code == OK && r->sheet.row.fault != FAULT_NONE)
		on_row(-1, r); /* a line that was skipped to its end, which is the file's */
	if (r->code == OK && !r->has_header)
		r->code = err_set(&r->err, ERR_FORMAT, "the file is empty: a header with column names is needed");
	if (r->code == OK)
		settle(r, sheet_end(&r->sheet, &r->err));
	return result(r, e);
}

const struct source_ops csv_source = { csv_open, csv_feed, csv_finish, csv_close };
