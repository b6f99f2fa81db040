/* report: counts, notes and problems. */
#include "flow/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void report_count(struct read_report *r, const char *what, uint64_t n)
{
	struct read_count *c = r->count, *const end = r->count + REPORT_COUNTS;

	if (n == 0)
		return;
	while (c < r->count + r->count_n && strncmp(c->what, what, sizeof(c->what) - 1) != 0)
		c++;
	if (c == end) {
		c--;
		what = "other";
		snprintf(c->what, sizeof(c->what), "%s", what);
	} else if (c == r->count + r->count_n) {
		r->count_n++;
		snprintf(c->what, sizeof(c->what), "%s", what);
	}
	c->n += n;
}

void report_note(struct read_report *r, const char *fmt, ...)
{
	char text[sizeof(r->note[0])];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < r->note_n; i++)
		if (strcmp(r->note[i], text) == 0)
			return;
	if (r->note_n < REPORT_NOTES)
		memcpy(r->note[r->note_n++], text, sizeof(text));
}

void report_problem(struct read_report *r, uint64_t line, const char *column, const char *fmt, ...)
{
	struct read_problem *const p = &r->problem[r->problem_n];
	va_list ap;

	if (r->problem_n == REPORT_PROBLEMS)
		return;
	r->problem_n++;
	p->line = line;
	snprintf(p->column, sizeof(p->column), "%s", column != NULL ? column : "");
	va_start(ap, fmt);
	vsnprintf(p->reason, sizeof(p->reason), fmt, ap);
	va_end(ap);
}

void report_print(char *out, size_t size, const char *text, size_t len)
{
	size_t n = 0;

	for (; n < len && n + 1 < size; n++)
		out[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
	out[n] = '\0';
	if (n < len)
		memcpy(out + n - 3, "...", 3);
}
