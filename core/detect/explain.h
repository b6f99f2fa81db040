/*
 * explain: why a window scores as it does: the exact share of each element, what is usual, and the smallest change of one number that would
 * make it normal.
 *
 * The score of a window is the mean of (x - y)^2 over its elements, so the shares (x - y)^2 / sum are exact and sum to 1: no sampling.
 * The counterfactual is found by bisection over one raw value with the network itself (ANCHORS: at most 40 passes a feature).
 */
#ifndef DETECT_EXPLAIN_H
#define DETECT_EXPLAIN_H

#include <stddef.h>

#include <json-c/json.h>

#include "detect/detector.h"
#include "nn/plan.h"

/* The usual values of each raw feature: quantiles 2.5 %, 50 %, 97.5 % of benign traffic (of a device or of the model's training). */
struct usual_range {
	double low, middle, high;
};

struct counterfactual {
	int found; /* 0: no single change makes it normal */
	size_t step, feature;
	double from, to; /* raw values: "would not have been flagged if step 7 orig_bytes <= 310,000" */
};

struct explanation {
	size_t T, F;
	float *share;  /* (T,F), sums to 1; 0 everywhere when the score is not finite */
	double *value; /* (T,F), raw */
	struct counterfactual change;
};

/* raw is (T,F), oldest first. threshold: of the window's score. Owned by the caller; release with explanation_free(). */
int explain_window(struct explanation *x, const struct detector *d, const struct plan *p, const double *raw, double threshold,
		   struct err *e);
void explanation_free(struct explanation *x);

/* One plain sentence (cap bytes) for the most unusual feature: "sent 4.1 MB; usual for this traffic are 2 to 60 kB". Returns text. */
char *explain_sentence(char *text, size_t cap, const struct feature *f, double value, const struct usual_range *usual);

/* {"shares":[[…]], "values":[[…]], "usual":{name:[low,middle,high]}, "counterfactual":{…} or null}. usual may be NULL. The caller's. */
struct json_object *explanation_to_json(const struct explanation *x, const struct feature_set *set,
					const struct usual_range *usual);

#endif
