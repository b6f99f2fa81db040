/*
 * settings: a program's configuration: a table of settings, a file of "name = value" lines, the environment.
 *
 * Later wins: default, file, plain environment name (such as MODEL_PATH), GUARDIAN_<NAME>.
 * The file: one setting a line; blank lines and lines that start with # are skipped; CRLF and a UTF-8 byte order mark
 * are tolerated. A value goes to the end of the line or to a '#' after a blank. In "…" or '…' all is literal and
 * nothing is escaped; after the quotes only a comment may follow. A setting may occur once.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	SETTINGS_MAX = 64,           /* rows of a table */
	SETTING_NAME_MAX = 31,       /* characters of a name */
	SETTING_TEXT_MAX = 511,      /* characters of a value */
	SETTINGS_FILE_MAX = 1 << 16, /* bytes of a file */
};

/* A row of the table, which ends with a row whose name is NULL. */
struct setting {
	const char *name;     /* lower case letters, digits and '_' */
	const char *fallback; /* the default, as text; "" for none */
	const char *help;     /* one line */
	const char *env;      /* a plain environment name that works too, or NULL */
};

/* The values, owned by the caller, about 35 kB; to be read with the functions below. */
struct settings {
	const struct setting *table;
	char source[128]; /* what the lines are lines of: the file's path */
	struct setting_value {
		char text[SETTING_TEXT_MAX + 1];
		size_t line;     /* of the file; 0: not from it */
		const char *env; /* prefix of its environment name, or the plain name; NULL: not from the environment */
	} value[SETTINGS_MAX];
};

/* getenv() or what stands in for it in a test. */
typedef char *(*settings_getenv)(const char *name);

/* Everything has its default. The table is the caller's and must outlive s. */
void settings_init(struct settings *s, const struct setting *table);

/*
 * Read text[len]; source is its name in messages. ERR_FORMAT or ERR_RANGE with the line; an unknown setting is answered
 * with the most similar one or with all that are known. On failure s is as it was. A program reads one file: messages
 * know lines of the last one only.
 */
int settings_parse(struct settings *s, const char *source, const char *text, size_t len, struct err *e);

/* The same from a file. ERR_IO when it cannot be read: whether it must exist is for the caller to know. */
int settings_load(struct settings *s, const char *path, struct err *e);

/* Let the environment override. A variable that is empty counts as not set. On failure s is as it was. */
int settings_env(struct settings *s, settings_getenv get, struct err *e);

/*
 * Values. `name` must be in the table (a caller's mistake otherwise). Messages say where the value came from. Numbers
 * are decimal; sizes and counts are whole; min and max are inclusive. Booleans: yes/no, true/false, on/off, 1/0.
 */
const char *settings_text(const struct settings *s, const char *name);
int settings_size(const struct settings *s, const char *name, size_t min, size_t max, size_t *out, struct err *e);
int settings_count(const struct settings *s, const char *name, uint64_t min, uint64_t max, uint64_t *out, struct err *e);
int settings_real(const struct settings *s, const char *name, double min, double max, double *out, struct err *e);
int settings_bool(const struct settings *s, const char *name, int *out, struct err *e);

#endif
