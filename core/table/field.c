/* field: the table of names. */
#include "table/field.h"

#include <stdio.h>
#include <string.h>

static const char *const names[FIELDS] = {
	[FIELD_NONE] = "",
	[FIELD_TS] = "ts",
	[FIELD_END] = "end",
	[FIELD_DURATION] = "duration",
	[FIELD_ORIG_H] = "id.orig_h",
	[FIELD_RESP_H] = "id.resp_h",
	[FIELD_ORIG_P] = "id.orig_p",
	[FIELD_RESP_P] = "id.resp_p",
	[FIELD_PROTO] = "proto",
	[FIELD_SERVICE] = "service",
	[FIELD_STATE] = "conn_state",
	[FIELD_HISTORY] = "history",
	[FIELD_ORIG_PKTS] = "orig_pkts",
	[FIELD_RESP_PKTS] = "resp_pkts",
	[FIELD_ORIG_BYTES] = "orig_bytes",
	[FIELD_RESP_BYTES] = "resp_bytes",
	[FIELD_ORIG_IP_BYTES] = "orig_ip_bytes",
	[FIELD_RESP_IP_BYTES] = "resp_ip_bytes",
	[FIELD_ORIG_WIRE] = "orig_ip_bytes",
	[FIELD_RESP_WIRE] = "resp_ip_bytes",
	[FIELD_ORIG_MAC] = "orig_l2_addr",
	[FIELD_RESP_MAC] = "resp_l2_addr",
	[FIELD_LABEL] = "label",
	[FIELD_ATTACK] = "detailed-label",
};

