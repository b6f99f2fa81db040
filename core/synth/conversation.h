/* conversation: a flow whose numbers agree with each other: bytes with packets, packets with IP bytes, state with history and protocol. */
#ifndef SYNTH_CONVERSATION_H
#define SYNTH_CONVERSATION_H

#include <stdint.h>

#include "flow/flow.h"

struct conversation {
	uint8_t proto; /* PROTO_TCP, PROTO_UDP, PROTO_ICMP */
	enum conn_state state;
	uint64_t bytes[2]; /* payload; left out where the state allows none */
	uint64_t us;       /* how long it takes, at least */
	unsigned tries;    /* packets of an attempt without answer; 0: 1 */
};

/* Fill in the flow: state, history, pkts, bytes, ip_bytes, duration, proto. The rest is left as it is. */
void conversation_flow(const struct conversation *c, struct flow *f);

#endif
