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
	double threshold;
};

/* The flow w is `step` of the window; window NULL: its device had fewer flows than a window takes. incident stays 0. */
void verdict_make(const struct verdict_maker *m, const struct waiting *w, const struct scored *window, size_t step,
		  struct verdict *out);

/* What the networks found unusual, or what the rule says; returns text. */
const char *verdict_sentence(const struct verdict_maker *m, const struct waiting *w, const struct verdict *v,
			     char text[RULE_SENTENCE]);

/* The anomaly of a window whose last flow is `last` and whose worst is `worst`, with verdict v. */
void verdict_anomaly(const struct verdict_maker *m, const struct waiting *last, const struct waiting *worst,
		     const struct verdict *v, const struct scored *window, double error, struct anomaly *out);

#endif
