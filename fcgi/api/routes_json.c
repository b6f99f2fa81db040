/* routes_json: the table for programs. */
#include <json-c/json.h>

#include "api/routes.h"
#include "base/json.h"

static const char *const types[] = {
	[PARAM_INTEGER] = "integer", [PARAM_TEXT] = "text", [PARAM_KEY] = "key", [PARAM_CHOICE] = "choice", [PARAM_TIME] = "time",
};

static struct json_object *choices(const struct param *p)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; p->choices[i] != NULL; i++)
		json_object_array_add(list, json_object_new_string(p->choices[i]));
	return list;
}

static struct json_object *param_view(const struct param *p)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(p->name));
	json_object_object_add(o, "type", json_object_new_string(types[p->type]));
	if (p->type == PARAM_INTEGER) {
		json_object_object_add(o, "min", json_object_new_int64(p->min));
		json_object_object_add(o, "max", json_object_new_int64(p->max));
		json_object_object_add(o, "fallback", json_object_new_int64(p->fallback));
	}
	if (p->type == PARAM_CHOICE)
		json_object_object_add(o, "choices", choices(p));
	return o;
}

struct json_object *routes_to_json(void)
{
	struct json_object *const list = json_object_new_array();

	for (const struct route *r = routes(); r->path != NULL; r++) {
		struct json_object *const o = json_object_new_object(), *const params = json_object_new_array();

		for (const struct param *p = r->params; p != NULL && p->name != NULL; p++)
			json_object_array_add(params, param_view(p));
		json_object_object_add(o, "method", json_object_new_string(method_name(r->method)));
		json_object_object_add(o, "path", json_object_new_string(r->path));
		json_object_object_add(o, "help", json_object_new_string(r->help));
		json_object_object_add(o, "params", params);
		json_object_array_add(list, o);
	}
	return list;
}
