/* conversation: a flow whose numbers agree with each other: bytes with packets, packets with IP bytes, time and state with all of them. */
#ifndef SYNTH_CONVERSATION_H
#define SYNTH_CONVERSATION_H

#include <stdint.h>

#include "flow/flow.h"

struct conversation {
	uint8_t proto;         /* PROTO_TCP, PROTO_UDP, PROTO_ICMP, PROTO_ICMP6 */
	enum conn_state state; /* of TCP; UDP without an answer is S0, else SF, ICMP OTH */
	uint64_t bytes[2];     /* payload; left out where the state allows none */
	uint64_t us;           /* how long it takes; longer where round trips and 100 Mbit/s say so */
	uint64_t round_us;     /* there and back */
	unsigned turns;        /* how often a request and its answer, each in packets of its own; 0: 1 */
	unsigned tries;        /* packets of an attempt without answer; 0: 1 */
	int lost;              /* the responder sent a segment twice */
	int bare;              /* packets without options, as floods and scans make them by hand */
	unsigned variant;      /* of the ways in which a state comes about */
};

/*
 * Fill in the flow: state, history, pkts, bytes, ip_bytes, duration, proto. Of the rest only the addresses matter, which say how long
 * headers are. As in Zeek, a flow of one packet has neither duration nor bytes.
 */
void conversation_flow(const struct conversation *c, struct flow *f);

#endif