/* In lower case, with _ for blanks, dots and dashes. Those of one field by rank, best first. Divisor 0: for times what the first value shows. */
static const struct alias {
	enum field field;
	const char *name;
	double divisor;
} aliases[] = {
	{ FIELD_TS, "ts", 0 },
	{ FIELD_TS, "stime", 0 },
	{ FIELD_TS, "flow_start", 0 },
	{ FIELD_TS, "event_start", 0 },
	{ FIELD_TS, "bidirectional_first_seen_ms", 1e3 },
	{ FIELD_TS, "timestamp", 0 },
	{ FIELD_TS, "start_time", 0 },
	{ FIELD_TS, "@timestamp", 0 },
	{ FIELD_TS, "starttime", 0 },
	{ FIELD_TS, "flow_start_milliseconds", 1e3 },
	{ FIELD_END, "ltime", 0 },
	{ FIELD_END, "lasttime", 0 },
	{ FIELD_END, "flow_end", 0 },
	{ FIELD_END, "event_end", 0 },
	{ FIELD_END, "flow_end_milliseconds", 1e3 },
	{ FIELD_DURATION, "duration", 1 },
	{ FIELD_DURATION, "dur", 1 },
	{ FIELD_DURATION, "flow_duration", 1e6 },
	{ FIELD_DURATION, "bidirectional_duration_ms", 1e3 },
	{ FIELD_DURATION, "event_duration", 1e9 },
	{ FIELD_DURATION, "flow_duration_milliseconds", 1e3 },
	{ FIELD_ORIG_H, "id_orig_h", 0 },
	{ FIELD_ORIG_H, "src_ip", 0 },
	{ FIELD_ORIG_H, "saddr", 0 },
	{ FIELD_ORIG_H, "srcip", 0 },
	{ FIELD_ORIG_H, "source_ip", 0 },
	{ FIELD_ORIG_H, "srcaddr", 0 },
	{ FIELD_ORIG_H, "ipv4_src_addr", 0 },
	{ FIELD_RESP_H, "id_resp_h", 0 },
	{ FIELD_RESP_H, "dst_ip", 0 },
	{ FIELD_RESP_H, "dest_ip", 0 },
	{ FIELD_RESP_H, "daddr", 0 },
	{ FIELD_RESP_H, "dstip", 0 },
	{ FIELD_RESP_H, "destination_ip", 0 },
	{ FIELD_RESP_H, "dstaddr", 0 },
	{ FIELD_RESP_H, "ipv4_dst_addr", 0 },
	{ FIELD_ORIG_P, "id_orig_p", 0 },
	{ FIELD_ORIG_P, "src_port", 0 },
	{ FIELD_ORIG_P, "sport", 0 },
	{ FIELD_ORIG_P, "source_port", 0 },
	{ FIELD_ORIG_P, "l4_src_port", 0 },
	{ FIELD_RESP_P, "id_resp_p", 0 },
	{ FIELD_RESP_P, "dst_port", 0 },
	{ FIELD_RESP_P, "dest_port", 0 },
	{ FIELD_RESP_P, "dport", 0 },
	{ FIELD_RESP_P, "dsport", 0 },
	{ FIELD_RESP_P, "destination_port", 0 },
	{ FIELD_RESP_P, "l4_dst_port", 0 },
	{ FIELD_PROTO, "proto", 0 },
	{ FIELD_PROTO, "protocol", 0 },
	{ FIELD_PROTO, "network_transport", 0 },
	{ FIELD_SERVICE, "service", 0 },
	{ FIELD_SERVICE, "app_proto", 0 },
	{ FIELD_SERVICE, "application_name", 0 },
	{ FIELD_SERVICE, "network_protocol", 0 },
	{ FIELD_STATE, "conn_state", 0 },
	{ FIELD_STATE, "state", 0 },
	{ FIELD_HISTORY, "history", 0 },
	{ FIELD_ORIG_PKTS, "orig_pkts", 1 },
	{ FIELD_ORIG_PKTS, "src_pkts", 1 },
	{ FIELD_ORIG_PKTS, "spkts", 1 },
	{ FIELD_ORIG_PKTS, "tot_fwd_pkts", 1 },
	{ FIELD_ORIG_PKTS, "total_fwd_packet", 1 },
	{ FIELD_ORIG_PKTS, "total_fwd_packets", 1 },
	{ FIELD_ORIG_PKTS, "src2dst_packets", 1 },
	{ FIELD_ORIG_PKTS, "flow_pkts_toserver", 1 },
	{ FIELD_ORIG_PKTS, "source_packets", 1 },
	{ FIELD_ORIG_PKTS, "srcpkts", 1 },
	{ FIELD_ORIG_PKTS, "in_pkts", 1 },
	{ FIELD_RESP_PKTS, "resp_pkts", 1 },
	{ FIELD_RESP_PKTS, "dst_pkts", 1 },
	{ FIELD_RESP_PKTS, "dpkts", 1 },
	{ FIELD_RESP_PKTS, "tot_bwd_pkts", 1 },
	{ FIELD_RESP_PKTS, "total_bwd_packets", 1 },
	{ FIELD_RESP_PKTS, "total_backward_packets", 1 },
	{ FIELD_RESP_PKTS, "dst2src_packets", 1 },
	{ FIELD_RESP_PKTS, "flow_pkts_toclient", 1 },
	{ FIELD_RESP_PKTS, "destination_packets", 1 },
	{ FIELD_RESP_PKTS, "dstpkts", 1 },
	{ FIELD_RESP_PKTS, "out_pkts", 1 },
	{ FIELD_ORIG_BYTES, "orig_bytes", 1 },
	{ FIELD_ORIG_BYTES, "src_bytes", 1 },
	{ FIELD_ORIG_BYTES, "totlen_fwd_pkts", 1 },
	{ FIELD_ORIG_BYTES, "total_length_of_fwd_packet", 1 },
	{ FIELD_ORIG_BYTES, "total_length_of_fwd_packets", 1 },
	{ FIELD_RESP_BYTES, "resp_bytes", 1 },
	{ FIELD_RESP_BYTES, "dst_bytes", 1 },
	{ FIELD_RESP_BYTES, "totlen_bwd_pkts", 1 },
	{ FIELD_RESP_BYTES, "total_length_of_bwd_packet", 1 },
	{ FIELD_RESP_BYTES, "total_length_of_bwd_packets", 1 },
	{ FIELD_ORIG_IP_BYTES, "orig_ip_bytes", 1 },
	{ FIELD_ORIG_IP_BYTES, "src_ip_bytes", 1 },
	{ FIELD_ORIG_WIRE, "sbytes", 1 },
	{ FIELD_ORIG_WIRE, "src2dst_bytes", 1 },
	{ FIELD_ORIG_WIRE, "flow_bytes_toserver", 1 },
	{ FIELD_ORIG_WIRE, "source_bytes", 1 },
	{ FIELD_ORIG_WIRE, "srcbytes", 1 },
	{ FIELD_ORIG_WIRE, "in_bytes", 1 },
	{ FIELD_RESP_IP_BYTES, "resp_ip_bytes", 1 },
	{ FIELD_RESP_IP_BYTES, "dst_ip_bytes", 1 },
	{ FIELD_RESP_WIRE, "dbytes", 1 },
	{ FIELD_RESP_WIRE, "dst2src_bytes", 1 },
	{ FIELD_RESP_WIRE, "flow_bytes_toclient", 1 },
	{ FIELD_RESP_WIRE, "destination_bytes", 1 },
	{ FIELD_RESP_WIRE, "dstbytes", 1 },
	{ FIELD_RESP_WIRE, "out_bytes", 1 },
	{ FIELD_ORIG_MAC, "orig_l2_addr", 0 },
	{ FIELD_ORIG_MAC, "smac", 0 },
	{ FIELD_ORIG_MAC, "src_mac", 0 },
	{ FIELD_ORIG_MAC, "source_mac", 0 },
	{ FIELD_RESP_MAC, "resp_l2_addr", 0 },
	{ FIELD_RESP_MAC, "dmac", 0 },
	{ FIELD_RESP_MAC, "dst_mac", 0 },
	{ FIELD_RESP_MAC, "destination_mac", 0 },
	{ FIELD_LABEL, "label", 0 },
	{ FIELD_LABEL, "attack", 0 },
	{ FIELD_ATTACK, "detailed_label", 0 },
	{ FIELD_ATTACK, "detailedlabel", 0 },
	{ FIELD_ATTACK, "attack_cat", 0 },
	{ FIELD_ATTACK, "category", 0 },
	{ FIELD_ATTACK, "type", 0 },
	{ FIELD_ATTACK, "subcategory", 0 },
};

