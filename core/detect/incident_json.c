/* incident_json: member by member. */
#include "detect/incident_json.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "flow/put.h"

enum { DIGITS = 15 };

/* Text that is not of the table of rules. */
static struct json_object *clean(const char *s)
{
	char text[2 * RULE_SENTENCE];

	utf8_clean(text, sizeof(text), sizeof(text), 0, s, strlen(s));
	return json_object_new_string(text);
}

static struct json_object *of_ip(const struct ip *a)
{
	char text[IP_TEXT];

	return a->family == 0 ? NULL : json_object_new_string(ip_print(a, text));
}

static struct json_object *of_mac(const struct incident *i)
{
	char text[PUT_MAC + 1] = "";

	put_mac(text, i->device_mac);
	return i->has_mac ? json_object_new_string(text) : NULL;
}

static struct json_object *device(const struct incident *i)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "number", json_count(i->device));
	json_object_object_add(o, "ip", of_ip(&i->device_ip));
	json_object_object_add(o, "mac", of_mac(i));
	return o;
}

static void add_rule(struct json_object *o, const struct rule *r)
{
	const struct {
		const char *name, *value;
	} members[] = {
		{ "attack", r->attack }, { "rule", r->name },       { "title", r->title },   { "technique", r->technique },
		{ "tactic", r->tactic }, { "meaning", r->meaning }, { "advice", r->advice },
	};

	for (size_t k = 0; k < sizeof(members) / sizeof(*members); k++)
		json_object_object_add(o, members[k].name,
				       members[k].value == NULL || members[k].value[0] == '\0' ? NULL : clean(members[k].value));
}

static struct json_object *evidence(const struct rule_hit *hit)
{
	struct json_object *const list = json_object_new_array();

	for (size_t k = 0; hit->rule != NULL && k < hit->number_n; k++) {
		const struct rule_number *const n = &hit->number[k];
		struct json_object *const o = json_object_new_object();

		json_object_object_add(o, "name", clean(n->name));
		json_object_object_add(o, "value", json_number(n->value, DIGITS));
		json_object_object_add(o, "unit", clean(n->unit));
		json_object_object_add(o, "normal", json_number(n->normal, DIGITS));
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *also(const struct incident *i)
{
	struct json_object *const list = json_object_new_array();

	for (size_t k = 0; k < INCIDENT_ALSO && i->also[k] != NULL; k++)
		json_object_array_add(list, json_object_new_string(i->also[k]->name));
	return list;
}

struct json_object *incident_to_json(const struct incident *i)
{
	struct json_object *const o = json_object_new_object(), *const rows = i->flows > 0 ? json_object_new_array() : NULL;

	json_object_object_add(o, "id", json_count(i->id));
	json_object_object_add(o, "part_of", i->part_of == 0 ? NULL : json_count(i->part_of));
	json_object_object_add(o, "device", device(i));
	add_rule(o, i->rule);
	json_object_object_add(o, "severity", json_object_new_string(severity_name(i->severity)));
	json_object_object_add(o, "start", json_number(i->start, DIGITS));
	json_object_object_add(o, "end", json_number(i->end, DIGITS));
	json_object_object_add(o, "flows", json_count(i->flows));
	json_object_object_add(o, "peers", json_count(i->peers));
	json_object_object_add(o, "peer", of_ip(&i->peer));
	json_object_object_add(o, "port", i->port == PORT_UNSET ? NULL : json_object_new_int(i->port));
	json_object_object_add(o, "peak_score", json_number(i->peak_score, DIGITS));
	json_object_object_add(o, "peak_row", i->flows == 0 ? NULL : json_count(i->peak_row));
	json_object_object_add(o, "p_value", json_number(i->least_p, DIGITS));
	if (rows != NULL) {
		json_object_array_add(rows, json_count(i->first_row));
		json_object_array_add(rows, json_count(i->last_row));
	}
	json_object_object_add(o, "rows", rows);
	json_object_object_add(o, "bytes_out", json_number(i->bytes[0], DIGITS));
	json_object_object_add(o, "bytes_in", json_number(i->bytes[1], DIGITS));
	json_object_object_add(o, "evidence", evidence(&i->hit));
	json_object_object_add(o, "sentence", clean(i->sentence));
	json_object_object_add(o, "also", also(i));
	return o;
}
