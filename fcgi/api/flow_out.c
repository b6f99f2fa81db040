/* flow_out: one flow at a time. */
#include "api/flow_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/json.h"
#include "detect/scan_json.h"
#include "flow/device.h"
#include "http/accept.h"
#include "http/listing.h"

const char *const flow_out_formats[] = { "json", "csv", "zeek", NULL };

static const struct {
	const char *type, *content_type, *ending;
} kinds[] = {
	[FLOWS_JSON] = { "application/json", "application/json", "json" },
	[FLOWS_CSV] = { "text/csv", "text/csv; charset=utf-8", "csv" },
	[FLOWS_ZEEK] = { "text/tab-separated-values", "text/tab-separated-values; charset=utf-8", "log" },
};

enum flow_out_format flow_out_wanted(const struct request *q, int64_t format, struct response *s)
{
	const char *const types[] = { kinds[FLOWS_JSON].type, kinds[FLOWS_CSV].type, kinds[FLOWS_ZEEK].type };
	const size_t best = format >= 0 ? (size_t)format : accept_best(q->accept, types, 3);

	if (best < 3)
		return (enum flow_out_format)best;
	response_error(s, 406, "flows are there as application/json, text/csv and text/tab-separated-values");
	return FLOWS_REFUSED;
}

void flow_parts_read(struct flow_parts *p, const char *json)
{
	p->map = json != NULL ? json_tokener_parse(json) : NULL;
}

uint64_t flow_parts_get(const struct flow_parts *p, uint64_t incident)
{
	struct json_object *value;
	char name[24];

	snprintf(name, sizeof(name), "%" PRIu64, incident);
	if (p->map == NULL || !json_object_object_get_ex(p->map, name, &value))
		return incident;
	return (uint64_t)json_object_get_int64(value);
}

int flow_parts_has(const struct flow_parts *p, uint64_t incident)
{
	struct json_object_iterator i, end;

	if (p->map == NULL)
		return 0;
	end = json_object_iter_end(p->map);
	for (i = json_object_iter_begin(p->map); !json_object_iter_equal(&i, &end); json_object_iter_next(&i))
		if ((uint64_t)json_object_get_int64(json_object_iter_peek_value(&i)) == incident)
			return 1;
	return 0;
}

void flow_parts_free(struct flow_parts *p)
{
	json_object_put(p->map);
	p->map = NULL;
}

static struct json_object *word(const char *s)
{
	return s != NULL && s[0] != '\0' ? json_text(s) : NULL;
}

static struct json_object *end_json(const struct flow *f, int side)
{
	char ip[IP_TEXT];
	struct json_object *const o =
		endpoint_to_json(f->host[side].family != 0 ? ip_print(&f->host[side], ip) : NULL, f->port[side]);

	json_object_object_add(o, "bytes", json_number(f->bytes[side], 15));
	json_object_object_add(o, "packets", json_number(f->pkts[side], 15));
	return o;
}

struct json_object *flow_to_json(const struct flowlog_line *l, uint64_t incident)
{
	static const char *const labels[] = { [LABEL_NONE] = NULL, [LABEL_BENIGN] = "benign", [LABEL_MALICIOUS] = "malicious" };
	const struct flow *const f = l->flow;
	const int known = l->side != DEVICE_NONE && f->host[l->side].family != 0;
	struct json_object *const o = json_object_new_object();
	char ip[IP_TEXT];

	json_object_object_add(o, "row", json_count(f->row));
	json_object_object_add(o, "score", json_number(l->score, 9));
	json_object_object_add(o, "p_value", json_number(l->p, 6));
	json_object_object_add(o, "anomalous", json_object_new_boolean(l->anomalous));
	json_object_object_add(o, "rule", l->rule != NULL ? json_object_new_string(l->rule->name) : NULL);
	json_object_object_add(o, "title", l->rule != NULL ? json_object_new_string(l->rule->title) : NULL);
	json_object_object_add(o, "incident", incident > 0 ? json_count(incident) : NULL);
	json_object_object_add(o, "device", known ? json_object_new_string(ip_print(&f->host[l->side], ip)) : NULL);
	json_object_object_add(o, "ts", json_number(f->ts, 17));
	json_object_object_add(o, "duration", json_number(f->duration, 15));
	json_object_object_add(o, "proto", f->proto != PROTO_UNSET ? word(proto_name(f->proto)) : NULL);
	json_object_object_add(o, "service", word(f->service));
	json_object_object_add(o, "conn_state", word(conn_state_name(f->state)));
	json_object_object_add(o, "history", word(f->history));
	json_object_object_add(o, "orig", end_json(f, ORIG));
	json_object_object_add(o, "resp", end_json(f, RESP));
	json_object_object_add(o, "label", word(labels[f->label]));
	json_object_object_add(o, "attack", word(f->attack));
	return o;
}

void flow_out_begin(struct flow_out *o)
{
	if (o->format == FLOWS_JSON)
		o->items = json_object_new_array();
	else if (o->format == FLOWS_CSV)
		flowlog_csv_head(&o->text);
	else
		flowlog_zeek_head(&o->text, (int64_t)time(NULL));
}

void flow_out_add(struct flow_out *o, const struct flowlog_line *l)
{
	const uint64_t incident = flow_parts_get(o->parts, l->incident);

	o->n++;
	if (o->format == FLOWS_JSON)
		json_object_array_add(o->items, flow_to_json(l, incident));
	else if (o->format == FLOWS_CSV)
		flowlog_csv_line(&o->text, l, incident);
	else
		flowlog_zeek_line(&o->text, l);
}

void flow_out_end(struct flow_out *o, struct response *s, uint64_t scan, const char *next)
{
	const struct text none = { 0 };

	if (o->format == FLOWS_JSON) {
		listing_answer(s, LISTING_JSON, o->items, next, NULL);
		o->items = NULL;
		return;
	}
	if (o->format == FLOWS_ZEEK)
		flowlog_zeek_tail(&o->text, (int64_t)time(NULL));
	s->status = 200;
	s->content_type = kinds[o->format].content_type;
	text_free(&s->body);
	s->body = o->text;
	o->text = none;
	text_printf(&s->headers, "Vary: Accept\r\nContent-Disposition: attachment; filename=\"scan-%" PRIu64 "-flows.%s\"\r\n",
		    scan, kinds[o->format].ending);
	if (next != NULL)
		text_printf(&s->headers, "X-Next-Cursor: %s\r\n", next);
}

void flow_out_free(struct flow_out *o)
{
	json_object_put(o->items);
	text_free(&o->text);
	o->items = NULL;
}
