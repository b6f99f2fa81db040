/* main: the table of commands of `guardian`. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/streams.h"
#include "base/version.h"
#include "cmd/cmd.h"
#include "base/shown.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "scan", cmd_scan, "find anomalies in flow records" },
	{ "evaluate", cmd_evaluate, "judge a model on labelled flows" },
	{ "flows", cmd_flows, "print the flows of any input" },
	{ "train", cmd_train, "train a model on benign traffic" },
	{ "threshold", cmd_threshold, "adapt a model to a network by its normal traffic" },
	{ "generate", cmd_generate, "make up the traffic of a home, with labelled attacks" },
	{ "import", cmd_import, "turn a Keras model into ours" },
	{ "info", cmd_info, "print what a model is" },
};
enum { COMMAND_N = sizeof(commands) / sizeof(commands[0]), NAME_COMPARED = 16 };

static void usage(FILE *f)
{
	fputs("usage: guardian COMMAND [OPTIONS] FILE...\n\n", f);
	for (size_t i = 0; i < COMMAND_N; i++)
		fprintf(f, "  %-9s %s\n", commands[i].name, commands[i].help);
	fputs("\n`guardian COMMAND --help` says more. Exit codes: 0 done, 1 the input is wrong, 2 the usage is wrong.\n", f);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMAND_N; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int is_help(const char *name)
{
	return strcmp(name, "--help") == 0 || strcmp(name, "help") == 0;
}

/* Letters to change, add or take away to make a of b; b is at most NAME_COMPARED long. (Wagner & Fischer 1974) */
static size_t distance(const char *a, const char *b)
{
	const size_t n = strlen(b);
	size_t row[NAME_COMPARED + 1];

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			const size_t above = row[j + 1], changed = diagonal + (a[i] != b[j]);
			const size_t added = (above < row[j] ? above : row[j]) + 1;

			row[j + 1] = changed < added ? changed : added;
			diagonal = above;
		}
	}
	return row[n];
}

/* The commands that name may have been meant to be, and the end of the line. */
static void print_similar(const char *name)
{
	const char *before = "; did you mean ", *end = "\n";

	for (size_t i = 0; i < COMMAND_N && strlen(name) <= NAME_COMPARED; i++) {
		const size_t d = distance(commands[i].name, name);

		if (d > 2 || d >= strlen(name))
			continue;
		fprintf(stderr, "%s\"%s\"", before, commands[i].name);
		before = " or ";
		end = "?\n";
	}
	fputs(end, stderr);
}

static int run(int argc, char **argv)
{
	static char help[] = "--help";
	const char *name = argc > 1 ? argv[1] : "";
	const struct command *c = find(name);
	char text[64];

	if (c != NULL)
		return c->run(argc - 1, argv + 1);
	if (is_help(name) && argc > 2) {
		name = argv[2];
		if ((c = find(name)) != NULL)
			return c->run(2, (char *[]){ argv[2], help, NULL });
	} else if (is_help(name)) {
		usage(stdout);
		return EXIT_DONE;
	} else if (strcmp(name, "--version") == 0) {
		printf("guardian %s\n", GUARDIAN_VERSION);
		return EXIT_DONE;
	}
	if (argc > 1) {
		fprintf(stderr, "guardian: \"%s\" is no command", shown(text, sizeof(text), name));
		print_similar(name);
	}
	usage(stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int code;

	/* A pipe without a reader is a failed write, and no reason to lose a training. */
	signal(SIGPIPE, SIG_IGN);
	streams_keep_apart();
	code = run(argc, argv);

	/* A result that did not reach its reader is no result. */
	if (!streams_flushed("guardian") && code == EXIT_DONE)
		code = EXIT_INPUT;
	return code;
}
