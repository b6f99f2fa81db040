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
	ERR_NOMEM = -1,        /* memory ran out */
	ERR_IO = -2,           /* file system or operating system */
	ERR_FORMAT = -3,       /* the data is not what it should be */
	ERR_RANGE = -4,        /* a value is outside what is allowed */
	ERR_UNSUPPORTED = -5,  /* understood, but not something we do */
	ERR_NUMERIC = -6,      /* NaN or infinity appeared in a computation */
	ERR_USAGE = -7,        /* the caller asked in a wrong way */
	ERR_NOT_FOUND = -8,    /* there is no such thing */
	ERR_CONFLICT = -9,     /* it exists already */
	ERR_UNAVAILABLE = -10, /* the database cannot be reached or cannot write now: try again later */
	ERR_UNKNOWN = -11,     /* a file of a kind that is not known */
	ERR_TOO_LARGE = -12,   /* over a limit that a setting gives */
	ERR_TOO_FEW = -13,     /* the right kind of data, but not enough of it */
};

struct err {
	int code;
	char msg[320];
	/* What the message is about, where that is known: for programs that show it beside their own form or text. */
	char field[40];                  /* a parameter or a member; "": none */
	unsigned long long line, column; /* of the input, from 1, columns in bytes; 0: unknown */
};

/*
 * err_set(e, code, format, ...) fills *e (may be NULL) and is code, so that `return err_set(e, ERR_IO, ...)` is one line.
 * err_errno(e, code, format, ...) is the same with ": " and the text of errno appended.
 * Macros, because compilers and analysers then know the value.
 */
#define err_set(e, code, ...)   (err_fill((e), (code), __VA_ARGS__), err_code(code))
#define err_errno(e, code, ...) (err_fill_errno((e), (code), __VA_ARGS__), err_code(code))

void err_fill(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void err_fill_errno(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static inline int err_code(int code)
{
	return code;
}

/* Name the field or the place that the error in *e (may be NULL) is about, behind err_set(), which forgets them; err_prefix() does not.
 * The name is cut where it is too long, and controls in it become '?'. */
void err_field(struct err *e, const char *name);
void err_at(struct err *e, unsigned long long line, unsigned long long column);

/* Put "prefix: " before the message that is already in *e; returns e->code (or ERR_IO when e is NULL). */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
