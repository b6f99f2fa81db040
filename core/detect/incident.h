/*
 * incident: neighbouring alarms of one device and one kind as one story, so that one attack is one alarm.
 *
 * A flow with a name joins the open incident of its device that has the same attack family and, where both have one, the same peer. What a
 * rule says of many peers at once (a scan) has none; a family with INCIDENT_APART incidents of different peers takes further
 * peers into the one begun first, which is of many peers from then on.
 * An "unusual" flow joins any open incident of the device with the same peer, or, of one with many peers, a peer or the port of it;
 * else that of "unusual" flows, of which a device has one at a time.
 *
 * When a rule names what was "unusual" (at least half of its flows have the peer of the hit or, of a hit with many peers, its port), the incident
 * takes the name and keeps its id. If there is one of that name already, both keep their ids, since flows were told them: the
 * unusual one takes the name too, ends, and its part_of is the id of the other one: to people they are one.
 *
 * An incident ends when nothing joined it for `gap` seconds of the flows' time, or, without times, for `gap_flows` flows of the device. It is
 * kept for one more gap, for flows that come late, but nothing behind the gap joins. Open ones are bounded: the one silent for longest
 * is ended early.
 */
#ifndef DETECT_INCIDENT_H
#define DETECT_INCIDENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/severity.h"
#include "detect/verdict.h"

enum { INCIDENT_ALSO = 4, INCIDENT_APART = 4 };

struct incident {
	uint64_t id;      /* from 1, in the order of beginning */
	int minor;        /* set by the scan: as incident_minor() says */
	uint64_t part_of; /* the id of the incident that this one turned out to belong to; 0: it stands for itself */
	uint64_t device;
	struct ip device_ip; /* family 0: unknown */
	uint8_t device_mac[6], has_mac;
	const struct rule *rule;                /* what it is */
	const struct rule *also[INCIDENT_ALSO]; /* further names that flows of it had; NULL-filled */
	double start, end;                      /* when its first flow began and its last one ended; NaN without times */
	uint64_t first_row, last_row;
	uint64_t flows;               /* anomalous flows in it; 0: it is made of other evidence, and has no rows */
	uint64_t peers;               /* distinct peers, exact up to 64, then an estimate */
	struct ip peer;               /* of more than half of the flows; family 0: none is, or unknown */
	int32_t port;                 /* of the responder, likewise; PORT_UNSET */
	double peak_score, least_p;   /* NaN where no flow had one */
	uint64_t peak_row;            /* of the highest score */
	double bytes[2];              /* out of the device, into it; of its anomalous flows */
	enum severity severity;       /* the highest of its flows and alarms; one more when different rules gave alarm */
	struct rule_hit hit;          /* the strongest evidence, alarms before hints; hit.rule == NULL: of the networks alone */
	char sentence[RULE_SENTENCE]; /* the whole story: see incident_story.h */
};

/* An incident is over (or the scan is). Borrowed. 0 to go on; a negative value stops the scan, which returns it. */
typedef int (*incident_sink)(void *arg, const struct incident *i);

struct incidents_options {
	double gap;         /* seconds; 600 when 0 */
	uint64_t gap_flows; /* without times; 100 when 0 */
	size_t open_max;    /* 1024 when 0 */
	incident_sink sink;
	void *arg;
};

struct incidents;

int incidents_new(struct incidents **out, const struct incidents_options *o, struct err *e);
void incidents_del(struct incidents *s);

/*
 * An anomalous flow: v->rule is its name, v->device_flow counts. hit is its strongest rule hit or NULL; sentence what the networks say of it (NULL:
 * nothing). Returns the id of its incident (> 0), or what the sink returned: then the flow is in none.
 */
int64_t incidents_add(struct incidents *s, const struct verdict *v, const struct rule_hit *hit, const char *sentence);

/*
 * An incident that is made of other evidence than flows, complete as it is but for its id: it stands for itself, and goes to the sink at once.
 * Returns its id (> 0), or what the sink returned.
 */
int64_t incidents_tell(struct incidents *s, const struct incident *i);

/*
 * An incident that ended is no alarm of its own, for it is part of another one, or, in a file that is `plain`, too little happened (scan.h).
 */
int incident_minor(const struct incident *i, int plain);

/* All open ones end. */
int incidents_finish(struct incidents *s);
uint64_t incidents_count(const struct incidents *s); /* begun so far, those that became part of another included */
uint64_t incidents_parts(const struct incidents *s); /* of these, part of another */

#endif
