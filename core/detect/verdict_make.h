/* verdict_make: from what the components say of a flow to its verdict, and from a window's to an anomaly. */
#ifndef DETECT_VERDICT_MAKE_H
#define DETECT_VERDICT_MAKE_H

#include "detect/scan.h"
#include "detect/usual.h"
#include "detect/waiting.h"
#include "nn/scorer.h"

struct verdict_maker {
	const struct detector *detector;
	enum scan_method method;
	const struct usual *usual; /* of the devices; NULL: nothing is known */
	size_t T;
	double threshold;      /* of the method's score; lstm: of a window's */
	double flow_threshold; /* of a flow's */
};

/*
 * A flow as it is judged: `step` of the window. window NULL: its device had fewer flows than a window takes; odd: other flows of the window are
 * suspicious, so that the network's answer does not count.
 */
struct judged_flow {
	const struct waiting *flow;
	const struct scored *window;
	size_t step;
	int odd;
};

/* incident stays 0. */
void verdict_make(const struct verdict_maker *m, const struct judged_flow *j, struct verdict *out);

/* What the rule says, or the feature with the largest part in the score of the networks (share.h), for the owner; returns text. */
const char *verdict_sentence(const struct verdict_maker *m, const struct judged_flow *j, const struct verdict *v,
			     char text[RULE_SENTENCE]);

/* The anomaly of a window whose last flow is `last` and whose worst is `worst`, with verdict v. */
void verdict_anomaly(const struct verdict_maker *m, const struct waiting *last, const struct judged_flow *worst,
		     const struct verdict *v, double error, struct anomaly *out);

#endif
