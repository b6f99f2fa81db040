/*
 * incident: neighbouring alarms of one device and one kind as one story, so that one attack is one alarm.
 *
 * An anomalous flow joins the open incident of its device that has the same attack family and, where both have one, the same peer; an
 * "unusual" one joins any open incident of the device with the same peer, else that of "unusual" flows. When a rule names what was "unusual", the
 * incident takes the name. An incident ends when nothing joined it for `gap` seconds of the flows' time, or, without times, for `gap` flows
 * of the device. Open ones are bounded: the one silent for longest is ended early.
 */
#ifndef DETECT_INCIDENT_H
#define DETECT_INCIDENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/verdict.h"
#include "detect/severity.h"

struct incident {
	uint64_t id; /* from 1, in the order of beginning */
	uint64_t device;
	struct ip device_ip; /* family 0: unknown */
	uint8_t device_mac[6], has_mac;
	const struct rule *rule;    /* what it is */
	const struct rule *also[4]; /* further names that flows of it had; NULL-filled */
	double start, end;          /* time of its first and last flow; NaN without times */
	uint64_t first_row, last_row;
	uint64_t flows; /* anomalous flows in it */
	uint64_t peers; /* distinct peers, exact up to 64, then an estimate */
	struct ip peer; /* of most flows; family 0: many or unknown */
	int32_t port;   /* of most flows; PORT_UNSET: many */
	double peak_score, least_p;
	uint64_t peak_row;
	double bytes[2]; /* out of the device, into it; of its anomalous flows */
	enum severity severity;
	struct rule_hit hit;          /* the strongest evidence; hit.rule == NULL: of the networks alone */
	char sentence[RULE_SENTENCE]; /* hit.sentence, or what the networks found */
};

/* An incident is over (or the scan is). Borrowed. 0 to go on. */
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
 * An anomalous flow; hit is its strongest rule hit or NULL; sentence what the networks say of it (NULL: nothing). Returns the id of its incident
 * (> 0), or what the sink returned, or ERR_NOMEM.
 */
int64_t incidents_add(struct incidents *s, const struct verdict *v, const struct rule_hit *hit, const char *sentence);

/* All open ones end. */
int incidents_finish(struct incidents *s);
uint64_t incidents_count(const struct incidents *s); /* begun so far */

#endif
