/*
 * ports: what well-known ports say.
 *
 * server: Zeek's likely_server_ports, as its default scripts fill it (base/protocols, base/frameworks/tunnels). They decide who answered where
 * the beginning was not seen. service: Zeek finds it by content, which a capture may not have; here it is the port's, for those that homes have.
 */
#include "capture/conn.h"

#include <string.h>

static const struct port {
	uint8_t proto;
	uint16_t from, to;
	uint8_t server;
	char service[8];
} ports[] = {
	{ PROTO_TCP, 21, 21, 1, "ftp" },
	{ PROTO_TCP, 22, 22, 1, "ssh" },
	{ PROTO_TCP, 25, 25, 1, "smtp" },
	{ PROTO_TCP, 53, 53, 1, "dns" },
	{ PROTO_TCP, 80, 81, 1, "http" },
	{ PROTO_TCP, 88, 88, 1, "" },
	{ PROTO_TCP, 110, 110, 1, "" },
	{ PROTO_TCP, 135, 135, 1, "" },
	{ PROTO_TCP, 139, 139, 1, "" },
	{ PROTO_TCP, 143, 143, 1, "" },
	{ PROTO_TCP, 389, 389, 1, "" },
	{ PROTO_TCP, 443, 443, 1, "ssl" },
	{ PROTO_TCP, 445, 445, 1, "" },
	{ PROTO_TCP, 502, 502, 1, "" },
	{ PROTO_TCP, 563, 563, 1, "" },
	{ PROTO_TCP, 585, 585, 1, "" },
	{ PROTO_TCP, 587, 587, 1, "smtp" },
	{ PROTO_TCP, 614, 614, 1, "" },
	{ PROTO_TCP, 631, 631, 1, "http" },
	{ PROTO_TCP, 636, 636, 1, "ssl" },
	{ PROTO_TCP, 853, 853, 0, "ssl" },
	{ PROTO_TCP, 989, 990, 1, "ssl" },
	{ PROTO_TCP, 992, 993, 1, "ssl" },
	{ PROTO_TCP, 995, 995, 1, "ssl" },
	{ PROTO_TCP, 1080, 1080, 1, "" },
	{ PROTO_TCP, 1434, 1434, 1, "" },
	{ PROTO_TCP, 1883, 1883, 0, "mqtt" },
	{ PROTO_TCP, 2811, 2811, 1, "" },
	{ PROTO_TCP, 3128, 3128, 1, "http" },
	{ PROTO_TCP, 3268, 3268, 1, "" },
	{ PROTO_TCP, 3306, 3306, 1, "" },
	{ PROTO_TCP, 3389, 3389, 1, "" },
	{ PROTO_TCP, 5222, 5222, 1, "" },
	{ PROTO_TCP, 5223, 5223, 1, "ssl" },
	{ PROTO_TCP, 5269, 5269, 1, "" },
	{ PROTO_TCP, 6666, 6669, 1, "irc" },
	{ PROTO_TCP, 8000, 8000, 1, "http" },
	{ PROTO_TCP, 8080, 8080, 1, "http" },
	{ PROTO_TCP, 8443, 8443, 0, "ssl" },
	{ PROTO_TCP, 8883, 8883, 0, "ssl" },
	{ PROTO_TCP, 8888, 8888, 1, "http" },
	{ PROTO_TCP, 20000, 20000, 1, "" },
	{ PROTO_UDP, 53, 53, 1, "dns" },
	{ PROTO_UDP, 67, 67, 1, "dhcp" },
	{ PROTO_UDP, 88, 88, 1, "" },
	{ PROTO_UDP, 123, 123, 1, "ntp" },
	{ PROTO_UDP, 137, 137, 1, "dns" },
	{ PROTO_UDP, 161, 162, 1, "snmp" },
	{ PROTO_UDP, 389, 389, 1, "" },
	{ PROTO_UDP, 443, 443, 1, "" },
	{ PROTO_UDP, 514, 514, 1, "syslog" },
	{ PROTO_UDP, 1812, 1812, 1, "radius" },
	{ PROTO_UDP, 2123, 2123, 1, "" },
	{ PROTO_UDP, 2152, 2152, 1, "" },
	{ PROTO_UDP, 3389, 3389, 1, "" },
	{ PROTO_UDP, 3544, 3544, 1, "" },
	{ PROTO_UDP, 4789, 4789, 1, "" },
	{ PROTO_UDP, 5060, 5060, 1, "sip" },
	{ PROTO_UDP, 5072, 5072, 1, "" },
	{ PROTO_UDP, 5353, 5353, 1, "dns" },
	{ PROTO_UDP, 5355, 5355, 1, "dns" },
	{ PROTO_UDP, 20000, 20000, 1, "" },
};

static const struct port *find(uint8_t proto, uint16_t port)
{
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		if (ports[i].proto == proto && port >= ports[i].from && port <= ports[i].to)
			return &ports[i];
	return NULL;
}

int port_is_server(uint8_t proto, uint16_t port)
{
	const struct port *const p = find(proto, port);

	return p != NULL && p->server;
}

int port_is_interactive(uint16_t port)
{
	return port == 21 || port == 22 || port == 23 || port == 513;
}

int port_is_dns(uint16_t port)
{
	return port == 53 || port == 137 || port == 5353 || port == 5355;
}

const char *port_service(uint8_t proto, uint16_t port)
{
	const struct port *const p = find(proto, port);

	return p != NULL ? p->service : "";
}
