/* incident: the page of one incident. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/device_view.h"
#include "base/humane.h"
#include "page/values.h"
#include "view/fields.h"
#include "view/flows_around.h"
#include "view/frame.h"
#include "view/heat.h"
#include "view/tell.h"
#include "view/views.h"

enum { ANOMALIES_SHOWN = 20 };

/* "203.0.113.9 port 6667", "186 addresses on port 23". */
static void fill_peer(struct page *p, struct json_object *o)
{
	const uint64_t peers = field_count(o, "peers");
	const char *const peer = field_text(o, "peer");
	const int port = field(o, "port") != NULL;
	char text[HUMANE_TEXT], behind[32] = "";
	struct page *s;

	if (peer[0] == '\0' && peers == 0 && !port)
		return;
	s = page_section(p, "PEER");
	if (port)
		snprintf(behind, sizeof(behind), " port %llu", (unsigned long long)field_count(o, "port"));
	if (peer[0] != '\0')
		page_printf(s, "WORDS", "%s%s", peer, behind);
	else if (peers > 0)
		page_printf(s, "WORDS", "%s %s%s%s", humane_count(text, (double)peers), peers == 1 ? "address" : "addresses",
			    port ? " on" : "", behind);
	else
		page_set(s, "WORDS", behind + 1);
}

static void fill_also(struct page *p, struct json_object *list)
{
	struct text words = { 0 };

	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++)
		text_printf(&words, "%s%s", i > 0 ? ", " : "", json_object_get_string(json_object_array_get_idx(list, i)));
	for (size_t i = 0; i < words.n; i++)
		words.p[i] = words.p[i] == '_' ? ' ' : words.p[i];
	if (words.n > 0)
		page_set(page_section(p, "ALSO"), "WORDS", text_get(&words));
	text_free(&words);
}

static void fill_when(struct page *p, struct json_object *o)
{
	const double start = field_number(o, "start"), end = field_number(o, "end");
	struct page *const s = page_if(p, "WHEN", !isnan(start) && !isnan(end));
	char text[HUMANE_TEXT];

	page_time_seconds(s, "START", start);
	page_time_seconds(s, "END", end);
	page_set(s, "TOOK", humane_seconds(text, end - start));
}

static void fill_story(struct page *p, struct json_object *o)
{
	const char *const title = field_text(o, "title");
	char text[HUMANE_TEXT];
	struct page *s;

	page_printf(p, "SCAN", "%llu", (unsigned long long)field_count(o, "scan_id"));
	page_printf(p, "ID", "%llu", (unsigned long long)field_count(o, "id"));
	page_printf(p, "ROW", "%llu", (unsigned long long)field_count(o, "peak_row"));
	page_set(p, "FILE", field_text(o, "file"));
	page_set(p, "TITLE", title[0] != '\0' ? title : "Incident");
	page_set(p, "SEVERITY", field_text(o, "severity"));
	page_set(p, "MARK", field_text(o, "mark"));
	page_time(p, "FOUND", field_time(o, "found"));
	tell_sentence(p, "SENTENCE", field_text(o, "sentence"));
	tell_device(p, field(o, "device"));
	fill_peer(p, o);
	fill_when(p, o);
	page_count(p, "FLOWS", field_count(o, "flows"));
	/* NaN, or none and nobody they could have gone to: a file that tells no bytes. */
	s = page_if(p, "BYTES", field_number(o, "bytes_out") + field_number(o, "bytes_in") > 0 || field_count(o, "peers") > 0);
	page_set(s, "SENT", humane_bytes(text, field_number(o, "bytes_out")));
	page_set(s, "RECEIVED", humane_bytes(text, field_number(o, "bytes_in")));
	tell_rarity(p, "RARITY", field_number(o, "p_value"));
	page_set(p, "TACTIC", field_text(o, "tactic"));
	tell_technique(p, field_text(o, "technique"));
	fill_also(p, field(o, "also"));
	page_set(p, "MEANING", field_text(o, "meaning"));
	page_set(p, "ADVICE", field_text(o, "advice"));
	tell_evidence(page_if(p, "HAS_EVIDENCE", field_length(o, "evidence") > 0), field(o, "evidence"));
}

