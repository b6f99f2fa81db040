/*
 * incident_story: an incident in one sentence.
 *
 * Of a rule      "contacted 1,204 addresses on port 23 in 60 s; 98 % did not answer; in all 20,311 flows to about 10,200 addresses in 25 min"
 * Of the networks "1,204 unusual flows to 3 addresses in 25 min; the most unusual, to 192.0.2.7:443: sent 4.1 MB, received 12 kB"
 */
#ifndef DETECT_INCIDENT_STORY_H
#define DETECT_INCIDENT_STORY_H

#include "detect/incident.h"

/* What must be kept of the flow with the highest score. */
struct incident_peak {
	struct ip peer;
	int32_t port;
	int outgoing;             /* the device began it */
	double bytes[2];          /* out of the device, into it */
	char said[RULE_SENTENCE]; /* what the networks said of it; "": nothing */
};

/* Fill i->sentence from the rest of *i. outgoing: how many of its flows the device began. Always valid UTF-8. */
void incident_story(struct incident *i, const struct incident_peak *peak, uint64_t outgoing);

#endif
