/* flowlog_export: which lines, and how they leave the house. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "detect/flowlog.h"
#include "flow/device.h"
#include "flow/write.h"

int flowlog_wanted(const struct flowlog_select *s, const struct flowlog_line *l)
{
	const struct flow *const f = l->flow;
	const int known = l->side != DEVICE_NONE;

	if (s->flagged && !l->anomalous)
		return 0;
	if (s->by_row && (f->row < s->row[0] || f->row > s->row[1]))
		return 0;
	if (s->by_incident && l->incident != s->incident)
		return 0;
	if (s->by_ip && !(known && ip_equal(&f->host[l->side], &s->ip)))
		return 0;
	return !s->by_mac || (known && f->has_mac[l->side] && memcmp(f->mac[l->side], s->mac, sizeof(s->mac)) == 0);
}

void flowlog_csv_head(struct text *out)
{
	text_str(out, "row,score,p_value,anomalous,rule,incident,device,");
	flow_write_head(out, FLOW_CSV, 0);
}

/* An empty field where it is unknown. */
static void add_number(struct text *out, double v)
{
	if (!isnan(v))
		text_printf(out, "%.9g", v);
	text_str(out, ",");
}

void flowlog_csv_line(struct text *out, const struct flowlog_line *l, uint64_t incident)
{
	char ip[IP_TEXT] = "";

	text_printf(out, "%" PRIu64 ",", l->flow->row);
	add_number(out, l->score);
	add_number(out, l->p);
	text_printf(out, "%d,%s,", l->anomalous, l->rule != NULL ? l->rule->name : "");
	if (incident > 0)
		text_printf(out, "%" PRIu64, incident);
	if (l->side != DEVICE_NONE && l->flow->host[l->side].family != 0)
		ip_print(&l->flow->host[l->side], ip);
	text_printf(out, ",%s,", ip);
	flow_write(out, FLOW_CSV, l->flow);
}

void flowlog_zeek_head(struct text *out, int64_t when)
{
	flow_write_head(out, FLOW_ZEEK, when);
}

void flowlog_zeek_line(struct text *out, const struct flowlog_line *l)
{
	flow_write(out, FLOW_ZEEK, l->flow);
}

void flowlog_zeek_tail(struct text *out, int64_t when)
{
	flow_write_tail(out, FLOW_ZEEK, when);
}