static void fill_marking(struct page *p, struct json_object *o)
{
	struct page *const s = page_include(p, "MARKING", "marking.tpl");

	page_printf(s, "API", "/api/v1/scans/%llu/incidents/%llu", (unsigned long long)field_count(o, "scan_id"),
		    (unsigned long long)field_count(o, "id"));
	page_if(s, "IS_INCIDENT", 1);
	tell_mark(s, o);
}

/* Of its worst anomaly, or of the worst that has an explanation. */
static int fill_heat(struct page *p, struct store *s, struct json_object *o, struct err *e)
{
	const uint64_t scan = field_count(o, "scan_id");
	int64_t sequence = -1;
	struct json_object *a = NULL;
	struct page *card;
	int r;

	if ((r = store_explained_of(s, scan, field_count(o, "id"), &sequence, e)) < 0)
		return r;
	if (sequence < 0 && field(o, "peak_window") != NULL)
		sequence = (int64_t)field_count(o, "peak_window");
	if (sequence < 0)
		return OK;
	if ((r = anomaly_whole(s, scan, (uint64_t)sequence, &a, e)) < 0)
		return r == ERR_NOT_FOUND ? OK : r;
	card = page_section(p, "STRIP_CARD");
	page_printf(card, "SEQUENCE", "%lld", (long long)sequence);
	heat_fill(card, a);
	json_object_put(a);
	return OK;
}

struct list {
	struct page *page;
	size_t n;
};

static int take_anomaly(void *arg, const struct anomaly_row *a)
{
	struct list *const l = arg;
	struct page *row;

	if (l->n++ == ANOMALIES_SHOWN)
		return OK;
	row = page_section(l->page, "ANOMALY");
	tell_anomaly_row(row, a);
	return OK;
}

static int fill_anomalies(struct page *p, struct store *s, struct json_object *o, struct err *e)
{
	const struct anomaly_query q = {
		.scan = field_count(o, "scan_id"), .incident = field_count(o, "id"), .severity = -1, .limit = ANOMALIES_SHOWN + 1
	};
	struct list l = { .page = page_section(p, "ANOMALIES") };
	const int r = store_anomaly_find(s, &q, take_anomaly, &l, e);

	page_if(l.page, l.n > ANOMALIES_SHOWN ? "SOME" : "ALL", 1);
	return r;
}

static int fill_flows(struct page *p, struct store *s, struct json_object *o, struct err *e)
{
	struct page *const around = page_include(p, "AROUND", "flows_around.tpl");
	int r;

	if (field(o, "peak_row") == NULL) {
		page_if(around, "NO_FLOWS", 1);
		return OK;
	}
	r = flows_around_fill(around, s, field_count(o, "scan_id"), field_count(o, "peak_row"), field_text(o, "device.ip"), e);
	/* A table has none: what is shown here is what there is to take away. */
	page_if(p, "HAS_FLOWS", r > 0);
	return r < 0 ? r : OK;
}

static int fill_next(struct page *p, struct store *s, struct json_object *o, struct err *e)
{
	static const char *const sections[2] = { "BEFORE", "BEHIND" };
	const uint64_t scan = field_count(o, "scan_id");
	int64_t next[2];
	const int r = store_incident_next(s, scan, field_count(o, "id"), next, e);

	for (int i = 0; r == OK && i < 2; i++)
		page_printf(page_if(p, sections[i], next[i] >= 0), "ID", "%lld", (long long)next[i]);
	return r;
}

void page_incident(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct incident_found i = { 0 };
	struct json_object *o = NULL;
	struct err e = { 0 };
	struct frame f;
	int r;

	(void)p;
	if (store_incident_get(c->store, q->number, q->item, &i, &e) < 0) {
		frame_error(c, NAV_HISTORY, s, &e);
		return;
	}
	o = incident_view(c, &i);
	incident_found_free(&i);
	frame_begin(&f, NAV_HISTORY, field_text(o, "title"), "incident.tpl", "marking");
	fill_story(f.content, o);
	fill_marking(f.content, o);
	if ((r = fill_heat(f.content, c->store, o, &e)) == OK && (r = fill_flows(f.content, c->store, o, &e)) == OK &&
	    (r = fill_anomalies(f.content, c->store, o, &e)) == OK)
		r = fill_next(f.content, c->store, o, &e);
	if (r == OK) {
		frame_send(&f, c, s);
	} else {
		frame_drop(&f);
		frame_error(c, NAV_HISTORY, s, &e);
	}
	json_object_put(o);
}
