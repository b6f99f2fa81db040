/*
 * limits: the tables. "Seen" is the most in any of some 40,000 benign flows: 17 kinds of devices while they are set up, a speaker, door locks,
 * the own traffic of three infected boards, three PCs in offices and a developer's laptop. Levels are about twice that or more.
 */
#include "rule/limits.h"

#define PER_MINUTE(n) ((n) / 60.0)
#define PER_HOUR(n)   ((n) / 3600.0)

const struct limit limits[LIMITS] = {
	/* Peers on one port without an answer, less those with one (Jung et al. 2004, "Fast portscan detection using sequential hypothesis
	   testing": who answers speaks against a scan). Seen: 13 a minute (SNMP in a home), on the web 41, by NTP 7 (see tolerances). */
	[LIMIT_SCAN_FAST] = { 25, PER_MINUTE(10.0) },
	/* Seen in an hour: 13; on the web 80, by NTP 36. */
	[LIMIT_SCAN_SLOW] = { 60, PER_HOUR(15.0) },
	/* New peers without an answer on any ports, each by the tolerance of its port. Seen: 20 a minute by tolerance, of a laptop that woke up. */
	[LIMIT_SCAN_WIDE] = { 50, PER_MINUTE(12.0) },
	/* Ports of one peer without an answer. Seen: 2 a minute by TCP, 13 an hour by UDP; a traceroute makes 90 by UDP. */
	[LIMIT_SCAN_PORTS] = { 25, PER_MINUTE(10.0) },
	/* The same in an hour. */
	[LIMIT_SCAN_PORTS_SLOW] = { 40, PER_HOUR(15.0) },
	/* Addresses without an echo reply. Seen: 1 a minute. */
	[LIMIT_SWEEP] = { 12, PER_MINUTE(10.0) },
	/* Flows to one peer without an answer. Seen: 33 a minute, by DNS 13. */
	[LIMIT_FLOOD_FAILED] = { 60, 1 },
	/* Flows to one peer, answered. Seen: 58 in 10 s, 124 a minute; DNS 262 in 10 s. */
	[LIMIT_FLOOD_FLOWS] = { 1500, 20 },
	/* Packets to one peer outside without an answer. Seen: 151 in a minute. */
	[LIMIT_FLOOD_PACKETS] = { 3000, 100 },
	/* The same in the home, where cameras send video to a recorder that does not answer: 1,000 a second at 10 Mbit/s. */
	[LIMIT_FLOOD_LOCAL] = { 50000, 2000 },
	/* Flows from outside to the device, unanswered. Seen: none to devices behind a router, 127 a day at a public address. What peers still
	   send to a file-sharing program that ended is some 5 to 10 a second. */
	[LIMIT_INFLOOD_FLOWS] = { 100, 10 },
	/* Packets from outside, unanswered: a film that nobody stopped when its viewer went, 2,000 a second, for some seconds. */
	[LIMIT_INFLOOD_PACKETS] = { 20000, 2000 },
	/* Bytes to one peer outside. Seen: speed tests 33 MB, video calls 437 MB (but with as much coming back). Drains 1 Mbit/s away, the
	   usual rate of a camera. */
	[LIMIT_UPLOAD] = { 64e6, 125000 },
	/* Short sessions of one login service. Seen: 1 in ten minutes. */
	[LIMIT_LOGIN] = { 10, PER_MINUTE(1.0) },
	/* Failed TCP connections to one peer outside. Seen: 8 to a peer that never answered (a phone without internet, on the web), 2 on other
	   ports; 69 an hour to one that is in use. */
	[LIMIT_RETRY] = { 10, PER_HOUR(4.0) },
	/* Programs from one new peer by plain requests of the same size. Seen: 3 of different sizes. */
	[LIMIT_DOWNLOAD] = { 5, PER_MINUTE(0.5) },
	/* TLS connections broken off after the certificate. Seen: 2 in ten minutes. */
	[LIMIT_TLS_BROKEN] = { 4, PER_MINUTE(0.2) },
};

const struct tolerance tolerances[PORT_CLASSES] = {
	[PORT_PLAIN] = { 1, 1, 1 }, [PORT_HTTP] = { 1.6, 1, 1.6 }, [PORT_WEB] = { 4, 1, 1.6 },
	[PORT_LOGIN] = { 1, 1, 1 }, [PORT_CHATTY] = { 8, 2, 0 },
};
