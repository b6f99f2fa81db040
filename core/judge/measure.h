/*
 * measure: what a detector's answers are worth, in three views that are never mixed.
 *
 * by flow      a flow of known truth is the item; its score and alarm are its own
 * by window    T neighbouring flows of one device (stride 1): an attack if at least one of them is; its score is the largest of theirs,
 *              an alarm if one of them is one. Windows with a flow of unknown truth are left out unless another of its flows is an attack.
 * by incident  see incident_view
 *
 * No point adjustment: an alarm counts for the items that it is on, not for the whole attack. No rebalancing: rates are of the rows as they are.
 * An item without a score ranks below all others and is no alarm: not answering is not being right.
 */
#ifndef JUDGE_MEASURE_H
#define JUDGE_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/ranking.h"
#include "judge/table.h"

enum { TPR_POINTS = 3 };
extern const double tpr_points[TPR_POINTS]; /* false-alarm rates: 0.01, 0.001, 0.0001 */

struct counts {
	uint64_t tp, fp, tn, fn;
};

/* NaN where there is nothing to divide by. */
struct rates {
	double precision, recall, f1, accuracy, fpr;
};
struct rates rates_of(const struct counts *c);

struct view {
	uint64_t n, attacks, unscored;
	double base_rate;
	struct counts counts; /* at the operating threshold */
	struct rates rates;
	double roc_auc, pr_auc, tpr[TPR_POINTS];
	double roc_auc_distinct; /* each different (features, truth) counts once; by flow only, else NaN */
	struct interval roc_interval, pr_interval, tpr_interval[TPR_POINTS]; /* 95 %, bootstrap over blocks of neighbouring items */
};

struct measure_options {
	size_t T;          /* flows in a window */
	size_t replicates; /* of the bootstrap; 0: no intervals (NaN) */
	uint64_t seed;
};

/* a[j->n]: answers for the rows of j. */
int measure_flows(struct view *v, const struct judged *j, const struct answer *a, const struct measure_options *o, struct err *e);
int measure_windows(struct view *v, const struct judged *j, const struct answer *a, const struct measure_options *o, struct err *e);

/* The curves of the flow view, for plots; the caller's. */
int measure_ranking(struct ranking **out, const struct judged *j, const struct answer *a, struct err *e);

/*
 * What became of the attacks of one label. Delay: from the first attack flow of a device with this label to the first alarm on an attack flow of that
 * device at or after it: flows of the device in between, and seconds. A false alarm is no detection, so it ends no delay. Pairs of device and label
 * that no alarm ended count as infinitely late in the quantiles.
 */
struct label_result {
	const char *label; /* borrowed from the table; "" : attacks that the file gives no name */
	uint64_t n, found;
	double recall;
	uint64_t pairs, pairs_found; /* of device and label */
	double delay_flows[2],
		delay_seconds[2]; /* median and 95th percentile; infinite: most were never found; NaN: unknown times */
};

/* *out[*n], the label with most flows first; the caller's. */
int measure_labels(struct label_result **out, size_t *n, const struct judged *j, const struct answer *a, struct err *e);

/* Alarms on attack flows: what the label says and what the detector said. */
struct confusion_cell {
	const char *label; /* borrowed from the table */
	const char *named; /* "": no name */
	uint64_t n;
};
int measure_confusion(struct confusion_cell **out, size_t *n, const struct judged *j, const struct answer *a, struct err *e);

/*
 * Incidents: the flows that the detector put under one number. True when at least half of those whose truth is known are attacks; left
 * out when none is known. `right`: of the true ones whose commonest label has a counterpart among our names (naming.h), how many bear it.
 */
struct incident_view {
	uint64_t incidents, true_n, false_n, unknown;
	uint64_t nameable, right, unusual;          /* of the true ones; unusual: only that, no attack's name */
	uint64_t attacks_n, attacks_found;          /* pairs of device and label, and those with a flow in a true incident */
	double device_days;                         /* sum over devices of the time from first to last flow; NaN without times */
	double days;                                /* of the file */
	double false_per_device_day, false_per_day; /* NaN: no time passed */
};
int measure_incidents(struct incident_view *v, const struct judged *j, const struct answer *a, struct err *e);

/* Mean over files of one number, those that are NaN left out: n says of how many. The interval is of the bootstrap over files; NaN for one file. */
struct macro {
	size_t n;
	double mean;
	struct interval interval;
};
struct macro macro_of(const double *value, size_t n, uint64_t seed);

#endif
