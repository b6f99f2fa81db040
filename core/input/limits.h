/* limits: the settings that bound what reading a file may take, and that say whose hosts are looked at. */
#ifndef INPUT_LIMITS_H
#define INPUT_LIMITS_H

#include "base/err.h"
#include "base/settings.h"
#include "input/reader.h"

/* max_unpacked, max_ratio and home_networks into *o, which is otherwise left as it is. ERR_FORMAT, ERR_RANGE, ERR_USAGE: a setting is wrong. */
int limits_load(struct reader_options *o, const struct settings *s, struct err *e);

#endif
