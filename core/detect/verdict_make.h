/* verdict_make: from what the components say of a flow to its verdict, and from a window's to an anomaly. */
#ifndef DETECT_VERDICT_MAKE_H
#define DETECT_VERDICT_MAKE_H

#include "detect/scan.h"
#include "detect/waiting.h"
#include "nn/scorer.h"

struct verdict_maker {
	const struct detector *detector;
	enum scan_method method;
	size_t T;
	double threshold;      /* of the method's score; lstm: of a window's */
	double flow_threshold; /* of a flow's */
};

/*
 * The flow w is `step` of the window; window NULL: its device had fewer flows than a window takes; odd: other flows of it are suspicious, so that the
 * network's answer does not count. incident stays 0.
 */
void verdict_make(const struct verdict_maker *m, const struct waiting *w, const struct scored *window, size_t step, int odd,
		  struct verdict *out);

/* What the networks found unusual, or what the rule says; returns text. */
const char *verdict_sentence(const struct verdict_maker *m, const struct waiting *w, const struct verdict *v,
			     char text[RULE_SENTENCE]);

/* The anomaly of a window whose last flow is `last` and whose worst is `worst`, with verdict v. */
void verdict_anomaly(const struct verdict_maker *m, const struct waiting *last, const struct waiting *worst,
		     const struct verdict *v, const struct scored *window, double error, struct anomaly *out);

#endif
