/*
 * phrases: what is unusual about a flow, in one sentence for owners:
 *
 *   "192.168.1.20 sent 4.1 MB to 192.0.2.7 port 443 (TCP); usual for this device are 2 to 60 kB"
 *
 * ASCII, in one line, cut to fit RULE_SENTENCE. Numbers as base/humane.h writes them, with more digits where the value would read like a bound
 * of what is usual. explain_sentence() of explain.h is here too.
 */
#ifndef DETECT_PHRASES_H
#define DETECT_PHRASES_H

#include <stddef.h>

#include "detect/explain.h"
#include "detect/usual.h"
#include "feature/feature.h"
#include "flow/flow.h"
#include "rule/rule.h"

struct phrase_of {
	const struct flow *flow; /* whose number it is */
	int side;                /* the device is flow->host[side]; DEVICE_NONE */
	const struct feature *feature;
	double value;                    /* raw */
	const struct usual_range *usual; /* of the feature; NULL: unknown */
	int own;                         /* usual is the device's own (usual_get() gave 1), not the model's */
};

/* Returns text. */
char *phrase_flow(char text[RULE_SENTENCE], const struct phrase_of *o);

/*
 * "would be normal with at most 310 kB sent in flow 7 of 10"; "" where no change was found. Three digits, rounded to the side that is
 * normal, so that what it says is true (durations of hours to the minute). Returns text.
 */
char *phrase_change(char text[RULE_SENTENCE], const struct counterfactual *c, const struct feature_set *set, size_t steps);

#endif
