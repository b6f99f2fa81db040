/* config: the settings of `guardian`: defaults of its options, from the configuration file and the environment. */
#ifndef CMD_CONFIG_H
#define CMD_CONFIG_H

#include "base/err.h"
#include "base/settings.h"

/*
 * Fill s from $GUARDIAN_CONF, or /etc/guardian/guardian.conf where that exists, and then from the environment. Texts that are got from s live
 * as long as it does. ERR_*: with file and line.
 */
int config_load(struct settings *s, struct err *e);

/* config_load() for a command: complains on stderr. 0; or -1 when the command is over, with *exit_code set. */
int config_start(struct settings *s, const char *command, int *exit_code);

#endif
