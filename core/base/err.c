/* err: error codes and messages. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What would act on a terminal or break a log line becomes '?': C0 controls, DEL, and C1 controls in UTF-8. */
static void defuse(char *msg)
{
	for (unsigned char *p = (unsigned char *)msg; *p != '\0'; p++) {
		if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = '?';
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
}

static void begin(struct err *e, int code)
{
	e->code = code;
	e->field[0] = '\0';
	e->line = e->column = 0;
}

void err_fill(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return;
	begin(e, code);
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	defuse(e->msg);
}

void err_fill_errno(struct err *e, int code, const char *fmt, ...)
{
	const int saved = errno;
	char text[128];
	va_list ap;
	int n;

	if (e == NULL)
		return;
	begin(e, code);
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - (size_t)n, ": %s", strerror_r(saved, text, sizeof(text)));
	defuse(e->msg);
}

void err_field(struct err *e, const char *name)
{
	if (e == NULL)
		return;
	snprintf(e->field, sizeof(e->field), "%s", name);
	defuse(e->field);
}

void err_at(struct err *e, unsigned long long line, unsigned long long column)
{
	if (e == NULL)
		return;
	e->line = line;
	e->column = column;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char head[160], tail[sizeof(e->msg)];
	va_list ap;

	if (e == NULL)
		return ERR_IO;
	va_start(ap, fmt);
	vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	memcpy(tail, e->msg, sizeof(tail));
	/* Cut at the end of the message, never in the prefix that says where. */
	snprintf(e->msg, sizeof(e->msg), "%s: %.*s", head, (int)(sizeof(e->msg) - strlen(head) - 3), tail);
	defuse(e->msg);
	return e->code;
}
