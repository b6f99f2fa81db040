/* limits: three settings. */
#include "input/limits.h"

int limits_load(struct reader_options *o, const struct settings *s, struct err *e)
{
	int r = settings_count(s, "max_unpacked", 0, UINT64_MAX, &o->unpacked_max, e);

	if (r == OK)
		r = settings_count(s, "max_ratio", 0, UINT64_MAX, &o->ratio_max, e);
	if (r == OK && home_networks_parse(&o->home, settings_text(s, "home_networks"), e) < 0)
		r = err_prefix(e, "the setting home_networks");
	return r;
}
