/*
 * scan: one pass over flow records, fed in pieces, in bounded memory: bytes -> flows -> features -> windows of each device -> scores ->
 * verdicts -> incidents.
 *
 * Each device's flows are a stream of their own, in the order of the file; a window is T consecutive flows of it, so n of them make
 * n - T + 1 windows. A file that does not say who took part is one stream. Each flow but the first T - 1 of a device is the last one of
 * exactly one window; those belong to the device's first window.
 *
 * method   a flow's score                                       an anomaly is a window
 * lstm     mean squared error of its own step in that window    whose mean squared error is above the threshold (as in the reference)
 * hybrid   -log10 of the fused p-value (fuse.h)                 whose last flow is anomalous (the first window: one of its flows is)
 * dense    see table_scan.h
 * A flow is anomalous when its score is above the threshold; by method lstm, which has one for windows, where the model is calibrated and none was
 * given, when the p-value of its error is as small as the hybrid's threshold asks.
 *
 * A file that says neither who took part nor when gives a network nothing but sizes to go by: there the threshold is low, and unusual flows are an
 * incident from PLAIN_FLOWS on or when one of them has p <= PLAIN_P; else they are anomalies alone.
 *
 * Hybrid keeps the context clean: a flow that its profile or a rule already shows to be suspicious (p <= SUSPICIOUS) is the last one of its own
 * window, but not part of the windows that follow, so that an attack makes no alarms of the benign flows between. Where it stands in a window
 * all the same, the first ones of a device, the network says nothing of the others.
 */
#ifndef DETECT_SCAN_H
#define DETECT_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/detector.h"
#include "detect/explain.h"
#include "detect/incident.h"
#include "detect/severity.h"
#include "detect/usual.h"
#include "detect/verdict.h"
#include "flow/report.h"
#include "input/reader.h"
#include "nn/plan.h"

enum { SCAN_TOP_MAX = 100000, SCAN_EXPLAIN_MAX = 1000 };

enum scan_method { METHOD_LSTM, METHOD_DENSE, METHOD_HYBRID };

/* "lstm", "dense", "hybrid"; ERR_USAGE with the list. */
int scan_method_find(const char *name, enum scan_method *m, struct err *e);
const char *scan_method_name(enum scan_method m);

struct anomaly {
	uint64_t sequence_id;               /* number of the window, from 0 */
	uint64_t row[2];                    /* rows of the file of its first and last flow, from 0; skipped rows count */
	double ts;                          /* of its last flow; NaN when the file has no times */
	uint64_t device;                    /* whose window it is, from 0 in the order of appearing */
	float error;                        /* score by the method; +infinity when the network could not cope with the input */
	double p;                           /* p-value of the last flow; NaN: unknown */
	const struct feature_set *features; /* of sample, feature and value */
	const struct rule *rule;            /* what it is called; never NULL */
	uint64_t incident;                  /* that it belongs to; 0: none */
	struct ip host[2];                  /* of the last flow */
	int32_t port[2];
	int side;                     /* the device is host[side]; DEVICE_NONE: the file does not say who took part */
	char sentence[RULE_SENTENCE]; /* what happened */
	double threshold;
	enum severity severity;
	size_t step, feature; /* the element with the largest share of the error (hybrid: of what the networks say of the flow) */
	double share;         /* that share, 0..1; 0 when the network gave no finite answer: then the element farthest from 0 */
	double value;         /* its raw value */
	double sample[FEATURE_MAX]; /* raw features of the last flow, by the detector's feature set */
};

struct scan_summary {
	enum scan_method method;
	uint64_t flows, flows_anomalous; /* judged one by one */
	uint64_t windows, anomalies;
	uint64_t devices, incidents;
	int one_stream;                  /* the file does not say who took part */
	const struct detector *detector; /* that was used; the first one when no flow came */
	double threshold;
	double error_mean, error_max; /* of all finite errors; 0 when there is no window */
	const struct read_report *input;
};

/* Called for every anomaly, in the order of the file. 0 to go on; a negative value stops the scan, which returns it. May be NULL. */
typedef int (*anomaly_sink)(void *arg, const struct anomaly *a);

