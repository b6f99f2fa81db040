/*
 * device: what the devices of a home do on the network, as tables: kinds of devices, and of the conversations that they have again and again.
 *
 * The numbers are ours, chosen to look like what was published of such devices (periodic keep-alives, lookups before connections, heavy
 * tails, quiet nights, visits to web pages in bursts), not taken from a capture.
 */
#ifndef SYNTH_DEVICE_H
#define SYNTH_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "flow/flow.h"

/* With whom; see network.h. */
enum peer { PEER_CLOUD, PEER_WEB, PEER_WEB6, PEER_ROUTER, PEER_ROUTER6, PEER_HUB, PEER_GROUP, PEER_GROUP6 };

/* Log-normal, see draw_amount(); spread 0: always the median. */
struct amount {
	uint32_t median;
	uint16_t spread;
};

struct habit {
	const char *service; /* as Zeek names it; "" unknown */
	uint8_t proto;
	enum peer peer;
	uint16_t port[2];       /* ORIG: 0 is any; ICMP: the types of request and answer */
	uint32_t every_s;       /* mean time between two beginnings; 0 ends the list */
	uint16_t jitter;        /* of 256, around a period; 0: at random (Poisson) */
	struct amount up, down; /* payload bytes */
	struct amount ms;       /* duration */
	uint8_t turns;          /* requests and answers of one conversation */
	uint8_t fails;          /* of 256: no answer, refused */
	uint8_t sleeps;         /* of 256: how much less there is at night */
	uint8_t lookup;         /* of 256: the server's name is asked for before */
	uint16_t burst;         /* conversations of one visit, median; 0: 1 */
	uint32_t gap_ms;        /* mean time between them */
};

enum { HABITS = 9 };

struct device_kind {
	const char *name;
	struct habit habit[HABITS];
};

size_t device_kinds(void);
const struct device_kind *device_kind(size_t i);

/* How many of 256 conversations of a habit take place at this time of the day (0..86399 s). */
unsigned habit_share(const struct habit *h, unsigned second);

/* Looking up a name at the router, before a connection. */
extern const struct habit habit_lookup;

#endif
