/*
 * detector: a model ready for use: network, features, scaler and threshold, as one file.
 *
 * Metadata besides the network's own (see nn/modelfile.h):
 *   "features"   ["orig_pkts",…]            names by feature/feature.h
 *   "scaler"     see feature/scaler.h       absent in an imported model, until it is fitted
 *   "threshold"  {"value":0.14,"strategy":"sigma:3"}   of the mean squared error of a window: method lstm
 *   "profile"    see profile.h                          what single flows look like
 *   "calibration" {"sequence":{…},"profile":{…}}        see calibration.h: of the error of a flow's own step, and of the profile's score
 *   "hybrid"     {"value":4,"strategy":"budget:1/day"}  threshold of method hybrid: -log10 of the fused p-value
 *   "usual"      [[low,middle,high],…]      see usual.h: ranges of the raw features in the training rows
 *   "training"   {…}                        facts for people: rows, epochs, seed, losses, date; free form
 *   "adapted"    {…}                        of a model that was adapted to a network: see adaptation.h
 */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "base/err.h"
#include "detect/calibration.h"
#include "detect/profile.h"
#include "detect/usual.h"
#include "feature/feature.h"
#include "feature/scaler.h"
#include "nn/modelfile.h"
#include "nn/network.h"

struct detector {
	struct modelfile *file; /* what holds the weights; NULL when they are the caller's */
	struct network net;     /* weights borrowed from file or from the caller */
	const struct feature_set *features;
	int has_scaler;
	struct scaler scaler;
	double threshold;  /* an error above it is an anomaly; NaN when the model has none */
	char strategy[32]; /* how the threshold was found: "sigma:3", "imported", "manual" */
	int calibrated;    /* the following five are there: what method hybrid needs */
	struct profile profile;
	struct calibration sequence_p, profile_p;
	double hybrid_threshold;
	char hybrid_strategy[32];
	int has_usual;
	struct usual_range usual[FEATURE_MAX];
	char *training; /* JSON text, or NULL; owned */
	char *adapted;  /* the same */
};

/* Open and check path; d is filled on success only. Free with detector_close(). */
int detector_open(struct detector *d, const char *path, struct err *e);
void detector_close(struct detector *d);

/* Write d to path (atomically). */
int detector_save(const struct detector *d, const char *path, struct err *e);

#endif
