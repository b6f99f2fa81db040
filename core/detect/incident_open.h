/*
 * incident_open: one incident that goes on: what a flow fits, and what it adds. In bounded memory (4 kB), whatever comes.
 */
#ifndef DETECT_INCIDENT_OPEN_H
#define DETECT_INCIDENT_OPEN_H

#include "detect/distinct.h"
#include "detect/frequent.h"
#include "detect/incident.h"
#include "detect/incident_story.h"

enum { INCIDENT_NAMES = INCIDENT_ALSO + 1 };

/* A flow as the joining sees it. */
struct incident_arrival {
	const struct verdict *v;
	const struct rule_hit *hit; /* of the rule that the flow is called by, or NULL */
	const char *sentence;
	double from, to; /* when it began and ended; NaN */
	struct ip peer;  /* the other end; family 0: unknown */
	uint64_t hash;   /* of that; 0: unknown */
	struct ip bound; /* the peer that the story is about; family 0: many or unknown */
	int32_t port, bound_port;
};

struct incident_open {
	struct incident i;
	struct incident_peak peak;
	struct ip bound;                         /* the peer that its flows share; family 0: any */
	int32_t bound_port;                      /* of what has many peers; PORT_UNSET: any */
	uint64_t seen[2];                        /* first and last of the device's flows in it */
	uint64_t outgoing;                       /* flows that the device began */
	const struct rule *name[INCIDENT_NAMES]; /* of flows, without "unusual"; different */
	const struct rule *alarm;                /* the first that gave alarm */
	int alarms_differ;
	struct distinct peers;
	struct frequent by_peer, by_port;
	struct ip peer[FREQUENT]; /* of the counters by_peer */
	uint32_t next;            /* of its chain, or of the free ones */
	uint32_t newer, older;    /* by the last flow that joined */
};

/* How well a named flow fits an incident of its family: the same peers, or one of the two has many, or other peers. */
enum incident_fit { FIT_NOT, FIT_OTHER, FIT_PARTLY, FIT_SAME };

int rule_is_unusual(const struct rule *r);

void incident_arrival_of(struct incident_arrival *a, const struct verdict *v, const struct rule_hit *hit, const char *sentence);

/* Zeroed, without flows; the arrival gives it its name. */
void incident_open_begin(struct incident_open *x, const struct incident_arrival *a, uint64_t id);
void incident_open_name(struct incident_open *x, const struct incident_arrival *a);

/* For a flow of the same device; time is the caller's business. x has a name. */
enum incident_fit incident_open_fit(const struct incident_open *x, const struct incident_arrival *a);

/* Whether what a rule says of a now is what the unusual flows of x mostly were. */
int incident_open_names(const struct incident_open *x, const struct incident_arrival *a);

void incident_open_add(struct incident_open *x, const struct incident_arrival *a);

/* What is known only at the end. */
void incident_open_complete(struct incident_open *x);

#endif
