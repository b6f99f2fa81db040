/* port_class: one sorted table. */
#include "feature/port_class.h"

enum { EPHEMERAL_FROM = 32768 }; /* Linux's ip_local_port_range; IANA's dynamic ports begin at 49152 */

static const struct {
	int32_t port;
	enum port_class class;
} known[] = {
	{ 21, PORT_ADMIN },                                                   /* FTP */
	{ 22, PORT_ADMIN },                                                   /* SSH */
	{ 23, PORT_ADMIN },                                                   /* Telnet */
	{ 25, PORT_ADMIN },                                                   /* SMTP: devices do not relay mail */
	{ 53, PORT_NETWORK },                                                 /* DNS */
	{ 67, PORT_NETWORK },                                                 /* DHCP */
	{ 68, PORT_NETWORK },   { 80, PORT_WEB },      { 123, PORT_NETWORK }, /* NTP */
	{ 135, PORT_ADMIN },                                                  /* DCE RPC */
	{ 137, PORT_NETWORK },                                                /* NetBIOS names */
	{ 138, PORT_NETWORK },  { 139, PORT_ADMIN },   { 443, PORT_WEB },     { 445, PORT_ADMIN }, /* SMB */
	{ 546, PORT_NETWORK },                                                                     /* DHCPv6 */
	{ 547, PORT_NETWORK },  { 853, PORT_NETWORK },                                             /* DNS over TLS */
	{ 1883, PORT_CLOUD },                                                                      /* MQTT */
	{ 1900, PORT_NETWORK },                                                                    /* SSDP */
	{ 2222, PORT_ADMIN },   { 2323, PORT_ADMIN },                                              /* Telnet as Mirai tries it */
	{ 3389, PORT_ADMIN },                                                                      /* remote desktop */
	{ 3478, PORT_CLOUD },                                                                      /* STUN */
	{ 3702, PORT_NETWORK },                                                                    /* WS-Discovery */
	{ 5222, PORT_CLOUD },                                                                      /* XMPP */
	{ 5223, PORT_CLOUD },   { 5228, PORT_CLOUD },                                              /* Google's push messages */
	{ 5353, PORT_NETWORK },                                                                    /* mDNS */
	{ 5355, PORT_NETWORK },                                                                    /* LLMNR */
	{ 5358, PORT_ADMIN },                                                                      /* Telnet of some cameras */
	{ 5555, PORT_ADMIN },                                                                      /* Android's debug bridge */
	{ 5671, PORT_CLOUD },                                                                      /* AMQP */
	{ 5683, PORT_CLOUD },                                                                      /* CoAP */
	{ 5900, PORT_ADMIN },                                                                      /* VNC */
	{ 7547, PORT_ADMIN },                                                /* CWMP: Mirai's way into routers */
	{ 8080, PORT_WEB },     { 8443, PORT_WEB },    { 8883, PORT_CLOUD }, /* MQTT over TLS */
	{ 23231, PORT_ADMIN },  { 37215, PORT_ADMIN },                       /* a router's UPnP service: CVE-2017-17215 */
	{ 52869, PORT_ADMIN },                                               /* a UPnP daemon: CVE-2014-8361 */
};

enum port_class port_class(const struct flow *f)
{
	const int32_t port = f->port[RESP];
	size_t low = 0, high = sizeof(known) / sizeof(*known);

	if (port < 0 || f->proto == PROTO_ICMP || f->proto == PROTO_ICMP6)
		return PORT_NONE;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (known[mid].port == port)
			return known[mid].class;
		if (known[mid].port < port)
			low = mid + 1;
		else
			high = mid;
	}
	return port < EPHEMERAL_FROM ? PORT_OTHER : PORT_EPHEMERAL;
}

int port_is_group(const struct ip *a)
{
	if (a->family == 6)
		return a->b[0] == 0xff;
	return a->family == 4 && (a->b[0] >> 4 == 14 || a->b[3] == 255);
}
