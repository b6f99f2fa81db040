/*
 * dense: a small autoencoder trained on the upload itself, for any numeric table and for flows; needs no model beforehand.
 *
 * F -> 12 -> 6 -> 12 -> F (narrower inside where F is small: it must not be able to copy), ReLU, sigmoid output (the reference), made robust against
 * attacks among the rows that it is trained on:
 * - columns are made ready by dense_column.h; constant ones, and those with values in under 1 % of the rows, are left out;
 * - an epoch takes at most DENSE_EPOCH rows, drawn anew. They are scored first, and those with the largest scores (trim, 5 %) teach
 * nothing. The first
 *   epoch does so with a network that knows nothing, whose score is the distance from the middle of the columns' ranges: a group that is small
 *   and far out never gets a hold;
 * - the network sees values no farther than a tenth of the range outside of it, the score sees them as they are: what is far out cannot pull.
 * Score of a row: mean squared error over its columns; NaN cells count as the column's median and take no part in the score.
 * Groups that are as large as normal ones are normal: unsupervised training cannot tell them apart.
 *
 * Rows are kept as float32 up to `rows_max`, beyond that a uniform sample of them (reservoir, Vitter 1985) is trained on; then scoring
 * needs a second pass over the file. The same file, options, seed and kernel give the same scores.
 */
#ifndef DETECT_DENSE_H
#define DETECT_DENSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/calibration.h"
#include "nn/kernel.h"

enum { DENSE_EPOCH = 20000, DENSE_LEAST = 20, DENSE_COLUMNS_MAX = 1024 };

struct dense_options {
	size_t columns;
	const char *const *name; /* [columns]; copied */
	size_t rows_max;         /* kept for training; 0: 200,000 */
	size_t epochs;           /* 0: 30; more where there are few rows, for some 3,000 steps */
	double trim;             /* share of rows; < 0: the default 0.05 */
	uint64_t seed;
	const struct kernel_ops *kernel;
};

struct dense;

/* ERR_RANGE: no columns, or too many. */
int dense_new(struct dense **out, const struct dense_options *o, struct err *e);
void dense_del(struct dense *d);

int dense_add(struct dense *d, const double *row, struct err *e); /* a row to train on; [columns], may have NaN */

/* Before training: this column is not looked at. */
void dense_leave_out(struct dense *d, size_t column);

/* Train on what was added. ERR_TOO_FEW: fewer than DENSE_LEAST rows. ERR_RANGE: all columns are constant or left out. */
int dense_train(struct dense *d, struct err *e);

/*
 * Score of a row: rows that were added, or others like them. part[columns], unless NULL: each column's exact share of it, they sum to the score.
 */
double dense_score(struct dense *d, const double *row, double *part);

/* The rows that were kept, in the order of adding unless dense_sampled(): scores of n of them, and the values of one. */
void dense_score_kept(struct dense *d, size_t first, size_t n, double *score);
const float *dense_kept(const struct dense *d, size_t i);
size_t dense_kept_n(const struct dense *d);

/* The score above which a row is anomalous by itself: dense_fence.h over the rows trained on, no less than half of what knowing nothing costs. */
double dense_threshold(const struct dense *d);

/*
 * How unusual the score is among the rows trained on, robustly: attacks among them must not set the scale. The calibration is of the rows that
 * are not above dense_threshold(), with the tail of calibration.h. (Not of the rows that were not trimmed: in a clean file that would cut the tail
 * of what is normal.)
 */
const struct calibration *dense_calibration(const struct dense *d);

/* 5th percentile, median, 95th percentile of a column; NaN where it has no values. Valid after training. */
const double *dense_usual(const struct dense *d, size_t column);
int dense_uses(const struct dense *d, size_t column); /* it takes part in the score */

size_t dense_rows(const struct dense *d); /* added so far */
int dense_sampled(const struct dense *d); /* more than rows_max were added */

#endif
