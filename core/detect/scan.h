/*
 * scan: one pass over flow records, fed in pieces, in bounded memory: bytes -> flows -> features -> windows -> scores -> anomalies.
 *
 * All flows of a file are one stream in file order; a window is T consecutive usable rows, so n of them make n - T + 1 windows.
 * A window is an anomaly when its error is above the threshold.
 */
#ifndef DETECT_SCAN_H
#define DETECT_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/detector.h"
#include "detect/severity.h"
#include "flow/report.h"
#include "input/reader.h"
#include "nn/plan.h"

enum { SCAN_TOP_MAX = 100000 };

struct anomaly {
	uint64_t sequence_id; /* number of the window, from 0 */
	uint64_t row[2];      /* rows of the file of its first and last flow, from 0; skipped rows count */
	double ts;            /* of its last flow; NaN when the file has no times */
	float error;          /* +infinity when the network could not cope with the input */
	double threshold;
	enum severity severity;
	size_t step, feature; /* the element with the largest share of the error */
	double share;         /* that share, 0..1; 0 when the network gave no finite answer: then the element farthest from 0 */
	double value;         /* its raw value */
	double sample[FEATURE_MAX]; /* raw features of the last flow, by the detector's feature set */
};

struct scan_summary {
	uint64_t windows, anomalies;
	double threshold;
	double error_mean, error_max; /* of all finite errors; 0 when there is no window */
	const struct read_report *input;
};

/* Called for every anomaly, in the order of the file. 0 to go on; a negative value stops the scan, which returns it. May be NULL. */
typedef int (*anomaly_sink)(void *arg, const struct anomaly *a);

/* Called with every error, in order; may be NULL. */
typedef void (*error_sink)(void *arg, uint64_t window, float error);

struct scan_options {
	const struct detector *detector; /* with scaler */
	const struct plan *plan;         /* of the detector's network */
	double threshold;
	struct reader_options input;     /* limits of reading */
	size_t threads; /* 1 in a server */
	size_t top;     /* how many of the worst anomalies to keep, <= SCAN_TOP_MAX */
	anomaly_sink sink;
	error_sink errors;
	void *arg; /* of both sinks */
};

struct scan;

/* Detector and plan must outlive the scan. ERR_RANGE: a model without scaler, a threshold that is no number, top too large. */
int scan_new(struct scan **out, const struct scan_options *o, struct err *e);
void scan_del(struct scan *s);

/* The next bytes of the file. Errors as reader_feed(), and what the sink returned. */
int scan_feed(struct scan *s, const void *data, size_t len, struct err *e);

/* The end of the file. ERR_TOO_FEW: fewer usable rows than a window takes. */
int scan_finish(struct scan *s, struct err *e);

/* Valid until scan_del(). After an error it tells how far the scan came. */
void scan_summary(const struct scan *s, struct scan_summary *out);

/* The `top` worst anomalies, worst first (equal errors: earlier first); call after scan_finish(). Borrowed until scan_del(). */
size_t scan_top(struct scan *s, const struct anomaly **out);

#endif
