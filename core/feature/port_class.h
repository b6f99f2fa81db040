/* port_class: what the service of a flow is for, by the responder's port, and whether it went to a group of hosts. */
#ifndef FEATURE_PORT_CLASS_H
#define FEATURE_PORT_CLASS_H

#include "flow/flow.h"

enum port_class { PORT_NONE, PORT_NETWORK, PORT_WEB, PORT_CLOUD, PORT_ADMIN, PORT_OTHER, PORT_EPHEMERAL };

/* PORT_NONE: no port, and ICMP. Ports are those of the IANA registry; PORT_ADMIN also those that IoT malware is known to try. */
enum port_class port_class(const struct flow *f);

/* Multicast (RFC 5771, RFC 4291) or the IPv4 broadcast address; x.x.x.255 counts as one. */
int port_is_group(const struct ip *a);

#endif