/* Called with every error, in order; may be NULL. */
typedef void (*error_sink)(void *arg, uint64_t window, float error);

/* A model and its network's plan. */
struct scan_model {
	const struct detector *detector; /* with scaler */
	const struct plan *plan;
};

struct scan_options {
	struct scan_model model;
	struct scan_model plain;     /* for files without hosts or times, where `model` needs them; detector NULL: none */
	enum scan_method method;     /* hybrid: of calibrated models */
	double threshold;            /* of the method's score; NaN: the model's */
	struct reader_options input; /* limits of reading, and whose hosts are the devices */
	size_t threads;              /* 1 in a server */
	size_t top;                  /* how many of the worst anomalies to keep, <= SCAN_TOP_MAX */
	size_t explain;              /* of how many of the worst to keep what scan_explanation() needs, <= SCAN_EXPLAIN_MAX */
	size_t peaks;                /* of how many incidents to keep that of their peaks, <= SCAN_EXPLAIN_MAX */
	const char *whatif_dir;      /* folder for temporary files of scan_whatif(); must outlive the scan; NULL: no such table */
	anomaly_sink sink;
	error_sink errors;
	verdict_sink verdicts;   /* may be NULL */
	incident_sink incidents; /* may be NULL */
	void *arg;               /* of all sinks */
};

struct scan;
struct whatif_table;

/*
 * The models must outlive the scan. ERR_RANGE: a model without scaler, threshold or (hybrid) calibration, top too large. Of `plain` that is
 * said by scan_feed(), when a file needs it.
 */
int scan_new(struct scan **out, const struct scan_options *o, struct err *e);
void scan_del(struct scan *s);

/* The next bytes of the file. Errors as reader_feed(), and what the sink returned. */
int scan_feed(struct scan *s, const void *data, size_t len, struct err *e);

/* The end of the file. ERR_TOO_FEW: no window, by method lstm or in a file without hosts. */
int scan_finish(struct scan *s, struct err *e);

/* Valid until scan_del(). After an error it tells how far the scan came. */
void scan_summary(const struct scan *s, struct scan_summary *out);

/* The `top` worst anomalies, worst first (equal errors: earlier first); call after scan_finish(). Borrowed until scan_del(). */
size_t scan_top(struct scan *s, const struct anomaly **out);

/*
 * The anomaly with the largest error of each of the `peaks` worst incidents, worst first: by severity, then by that error. Its incident is the
 * scan's number, which may be part of another one. scan_explanation() knows these too. Call after scan_finish(). Borrowed until scan_del().
 */
size_t scan_peaks(struct scan *s, const struct anomaly **out);

/* What other thresholds would flag (whatif.h); NULL without whatif_dir or a finite threshold. Call after scan_finish(). Borrowed until scan_del(). */
const struct whatif_table *scan_whatif(const struct scan *s);

/*
 * Why an anomaly scores as it does (explain.h); call after scan_finish(). 1: x is the caller's, for explanation_free(); 0: it is not one of the
 * `explain` worst nor of scan_peaks(); ERR_NOMEM. The shares are of the flow that is judged and of its window (lstm: of the window). Raw values of
 * flows before it are what the scaled ones stand for, so that of a clipped one only the border is known; those of the flow itself are
 * exact. Costs up to a few hundred passes of the network.
 */
int scan_explanation(const struct scan *s, const struct anomaly *a, struct explanation *x, struct err *e);

/*
 * What is usual of each feature for the device of an anomaly: out[detector's features], of its flows that were not anomalous, but only every
 * eighth of them after the first 64; whole numbers of what is counted. 1: the device's own (one_stream: of the file); 0: of the model's
 * training, NaN where it does not say.
 */
int scan_usual(const struct scan *s, const struct anomaly *a, struct usual_range *out);

/* The same by the number of a device. Returns from how many flows it was learnt; less than USUAL_FLOWS: out has the ranges of the training. */
uint64_t scan_usual_of(const struct scan *s, uint64_t device, struct usual_range *out);

#endif
