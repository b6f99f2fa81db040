/* whatif_json: column by column. */
#include "base/json.h"
#include "detect/whatif.h"
#include "flow/put.h"

/* As short as a number can be that is read back the same: with it as `threshold` a scan gives what the table says. */
static struct json_object *same_again(double v)
{
	char text[PUT_NUMBER + 1];

	*put_number(text, v) = '\0';
	return json_object_new_double_s(v, text);
}

static struct json_object *counts(const uint64_t *v, size_t n)
{
	struct json_object *const list = json_object_new_array();

	for (size_t k = 0; k < n; k++)
		json_object_array_add(list, v[k] == WHATIF_UNKNOWN ? NULL : json_count(v[k]));
	return list;
}

struct json_object *whatif_to_json(const struct whatif_table *t)
{
	static const char *const units[] = {
		[METHOD_LSTM] = "mean squared error", [METHOD_DENSE] = "score", [METHOD_HYBRID] = "-log10 p"
	};
	struct json_object *const o = json_object_new_object(), *const at = json_object_new_array(),
				  *const totals = json_object_new_object();
	const int labels = t->total.attacks + t->total.benign > 0;

	for (size_t k = 0; k < t->n; k++)
		json_object_array_add(at, same_again(t->at[k]));
	json_object_object_add(o, "method", json_object_new_string(scan_method_name(t->method)));
	json_object_object_add(o, "threshold", same_again(t->threshold));
	json_object_object_add(o, "unit", json_object_new_string(units[t->method]));
	json_object_object_add(o, "at", at);
	json_object_object_add(o, "flows", counts(t->flows, t->n));
	json_object_object_add(o, "anomalies", counts(t->anomalies, t->n));
	json_object_object_add(o, "incidents", counts(t->incidents, t->n));
	json_object_object_add(totals, "flows", json_count(t->total.flows));
	json_object_object_add(totals, "windows", json_count(t->total.windows));
	if (labels) {
		json_object_object_add(o, "attacks", counts(t->attacks, t->n));
		json_object_object_add(o, "false", counts(t->benign, t->n));
		json_object_object_add(totals, "attacks", json_count(t->total.attacks));
		json_object_object_add(totals, "benign", json_count(t->total.benign));
	}
	json_object_object_add(o, "totals", totals);
	return o;
}
