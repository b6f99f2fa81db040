/*
 * explain: why a window scores as it does: the exact share of each element, what is usual, and the smallest change of one number that would
 * make it normal.
 *
 * The score of a window is the mean of (x - y)^2 over its elements, so the shares (x - y)^2 / sum are exact and sum to 1: no sampling.
 * The counterfactual is found with the network itself. Of the EXPLAIN_TRIED elements with the largest shares, in that order, the first that
 * can: its raw value is tried at the centre of the scaler, at what the network expected and on a grid over its range; between the normal
 * one nearest to the value and its neighbour the border is found by bisection, on a logarithmic scale, whole numbers for what is
 * counted. `to` is on the normal side, within 1 % of the border, and rounded to three digits where that keeps it so. At most
 * EXPLAIN_PASSES passes an element. What is computed from the same number (bytes a packet, from bytes) is left as it is: it is the
 * network that is asked, not the world.
 */
#ifndef DETECT_EXPLAIN_H
#define DETECT_EXPLAIN_H

#include <stddef.h>

#include <json-c/json.h>

#include "detect/detector.h"
#include "detect/usual.h"
#include "nn/plan.h"

enum { EXPLAIN_TRIED = 5, EXPLAIN_PASSES = 40 };

struct counterfactual {
	int found; /* 0: no change that was tried makes it normal, or it is normal */
	size_t step, feature;
	double from, to; /* raw values: "would not have been flagged if step 7 orig_bytes <= 310,000" */
};

struct explanation {
	size_t T, F;
	float *share;  /* (T,F), sums to 1; 0 everywhere when the score is not finite */
	double *value; /* (T,F), raw */
	float score;   /* of the window; +infinity when it is not finite */
	size_t passes; /* of the network, all in all */
	struct counterfactual change;
};

/*
 * raw is (T,F), oldest first. threshold: of the window's score. Owned by the caller; release with explanation_free(). ERR_RANGE: a model without
 * scaler, a threshold that is no number; ERR_NOMEM.
 */
int explain_window(struct explanation *x, const struct detector *d, const struct plan *p, const double *raw, double threshold,
		   struct err *e);
void explanation_free(struct explanation *x);

/* One plain sentence (cap bytes) for the most unusual feature: "sent 4.1 MB; usual for this traffic are 2 to 60 kB". Returns text. */
char *explain_sentence(char *text, size_t cap, const struct feature *f, double value, const struct usual_range *usual);

/*
 * {"shares":[[…]], "values":[[…]], "usual":{name:[low,middle,high]}, "counterfactual":{"step","feature","from","at_most" or "at_least"} or null}.
 * usual may be NULL: then it has no such member. The caller's.
 */
struct json_object *explanation_to_json(const struct explanation *x, const struct feature_set *set,
					const struct usual_range *usual);

#endif
