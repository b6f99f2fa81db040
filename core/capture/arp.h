/*
 * arp: who claims which IPv4 address on the link (RFC 826), as evidence for a man in the middle.
 *
 * Two signs are kept for each address: another MAC address claims it, and answers that nobody asked for, directed to one host (an
 * announcement, in which sender and target are the same, is what a device that joins does; RFC 5227). Neither is a proof: an address that DHCP
 * gives to another device, or a pair of routers with a shared address, look alike.
 *
 * Memory: ARP_HOSTS addresses in sets of ARP_WAYS; in a full set the one without evidence, then the one that was silent for longest, gives way.
 */
#ifndef CAPTURE_ARP_H
#define CAPTURE_ARP_H

#include <stddef.h>
#include <stdint.h>

enum { ARP_HOSTS = 2048, ARP_WAYS = 8 };

struct arp_host {
	uint8_t ip[4];
	uint8_t mac_n;       /* 0: only asked for; 1; 2: also claimed by mac[1] */
	uint8_t mac[2][6];   /* who claimed it first, and who else did first */
	int64_t seen;        /* nanoseconds since 1970: last heard of */
	int64_t asked;       /* last asked for; 0: never */
	int64_t conflict;    /* when the second claimed it first */
	int64_t told[2];     /* when an answer that nobody asked for came first and last */
	uint8_t victim[4];   /* whom the first unasked answer told */
	uint64_t claims[2];  /* by mac[0], and by others */
	uint64_t unasked[2]; /* such answers, likewise */
};

struct arp;

struct arp *arp_new(void); /* NULL: memory is out */
void arp_del(struct arp *a);

/* An ARP packet p[n] (what is behind the Ethernet header) at a time. Anything else than IPv4 over Ethernet is passed over. */
void arp_add(struct arp *a, const uint8_t *p, size_t n, int64_t ts);

/* The next address with evidence behind *at, which begins with 0; NULL: no more. Borrowed. */
const struct arp_host *arp_evidence(const struct arp *a, size_t *at);

uint64_t arp_forgotten(const struct arp *a); /* addresses that gave way */

#endif
