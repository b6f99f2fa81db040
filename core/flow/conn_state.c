/* conn_state: the names. */
#include "flow/conn_state.h"

#include <string.h>
#include <strings.h>

static const char *const states[CONN_STATES] = {
	[CONN_UNSET] = "-",     [CONN_S0] = "S0", [CONN_S1] = "S1",     [CONN_SF] = "SF",     [CONN_REJ] = "REJ",
	[CONN_S2] = "S2",       [CONN_S3] = "S3", [CONN_RSTO] = "RSTO", [CONN_RSTR] = "RSTR", [CONN_RSTOS0] = "RSTOS0",
	[CONN_RSTRH] = "RSTRH", [CONN_SH] = "SH", [CONN_SHR] = "SHR",   [CONN_OTH] = "OTH",
};

const char *conn_state_name(enum conn_state s)
{
	return (size_t)s < CONN_STATES ? states[s] : states[CONN_UNSET];
}

enum conn_state conn_state_find(const char *text, size_t len)
{
	for (size_t i = 1; i < CONN_STATES; i++)
		if (strlen(states[i]) == len && memcmp(states[i], text, len) == 0)
			return (enum conn_state)i;
	return CONN_UNSET;
}

static const struct {
	uint8_t number;
	const char *name;
} protos[] = {
	{ PROTO_TCP, "tcp" },
	{ PROTO_UDP, "udp" },
	{ PROTO_ICMP, "icmp" },
	{ PROTO_ICMP6, "icmp" },
	{ PROTO_ICMP6, "icmp6" },
	{ PROTO_ICMP6, "ipv6-icmp" },
	{ 2, "igmp" },
	{ 4, "ipip" },
	{ 41, "ipv6" },
	{ 47, "gre" },
	{ 50, "esp" },
	{ 51, "ah" },
	{ 89, "ospf" },
	{ 103, "pim" },
	{ 132, "sctp" },
};

static const size_t proto_n = sizeof(protos) / sizeof(*protos);

const char *proto_name(uint8_t proto)
{
	if (proto == PROTO_UNSET)
		return "-";
	for (size_t i = 0; i < proto_n; i++)
		if (protos[i].number == proto)
			return protos[i].name;
	return "unknown_transport";
}

int proto_find(const char *text, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < proto_n; i++)
		if (strlen(protos[i].name) == len && strncasecmp(protos[i].name, text, len) == 0)
			return protos[i].number;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || n >= PROTO_UNSET)
			return -1;
		n = 10 * n + (text[i] - '0');
	}
	return len > 0 && n < PROTO_UNSET ? n : -1;
}
