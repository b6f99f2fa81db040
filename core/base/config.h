/* config: the one table of settings of both programs, `guardian` and `guardiand`. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/err.h"
#include "base/settings.h"

/*
 * Fill s from $GUARDIAN_CONF, or /etc/guardian/guardian.conf where that exists, and then from the environment that `get` knows. Texts that
 * are got from s live as long as it does. ERR_*: with file and line.
 */
int config_load(struct settings *s, settings_getenv get, struct err *e);

/* The table itself, for help texts; ends with a row without a name. */
const struct setting *config_table(void);

#endif
