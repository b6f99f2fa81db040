/* baselines: what baseline.c puts in its table; see baseline.h. */
#ifndef JUDGE_BASELINES_H
#define JUDGE_BASELINES_H

#include "judge/baseline.h"

int baseline_boxplot(const struct samples *train, const struct samples *test, uint64_t seed, double *score, struct err *e);
int baseline_iforest(const struct samples *train, const struct samples *test, uint64_t seed, double *score, struct err *e);
int baseline_pca(const struct samples *train, const struct samples *test, uint64_t seed, double *score, struct err *e);

/* Column `f` of (n,F) in rising order in out[n]. */
void baseline_column(const double *row, size_t n, size_t F, size_t f, double *out);

/* The q-quantile of sorted v[n], n > 0, linear between ranks. */
double baseline_quantile(const double *v, size_t n, double q);

double baseline_deviation(const double *v, size_t n); /* standard, of v[n], n > 0 */

/*
 * Eigenvectors of the symmetric a[n][n] by cyclic Jacobi rotations (Golub & Van Loan 2013, 8.5): value[n] falling, vector[i] the i-th as a row. a is
 * destroyed.
 */
void jacobi_eigen(double *a, size_t n, double *value, double *vector);

#endif
