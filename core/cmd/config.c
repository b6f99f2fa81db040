/* config: the table of settings. */
#include "cmd/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/cmd.h"

static const char default_path[] = "/etc/guardian/guardian.conf";

static const struct setting table[] = {
	{ "model", "models/basic.safetensors", "the model that `guardian scan` uses", "MODEL_PATH" },
	{ "kernel", "auto", "auto, generic, avx2, avx512 or neon", NULL },
	{ "threads", "0", "threads of `guardian scan`; 0: one for each processor", NULL },
	{ .name = NULL },
};

int config_load(struct settings *s, struct err *e)
{
	const char *const named = getenv("GUARDIAN_CONF");
	int r = OK;

	settings_init(s, table);
	if (named != NULL && named[0] != '\0')
		r = settings_load(s, named, e);
	else if (access(default_path, F_OK) == 0)
		r = settings_load(s, default_path, e);
	return r == OK ? settings_env(s, getenv, e) : r;
}

int config_start(struct settings *s, const char *command, int *exit_code)
{
	struct err e = { 0 };

	if (config_load(s, &e) == OK)
		return 0;
	fprintf(stderr, "guardian %s: %s\n", command, e.msg);
	*exit_code = EXIT_INPUT;
	return -1;
}
