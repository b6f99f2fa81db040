/*
 * state: what the rules remember, and what they know of the flow that they judge. Private to core/rule.
 *
 * Times are seconds since 1970, bytes are payload. Everything begins as zero bytes.
 */
#ifndef RULE_STATE_H
#define RULE_STATE_H

#include <stdint.h>

#include "flow/flow.h"
#include "rule/bucket.h"
#include "rule/limits.h"
#include "rule/rule.h"

enum rule_id {
	RULE_SCAN_HORIZONTAL,
	RULE_SCAN_SLOW,
	RULE_SCAN_VERTICAL,
	RULE_SWEEP,
	RULE_DDOS_OUT,
	RULE_DDOS_IN,
	RULE_EXFILTRATION,
	RULE_MITM,
	RULE_BRUTE_FORCE,
	RULE_C2_RETRY,
	RULE_C2_BEACON,
	RULE_DOWNLOAD,
	RULE_UNUSUAL,
	RULES
};

struct gateway {
	uint8_t mac[6], other[6]; /* the way out, and who else sent or got packets of hosts outside */
	double n, other_n;        /* flows by them */
};

/* A device. */
struct device_state {
	double first;                       /* its first flow; 0: none */
	double minute, peers, peers_usual;  /* this minute, fresh peers in it, and how many as a rule (-1: unknown) */
	double hour, upload, upload_most;   /* this hour, bytes to hosts outside in it, and the most in one (fading; -1: unknown) */
	double alarm_until;                 /* an alarm was raised not long ago */
	double infected_until;              /* the alarm was of something that malware on the device does */
	struct bucket in_flows, in_packets; /* from outside, unanswered */
	double in_sources;
	struct bucket wide; /* new peers without an answer, whatever the port */
	struct bucket tls_broken;
	struct gateway gateway[2]; /* IPv4, IPv6 */
};

/* A device and a peer, in one direction. */
struct peer_state {
	double first;           /* contact */
	double failed, healthy; /* sessions since */
	double retried;         /* when a failed attempt was counted last */
	double suspect_until;   /* another rule raised an alarm of this peer */
	struct bucket ports, ports_slow, flows, flows_failed, packets, retry, upload, programs;
	double upload_in;        /* bytes that came back in the episode of `upload` */
	double request, program; /* bytes of the last request and answer that looked like the download of a program */
};

/* A device and a port, in one direction: who was contacted there. */
struct port_state {
	struct bucket fast, slow;
	double answered[2]; /* peers with an answer in the episodes of the two */
};

/* A device, a peer and a port, in one direction. */
struct end_state {
	double first, last;
	double n, failed, tiny; /* attempts, those without an answer, those answered with too little for the protocol */
	double bytes, spread;   /* mean of the bytes sent, and their mean deviation */
	struct bucket login;
	double counted[4];  /* when it counted last in port_state.fast, .slow, peer_state.ports, .ports_slow */
	float interval[16]; /* between attempts, the last ones; written round and round */
	float regular;      /* of 1: how regular they are; 0: unknown yet */
	uint32_t intervals; /* written so far */
	int32_t orig_port;  /* of the last attempt */
};

/* The flow at hand. */
struct moment {
	const struct flow *f;
	const struct home_networks *home;
	double t;     /* its start */
	int out;      /* the device began it */
	int external; /* the peer is outside of the home */
	int failed;   /* no answer */
	int unmet;    /* it began with a SYN that was not answered with data */
	int program;  /* it looks like the download of a program */
	int repeat;   /* the same attempt as the flow before: TCP sends SYN again for a minute, readers make flows of the pieces */
	int timed;    /* the file has times */
	enum port_class port_class;
	struct ip peer;
	int32_t port;     /* of the responder; of ICMP 0 */
	double sent, got; /* payload bytes by the device and to it */
	double sent_pkts, got_pkts;
	struct device_state *device;
	struct peer_state *with;
	struct port_state *on;
	struct end_state *end;
	int fresh_peer;       /* `with` was unknown */
	int fresh;            /* `end` was unknown */
	struct rule_hit *hit; /* (RULE_HITS) */
	size_t hits;
	int words;
};

/* The families of conditions; each adds its hits. Called in this order, and only for files with times but for flood_single(). */
void mitm_judge(struct moment *m);
void scan_judge(struct moment *m);
void flood_judge(struct moment *m);
void flood_single(struct moment *m); /* one flow by itself: needs nothing that is remembered, m->device etc. may be NULL */
void login_judge(struct moment *m);
void c2_judge(struct moment *m);
void download_judge(struct moment *m);
void upload_judge(struct moment *m);

/* A hit that the caller completes; NULL: there are RULE_HITS already. strength below 1 becomes 1. peer, port, span: as in the moment. */
struct rule_hit *hit_new(struct moment *m, enum rule_id rule, int alarm, double strength, double span);
void hit_number(struct rule_hit *h, const char *name, const char *unit, double value, double normal);

/*
 * The sentence by a pattern: {0}..{5} are the numbers as "1,204" ({0b}: as "1.2 MB", {0s}: as a span), {peer} {port} {span}, {usual} is
 * ", normally 6" by the `normal` of the first number where there is one.
 */
void hit_say(const struct moment *m, struct rule_hit *h, const char *pattern);

/* 1 + log2(value / limit), at least 1: each doubling of the evidence is one more. */
double strength_of(double value, double limit);

#endif
