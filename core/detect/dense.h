/*
 * dense: a small autoencoder trained on the upload itself, for any numeric table and for flows; needs no model beforehand.
 *
 * F -> 12 -> 6 -> 12 -> F, ReLU, sigmoid output, min-max scaled (the reference), made robust: log1p where a column is skewed, the range taken
 * between robust quantiles and clipped, constant columns left out, and trimmed training: in each epoch the rows with the largest
 * loss (trim, 5 %) teach nothing, so that attacks in the upload do not become normal. Score of a row: mean squared error over its columns;
 * NaN cells count as the column's median and take no part in the score.
 *
 * Rows are kept as float32 up to `rows_max`, beyond that a uniform sample of them (reservoir, Vitter 1985) is trained on; then scoring
 * needs a second pass over the file. The same file, options and seed give the same scores.
 */
#ifndef DETECT_DENSE_H
#define DETECT_DENSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/calibration.h"
#include "nn/kernel.h"

struct dense_options {
	size_t columns;
	const char *const *name; /* [columns]; copied */
	size_t rows_max;         /* kept for training; 0: 200,000 */
	size_t epochs;           /* 0: 30 */
	double trim;             /* share of rows; < 0: the default 0.05 */
	uint64_t seed;
	const struct kernel_ops *kernel;
};

struct dense;

int dense_new(struct dense **out, const struct dense_options *o, struct err *e);
void dense_del(struct dense *d);

int dense_add(struct dense *d, const double *row, struct err *e); /* a row to train on; [columns], may have NaN */

/* Train on what was added. ERR_TOO_FEW: fewer than 20 rows. ERR_RANGE: all columns are constant. */
int dense_train(struct dense *d, struct err *e);

/*
 * Score of a row: rows that were added, or others like them. part[columns], unless NULL: each column's exact share of it, they sum to the score.
 */
double dense_score(struct dense *d, const double *row, double *part);

/*
 * How unusual the score is among the rows trained on, robustly: attacks among them must not set the scale. The calibration is of the rows that
 * were not trimmed, with the tail of calibration.h.
 */
const struct calibration *dense_calibration(const struct dense *d);

size_t dense_rows(const struct dense *d); /* added so far */
int dense_sampled(const struct dense *d); /* more than rows_max were added */

#endif
