/* config: the settings of `guardian`: defaults of its options, from the configuration file and the environment. */
#ifndef CMD_CONFIG_H
#define CMD_CONFIG_H

#include "base/settings.h"

/* config_load() for a command: complains on stderr. 0; or -1 when the command is over, with *exit_code set. */
int config_start(struct settings *s, const char *command, int *exit_code);

#endif
