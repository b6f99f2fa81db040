/*
 * fit: from the rows of benign traffic to a detector: scaler, profile, weights, calibration, thresholds.
 *
 * Rows are used by groups (a capture, a kind of device): a group with more than group_rows rows counts for no more than that many, evenly
 * spread, so that a busy network does not outvote a quiet device. Scaler and profile are fitted to the training part alone; the profile drops
 * its most unusual tenth once and is fitted again, so that neither rare traffic nor attacks among the rows widen it. What is usual (usual.h)
 * is of the same rows.
 *
 * Calibration is never done on what was trained on. With folds >= 2, groups are dealt out to folds; for each fold scaler, profile and network
 * are made anew from the others, and the scores of the fold's rows are those of devices never seen: what a new home will see (cross-conformal
 * prediction, Vovk 2015). Else, and where the training was stopped, the validation part of each stream calibrates: what the same devices will see.
 */
#ifndef DETECT_FIT_H
#define DETECT_FIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/detector.h"
#include "detect/rowset.h"
#include "detect/threshold.h"
#include "nn/plan.h"
#include "nn/train.h"

struct fit_options {
	struct train_options train;
	const struct kernel_ops *k;
	enum scaler_kind scaler_kind;
	double validation;     /* the last share of each stream, not trained on */
	const uint32_t *group; /* [file_n] of the row set; NULL: each file is one */
	size_t group_rows;     /* 0: no limit */
	size_t folds, fold_epochs;
	const char *threshold; /* strategy of method lstm, from the mean squared errors of the validation windows */
	const char *hybrid;    /* strategy of method hybrid, from the calibration's scores */
	train_report report;   /* of the final network; NULL: none */
	void *arg;
};

struct fit_result {
	struct train_result train;
	size_t train_windows, val_windows, calibration_n, folds;
	double device_seconds; /* that the calibration covers */
	struct threshold_result hybrid;
};

/*
 * d has features, a network bound to params (where to start, and what is left), and a scaler where has_scaler: that one is kept.
 * ERR_RANGE, ERR_TOO_FEW: too few rows. The detector is usable for method lstm, and for hybrid when d->calibrated: with fewer than
 * 20 rows to calibrate on it is not, which is no error.
 */
int fit_detector(struct detector *d, float *params, const struct rowset *s, const struct fit_options *o, struct fit_result *out,
		 struct err *e);

/* Scores of benign rows by a detector that has a profile. */
struct fit_scores {
	size_t n;         /* rows */
	double *sequence; /* error of the row's own step; NaN: its stream is shorter than a window */
	double *profile;  /* [n] */
	double *window;   /* mean squared error of the window that ends at the row; NaN: none does */
	double *ts;       /* [n] */
	uint64_t *device; /* [n], not shared by files */
	double device_seconds;
};

/* Append the scores of the rows [from, until) of one stream of s. Release with fit_scores_free(). */
int fit_score_rows(struct fit_scores *f, const struct detector *d, const struct plan *p, const struct rowset *s, size_t from,
		   size_t until, struct err *e);
void fit_scores_free(struct fit_scores *f);

/* Calibration and hybrid threshold of d from scores. d->calibrated is 0 where there are too few. */
int fit_calibrate(struct detector *d, const struct fit_scores *f, const char *hybrid, struct threshold_result *out, struct err *e);

#endif
