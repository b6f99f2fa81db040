/* log: lines of key=value on stderr. */
#include "fcgi/log.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line is not longer than what a pipe takes in one piece, so that lines of several processes never mix. */
enum { LINE = PIPE_BUF, VALUE_BYTES = 600, MESSAGE_BYTES = 1024 };

static const char *const names[] = {
	[LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARN] = "warn", [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug"
};
enum { LEVELS = sizeof(names) / sizeof(names[0]) };

static enum log_level threshold = LOG_LEVEL_INFO;

struct line {
	char p[LINE];
	size_t n;
};

int log_level_parse(const char *name)
{
	for (int i = 0; i < LEVELS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

void log_set_level(enum log_level level)
{
	threshold = level;
}

/* All of s or nothing; the last byte is kept for the line feed. */
static int put(struct line *l, const char *s, size_t n)
{
	if (n > sizeof(l->p) - 1 - l->n)
		return 0;
	memcpy(l->p + l->n, s, n);
	l->n += n;
	return 1;
}

static int is_plain(const char *s)
{
	return s[0] != '\0' && s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/,@+-")] == '\0';
}

static size_t escape(char out[static 5], unsigned char c)
{
	static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
	const char *const known = c != '\0' ? strchr(from, c) : NULL;

	if (known != NULL)
		return (size_t)snprintf(out, 5, "\\%c", to[known - from]);
	if (c < 0x20 || c > 0x7e)
		return (size_t)snprintf(out, 5, "\\x%02x", c);
	out[0] = (char)c;
	return 1;
}

/* A value that is cut ends with "...". */
static void put_value(struct line *l, const char *s)
{
	const size_t room = sizeof(l->p) - 1 - l->n, start = l->n;
	const size_t limit = room < VALUE_BYTES ? room : VALUE_BYTES;

	if (is_plain(s) && strlen(s) <= limit) {
		put(l, s, strlen(s));
		return;
	}
	if (limit < sizeof("\"...\""))
		return;
	put(l, "\"", 1);
	for (; *s != '\0'; s++) {
		char one[5];
		const size_t n = escape(one, (unsigned char)*s);

		if (l->n - start + n + strlen("...\"") > limit) {
			put(l, "...", 3);
			break;
		}
		put(l, one, n);
	}
	put(l, "\"", 1);
}

static void put_field(struct line *l, const char *name, const char *value)
{
	/* The shortest value that makes sense is the empty one. */
	if (strlen(name) + sizeof(" =\"...\"") > sizeof(l->p) - 1 - l->n)
		return;
	if (l->n > 0)
		put(l, " ", 1);
	put(l, name, strlen(name));
	put(l, "=", 1);
	put_value(l, value != NULL ? value : "");
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields, int n)
{
	struct line l = { .n = 0 };
	char pid[16];
	ssize_t written;

	if (level > threshold)
		return;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	put_field(&l, "level", names[level]);
	put_field(&l, "pid", pid);
	put_field(&l, "event", event);
	for (int i = 0; i < n; i++)
		put_field(&l, fields[i].name, fields[i].value);
	l.p[l.n++] = '\n';
	/* Nobody to tell when the log itself is gone. */
	written = write(STDERR_FILENO, l.p, l.n);
	(void)written;
}

void log_message(enum log_level level, const char *event, const char *fmt, ...)
{
	char message[MESSAGE_BYTES];
	va_list ap;

	if (level > threshold)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	log_fields(level, event, &(struct log_field){ "message", message }, 1);
}
