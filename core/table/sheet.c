/* sheet: one set of columns, two kinds of rows. */
#include "table/sheet.h"

#include <stdio.h>
#include <string.h>

void sheet_init(struct sheet *s, const struct sinks *sinks, struct read_report *report)
{
	row_init(&s->row, sinks, report);
}

void sheet_free(struct sheet *s)
{
	numeric_del(s->numeric);
}

int sheet_name(struct sheet *s, const char *text, size_t len, struct err *e)
{
	s->col++;
	return header_add(&s->header, text, len, e);
}

int sheet_begin(struct sheet *s, uint64_t line, struct err *e)
{
	const struct sinks *const to = &s->row.sinks;
	const int has_flows = fields_missing(s->header.have) == 0;

	s->col = 0;
	s->row.report->has_label = (s->header.have & 1U << FIELD_LABEL) != 0;
	if (has_flows && to->flow != NULL && !to->table_first)
		return OK;
	s->numeric = numeric_new(&s->header, &s->row);
	if (s->numeric == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (to->table == NULL) {
		header_check(&s->header, &s->lack);
		err_at(&s->lack, line, 0);
		err_prefix(&s->lack, "line %llu", (unsigned long long)line);
	}
	return OK;
}

void sheet_blame(struct sheet *s, enum fault fault, uint64_t line, const char *kind, const char *what)
{
	row_blame(&s->row, fault, line, s->col < s->header.n ? s->header.name[s->col] : NULL, kind, "%s", what);
}

static void flow_value(struct sheet *s, uint64_t line, int over_line_end, const char *text, size_t len)
{
	const struct binding *const b = &s->header.column[s->col];
	const char *wrong;
	char shown[48], what[120];

	if (b->field == FIELD_NONE || s->row.fault != FAULT_NONE)
		return;
	wrong = over_line_end ? "has a line break" : row_set(&s->row, b, text, len);
	if (wrong == NULL)
		return;
	row_trim(&text, &len);
	report_print(shown, sizeof(shown), text, len);
	snprintf(what, sizeof(what), "\"%s\" %s", shown, wrong);
	sheet_blame(s, FAULT_FIELD, line, wrong, what);
}

void sheet_value(struct sheet *s, uint64_t line, int over_line_end, const char *text, size_t len)
{
	if (s->col >= s->header.n) {
		row_trim(&text, &len);
		s->beyond |= len > 0;
	} else if (s->numeric != NULL) {
		numeric_set(s->numeric, s->col, text, len);
	} else {
		flow_value(s, line, over_line_end, text, len);
	}
	s->col++;
}

/* A delimiter at the end of the rows or of the header only. */
static int is_trailing(const struct sheet *s)
{
	const size_t n = s->header.n;

	return (s->col == n + 1 && !s->beyond) || (s->col + 1 == n && s->header.name[n - 1][0] == '\0');
}

static void check_columns(struct sheet *s, uint64_t line)
{
	if (s->col == s->header.n)
		return;
	if (is_trailing(s))
		report_note(s->row.report, "the rows and the header do not both end with a delimiter; nothing is missing");
	else
		row_blame(&s->row, FAULT_ROW, line, NULL, "has not as many columns as the header",
			  "%zu columns, the header has %zu", s->col, s->header.n);
}

/* There are no flows: enough rows were seen to say what there is. */
static int refuse(struct sheet *s, struct err *e)
{
	const size_t n = numeric_count(s->numeric);

	if (n < TABLE_LEAST)
		return err_set(e, s->lack.code, "%s", s->lack.msg);
	return err_set(e, s->lack.code, "%s; a dense model can take its %zu columns with numbers", s->lack.msg, n);
}

int sheet_row(struct sheet *s, uint64_t line, struct err *e)
{
	int code;

	check_columns(s, line);
	s->col = 0;
	s->beyond = 0;
	if (s->lack.code != OK)
		return numeric_look(s->numeric) ? refuse(s, e) : OK;
	code = s->numeric != NULL ? numeric_end(s->numeric, e) : row_end(&s->row);
	return code;
}

int sheet_end(struct sheet *s, struct err *e)
{
	if (s->lack.code != OK)
		return refuse(s, e);
	return s->numeric != NULL ? numeric_finish(s->numeric, e) : OK;
}
