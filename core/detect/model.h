/* model: a model file ready to scan with, and its stand-in for files that say less than it needs. */
#ifndef DETECT_MODEL_H
#define DETECT_MODEL_H

#include "detect/detector.h"
#include "detect/scan.h"
#include "nn/kernel.h"
#include "nn/plan.h"

struct model {
	struct detector detector;
	struct plan *plan; /* NULL: there is no model */
};

/* Open path for kernel k. m is filled on success only; release with model_close(). */
int model_open(struct model *m, const char *path, const struct kernel_ops *k, struct err *e);
void model_close(struct model *m); /* of a zeroed or opened one */

/* For scan_options; of one without a plan: none. */
struct scan_model model_for_scan(const struct model *m);

#endif
