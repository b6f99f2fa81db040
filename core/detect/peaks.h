/* peaks: of the worst incidents of a scan the anomaly with the largest error, and its window, in memory that does not grow. */
#ifndef DETECT_PEAKS_H
#define DETECT_PEAKS_H

#include "detect/kept.h"

/* Zero-initialise, then peaks_init(). */
struct peaks {
	size_t last;        /* the one that was asked for last: alarms of an incident come in a row */
	size_t least;       /* the one that goes next, once all places are taken */
	uint64_t *incident; /* [kept.k] */
	struct anomaly *anomaly;
	enum severity *severity; /* the worst that an anomaly of that incident had */
	struct kept kept;        /* their windows, in the same order until peaks_list() */
	int sorted;
};

/* Of the k worst incidents: by severity, then by that error, then the earlier one. Fewer where kept_init() takes fewer. ERR_NOMEM. */
int peaks_init(struct peaks *p, size_t k, size_t T, size_t F);
void peaks_free(struct peaks *p);

/* An anomaly, as kept_add(); of incident 0 nothing is kept. */
void peaks_add(struct peaks *p, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v);

/* Worst first. No more is added afterwards. */
size_t peaks_list(struct peaks *p, const struct anomaly **out);

#endif
