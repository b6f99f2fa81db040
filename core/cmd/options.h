/*
 * options: command line options from a table, which is also their help text.
 *
 * Long options only: --name VALUE or --name=VALUE; a switch has no value. "--" ends them. Everything else is an operand.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stddef.h>

#include "base/err.h"

enum option_kind { OPT_SWITCH, OPT_TEXT, OPT_SIZE, OPT_REAL };

struct option {
	const char *name; /* without the dashes; NULL ends the table */
	enum option_kind kind;
	void *value;     /* int *, const char **, size_t *, double *; holds the default before */
	double min, max; /* of OPT_SIZE and OPT_REAL, inclusive; a default outside is not shown */
	const char *arg; /* name of the value in the help: "FILE" */
	const char *help;
};

/*
 * Parse argv[1..argc-1] into the table's values. Returns the number of operands, which are moved to
 * argv[1..], in order; or ERR_USAGE. `--help` is for the caller to find: *help is set to 1 and parsing stops.
 */
int options_parse(const struct option *table, int argc, char **argv, int *help, struct err *e);

/* Print "usage: guardian SYNOPSIS", the about text and the table to stdout. */
void options_help(const struct option *table, const char *synopsis, const char *about);

/*
 * How each command starts: parse, answer --help, complain about usage on stderr. Returns the number of operands, or -1 when the
 * command is over, with *exit_code set. Too few or too many operands are usage errors too; max_operands -1: any number.
 */
int options_start(const struct option *table, const char *synopsis, const char *about, int argc, char **argv, int min_operands,
		  int max_operands, int *exit_code);

#endif
