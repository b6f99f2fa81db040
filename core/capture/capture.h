/*
 * capture: flows from packet captures (pcap and pcapng), with Zeek's meaning of every field (docs.zeek.org, conn.log).
 *
 * Read are Ethernet with VLAN tags, PPPoE, MPLS and LLC/SNAP, Linux cooked v1 and v2, raw IP, loopback and PPP; IPv4 and IPv6 with options,
 * extension headers and fragments, IP and GRE tunnels (the flows inside count, as in Zeek); TCP, UDP, ICMP and ICMPv6. What else there is, is
 * counted by kind in the report. An interface of a pcapng with another link type than the first is fine.
 *
 * orig         who sent first; but where a flow began before the capture, not who sends a SYN ACK or has a server's port (history: ^)
 * bytes        TCP: by sequence numbers, so retransmissions count once and lost packets too; UDP and ICMP: payload
 * pkts, ip_bytes  as on the wire, whatever was captured of them; fragments count as the one packet that they are
 * duration     from the first packet to the last; unset, and bytes 0, when that is no time, as Zeek has it
 * port         ICMP: type, and type of the answer or code
 * state        conn_state; ICMP is OTH
 * history      Zeek's letters, the first 23
 * service      by the responder's port where something was said, not by content (which captures are often cut of)
 * mac          of the hosts on the link
 *
 * Flows are over, in packet time, after Zeek's default timeouts (conn.h): TCP 5 s after it closed or after an unanswered SYN, 5 minutes of
 * silence (1 hour on ports 21, 22, 23, 513), UDP and ICMP 1 minute, DNS and mDNS 10 s. A SYN with another number begins a new one.
 *
 * These things differ from Zeek: checksums that a network card was to fill in count as right (checksum.h), and all do in a capture in which
 * most IP headers have wrong ones; payload that a snap length cut off is no gap; packets that cannot be read open no flow; time that goes back
 * by more than a minute is followed; Teredo, VXLAN and other tunnels over UDP are flows of UDP. As in Zeek before 8, other transport protocols
 * are no flows.
 *
 * ERR_FORMAT: the file cannot be read from its beginning on. What breaks later, or ends in the middle of a packet, is a note: the flows so
 * far are good.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "capture/arp.h"
#include "flow/source.h"

extern const struct source_ops pcap_source, pcapng_source;

/* What the ARP packets of a capture tell, valid until it is closed. NULL of NULL. */
const struct arp *capture_arp(const void *source);

#endif
