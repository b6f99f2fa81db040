/* main: the table of commands of `guardian`. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/shown.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "scan", cmd_scan, "find anomalies in flow records" },
	{ "train", cmd_train, "train a model on benign traffic" },
	{ "import", cmd_import, "turn a Keras model into ours" },
	{ "info", cmd_info, "print what a model is" },
};
enum { COMMAND_N = sizeof(commands) / sizeof(commands[0]) };

static void usage(FILE *f)
{
	fputs("usage: guardian COMMAND [OPTIONS] FILE...\n\n", f);
	for (size_t i = 0; i < COMMAND_N; i++)
		fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n`guardian COMMAND --help` says more. Exit codes: 0 done, 1 the input is wrong, 2 the usage is wrong.\n", f);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMAND_N; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int run(int argc, char **argv)
{
	static char help[] = "--help";
	const char *name = argc > 1 ? argv[1] : "";
	const struct command *c = find(name);
	char text[64];

	if (c != NULL)
		return c->run(argc - 1, argv + 1);
	if (strcmp(name, "help") == 0 && argc > 2) {
		name = argv[2];
		if ((c = find(name)) != NULL)
			return c->run(2, (char *[]){ argv[2], help, NULL });
	} else if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
		usage(stdout);
		return EXIT_DONE;
	} else if (strcmp(name, "--version") == 0) {
		printf("guardian %s\n", GUARDIAN_VERSION);
		return EXIT_DONE;
	}
	if (argc > 1)
		fprintf(stderr, "guardian: \"%s\" is no command\n", shown(text, sizeof(text), name));
	usage(stderr);
	return EXIT_USAGE;
}

/* A standard stream that was closed must not become the descriptor of the next file that is opened: reads and writes still fail. */
static void keep_streams_apart(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	int code;

	/* A pipe without a reader is a failed write, and no reason to lose a training. */
	signal(SIGPIPE, SIG_IGN);
	keep_streams_apart();
	code = run(argc, argv);

	/* A result that did not reach its reader is no result: full disk, closed pipe. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "guardian: cannot write the result: %s\n", strerror(errno));
		if (code == EXIT_DONE)
			code = EXIT_INPUT;
	}
	return code;
}
