/* attack: labelled campaigns of a compromised or attacked device, as a table. */
#ifndef SYNTH_ATTACK_H
#define SYNTH_ATTACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "flow/flow.h"

/* Who takes part; what the campaign has chosen when it began. */
struct campaign {
	const struct attack *attack;
	size_t device; /* of the home: the attacker, or the victim of mitm */
	int inside;    /* the peer is a neighbour, not a stranger */
	struct ip peer;
	uint32_t step;   /* flows so far */
	uint32_t chosen; /* a random number for whatever the attack varies */
};

struct attack {
	const char *name; /* also the label that its flows have */
	const char *what; /* for the help */
	uint32_t every_ms;
	uint16_t jitter;       /* of 256; 0: at random */
	uint32_t flows;        /* of a campaign, median */
	uint8_t inside_of_256; /* how many campaigns are against a neighbour */
	/* The flow of this step: f has the device as originator and the peer as responder, everything may be changed. */
	void (*flow)(const struct campaign *c, struct rng *r, struct flow *f);
};

size_t attacks(void);
const struct attack *attack_get(size_t i);

/* The bits of the attacks in "scan,flood", "all" or "none"; -1 when a name is unknown. */
int64_t attack_list(const char *list);

#endif
