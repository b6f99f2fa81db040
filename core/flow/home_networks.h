/*
 * home_networks: which addresses are those of devices. Where the list is empty these are the private ones (ip_is_local); where devices have public
 * addresses, or only some private ones are at home, a list of prefixes says so, and nothing else is at home but what never leaves a link:
 * loopback and link-local addresses.
 */
#ifndef FLOW_HOME_NETWORKS_H
#define FLOW_HOME_NETWORKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/ip.h"

enum { HOME_NETWORKS_MAX = 16 };

struct home_networks {
	size_t n; /* 0: the private addresses */
	struct ip_prefix {
		struct ip ip; /* behind the prefix: 0 */
		uint8_t bits;
	} net[HOME_NETWORKS_MAX];
};

/*
 * "192.168.0.0/16 2001:db8::/48": prefixes in CIDR notation (RFC 4632, RFC 4291) with blanks or commas between; an address alone is one host; empty:
 * none. ERR_USAGE with what is wrong: no address, a length that is too long, bits behind the prefix, too many. *out is as it was on failure.
 */
int home_networks_parse(struct home_networks *out, const char *list, struct err *e);

/* h NULL: as an empty list. An address of family 0 is nobody's. */
int home_networks_have(const struct home_networks *h, const struct ip *a);

#endif
