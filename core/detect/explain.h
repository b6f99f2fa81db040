/*
 * explain: why an anomaly scores as it does: the exact share of each element, what is usual, and the smallest change of one number that would
 * make it normal.
 *
 * A window (method lstm): its score is the mean of (x - y)^2 over its elements, so the shares (x - y)^2 / sum are exact and sum to 1: no
 * sampling. A flow of a window (method hybrid): its score is -log10 of a fused p-value, of which each component has its part by fuse.h; those
 * of the networks are split over the features of the flow's own step by share.h. Where a rule decides, no element has a share: the sum
 * over the elements and the rules' share is 1 in each case.
 *
 * The counterfactual is found with the detector itself. Of the EXPLAIN_TRIED elements with the largest shares, in that order, the first that
 * can: its raw value is tried at the centre of the scaler, at what the network expected and on a grid over its range; between the normal
 * one nearest to the value and its neighbour the border is found by bisection, on a logarithmic scale, whole numbers for what is
 * counted. `to` is on the normal side, within 1 % of the border, and rounded to three digits where that keeps it so. At most
 * EXPLAIN_PASSES passes an element. What is computed from the same number (bytes a packet, from bytes) is left as it is: it is the
 * network that is asked, not the world. Against a rule's alarm no number is tried.
 */
#ifndef DETECT_EXPLAIN_H
#define DETECT_EXPLAIN_H

#include <stddef.h>

#include <json-c/json.h>

#include "detect/detector.h"
#include "detect/usual.h"
#include "detect/verdict.h"
#include "nn/plan.h"

enum { EXPLAIN_TRIED = 5, EXPLAIN_PASSES = 40 };

struct counterfactual {
	int found; /* 0: no change that was tried makes it normal, or it is normal */
	size_t step, feature;
	double from, to; /* raw values: "would not have been flagged if step 7 orig_bytes <= 310,000" */
};

struct explained_part {
	double p;     /* NaN: took no part, or has none (a window's error) */
	double share; /* of the score */
};

struct explanation {
	size_t T, F;
	float *share;  /* (T,F); of a window: 0 everywhere when the score is not finite */
	double *value; /* (T,F), raw */
	double score;  /* +infinity when it is not finite */
	struct explained_part by[COMPONENTS];
	size_t passes; /* of the network, all in all */
	struct counterfactual change;
	const char *no_change; /* why there is none; NULL where it was found */
};

/* What is to be explained. */
struct explain_case {
	const double *raw;   /* (T,F), oldest first */
	const float *scaled; /* (T,F), what the network was fed, to the bit; NULL: raw, scaled */
	int fused;           /* 1: flow `step` by its fused p-value; 0: the window by its mean squared error */
	size_t step;
	double rule_p;   /* of a rule's alarm to that flow; NaN: none */
	int no_sequence; /* the network's answer does not count: other flows of the window are suspicious */
};

/*
 * threshold: of the score. x is owned by the caller; release with explanation_free(). ERR_RANGE: a model without scaler or, for fused, calibration,
 * a threshold that is no number; ERR_NOMEM.
 */
int explain_case(struct explanation *x, const struct detector *d, const struct plan *p, const struct explain_case *c,
		 double threshold, struct err *e);

/* The window raw (T,F), by its mean squared error. */
int explain_window(struct explanation *x, const struct detector *d, const struct plan *p, const double *raw, double threshold,
		   struct err *e);
void explanation_free(struct explanation *x);

/* The value that a feature can have next to v: flags 0 or 1, whole numbers for what is counted, none below 0 unless it has a sign. */
double explain_possible(const struct feature *f, double v);

/* The elements with the largest shares, no more than n and none whose share is 0, largest first; returns how many. */
size_t explanation_largest(const struct explanation *x, size_t *at, size_t n);

/* What decided: "rule", else the network with the larger share: "sequence", "profile". */
const char *explain_by(const struct explanation *x);

/* One plain sentence (cap bytes) for the most unusual feature: "sent 4.1 MB; usual for this traffic are 2 to 60 kB". Returns text. */
char *explain_sentence(char *text, size_t cap, const struct feature *f, double value, const struct usual_range *usual);

/*
 * {"by", "components":{"sequence":{"p","share"},"profile":{…},"rules":{…}}, "shares":[[…]], "values":[[…]], "usual":{name:[low,middle,high]},
 * "counterfactual":{"step","feature","from","at_most" or "at_least"} or null, "no_counterfactual"}. p is null for what took no part, and
 * no_counterfactual, the reason, is there for null only. usual may be NULL: then it has no such member. The caller's.
 */
struct json_object *explanation_to_json(const struct explanation *x, const struct feature_set *set,
					const struct usual_range *usual);

#endif
