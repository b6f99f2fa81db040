/*
 * rule: what is known of attacks, as a table of conditions over the flows of a device in a time span. Each gives the attack its name and
 * says in numbers why.
 *
 * Streaming and causal: a flow is judged when it comes, by it and what came before. Memory is bounded whatever comes: what was silent for
 * longest is forgotten first. Times are those of the flows; flows may be out of order by minutes (their order is that in which they
 * ended), and a file without times has no rates: then rules that need them are silent.
 *
 * Two kinds of hits. An ALARM stands for itself: the condition is one that benign devices do not meet. A HINT names what a flow would be
 * if something else (the networks) finds it unusual; alone it is no alarm.
 */
#ifndef RULE_RULE_H
#define RULE_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/flow.h"
#include "flow/home_networks.h"

enum { RULE_SENTENCE = 256, RULE_EVIDENCE = 6, RULE_HITS = 8, RULE_UNIT = 24 };

struct rule {
	const char *name; /* as in labels and reports: "port_scan_horizontal", "ddos_out", … */
	const char *
		attack; /* the family, as named to people and to programs: "port_scan", "ddos", "exfiltration", "mitm", "brute_force",
				  "c2_beacon", "malware_download", "unusual" */
	const char *title;     /* "Horizontal port scan" */
	const char *technique; /* MITRE ATT&CK id, "T1046"; "" where none fits */
	const char *tactic;    /* "Network Service Discovery" */
	const char *meaning;   /* one or two sentences for the owner: what this is */
	const char *advice;    /* what to do next */
	int severity;          /* least severity of an alarm of it, as enum severity: 0 low … 3 critical */
};

/* The table; the last is "unusual", which has no condition. */
size_t rules_n(void);
const struct rule *rule_get(size_t i);
const struct rule *rule_find(const char *name); /* NULL: unknown */

struct rule_number {
	const char *name; /* "peers", "failed" */
	const char *unit; /* "addresses", "%" */
	double value;
	double normal; /* the rule's own limit or the device's own usual value; NaN: there is none */
};

struct rule_hit {
	const struct rule *rule;
	int alarm;       /* 1: alarm, 0: hint */
	double strength; /* >= 1: how far beyond the condition, growing with the evidence (for ranking); finite */
	struct ip peer;  /* family 0: many */
	int32_t port;    /* of the responder; PORT_UNSET: many */
	double span;     /* seconds that the evidence covers */
	size_t number_n;
	struct rule_number number[RULE_EVIDENCE];
	char sentence[RULE_SENTENCE]; /* "contacted 1,204 addresses on port 23 in 60 s; 98 % did not answer" */
};

struct rules_options {
	size_t devices_max;        /* 0: 4096 */
	struct home_networks home; /* what is inside; empty: private addresses */
	size_t pairs_max;          /* (device, peer) and (device, port) entries kept; 0: 65536 */
};

struct rules;

int rules_new(struct rules **out, const struct rules_options *o, struct err *e);
void rules_del(struct rules *r);

/*
 * Judge flow f of device number `device` (the device is host[side] of f). Fills hit[RULE_HITS], strongest first, alarms before hints; returns
 * how many. Sentences are written only where `words` is not 0: they cost more than the judging.
 */
size_t rules_take(struct rules *r, const struct flow *f, uint64_t device, int side, int words, struct rule_hit *hit);

/* What the ARP packets of a capture tell of an IPv4 address; the caller copies it from what has watched them. */
struct rule_arp {
	uint8_t ip[4];
	uint8_t mac[2][6]; /* who claimed it first, and who else did */
	int claimants;     /* hardware addresses that claim it: 1, or 2 for more */
	double claims[2];  /* messages of the first, and of the others */
	double unasked;    /* answers directed to one host that it had not asked for */
	double span;       /* seconds from the first to the last of it */
};

/*
 * Man in the middle by ARP: an alarm where an address has two claimants and one of them keeps telling without being asked, a hint where it is one
 * of the two (DHCP that gives an address to another device, or a pair of routers, look alike). Returns how many hits: 0 or 1.
 */
size_t rules_arp(const struct rule_arp *a, int words, struct rule_hit *hit);

#endif
