/* dense_inner: what dense.c and dense_train.c share; no header for others. */
#ifndef DETECT_DENSE_INNER_H
#define DETECT_DENSE_INNER_H

#include "base/rng.h"
#include "detect/dense.h"
#include "detect/dense_column.h"
#include "nn/network.h"
#include "nn/plan.h"

enum { DENSE_CHUNK = 256 }; /* rows scored at a time */

#define DENSE_SEEN 0.1f /* how far outside of the range the network sees a value */

struct dense {
	size_t columns, rows_max, epochs, epochs_least;
	char **name; /* [columns] */
	double trim;
	uint64_t seed;
	const struct kernel_ops *kernel;

	struct rng reservoir;
	size_t added, kept, cap;
	float *row; /* (kept, columns), raw; NaN: no value */

	/* from training on */
	struct dense_column *column; /* [columns] */
	unsigned char *left_out;     /* [columns] */
	size_t used_n;
	struct network net;
	float *params;
	struct plan *plan;
	double threshold;
	struct calibration calibration;

	/* one block */
	void *block;
	size_t *used;         /* [used_n] */
	float *median;        /* [used_n], scaled */
	float *in, *wide;     /* (DENSE_CHUNK, used_n): what the network sees; what is scored, NaN: no value */
	float *recon;         /* (DENSE_CHUNK, used_n) */
	const float **window; /* [DENSE_CHUNK], rows of in */
	float *mse;           /* [DENSE_CHUNK] */
	float *one;           /* [columns] */
	double *part;         /* [used_n] */
	void *scratch;        /* of plan_score() */
};

/* A raw row (columns) as the network sees it and as it is scored, each [used_n]. */
void dense_scale_row(const struct dense *d, const float *row, float *in, float *wide);

/* The score of one row, and its parts [n] unless NULL. */
double dense_error(const float *wide, const float *recon, size_t n, double *part);

void dense_score_rows(struct dense *d, const struct plan *p, const float *const *row, size_t n, double *score);

#endif
