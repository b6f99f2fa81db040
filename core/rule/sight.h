/* sight: what a flow shows by itself. Private to core/rule. */
#ifndef RULE_SIGHT_H
#define RULE_SIGHT_H

#include "rule/state.h"

/* Fill what of the moment needs no memory; m->home is there. 0: nothing for the rules (no peer, or one that is no single host). */
int sight(struct moment *m, const struct flow *f, int side);

enum port_class port_class_of(uint8_t proto, int32_t port, const char *service);

/* Multicast, broadcast, or no address: not one host. x.x.x.255 of a home is broadcast in nearly all of them. */
int address_is_group(const struct ip *a, const struct home_networks *home);

#endif
