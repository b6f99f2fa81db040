/*
 * device: which host of a flow is the one that is watched, and what it is recognised by.
 *
 * A device is the host with an address of the home (home_networks.h); where both or neither have one, the one that began the flow. It is
 * recognised by its MAC address where the flow has one, else by its IP address.
 */
#ifndef FLOW_DEVICE_H
#define FLOW_DEVICE_H

#include "flow/flow.h"
#include "flow/home_networks.h"

enum { DEVICE_NONE = -1, DEVICE_KEY = 17 };

/* ORIG or RESP; DEVICE_NONE: the flow does not say who took part. home may be NULL: private addresses. */
int flow_device(const struct flow *f, const struct home_networks *home);

/* Bytes that are equal for two flows of one device and no others: a kind and an address. side: ORIG or RESP. */
void flow_device_key(const struct flow *f, const struct home_networks *home, int side, uint8_t key[DEVICE_KEY]);

#endif
