/* explain_change: the score of a window, again and again with one number changed, until the smallest change is found: see explain.h. */
#ifndef DETECT_EXPLAIN_CHANGE_H
#define DETECT_EXPLAIN_CHANGE_H

#include "detect/explain.h"

struct change_search {
	const struct detector *detector;
	const struct plan *plan;
	const struct explain_case *c;
	double threshold;
	void *scratch;             /* of the plan */
	float *window;             /* (T,F), scaled; after a search it is as before */
	float *recon;              /* (T,F), of the last pass */
	struct explained_part *by; /* [COMPONENTS], of the last pass */
	size_t passes;             /* so far */
};

/* The score of the window as it is; fills recon and by. */
double change_score(struct change_search *s);

/* Try to make it normal by one element, whose raw value is `from` and of which the network made y (scaled). Fills *out and returns 1, or 0. */
int change_find(struct change_search *s, size_t element, double from, float y, struct counterfactual *out);

#endif
