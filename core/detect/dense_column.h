/*
 * dense_column: one column of a table made ready for the dense network, without letting the odd rows set the scale.
 *
 * Heavy tails (a value far outside of what the inner half says) are taken down by sign(x - c) log1p(|x - c| / unit), c = 0 where no value
 * is negative,
 * else the median. The range that becomes [0, 1] reaches about 4 standard deviations to each side of the median, as the nearest quantile that differs
 * from it says (the 75th percentile, where that is the median the 90th and so on), but no farther than the data: a quarter of the rows could be
 * attacks, and the range would stay. Values outside of it stay outside, up to COLUMN_BEYOND: a sigmoid cannot reconstruct them.
 */
#ifndef DETECT_DENSE_COLUMN_H
#define DETECT_DENSE_COLUMN_H

#include <stddef.h>

enum { COLUMN_BEYOND = 3 }; /* ranges below 0 and above 1 that a scaled value can lie */

struct dense_column {
	int used;            /* 0: constant, or with too few values */
	int log;             /* heavy tails */
	double centre, unit; /* of the logarithm */
	double low, range;   /* of the transformed value */
	double usual[3];     /* raw: 5th percentile, median, 95th percentile */
};

/* value[n], the values that are numbers, is sorted here, rising. scratch[n]. rows: with those that have no value. */
void dense_column_fit(struct dense_column *c, double *value, double *scratch, size_t n, size_t rows);

/* In [-COLUMN_BEYOND, 1 + COLUMN_BEYOND]; x is finite. */
float dense_column_scale(const struct dense_column *c, double x);

#endif
