/* limits: the settings that bound what reading a file may take. */
#ifndef INPUT_LIMITS_H
#define INPUT_LIMITS_H

#include "base/err.h"
#include "base/settings.h"
#include "input/reader.h"

/* max_unpacked and max_ratio into *o, which is otherwise left as it is. ERR_FORMAT, ERR_RANGE: a setting is wrong. */
int limits_load(struct reader_options *o, const struct settings *s, struct err *e);

#endif
