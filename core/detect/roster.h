/*
 * roster: who took part in a scan, from its verdicts, in bounded memory.
 *
 * Up to ROSTER_HELD devices are followed; when there are more, the half with the fewest flows is dropped and summed up as others. So what
 * has many flows stays, and a flood from invented addresses passes through. A device that was dropped and comes back begins at 0.
 */
#ifndef DETECT_ROSTER_H
#define DETECT_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "detect/scan.h"
#include "detect/verdict.h"

enum { ROSTER_LISTED = 2000, ROSTER_HELD = 8192, ROSTER_USUAL = 500 };

struct roster_device {
	uint64_t number;          /* as in verdicts and incidents */
	struct ip ip;             /* that it had last; family 0: unknown */
	uint8_t mac[6], has_mac;  /* of the device itself: hosts outside of the home have none, theirs would be the router's */
	uint64_t flows, flagged;  /* flagged: anomalous */
	double bytes[2];          /* payload out of the device, into it */
	double first_ts, last_ts; /* when its first and its last flow began; NaN without times */
};

struct roster_others {
	uint64_t devices, flows, flagged; /* devices: one that came back is counted again */
};

struct roster;

/* home: the scan's; NULL: private addresses. NULL: memory is out. */
struct roster *roster_new(const struct home_networks *home);
void roster_del(struct roster *r);

/* A verdict's flow; what does not say who took part is not counted. ERR_NOMEM. */
int roster_add(struct roster *r, const struct verdict *v);

/* Most flows first (equal: lower number), ROSTER_LISTED at most; nothing is added afterwards. Borrowed until roster_del(). */
size_t roster_list(struct roster *r, const struct roster_device **out, struct roster_others *others);

/*
 * What is usual for device d, which is place `at` of the list: {"flows":n,"features":[{"name","unit","low","middle","high"},…]}, flows: those learnt
 * from. NULL: beyond the first ROSTER_USUAL of the list, or too little is known of it. Call after scan_finish(). The caller's.
 */
struct json_object *roster_usual(const struct scan *s, const struct roster_device *d, size_t at);

#endif
