/* flows_around: row by row. */
#include "view/flows_around.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/flow_around.h"
#include "base/humane.h"
#include "flow/conn_state.h"
#include "page/values.h"
#include "rule/rule.h"

enum { ENDPOINT = IP_TEXT + 16 };

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

int flows_around_fill(struct page *p, struct store *s, uint64_t scan, uint64_t row, const char *device, struct err *e)
{
	struct flow_near *const near = calloc(FLOWS_AROUND, sizeof(*near));
	struct flowlog_select of = { .by_ip = 1 };
	const int known = device[0] != '\0' && ip_parse(device, strlen(device), &of.ip) == 0;
	struct page *list = NULL;
	int n, here = 0;

	if (near == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for flows");
	n = flows_around(s, scan, row, known ? &of : NULL, near, e);
	/* Bytes that are no chunk are as good as none: the page goes without. */
	n = n == ERR_FORMAT ? 0 : n;
	for (int i = 0; i < n; i++)
		here |= near[i].flow.row == row;
	for (int i = 0; i < n && here; i++) {
		list = list != NULL ? list : page_section(p, "FLOWS");
		fill_row(page_section(list, "ROW"), &near[i].line, near[i].flow.row == row);
	}
	page_if(p, "NO_FLOWS", !here);
	free(near);
	return n < 0 ? n : here;
}
