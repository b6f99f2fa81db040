/*
 * device: what the devices of a home do on the network, as tables: kinds of devices, and of the conversations that they have again and again.
 *
 * The numbers are ours, chosen to look like what was published of such devices (periodic keep-alives, DNS and NTP beside each cloud
 * connection, heavy tails, quiet nights), not taken from a capture.
 */
#ifndef SYNTH_DEVICE_H
#define SYNTH_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "flow/flow.h"

/* With whom. Addresses are those of documentation (RFC 5737), so that nobody is meant. */
enum peer { PEER_CLOUD, PEER_ROUTER, PEER_HUB, PEER_GROUP, PEER_WEB };

struct habit {
	const char *service; /* as Zeek names it; "" unknown */
	uint8_t proto;
	enum peer peer;
	uint16_t port;
	uint32_t every_s;   /* mean time between two */
	uint16_t jitter;    /* of 256, around a period; 0: at random (Poisson) */
	uint16_t median[2]; /* payload bytes of each side */
	uint16_t spread[2]; /* how far they vary, see draw_amount(); 0: always the same */
	uint32_t median_ms; /* duration */
	uint16_t spread_ms;
	uint8_t fails_of_256;  /* no answer, refused, aborted */
	uint8_t sleeps_of_256; /* how much less there is at night */
};

enum { HABITS = 6 };

struct device_kind {
	const char *name;
	const struct habit habit[HABITS];
};

size_t device_kinds(void);
const struct device_kind *device_kind(size_t i);

/* How many of 256 conversations of a habit take place at this hour of the day (0..23). */
unsigned habit_share(const struct habit *h, unsigned hour);

#endif
