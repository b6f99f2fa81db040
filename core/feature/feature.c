/* feature: the table of features and of the sets made from them. */
#include "feature/feature.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "feature/port_class.h"

#define GET(name) static double name(const struct flow *f, const struct flow_context *c)
#define UNUSED(x) (void)(x)

/* A part of a second as whole milliseconds and their parts, so that log1p tells 1 ms from 100; unset is 0. */
static double ms(double seconds)
{
	return seconds > 0 ? 1000 * seconds : 0;
}

static double per(double bytes, double pkts)
{
	return pkts > 0 ? bytes / pkts : 0;
}

/* Flows with a count that the table names; FLOW: of the flow alone, PAST: of what came before too. */
#define FLOW(name, expression)                                                                                                     \
	GET(name)                                                                                                                  \
	{                                                                                                                          \
		UNUSED(c);                                                                                                         \
		return (expression);                                                                                               \
	}
#define PAST(name, expression)                                                                                                     \
	GET(name)                                                                                                                  \
	{                                                                                                                          \
		UNUSED(f);                                                                                                         \
		return (expression);                                                                                               \
	}

FLOW(orig_pkts, f->pkts[ORIG])
FLOW(resp_pkts, f->pkts[RESP])
FLOW(orig_bytes, f->bytes[ORIG])
FLOW(resp_bytes, f->bytes[RESP])
FLOW(duration, ms(f->duration))
FLOW(orig_size, per(f->bytes[ORIG], f->pkts[ORIG]))
FLOW(resp_size, per(f->bytes[RESP], f->pkts[RESP]))
FLOW(byte_balance, f->bytes[ORIG] - f->bytes[RESP])
FLOW(pkt_rate, f->duration > 0 ? (f->pkts[ORIG] + f->pkts[RESP]) / fmax(f->duration, 1e-3) : 0)
FLOW(tcp, f->proto == PROTO_TCP)
FLOW(udp, f->proto == PROTO_UDP)
FLOW(icmp, f->proto == PROTO_ICMP || f->proto == PROTO_ICMP6)
FLOW(failed, flow_failed(f))
FLOW(aborted, f->state == CONN_RSTO || f->state == CONN_RSTR)
FLOW(midstream, f->proto == PROTO_TCP && f->state == CONN_OTH)
FLOW(half_open, f->state == CONN_S1 || f->state == CONN_S2 || f->state == CONN_S3)
FLOW(unanswered, f->proto != PROTO_TCP && !port_is_group(&f->host[RESP]) && f->pkts[RESP] <= 0)
FLOW(to_group, port_is_group(&f->host[RESP]))
PAST(to_local, c->to_local)
GET(inbound)
{
	UNUSED(f);
	return c->side == RESP;
}
FLOW(port_network, port_class(f) == PORT_NETWORK)
FLOW(port_web, port_class(f) == PORT_WEB)
FLOW(port_cloud, port_class(f) == PORT_CLOUD)
FLOW(port_admin, port_class(f) == PORT_ADMIN)
FLOW(port_other, port_class(f) == PORT_OTHER)
PAST(gap, ms(c->gap))
PAST(peer_gap, ms(c->peer_gap))
PAST(peer_new, c->peer_new)
PAST(peer_flows_1m, c->peer_flows[0])
PAST(peer_flows_1h, c->peer_flows[1])
PAST(peer_failed_1h, c->peer_failed)
PAST(peer_ports_1h, c->peer_ports)
PAST(peer_bytes_out_1h, c->peer_bytes_out)
PAST(service_flows_1m, c->service_flows)
PAST(service_peers_1h, c->service_peers)
PAST(service_failed_1h, c->service_failed)

#define COUNT(name, unit, meaning)                                                                                                 \
	{                                                                                                                          \
#name, unit, FEATURE_COUNT, meaning, name                                                                          \
	}
#define FLAG(name, meaning)                                                                                                        \
	{                                                                                                                          \
#name, "", FEATURE_FLAG, meaning, name                                                                             \
	}

