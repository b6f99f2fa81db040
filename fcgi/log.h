/*
 * log: one line per event, key=value, on stderr: level=info pid=12 event=request req=8f2c… method=POST path=/upload status=200
 * ms=412 Values with anything but [A-Za-z0-9._:/,@+-] are quoted and escaped. Never secrets, never payload. A line is one write().
 */
#ifndef FCGI_LOG_H
#define FCGI_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* "error", "warn", "info", "debug"; -1 for others. */
int log_level_parse(const char *name);
void log_set_level(enum log_level level);

/* A value of an event, as text. */
struct log_field {
	const char *name, *value;
};
void log_fields(enum log_level level, const char *event, const struct log_field *fields, int n);

/* The usual short form: one message. */
void log_message(enum log_level level, const char *event, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
