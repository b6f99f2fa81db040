/* adapt_json: what an adaptation has to say, for `guardian threshold` and for the server. */
#include <math.h>

#include "base/json.h"
#include "detect/adapt.h"

struct adapted_before adapted_before(const struct detector *d)
{
	return (struct adapted_before){ d->threshold, d->calibrated ? d->hybrid_threshold : (double)NAN };
}

static void add_one(struct json_object *o, const char *what, double before, const struct threshold_result *r)
{
	struct json_object *const t = threshold_to_json(r);

	json_object_object_add(t, "before", json_number(before, 17));
	json_object_object_add(o, what, t);
}

void adapted_to_json(struct json_object *o, const struct adapted *a, const struct adapted_before *before)
{
	json_object_object_add(o, "flows", json_count(a->flows));
	json_object_object_add(o, "windows", json_count(a->windows));
	json_object_object_add(o, "devices", json_count(a->devices));
	json_object_object_add(o, "device_days", json_number(a->device_seconds / 86400, 6));
	json_object_object_add(o, "attacks_left_out", json_count(a->attacks));
	json_object_object_add(o, "alarms_left_out", json_count(a->alarms));
	json_object_object_add(o, "not_finite_left_out", json_count(a->infinite));
	if (a->has_hybrid)
		add_one(o, "hybrid", before->hybrid, &a->hybrid);
	if (a->has_lstm)
		add_one(o, "lstm", before->lstm, &a->lstm);
}
