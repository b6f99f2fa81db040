/* flows_around: the chunk is read twice: where the flow is among those of its device, then those around it. */
#include "view/flows_around.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/humane.h"
#include "detect/flowlog.h"
#include "flow/conn_state.h"
#include "page/values.h"
#include "rule/rule.h"
#include "sql/store_evidence.h"

enum { BEFORE = 10, BEHIND = 10, CHUNKS = 2, ENDPOINT = IP_TEXT + 16 };

struct around {
	struct page *page; /* NULL: only look */
	uint64_t row;
	struct ip device; /* family 0: any */
	uint64_t at;      /* place among the flows of the device */
	uint64_t place;   /* of the row itself */
	int found;
};

static int takes_part(const struct flow *f, const struct ip *device)
{
	return device->family == 0 || ip_equal(&f->host[ORIG], device) || ip_equal(&f->host[RESP], device);
}

static void fill_endpoint(struct page *p, const char *name, const struct flow *f, int side)
{
	char ip[IP_TEXT] = "?", text[ENDPOINT];

	if (f->host[side].family != 0)
		ip_print(&f->host[side], ip);
	if (f->port[side] >= 0)
		snprintf(text, sizeof(text), strchr(ip, ':') != NULL ? "[%s]:%d" : "%s:%d", ip, (int)f->port[side]);
	else
		snprintf(text, sizeof(text), "%s", ip);
	page_set(p, name, text);
}

static void fill_row(struct page *p, const struct flowlog_line *l, int here)
{
	const struct flow *const f = l->flow;
	char text[HUMANE_TEXT];

	page_count(p, "N", f->row);
	page_time_seconds(p, "TIME", f->ts);
	fill_endpoint(p, "FROM", f, ORIG);
	fill_endpoint(p, "TO", f, RESP);
	page_set(p, "PROTO", f->service[0] != '\0' ? f->service : proto_name(f->proto));
	page_set(p, "STATE", conn_state_name(f->state));
	page_set(p, "SENT", humane_bytes(text, f->bytes[ORIG]));
	page_set(p, "RECEIVED", humane_bytes(text, f->bytes[RESP]));
	page_set(p, "TOOK", isnan(f->duration) ? "\xe2\x80\x93" : humane_seconds(text, f->duration));
	page_set(p, "ODD", l->anomalous ? "odd" : "");
	if (l->anomalous)
		page_set(page_section(p, "FLAGGED"), "WHY", l->rule != NULL ? l->rule->title : "Unusual");
	page_if(p, "HERE", here);
}

static int look(void *arg, const struct flowlog_line *l)
{
	struct around *const a = arg;
	const uint64_t at = a->at;

	if (!takes_part(l->flow, &a->device))
		return 0;
	a->at++;
	if (a->page == NULL && l->flow->row == a->row) {
		a->found = 1;
		a->place = at;
	}
	if (a->page != NULL && at + BEFORE >= a->place && at <= a->place + BEHIND)
		fill_row(page_section(a->page, "ROW"), l, at == a->place);
	return 0;
}

static int read_chunk(void *arg, const struct flow_chunk_row *c)
{
	struct around *const a = arg;
	struct page *const p = a->page;
	int r;

	if (a->found)
		return OK;
	a->at = 0;
	a->page = NULL;
	r = flowlog_read(c->data, c->len, look, a, NULL);
	a->page = p;
	if (r < 0 || !a->found)
		return r;
	a->at = 0;
	a->page = page_section(p, "FLOWS");
	return flowlog_read(c->data, c->len, look, a, NULL);
}

int flows_around_fill(struct page *p, struct store *s, uint64_t scan, uint64_t row, const char *device, struct err *e)
{
	struct around a = { .page = p, .row = row };
	int r;

	if (device[0] != '\0' && ip_parse(device, strlen(device), &a.device) != 0)
		a.device.family = 0;
	r = store_flow_chunks_around(s, scan, row, row, CHUNKS, read_chunk, &a, e);
	/* Bytes that are no chunk are as good as none: the page goes without. */
	if (r == ERR_FORMAT)
		r = OK;
	page_if(p, "NO_FLOWS", !a.found);
	return r < 0 ? r : OK;
}
