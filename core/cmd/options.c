/* options: parsing and printing of a table of options. */
#include "cmd/options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"

static const struct option *find(const struct option *table, const char *name, size_t len)
{
	for (; table->name != NULL; table++)
		if (strlen(table->name) == len && memcmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

static int set_real(const struct option *o, const char *text, struct err *e)
{
	char *end;
	const double v = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(v))
		return err_set(e, ERR_USAGE, "--%s: \"%s\" is not a number", o->name, text);
	if (v < o->min || v > o->max)
		return err_set(e, ERR_USAGE, "--%s: %s is outside %g..%g", o->name, text, o->min, o->max);
	*(double *)o->value = v;
	return OK;
}

static int set_size(const struct option *o, const char *text, struct err *e)
{
	char *end;
	uintmax_t v;

	errno = 0;
	v = strtoumax(text, &end, 10);
	if (end == text || *end != '\0' || text[strspn(text, " \t")] == '-' || errno == ERANGE)
		return err_set(e, ERR_USAGE, "--%s: \"%s\" is not a whole number", o->name, text);
	if ((double)v < o->min || (double)v > o->max || v > SIZE_MAX)
		return err_set(e, ERR_USAGE, "--%s: %s is outside %.0f..%.0f", o->name, text, o->min, o->max);
	*(size_t *)o->value = (size_t)v;
	return OK;
}

static int set_value(const struct option *o, const char *text, struct err *e)
{
	switch (o->kind) {
	case OPT_TEXT:
		*(const char **)o->value = text;
		return OK;
	case OPT_SIZE:
		return set_size(o, text, e);
	case OPT_REAL:
		return set_real(o, text, e);
	default:
		return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
	}
}

/* The option at argv[*i], and its value at argv[*i + 1] when that is where it stands. */
static int take(const struct option *table, int argc, char **argv, int *i, int *help, struct err *e)
{
	const char *const text = argv[*i] + 2, *const equals = strchr(text, '=');
	const size_t len = equals ? (size_t)(equals - text) : strlen(text);
	const struct option *const o = find(table, text, len);

	if (len == 4 && memcmp(text, "help", 4) == 0) {
		*help = 1;
		return OK;
	}
	if (o == NULL)
		return err_set(e, ERR_USAGE, "unknown option --%.*s", (int)(len < 60 ? len : 60), text);
	if (equals != NULL)
		return set_value(o, equals + 1, e);
	if (o->kind == OPT_SWITCH) {
		*(int *)o->value = 1;
		return OK;
	}
	if (*i + 1 == argc)
		return err_set(e, ERR_USAGE, "--%s needs a value: %s", o->name, o->arg);
	return set_value(o, argv[++*i], e);
}

int options_parse(const struct option *table, int argc, char **argv, int *help, struct err *e)
{
	int operands = 0, literal = 0, r;

	*help = 0;
	for (int i = 1; i < argc; i++) {
		if (literal || argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[1 + operands++] = argv[i];
		} else if (argv[i][1] != '-') {
			return err_set(e, ERR_USAGE, "unknown option %.60s: options are long, as in --help", argv[i]);
		} else if (argv[i][2] == '\0') {
			literal = 1;
		} else if ((r = take(table, argc, argv, &i, help, e)) < 0 || *help) {
			return r;
		}
	}
	return operands;
}

static void print_default(const struct option *o)
{
	switch (o->kind) {
	case OPT_TEXT:
		if (*(const char **)o->value != NULL)
			printf(" (%s)", *(const char **)o->value);
		break;
	case OPT_SIZE:
		if ((double)*(size_t *)o->value >= o->min && (double)*(size_t *)o->value <= o->max)
			printf(" (%zu)", *(size_t *)o->value);
		break;
	case OPT_REAL:
		if (*(double *)o->value >= o->min)
			printf(" (%g)", *(double *)o->value);
		break;
	case OPT_SWITCH:
		break;
	}
}

void options_help(const struct option *table, const char *synopsis, const char *about)
{
	printf("usage: guardian %s\n\n%s\n", synopsis, about);
	for (; table->name != NULL; table++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s %s", table->name, table->arg ? table->arg : "");
		printf("  %-24s %s", left, table->help);
		print_default(table);
		putchar('\n');
	}
}

int options_start(const struct option *table, const char *synopsis, const char *about, int argc, char **argv, int min_operands,
		  int max_operands, int *exit_code)
{
	struct err e = { 0 };
	int help, n = options_parse(table, argc, argv, &help, &e);

	if (n >= 0 && help) {
		options_help(table, synopsis, about);
		*exit_code = EXIT_DONE;
		return -1;
	}
	if (n >= 0 && n < min_operands)
		n = err_set(&e, ERR_USAGE, "%s is missing", min_operands == 1 ? "a file" : "an operand");
	else if (n >= 0 && max_operands >= 0 && n > max_operands)
		n = err_set(&e, ERR_USAGE, "\"%.100s\" is one operand too many", argv[1 + max_operands]);
	if (n < 0) {
		fprintf(stderr, "guardian %s: %s\nusage: guardian %s\n       guardian %s --help says more\n", argv[0], e.msg,
			synopsis, argv[0]);
		*exit_code = EXIT_USAGE;
		return -1;
	}
	return n;
}
