/* anomaly: the page of one anomaly. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/device_view.h"
#include "page/values.h"
#include "rule/rule.h"
#include "view/fields.h"
#include "view/flows_around.h"
#include "view/frame.h"
#include "view/heat.h"
#include "view/tell.h"
#include "view/views.h"

/* "203.0.113.9:443", "[2001:db8::1]:443", "?". */
static void fill_endpoint(struct page *p, const char *name, struct json_object *o)
{
	const char *const ip = field_text(o, "ip");

	if (field(o, "port") == NULL)
		page_set(p, name, ip[0] != '\0' ? ip : "?");
	else
		page_printf(p, name, strchr(ip, ':') != NULL ? "[%s]:%llu" : "%s:%llu", ip[0] != '\0' ? ip : "?",
			    (unsigned long long)field_count(o, "port"));
}

static void fill_score(struct page *p, struct json_object *o)
{
	const double error = field(o, "error") != NULL ? field_number(o, "error") : (double)INFINITY,
		     threshold = field_number(o, "threshold");
	/* A score that is a logarithm is not so many times another one. */
	const int ratio = strcmp(field_text(o, "method"), "hybrid") != 0 && threshold > 0 && isfinite(error);

	page_number(p, "SCORE", error);
	page_number(p, "THRESHOLD", threshold);
	page_printf(page_if(p, "TIMES", ratio), "N", "%.3g", error / threshold);
}

static void fill_story(struct page *p, struct json_object *o)
{
	const struct rule *const rule = rule_find(field_text(o, "rule"));
	const char *const sentence = field_text(o, "sentence"), *const title = field_text(o, "title");
	struct page *s;

	page_printf(p, "SCAN", "%llu", (unsigned long long)field_count(o, "scan_id"));
	page_printf(p, "ID", "%llu", (unsigned long long)field_count(o, "sequence_id"));
	page_set(p, "FILE", field_text(o, "file"));
	page_set(p, "TITLE", title[0] != '\0' ? title : "Unusual traffic");
	page_set(p, "SEVERITY", field_text(o, "severity"));
	page_set(p, "MARK", field_text(o, "mark"));
	tell_sentence(page_if(p, "SENTENCE", sentence[0] != '\0'), "WORDS", sentence);
	s = page_if(p, "WHO", field(o, "orig.ip") != NULL || field(o, "resp.ip") != NULL);
	fill_endpoint(s, "FROM", field(o, "orig"));
	fill_endpoint(s, "TO", field(o, "resp"));
	page_time_seconds(page_if(p, "WHEN", !isnan(field_number(o, "ts"))), "TIME", field_number(o, "ts"));
	page_printf(p, "FIRST", "%s", json_object_get_string(json_object_array_get_idx(field(o, "rows"), 0)));
	page_printf(p, "LAST", "%s", json_object_get_string(json_object_array_get_idx(field(o, "rows"), 1)));
	fill_score(p, o);
	tell_rarity(p, "RARITY", field_number(o, "p_value"));
	page_printf(page_if(p, "INCIDENT", field_count(o, "incident") > 0), "ID", "%llu",
		    (unsigned long long)field_count(o, "incident"));
	if (rule == NULL)
		return;
	page_set(p, "TACTIC", rule->tactic);
	tell_technique(p, rule->technique);
	s = page_section(p, "KNOWN");
	page_set(s, "MEANING", rule->meaning);
	page_set(s, "ADVICE", rule->advice);
}

static void fill_marking(struct page *p, struct json_object *o)
{
	struct page *const s = page_include(p, "MARKING", "marking.tpl");

	page_printf(s, "API", "/api/v1/scans/%llu/anomalies/%llu", (unsigned long long)field_count(o, "scan_id"),
		    (unsigned long long)field_count(o, "sequence_id"));
	tell_mark(s, o);
}

/* A row of a table has columns of its own instead of features. */
static void fill_sample(struct page *p, struct json_object *sample, int table)
{
	page_set(p, "SAMPLE_TITLE", table ? "The row" : "Its last flow");
	if (!json_object_is_type(sample, json_type_object))
		return;
	json_object_object_foreach(sample, name, value)
	{
		struct page *const s = page_section(p, "SAMPLE");

		page_set(s, "NAME", name);
		tell_feature_name(s, "WORDS", name);
		if (json_object_is_type(value, json_type_string))
			page_set(s, "VALUE", json_object_get_string(value));
		else
			tell_value(s, "VALUE", tell_feature(name), value != NULL ? json_object_get_double(value) : (double)NAN);
	}
}

static int fill_rest(struct page *p, struct store *s, struct json_object *o, struct err *e)
{
	static const char *const sections[2] = { "BEFORE", "BEHIND" };
	const uint64_t scan = field_count(o, "scan_id");
	struct json_object *const rows = field(o, "rows");
	int64_t next[2];
	int r;

	r = flows_around_fill(page_include(p, "AROUND", "flows_around.tpl"), s, scan,
			      json_object_get_uint64(json_object_array_get_idx(rows, 1)), field_text(o, "device"), e);
	if (r < 0 || (r = store_anomaly_next(s, scan, field_count(o, "sequence_id"), next, e)) < 0)
		return r;
	for (int i = 0; i < 2; i++)
		page_printf(page_if(p, sections[i], next[i] >= 0), "ID", "%lld", (long long)next[i]);
	return OK;
}

void page_anomaly(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *o = NULL;
	struct err e = { 0 };
	struct frame f;
	const char *title;

	(void)p;
	if (anomaly_whole(c->store, q->number, q->item, &o, &e) < 0) {
		frame_error(c, NAV_HISTORY, s, &e);
		return;
	}
	title = field_text(o, "title");
	frame_begin(&f, NAV_HISTORY, title[0] != '\0' ? title : "Anomaly", "anomaly.tpl", "marking");
	fill_story(f.content, o);
	fill_marking(f.content, o);
	heat_fill(f.content, o);
	fill_sample(f.content, field(o, "sample_data"), strcmp(field_text(o, "method"), "dense") == 0);
	if (fill_rest(f.content, c->store, o, &e) == OK) {
		frame_send(&f, c, s);
	} else {
		frame_drop(&f);
		frame_error(c, NAV_HISTORY, s, &e);
	}
	json_object_put(o);
}
