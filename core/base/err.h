/*
 * err: how functions of core report what went wrong.
 *
 * A fallible function returns 0 (or a count) on success and a negative ERR_* code on failure, with a
 * message in the caller's struct err. The message names what, where and what to do, and is safe to show
 * to a user. Outputs are untouched on failure unless the function says otherwise.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum {
	OK = 0,
	ERR_NOMEM = -1,       /* memory ran out */
	ERR_IO = -2,          /* file system or operating system */
	ERR_FORMAT = -3,      /* the data is not what it should be */
	ERR_RANGE = -4,       /* a value is outside what is allowed */
	ERR_UNSUPPORTED = -5, /* understood, but not something we do */
	ERR_NUMERIC = -6,     /* NaN or infinity appeared in a computation */
	ERR_USAGE = -7,       /* the caller asked in a wrong way: command line only */
};

struct err {
	int code;
	char msg[320];
};

/* Fill *e (may be NULL) and return code, so that `return err_set(e, ERR_IO, ...)` is one line. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* err_set() with ": " and the text of errno appended. */
int err_errno(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the message that is already in *e; returns e->code (or ERR_IO when e is NULL). */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
