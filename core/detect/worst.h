/* worst: the k worst anomalies of a stream, in bounded memory. */
#ifndef DETECT_WORST_H
#define DETECT_WORST_H

#include "detect/scan.h"

/* Zero-initialise, then worst_init(). */
struct worst {
	struct anomaly *item; /* [k]; while collecting a heap with the least of the kept ones at 0 */
	size_t n, k;
	int sorted;
};

int worst_init(struct worst *w, size_t k); /* ERR_NOMEM */
void worst_free(struct worst *w);
void worst_add(struct worst *w, const struct anomaly *a);

/* Worst first, equal ones: earlier first. No more is added afterwards. */
size_t worst_list(struct worst *w, const struct anomaly **out);

#endif
