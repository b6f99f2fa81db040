/*
 * context: what a device did before a flow, as counters that fade: AfterImage's damped statistics (Mirsky et al. 2018, "Kitsune") at the
 * level of flows. O(1) a flow, bounded memory.
 *
 * A count with half-life h is multiplied by 2^(-dt/h) when dt seconds pass and grows by 1 with each flow that it counts. Counts are kept for
 * the conversation (device, peer) and for the service (device, transport, responder's port), not for the whole device: a benign flow in
 * the middle of an attack then keeps its own numbers. Without times nothing fades. What was silent for longest is forgotten first.
 */
#ifndef FEATURE_CONTEXT_H
#define FEATURE_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "flow/device.h"

enum { CONTEXT_DEVICES = 4096, CONTEXT_PEERS = 32768, CONTEXT_SERVICES = 16384 };

/* Of the flow that was just added, itself included in the counts. */
struct flow_context {
	uint64_t
		device; /* number of the device, from 0 in the order of appearing; one that was forgotten comes back under a new one */
	size_t slot;    /* its place, < CONTEXT_DEVICES; taken over by another device when it is forgotten */
	int side;       /* ORIG, RESP or DEVICE_NONE */
	int to_local;          /* the responder is at home */
	double gap;            /* seconds since the device's flow before; NaN: its first, or no times */
	double peer_gap;       /* since its flow before to the same peer */
	int peer_new;          /* first flow to this peer */
	double peer_flows[2];  /* to this peer: half-life 1 minute, 1 hour */
	double peer_failed;    /* TCP attempts to this peer that failed, 1 hour */
	double peer_ports;     /* services of this peer not used before, 1 hour; about: 64 are told apart */
	double peer_bytes_out; /* payload bytes from the device to this peer, 1 hour */
	double service_flows;  /* with this service, 1 minute */
	double service_peers;  /* peers new to this service, 1 hour */
	double service_failed; /* TCP attempts with this service that failed, 1 hour */
};

struct context;

/* home, which is copied, says who is a device; NULL: who has a private address. NULL: memory is out. */
struct context *context_new(const struct home_networks *home);
void context_del(struct context *c);

/* Count the flow and tell what it became part of. */
void context_add(struct context *c, const struct flow *f, struct flow_context *out);

/* The number of the device that is host[side] of a flow which is not counted; one that is unknown becomes the next device. */
uint64_t context_device(struct context *c, const struct flow *f, int side);

uint64_t context_devices(const struct context *c); /* so far */

/* TCP: the attempt led to no connection. */
int flow_failed(const struct flow *f);

#endif
