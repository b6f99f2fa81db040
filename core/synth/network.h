/*
 * network: who is who in the home and outside of it.
 *
 * Devices are 192.168.1.10 and up, 2001:db8:1::10 and up and fe80::10 and up, with Ethernet addresses of their own (locally administered).
 * Outside everybody is in ranges for documentation and benchmarks, so that nobody is meant: makers' clouds 198.51.100.0/24, web servers
 * and the rest of the internet 198.18.0.0/15 (RFC 2544) and 2001:db8:2::/48, command servers and the like 203.0.113.0/24 (RFC 5737).
 */
#ifndef SYNTH_NETWORK_H
#define SYNTH_NETWORK_H

#include <stddef.h>

#include "base/rng.h"
#include "flow/flow.h"
#include "synth/device.h"

enum { NETWORK_DEVICES_MAX = 200 };

/* A device at one side of the flow: its address and its Ethernet address. */
void network_device(struct flow *f, int side, size_t device, int family);

/* Somebody outside at that side, whose packets have the router's Ethernet address. */
void network_outside(struct flow *f, int side, struct ip address);

/* Any address outside; one of a bad server. */
struct ip network_stranger(struct rng *r);
struct ip network_villain(struct rng *r);

/* Both sides of a habit of a device of some kind, in a home with so many devices. */
void network_meet(struct flow *f, const struct habit *h, size_t device, size_t devices, struct rng *r);

#endif
