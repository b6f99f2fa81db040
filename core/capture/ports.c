/*
 * ports: what well-known ports say.
 *
 * server: Zeek's likely_server_ports, as its default scripts fill it (base/protocols, base/frameworks/tunnels). They decide who answered where
 * the beginning was not seen. service: Zeek finds it by content, which a capture may not have; here it is the port's, for those that homes have.
 */
#include "capture/conn.h"

#include <string.h>

static const struct port {
	uint16_t from, to;
	uint8_t proto, server;
	char service[8];
} ports[] = {
	{ 21, 21, PROTO_TCP, 1, "ftp" },
	{ 22, 22, PROTO_TCP, 1, "ssh" },
	{ 25, 25, PROTO_TCP, 1, "smtp" },
	{ 53, 53, PROTO_TCP, 1, "dns" },
	{ 80, 81, PROTO_TCP, 1, "http" },
	{ 88, 88, PROTO_TCP, 1, "" },
	{ 110, 110, PROTO_TCP, 1, "" },
	{ 135, 135, PROTO_TCP, 1, "" },
	{ 139, 139, PROTO_TCP, 1, "" },
	{ 143, 143, PROTO_TCP, 1, "" },
	{ 389, 389, PROTO_TCP, 1, "" },
	{ 443, 443, PROTO_TCP, 1, "ssl" },
	{ 445, 445, PROTO_TCP, 1, "" },
	{ 502, 502, PROTO_TCP, 1, "" },
	{ 563, 563, PROTO_TCP, 1, "" },
	{ 585, 585, PROTO_TCP, 1, "" },
	{ 587, 587, PROTO_TCP, 1, "smtp" },
	{ 614, 614, PROTO_TCP, 1, "" },
	{ 631, 631, PROTO_TCP, 1, "http" },
	{ 636, 636, PROTO_TCP, 1, "ssl" },
	{ 853, 853, PROTO_TCP, 0, "ssl" },
	{ 989, 990, PROTO_TCP, 1, "ssl" },
	{ 992, 993, PROTO_TCP, 1, "ssl" },
	{ 995, 995, PROTO_TCP, 1, "ssl" },
	{ 1080, 1080, PROTO_TCP, 1, "" },
	{ 1434, 1434, PROTO_TCP, 1, "" },
	{ 1883, 1883, PROTO_TCP, 0, "mqtt" },
	{ 2811, 2811, PROTO_TCP, 1, "" },
	{ 3128, 3128, PROTO_TCP, 1, "http" },
	{ 3268, 3268, PROTO_TCP, 1, "" },
	{ 3306, 3306, PROTO_TCP, 1, "" },
	{ 3389, 3389, PROTO_TCP, 1, "" },
	{ 5222, 5222, PROTO_TCP, 1, "" },
	{ 5223, 5223, PROTO_TCP, 1, "ssl" },
	{ 5269, 5269, PROTO_TCP, 1, "" },
	{ 6666, 6669, PROTO_TCP, 1, "irc" },
	{ 8000, 8000, PROTO_TCP, 1, "http" },
	{ 8080, 8080, PROTO_TCP, 1, "http" },
	{ 8443, 8443, PROTO_TCP, 0, "ssl" },
	{ 8883, 8883, PROTO_TCP, 0, "ssl" },
	{ 8888, 8888, PROTO_TCP, 1, "http" },
	{ 20000, 20000, PROTO_TCP, 1, "" },
	{ 53, 53, PROTO_UDP, 1, "dns" },
	{ 67, 67, PROTO_UDP, 1, "dhcp" },
	{ 88, 88, PROTO_UDP, 1, "" },
	{ 123, 123, PROTO_UDP, 1, "ntp" },
	{ 137, 137, PROTO_UDP, 1, "dns" },
	{ 161, 162, PROTO_UDP, 1, "snmp" },
	{ 389, 389, PROTO_UDP, 1, "" },
	{ 443, 443, PROTO_UDP, 1, "" },
	{ 514, 514, PROTO_UDP, 1, "syslog" },
	{ 1812, 1812, PROTO_UDP, 1, "radius" },
	{ 2123, 2123, PROTO_UDP, 1, "" },
	{ 2152, 2152, PROTO_UDP, 1, "" },
	{ 3389, 3389, PROTO_UDP, 1, "" },
	{ 3544, 3544, PROTO_UDP, 1, "" },
	{ 4789, 4789, PROTO_UDP, 1, "" },
	{ 5060, 5060, PROTO_UDP, 1, "sip" },
	{ 5072, 5072, PROTO_UDP, 1, "" },
	{ 5353, 5353, PROTO_UDP, 1, "dns" },
	{ 5355, 5355, PROTO_UDP, 1, "dns" },
	{ 20000, 20000, PROTO_UDP, 1, "" },
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
