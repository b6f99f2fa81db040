/*
 * flow: one bidirectional conversation between two hosts, as every reader hands it on.
 *
 * Names and meanings are Zeek's (docs.zeek.org, conn.log): ORIG sent the first packet, RESP answered. What a file does not
 * say is unset; the four counts are 0 then, since Zeek leaves orig_bytes unset when there was no payload.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "flow/conn_state.h"
#include "flow/ip.h"

enum { ORIG, RESP };

enum flow_label { LABEL_NONE, LABEL_BENIGN, LABEL_MALICIOUS };

enum { PORT_UNSET = -1, FLOW_WORD = 24, FLOW_ATTACK = 64 };

struct flow {
	uint64_t row;       /* place in the file: data rows from 0; a bad row has a number too, but makes no flow */
	double ts;          /* start, seconds since 1970 UTC; NaN when the file has none */
	double duration;    /* seconds, >= 0; NaN: unset */
	double pkts[2];     /* packets by direction, >= 0; whole numbers in all that was captured, a table may say 1.5 */
	double bytes[2];    /* payload bytes by direction, >= 0; TCP: by sequence numbers */
	double ip_bytes[2]; /* bytes of the IP packets with their headers, >= 0; NaN: unset */
	struct ip host[2];
	int32_t port[2];    /* 0..65535, or PORT_UNSET; ICMP: type and code, as in Zeek */
	uint8_t proto;      /* IANA number, or PROTO_UNSET */
	uint8_t has_mac[2]; /* 0 or 1 */
	uint8_t mac[2][6];  /* Ethernet addresses, where has_mac */
	enum conn_state state;
	enum flow_label label;    /* ground truth, where the file has one */
	char service[FLOW_WORD];  /* "dns", …; NUL-terminated, cut where longer, "" unset; printable ASCII */
	char history[FLOW_WORD];  /* Zeek's letters of what happened */
	char attack[FLOW_ATTACK]; /* the file's own name of the attack or of the kind of traffic, valid UTF-8; "" unset */
};

/* Nothing is set: counts 0, the rest as said above. */
void flow_clear(struct flow *f);

/* Where readers push flows. The flow is borrowed during the call. 0 to go on; a negative value stops the reader, which returns it. */
typedef int (*flow_sink)(void *arg, const struct flow *f);

#endif