static const struct feature features[] = {
	COUNT(orig_pkts, "packets", "packets from who began the flow"),
	COUNT(resp_pkts, "packets", "packets of the answer"),
	COUNT(orig_bytes, "bytes", "payload from who began the flow"),
	COUNT(resp_bytes, "bytes", "payload of the answer"),
	COUNT(duration, "ms", "duration"),
	COUNT(orig_size, "bytes", "payload of a packet from who began the flow"),
	COUNT(resp_size, "bytes", "payload of a packet of the answer"),
	{ "byte_balance", "bytes", FEATURE_SIGNED, "payload sent less payload of the answer", byte_balance },
	COUNT(pkt_rate, "packets/s", "packets in a second"),
	FLAG(tcp, "TCP"),
	FLAG(udp, "UDP"),
	FLAG(icmp, "ICMP"),
	FLAG(failed, "TCP without a connection"),
	FLAG(aborted, "TCP ended by a reset"),
	FLAG(midstream, "TCP without its beginning"),
	FLAG(half_open, "TCP that did not end on both sides"),
	FLAG(unanswered, "no answer (other than TCP)"),
	FLAG(to_group, "to a multicast or broadcast address"),
	FLAG(to_local, "to a host of the same network"),
	FLAG(inbound, "begun by the other side"),
	FLAG(port_network, "a service of networks: DNS, DHCP, NTP, mDNS, SSDP"),
	FLAG(port_web, "a web server's port"),
	FLAG(port_cloud, "a port of device clouds: MQTT, push messages, STUN"),
	FLAG(port_admin, "a port that is administered or attacked: SSH, Telnet, SMB, remote desktop"),
	FLAG(port_other, "a port of no known use"),
	COUNT(gap, "ms", "time since the device's flow before"),
	COUNT(peer_gap, "ms", "time since its flow before to the same host"),
	FLAG(peer_new, "a host that it did not talk to before"),
	COUNT(peer_flows_1m, "flows", "flows with this host, last minutes"),
	COUNT(peer_flows_1h, "flows", "flows with this host, last hours"),
	COUNT(peer_failed_1h, "flows", "failed connections with this host, last hours"),
	COUNT(peer_ports_1h, "ports", "services of this host, last hours"),
	COUNT(peer_bytes_out_1h, "bytes", "payload to this host, last hours"),
	COUNT(service_flows_1m, "flows", "flows with this port, last minutes"),
	COUNT(service_peers_1h, "hosts", "new hosts on this port, last hours"),
	COUNT(service_failed_1h, "flows", "failed connections on this port, last hours"),
};

enum { ALL = sizeof(features) / sizeof(*features), BASIC = 4 };

/* A set is a run of the table. */
#define F4(i)  &features[i], &features[(i) + 1], &features[(i) + 2], &features[(i) + 3]
#define F12(i) F4(i), F4((i) + 4), F4((i) + 8)

static const struct feature_set sets[] = {
	{ "basic", BASIC, 0, { F4(0) } },
	{ "full", ALL, 1, { F12(0), F12(12), F12(24) } },
};

_Static_assert(ALL == 36 && 36 <= FEATURE_MAX, "the full set names every feature, and a row has room for them");

static const size_t set_n = sizeof(sets) / sizeof(*sets);

const struct feature_set *feature_set_find(const char *name)
{
	for (size_t i = 0; i < set_n; i++)
		if (strcmp(sets[i].name, name) == 0)
			return &sets[i];
	return NULL;
}

const struct feature_set *feature_set_match(const char *const *names, size_t n)
{
	for (size_t i = 0; i < set_n; i++) {
		size_t k = 0;

		while (k < n && k < sets[i].n && strcmp(sets[i].feature[k]->name, names[k]) == 0)
			k++;
		if (k == n && k == sets[i].n)
			return &sets[i];
	}
	return NULL;
}

void feature_row(const struct feature_set *set, const struct flow *f, const struct flow_context *c, double *row)
{
	for (size_t i = 0; i < set->n; i++)
		row[i] = fmax(-DBL_MAX, fmin(set->feature[i]->get(f, c), DBL_MAX)); /* a table may say 1e308, and a rate is more */
}
