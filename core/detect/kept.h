/* kept: the windows of the worst anomalies of a scan, so that they can be explained at its end, in memory that does not grow. */
#ifndef DETECT_KEPT_H
#define DETECT_KEPT_H

#include <stddef.h>

#include "detect/scan.h"
#include "detect/verdict_make.h"

struct kept_window {
	uint64_t sequence_id;
	float error;
	size_t step;     /* of the flow that is judged */
	double rule_p;   /* of a rule's alarm to it; NaN: none */
	int no_sequence; /* the network's answer does not count for it */
	double *row;     /* [F] raw, of that flow */
	float *scaled;   /* (T,F) */
};

/* Zero-initialise, then kept_init(). */
struct kept {
	size_t n, k, T, F;
	size_t least; /* the one that goes next, once there are k */
	struct kept_window *item;
	unsigned char *block;
};

/* The k worst; fewer where their windows would take more than 64 MiB. ERR_NOMEM. */
int kept_init(struct kept *k, size_t worst, size_t T, size_t F);
void kept_free(struct kept *k);

/* a, the anomaly of window j->window, judged by v; a copy. Which are the worst: as worst.h has it. */
void kept_add(struct kept *k, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v);

/* The same into place `at` < k->k, whatever is there; n and least are the caller's then. */
void kept_put(struct kept *k, size_t at, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v);

/* The window with that number, or NULL. */
const struct kept_window *kept_find(const struct kept *k, uint64_t sequence_id);

/* 1, or a negative error; x is the caller's. */
int kept_explain(const struct kept_window *w, const struct scan_model *m, enum scan_method method, double threshold,
		 struct explanation *x, struct err *e);

#endif
