/* attack: labelled campaigns against or by devices of the home, as a table. */
#ifndef SYNTH_ATTACK_H
#define SYNTH_ATTACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "flow/flow.h"

/* From a device outwards; from a device to its neighbour; from outside to a device. Bits, of which a campaign has one. */
enum course { OUTWARD = 1, SIDEWAYS = 2, INWARD = 4 };

/* Who takes part; what the campaign has chosen when it began. */
struct campaign {
	const struct attack *attack;
	enum course course;
	size_t device;    /* of the home: the attacker, the victim when INWARD or mitm */
	size_t neighbour; /* SIDEWAYS: the victim; mitm: the attacker */
	struct ip peer;   /* outside */
	uint32_t step;    /* flows so far */
	uint32_t chosen;  /* a random number below 1000 for whatever the attack varies */
};

struct attack {
	const char *name; /* also the label that its flows have */
	unsigned courses;
	uint32_t every_ms;
	uint16_t jitter; /* of 256; 0: at random */
	uint16_t flows;  /* of a campaign, median */
	/* The flow of this step: f has addresses at both sides and an ORIG port, everything may be changed. */
	void (*flow)(const struct campaign *c, struct rng *r, struct flow *f);
};

size_t attacks(void);
const struct attack *attack_get(size_t i);

/* The bits of the attacks in "port_scan,ddos", "all" or "none"; -1 when a name is unknown. */
int64_t attack_list(const char *list);

#endif
