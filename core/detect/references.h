/*
 * references: the two algorithms that this project replaces, as they were, to be held against ours. Both look at the file that they judge before they
 * judge it: their scores are of no use on a stream, and their numbers are flattered or spoilt by what the file holds.
 *
 * lstm   an LSTM autoencoder whose standard scaler is fitted anew on each upload; the rows of the file are one stream, whoever they are of; a row's
 *        score is the error of the window that ends with it (the first T - 1: of the first window); the threshold is mean + 3 sigma of the
 *        file's own errors
 * dense  F -> 12 -> 6 -> 12 -> F, ReLU, sigmoid, min-max scaled, trained on the upload with all that it holds (Adam, 30 epochs of 32 rows); a
 *        row's score is its error; the threshold is the 95th percentile of the same file: 5 % of every file, by construction
 */
#ifndef DETECT_REFERENCES_H
#define DETECT_REFERENCES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/kernel.h"
#include "nn/plan.h"

/* Rows that dense trains on, at most: evenly spaced ones of a larger file. */
enum { REFERENCE_ROWS = 50000 };

/*
 * row (n,F) in the order of the file, F = plan_features(p) for lstm; score[n], infinite where the network could not cope. *threshold: of the
 * scores. ERR_TOO_FEW: fewer rows than a window takes; ERR_NUMERIC; ERR_NOMEM.
 */
int reference_lstm(const struct plan *p, const double *row, size_t n, double *score, double *threshold, struct err *e);
int reference_dense(const struct kernel_ops *k, uint64_t seed, const double *row, size_t n, size_t F, double *score,
		    double *threshold, struct err *e);

#endif
