/* config: the settings as a command line sees them. */
#include "cmd/config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/config.h"
#include "cmd/cmd.h"

int config_start(struct settings *s, const char *command, int *exit_code)
{
	struct err e = { 0 };

	if (config_load(s, getenv, &e) == OK)
		return 0;
	fprintf(stderr, "guardian %s: %s\n", command, e.msg);
	*exit_code = EXIT_INPUT;
	return -1;
}
