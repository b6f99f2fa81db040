/* limits: two settings. */
#include "input/limits.h"

int limits_load(struct reader_options *o, const struct settings *s, struct err *e)
{
	const int r = settings_count(s, "max_unpacked", 0, UINT64_MAX, &o->unpacked_max, e);

	return r == OK ? settings_count(s, "max_ratio", 0, UINT64_MAX, &o->ratio_max, e) : r;
}
