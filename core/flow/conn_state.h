/*
 * conn_state: how a connection went, as Zeek names it (docs.zeek.org, base/protocols/conn: "conn_state"), and the transport
 * protocols by their IANA numbers and Zeek's names.
 */
#ifndef FLOW_CONN_STATE_H
#define FLOW_CONN_STATE_H

#include <stddef.h>
#include <stdint.h>

enum conn_state {
	CONN_UNSET,  /* the file does not say */
	CONN_S0,     /* attempt seen, no reply */
	CONN_S1,     /* established, not ended */
	CONN_SF,     /* established and ended in order */
	CONN_REJ,    /* attempt rejected */
	CONN_S2,     /* established, the originator tried to close, no reply */
	CONN_S3,     /* established, the responder tried to close, no reply */
	CONN_RSTO,   /* established, the originator aborted */
	CONN_RSTR,   /* the responder aborted */
	CONN_RSTOS0, /* the originator sent a SYN and then a RST, nothing from the responder */
	CONN_RSTRH,  /* the responder sent a SYN ACK and then a RST, no SYN of the originator was seen */
	CONN_SH,     /* the originator sent a SYN and then a FIN, nothing from the responder */
	CONN_SHR,    /* the responder sent a SYN ACK and then a FIN, no SYN of the originator was seen */
	CONN_OTH,    /* no SYN seen: midstream traffic */
	CONN_STATES,
};

/* "S0", …; "-" for CONN_UNSET. */
const char *conn_state_name(enum conn_state s);

/* Exactly Zeek's names; CONN_UNSET for any other text. */
enum conn_state conn_state_find(const char *text, size_t len);

enum {
	PROTO_UNSET = 255,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ICMP6 = 58
}; /* IANA protocol numbers; 255 is reserved */

/* "tcp", "udp", "icmp" (for ICMPv6 too, as Zeek does); others by their IANA keyword where known, else "unknown_transport"; "-" when unset. */
const char *proto_name(uint8_t proto);

/* A name, in any letter case, or a number 0..254; -1 when it is neither. */
int proto_find(const char *text, size_t len);

#endif
