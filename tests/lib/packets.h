/*
 * packets: captures written by tests, packet by packet, in memory.
 *
 * Packets go between two hosts, A 10.0.0.2 (fd00::2) and B 93.184.216.34 (2001:db8::34), with right checksums. What is to be odd about
 * one is changed in the bytes of the frame before it is put into a capture.
 */
#ifndef LIB_PACKETS_H
#define LIB_PACKETS_H

#include <stddef.h>
#include <stdint.h>

enum { A, B };

struct capfile {
	uint8_t *p;
	size_t n, room;
	int big, nano; /* byte order; unit of time */
};

struct frame {
	uint8_t b[4096];
	size_t n;    /* captured */
	size_t wire; /* 0: n */
	size_t ip;   /* where the network layer begins */
};

/* A file header of pcap; a section, an interface of pcapng. Every capfile begins as { 0 } but for big and nano, and ends with free(p). */
void capfile_pcap(struct capfile *c, uint32_t link, uint32_t snap);
void capfile_section(struct capfile *c);
void capfile_interface(struct capfile *c, uint16_t link, uint8_t resolution, int64_t offset); /* resolution 0: no such option */

/* A frame at us microseconds after 2020-01-01 00:00:00 UTC. */
void capfile_packet(struct capfile *c, int64_t us, const struct frame *f);
void capfile_enhanced(struct capfile *c, uint32_t interface, uint64_t ticks, const struct frame *f);
void capfile_simple(struct capfile *c, const struct frame *f);
void capfile_bytes(struct capfile *c, const void *p, size_t n);

/* With SEEDS=folder in the environment the file is written there, as name_<count>: that is where the seeds of fuzz_capture come from. */
void capfile_keep(const struct capfile *c, const char *name);

enum { CAPFILE_EPOCH = 1577836800 };

/* The link layer: Ethernet, with the tags that are not 0; then whatever is appended. */
void frame_ethernet(struct frame *f, int from, uint16_t type, uint16_t outer_vlan, uint16_t inner_vlan);
void frame_append(struct frame *f, const void *p, size_t n);

/* IP around len bytes that are to follow. */
void frame_ip4(struct frame *f, int from, uint8_t proto, size_t len);
void frame_ip6(struct frame *f, int from, uint8_t next, size_t len);

/* Whole packets: Ethernet, IPv4 (v6: IPv6), and the transport layer with len bytes of payload. */
struct tcp_of {
	int v6, from;
	const char *flags; /* of S A F R P */
	uint32_t seq, ack;
	size_t len;
	uint16_t window; /* 0: 1000; CLOSED_WINDOW: 0 */
	uint16_t port[2]; /* 0: 40000 of A, 80 of B */
};
enum { CLOSED_WINDOW = 0xffff };
void frame_tcp(struct frame *f, const struct tcp_of *t);
void frame_udp(struct frame *f, int v6, int from, uint16_t port_a, uint16_t port_b, size_t len);
void frame_icmp(struct frame *f, int v6, int from, uint8_t type, uint8_t code, size_t len);
void frame_arp(struct frame *f, uint16_t op, const uint8_t mac[6], const char *ip, const char *target);

/* The checksum of the transport layer and of an IPv4 header anew, after the bytes from f->ip on were changed. */
void frame_sum(struct frame *f);

#endif
