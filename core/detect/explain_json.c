/* explain_json: an explanation for programs. */
#include "detect/explain.h"

#include "base/json.h"

static struct json_object *shares_to_json(const struct explanation *x)
{
	struct json_object *const list = json_object_new_array();

	for (size_t s = 0; s < x->T; s++) {
		struct json_object *const row = json_object_new_array();

		for (size_t f = 0; f < x->F; f++)
			json_object_array_add(row, json_number((double)x->share[s * x->F + f], 6));
		json_object_array_add(list, row);
	}
	return list;
}

static struct json_object *values_to_json(const struct explanation *x)
{
	struct json_object *const list = json_object_new_array();

	for (size_t s = 0; s < x->T; s++) {
		struct json_object *const row = json_object_new_array();

		for (size_t f = 0; f < x->F; f++)
			json_object_array_add(row, json_number(x->value[s * x->F + f], 15));
		json_object_array_add(list, row);
	}
	return list;
}

static struct json_object *change_to_json(const struct counterfactual *c, const struct feature_set *set)
{
	struct json_object *o;

	if (!c->found)
		return NULL;
	o = json_object_new_object();
	json_object_object_add(o, "step", json_count(c->step));
	json_object_object_add(o, "feature", json_object_new_string(set->feature[c->feature]->name));
	json_object_object_add(o, "from", json_number(c->from, 15));
	json_object_object_add(o, c->to < c->from ? "at_most" : "at_least", json_number(c->to, 15));
	return o;
}

static const struct {
	const char *name, *decides;
	enum component part;
} parts[] = {
	{ "sequence", "sequence", BY_SEQUENCE },
	{ "profile", "profile", BY_PROFILE },
	{ "rules", "rule", BY_RULES },
};

enum { PARTS = sizeof(parts) / sizeof(*parts) };

const char *explain_by(const struct explanation *x)
{
	size_t most = 0;

	for (size_t i = 1; i < PARTS; i++)
		if (x->by[parts[i].part].share > x->by[parts[most].part].share)
			most = i;
	return parts[most].decides;
}

static struct json_object *parts_to_json(const struct explanation *x)
{
	struct json_object *const all = json_object_new_object();

	for (size_t i = 0; i < PARTS; i++) {
		struct json_object *const o = json_object_new_object();

		json_object_object_add(o, "p", json_number(x->by[parts[i].part].p, 6));
		json_object_object_add(o, "share", json_number(x->by[parts[i].part].share, 6));
		json_object_object_add(all, parts[i].name, o);
	}
	return all;
}

struct json_object *explanation_to_json(const struct explanation *x, const struct feature_set *set, const struct usual_range *usual)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "by", json_object_new_string(explain_by(x)));
	json_object_object_add(o, "components", parts_to_json(x));
	json_object_object_add(o, "shares", shares_to_json(x));
	json_object_object_add(o, "values", values_to_json(x));
	if (usual != NULL) {
		struct json_object *const ranges = json_object_new_object();

		for (size_t f = 0; f < set->n; f++) {
			struct json_object *const range = usual_to_json(&usual[f], 1);

			json_object_object_add(ranges, set->feature[f]->name, json_object_get(json_object_array_get_idx(range, 0)));
			json_object_put(range);
		}
		json_object_object_add(o, "usual", ranges);
	}
	json_object_object_add(o, "counterfactual", change_to_json(&x->change, set));
	if (!x->change.found && x->no_change != NULL)
		json_object_object_add(o, "no_counterfactual", json_object_new_string(x->no_change));
	return o;
}
