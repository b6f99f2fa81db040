/*
 * adapt: fit a detector to a network by traffic of it that is known to be normal: calibration and thresholds, not the network's weights.
 *
 * Twice over the files. First the raw scores: the errors of windows, from which the threshold of method lstm comes; and, unless only that is asked
 * for, of single flows, to which the calibration is fitted anew. A detector that has no profile gets one from the first half of the flows and is
 * calibrated by the second. Then the fused scores of method hybrid under that calibration, from which its threshold comes.
 *
 * What is labelled an attack is left out, with the windows that it is in. So is, in the second pass, what rules raise an alarm for: that
 * stays an alarm
 * whatever the threshold, and would only make the networks deaf. Both are counted.
 */
#ifndef DETECT_ADAPT_H
#define DETECT_ADAPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/detector.h"
#include "detect/scan.h"
#include "detect/threshold.h"

struct adapt_options {
	const char *strategy; /* see threshold.h; a number is the threshold of `method` and needs no files */
	int only;             /* 1: the threshold of `method` alone; else of both, as far as the model can have them */
	enum scan_method method;
	struct reader_options input;
	size_t threads;
	uint64_t
		flows_most; /* normal flows; more are refused; 0: no limit. One takes some 60 bytes, of a model that is not calibrated 4 more a feature */
	size_t file_n;
	/* All bytes of file number i to scan_feed(), then scan_finish(); pass is 0 or 1. What it returns ends the work when negative. */
	int (*feed)(void *arg, size_t i, int pass, struct scan *s, struct err *e);
	void *arg;
};

struct adapted {
	uint64_t flows, windows, devices; /* that the thresholds were made of */
	uint64_t attacks;                 /* flows labelled as one, left out */
	uint64_t alarms;                  /* flows that rules raise an alarm for, left out */
	uint64_t infinite;                /* windows and flows without a finite score, left out */
	double device_seconds;            /* from each device's first to its last flow, summed */
	int has_lstm, has_hybrid;         /* which of these were found */
	struct threshold_result lstm, hybrid;
};

/* What the detector had before; NaN: nothing. */
struct adapted_before {
	double lstm, hybrid;
};

struct adapted_before adapted_before(const struct detector *d);

/*
 * d is changed on success only; plan is of d's network. Errors of feed, scan_new() and threshold_choose(); ERR_TOO_LARGE: over flows_most;
 * ERR_TOO_FEW: no normal flows, or too few to calibrate by; ERR_NOMEM.
 */
int adapt(struct detector *d, const struct plan *plan, const struct adapt_options *o, struct adapted *out, struct err *e);

/* The members "flows", "windows", "devices", "device_days", "…_left_out", and "hybrid" and "lstm" as threshold_to_json() with "before", to o. */
void adapted_to_json(struct json_object *o, const struct adapted *a, const struct adapted_before *before);

#endif
