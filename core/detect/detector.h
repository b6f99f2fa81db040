/*
 * detector: a model ready for use: network, features, scaler and threshold, as one file.
 *
 * Metadata besides the network's own (see nn/modelfile.h):
 *   "features"   ["orig_pkts",…]            names by feature/feature.h
 *   "scaler"     see feature/scaler.h       absent in an imported model, until it is fitted
 *   "threshold"  {"value":0.14,"strategy":"sigma:3"}
 *   "training"   {…}                        facts for people: rows, epochs, seed, losses, date; free form
 */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "base/err.h"
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
	char *training;    /* JSON text, or NULL; owned */
};

/* Open and check path; d is filled on success only. Free with detector_close(). */
int detector_open(struct detector *d, const char *path, struct err *e);
void detector_close(struct detector *d);

/* Write d to path (atomically). */
int detector_save(const struct detector *d, const char *path, struct err *e);

#endif