enum { ALIASES = sizeof(aliases) / sizeof(*aliases), NAME_MAX_BYTES = 32 };

static char fold(char c)
{
	if (c == ' ' || c == '.' || c == '-')
		return '_';
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

struct binding field_find(const char *name, size_t len)
{
	struct binding b = { FIELD_NONE, 1, 0 };
	char low[NAME_MAX_BYTES];

	if (len == 0 || len >= sizeof(low))
		return b;
	for (size_t i = 0; i < len; i++)
		low[i] = fold(name[i]);
	for (unsigned i = 0; i < ALIASES; i++)
		if (aliases[i].name[0] == low[0] && strncmp(aliases[i].name, low, len) == 0 && aliases[i].name[len] == '\0')
			return (struct binding){ aliases[i].field, aliases[i].divisor, i };
	return b;
}

const char *field_name(enum field f)
{
	return names[f];
}

unsigned fields_missing(unsigned have)
{
	have |= have & (1U << FIELD_ORIG_IP_BYTES | 1U << FIELD_ORIG_WIRE) ? 1U << FIELD_ORIG_BYTES : 0;
	have |= have & (1U << FIELD_RESP_IP_BYTES | 1U << FIELD_RESP_WIRE) ? 1U << FIELD_RESP_BYTES : 0;
	return FIELDS_NEEDED & ~have;
}

void fields_print(unsigned fields, char *out, size_t size)
{
	size_t n = 0;

	*out = '\0';
	for (unsigned f = 0; f < FIELDS && n < size; f++)
		if (fields & 1U << f)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? ", " : "", names[f]);
}
