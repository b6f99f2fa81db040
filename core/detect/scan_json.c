/* scan_json: anomalies and problems as JSON. */
#include "detect/scan_json.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

struct json_object *sample_to_json(const struct feature_set *set, const double *sample)
{
	struct json_object *const o = json_object_new_object();

	for (size_t i = 0; i < set->n; i++)
		json_object_object_add(o, set->feature[i]->name, json_number(sample[i], 15));
	return o;
}

struct json_object *endpoint_to_json(const char *ip, int64_t port)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "ip", ip != NULL ? json_object_new_string(ip) : NULL);
	json_object_object_add(o, "port", port >= 0 ? json_object_new_int64(port) : NULL);
	return o;
}

/* What it is called, and who took part. */
static void add_story(struct json_object *o, const struct anomaly *a)
{
	char text[2][IP_TEXT], sentence[2 * RULE_SENTENCE];
	const char *ip[2];

	for (int i = 0; i < 2; i++)
		ip[i] = a->host[i].family != 0 ? ip_print(&a->host[i], text[i]) : NULL;
	json_object_object_add(o, "p_value", json_number(a->p, 6));
	json_object_object_add(o, "attack", json_object_new_string(a->rule->attack));
	json_object_object_add(o, "rule", json_object_new_string(a->rule->name));
	json_object_object_add(o, "title", json_object_new_string(a->rule->title));
	json_object_object_add(o, "incident", a->incident > 0 ? json_count(a->incident) : NULL);
	json_object_object_add(o, "device", a->side >= 0 && ip[a->side] != NULL ? json_object_new_string(ip[a->side]) : NULL);
	json_object_object_add(o, "orig", endpoint_to_json(ip[ORIG], a->port[ORIG]));
	json_object_object_add(o, "resp", endpoint_to_json(ip[RESP], a->port[RESP]));
	utf8_clean(sentence, sizeof(sentence), sizeof(sentence), 0, a->sentence, strlen(a->sentence));
	json_object_object_add(o, "sentence", json_object_new_string(sentence));
}

struct json_object *anomaly_to_json(const struct feature_set *set, const struct anomaly *a)
{
	struct json_object *const o = json_object_new_object(), *const rows = json_object_new_array(),
				  *const why = json_object_new_object();

	json_object_array_add(rows, json_count(a->row[0]));
	json_object_array_add(rows, json_count(a->row[1]));
	json_object_object_add(o, "sequence_id", json_count(a->sequence_id));
	json_object_object_add(o, "rows", rows);
	if (!isnan(a->ts))
		json_object_object_add(o, "ts", json_number(a->ts, 15));
	json_object_object_add(o, "error", json_number((double)a->error, 9));
	if (!isfinite(a->error))
		json_object_object_add(
			o, "note", json_object_new_string("the input is so far from normal that the network has no finite error"));
	json_object_object_add(o, "threshold", json_number(a->threshold, 9));
	json_object_object_add(o, "severity", json_object_new_string(severity_name(a->severity)));
	json_object_object_add(why, "feature", json_object_new_string(set->feature[a->feature]->name));
	json_object_object_add(why, "step", json_count(a->step));
	json_object_object_add(why, "share", json_number(a->share, 4));
	json_object_object_add(why, "value", json_number(a->value, 15));
	json_object_object_add(o, "most_unusual", why);
	add_story(o, a);
	json_object_object_add(o, "sample_data", sample_to_json(set, a->sample));
	return o;
}

struct json_object *scan_explanation_to_json(const struct scan *s, const struct anomaly *a)
{
	struct usual_range usual[FEATURE_MAX];
	struct scan_summary sum;
	struct json_object *o;
	struct explanation x;
	int own;

	if (scan_explanation(s, a, &x, NULL) != 1)
		return NULL;
	scan_summary(s, &sum);
	own = scan_usual(s, a, usual);
	o = explanation_to_json(&x, a->features, usual);
	json_object_object_add(o, "usual_of", json_object_new_string(!own ? "training" : sum.one_stream ? "file" : "device"));
	explanation_free(&x);
	return o;
}

struct json_object *skipped_to_json(const struct read_report *c)
{
	struct json_object *const list = json_object_new_array();

	for (size_t i = 0; i < c->problem_n; i++) {
		struct json_object *const o = json_object_new_object();

		json_object_object_add(o, "line", json_count(c->problem[i].line));
		json_object_object_add(o, "column", json_object_new_string(c->problem[i].column));
		json_object_object_add(o, "reason", json_object_new_string(c->problem[i].reason));
		json_object_array_add(list, o);
	}
	return list;
}

struct json_object *report_to_json(const struct read_report *r)
{
	struct json_object *const o = json_object_new_object(), *const reasons = json_object_new_object(),
				  *const notes = json_object_new_array();

	json_object_object_add(o, "format", json_object_new_string(r->format));
	json_object_object_add(o, "dialect", json_object_new_string(r->dialect));
	if (r->packing[0] != '\0') {
		json_object_object_add(o, "packing", json_object_new_string(r->packing));
		json_object_object_add(o, "unpacked_bytes", json_count(r->unpacked));
	}
	if (r->packets > 0)
		json_object_object_add(o, "packets", json_count(r->packets));
	for (size_t i = 0; i < r->count_n; i++)
		json_object_object_add(reasons, r->count[i].what, json_count(r->count[i].n));
	for (size_t i = 0; i < r->note_n; i++)
		json_object_array_add(notes, json_object_new_string(r->note[i]));
	json_object_object_add(o, "skipped_by_reason", reasons);
	json_object_object_add(o, "notes", notes);
	return o;
}

double scan_percentage(uint64_t anomalies, uint64_t windows)
{
	return windows ? 100 * (double)anomalies / (double)windows : 0;
}
