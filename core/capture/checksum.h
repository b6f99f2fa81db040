/*
 * checksum: the Internet checksum (RFC 1071) of headers and segments.
 *
 * A segment with a wrong one is thrown away by who receives it; Zeek does not count it either, and so attacks with broken packets look
 * alike. But where traffic is captured on the machine that sends it, the network card fills the checksum in after the capture. Such a
 * packet has the sum of the pseudo header alone in its place (what Linux and Windows hand to the card), or 0, and is right.
 */
#ifndef CAPTURE_CHECKSUM_H
#define CAPTURE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "capture/segment.h"

/* The sum of p[n] in ones' complement, folded to 16 bits, in host order; of a header with its checksum 0xffff. */
uint16_t checksum_sum(const uint8_t *p, size_t n);

/* p[n]: the whole TCP, UDP or ICMP message of s, whose proto and hosts are set. */
int checksum_ok(const struct segment *s, const uint8_t *p, size_t n);

#endif
