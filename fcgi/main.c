/* main: the table of commands of `guardiand`. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/routes.h"
#include "base/config.h"
#include "base/streams.h"
#include "base/version.h"
#include "cmd/cmd.h"
#include "fcgi/site.h"
#include "pool/master.h"
#include "pool/ping.h"
#include "sql/store.h"

static int fail(const char *command, const struct err *e)
{
	fprintf(stderr, "guardiand %s: %s\n", command, e->msg);
	return EXIT_INPUT;
}

static int serve(void)
{
	struct site *site;
	struct err e = { 0 };

	if (site_load(&site, 1, &e) < 0 || master_run(site, &e) != 0)
		return fail("serve", &e);
	return EXIT_DONE;
}

static int migrate(void)
{
	struct settings *const settings = malloc(sizeof(*settings));
	struct store *store = NULL;
	struct err e = { 0 };
	int r, applied = 0;

	if (settings == NULL) {
		r = err_set(&e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if ((r = config_load(settings, getenv, &e)) < 0 ||
	    (r = store_new(&store, settings_text(settings, "database_url"), &e)) < 0 ||
	    (r = store_migrate(store, &applied, &e)) < 0)
		goto out;
	if (applied > 0)
		printf("%d migration%s applied\n", applied, applied == 1 ? "" : "s");
	else
		puts("the database is up to date");
out:
	store_del(store);
	free(settings);
	return r < 0 ? fail("migrate", &e) : EXIT_DONE;
}

enum { PING_SECONDS = 5 };

static int ping_pool(void)
{
	struct settings *const settings = malloc(sizeof(*settings));
	struct err e = { 0 };
	int r;

	if (settings == NULL)
		r = err_set(&e, ERR_NOMEM, "out of memory");
	else if ((r = config_load(settings, getenv, &e)) == OK)
		r = ping(settings_text(settings, "listen"), settings_text(settings, "allowed_hosts"), PING_SECONDS, &e);
	free(settings);
	return r < 0 ? fail("ping", &e) : EXIT_DONE;
}

/* What `serve` would refuse before it listens. */
static int check(void)
{
	struct site *site = NULL;
	struct store *store = NULL;
	struct err e = { 0 };
	int r;

	if ((r = site_load(&site, 1, &e)) == OK && (r = store_new(&store, site->database_url, &e)) == OK)
		printf("the configuration is good: model %s, %zu page and %zu upload workers\n", site->model_name, site->workers,
		       site->upload_workers);
	store_del(store);
	site_del(site);
	return r < 0 ? fail("check", &e) : EXIT_DONE;
}

/* For tests of what is said of them elsewhere. */
static int print_routes(void)
{
	struct json_object *const o = routes_to_json();

	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return EXIT_DONE;
}

static const struct command {
	const char *name;
	int (*run)(void);
	const char *help, *about;
} commands[] = {
	{ "serve", serve, "run the pool of workers",
	  "Listens where `listen` and `upload_listen` say, and serves what nginx passes on, in the foreground.\n"
	  "SIGTERM: requests in hand are finished, then it ends. SIGHUP: reads the configuration anew and replaces the workers\n"
	  "one by one. It logs to stderr." },
	{ "migrate", migrate, "bring the tables of the database up to date",
	  "Applies the migrations that are missing to the database that `database_url` names. Safe to run at any time." },
	{ "ping", ping_pool, "ask the running pool whether it serves",
	  "Asks for /healthz where `listen` says, as nginx would, and waits 5 seconds for the answer. For health checks: exit code "
	  "0\n"
	  "and no output when a page worker answers. The database is not asked." },
	{ "check", check, "say what is wrong with the configuration",
	  "Reads the settings, the model and the templates as `serve` does; speaks to no database and listens nowhere." },
	{ "routes", print_routes, "say which addresses it serves, as JSON",
	  "Methods, paths and parameters with their limits, from the table that requests go through. /api/v1/openapi.json says "
	  "what\n"
	  "they mean and what they answer." },
};
enum { COMMAND_N = sizeof(commands) / sizeof(commands[0]) };

static void usage(FILE *f)
{
	fputs("usage: guardiand COMMAND\n\n", f);
	for (size_t i = 0; i < COMMAND_N; i++)
		fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n`guardiand COMMAND --help` says more, `guardiand --help` lists the settings too.\n"
	      "Exit codes: 0 done, 1 something is wrong with the input or the system, 2 the usage is wrong.\n",
	      f);
}

/* From the table that the programs read, so that it is never out of date. */
static void print_settings(void)
{
	puts("\nSettings: \"name = value\" lines in /etc/guardian/guardian.conf or $GUARDIAN_CONF; $GUARDIAN_<NAME> overrides.\n");
	for (const struct setting *s = config_table(); s->name != NULL; s++) {
		printf("  %-15s %s", s->name, s->help);
		printf(s->env != NULL ? " (also $%s)\n" : "\n", s->env);
		printf("  %-15s default: %s\n", "", s->fallback[0] != '\0' ? s->fallback : "none");
	}
}

static int is_help(const char *arg)
{
	return strcmp(arg, "--help") == 0 || strcmp(arg, "help") == 0;
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
	const char *name = argc > 1 ? argv[1] : "", *second = argc > 2 ? argv[2] : "";
	const int asks_help = is_help(name) || strcmp(second, "--help") == 0;
	const struct command *const c = find(is_help(name) ? second : name);
	struct err e = { 0 };

	if (is_help(name) && argc == 2) {
		usage(stdout);
		print_settings();
		return EXIT_DONE;
	}
	if (c != NULL && asks_help && argc == 3) {
		printf("usage: guardiand %s\n\n%s\n", c->name, c->about);
		return EXIT_DONE;
	}
	if (strcmp(name, "--version") == 0 && argc == 2) {
		printf("guardiand %s\n", GUARDIAN_VERSION);
		return EXIT_DONE;
	}
	if (c != NULL && argc == 2)
		return c->run();
	/* err_fill() makes it safe for a terminal. */
	if (c != NULL)
		err_fill(&e, ERR_USAGE, "guardiand %s: takes no arguments, but got \"%.64s\"", c->name, second);
	else if (argc > 1)
		err_fill(&e, ERR_USAGE, "guardiand: \"%.64s\" is no command", is_help(name) ? second : name);
	if (argc > 1)
		fprintf(stderr, "%s\n", e.msg);
	usage(stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int code;

	signal(SIGPIPE, SIG_IGN);
	streams_keep_apart();
	code = run(argc, argv);
	if (!streams_flushed("guardiand") && code == EXIT_DONE)
		code = EXIT_INPUT;
	return code;
}
