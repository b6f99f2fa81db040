/* verdict: what a scan says of one flow. */
#ifndef DETECT_VERDICT_H
#define DETECT_VERDICT_H

#include <stdint.h>

#include "flow/flow.h"
#include "rule/rule.h"

#define VERDICT_NO_WINDOW UINT64_MAX

/* What the score is made of; see scan.h for the formula. */
enum component { BY_SEQUENCE, BY_PROFILE, BY_DENSE, BY_RULES, COMPONENTS };

struct verdict {
	const struct flow *flow; /* borrowed during the call */
	uint64_t device; /* number of the device, from 0 in the order of appearing; all flows of a file without hosts are one */
	uint64_t device_flow; /* number of the flow among those of its device, from 0 */
	int side;             /* the device is flow->host[side]; DEVICE_NONE */
	double score; /* higher: more suspicious; NaN: unknown (method lstm, fewer flows of this device than a window takes) */
	double p;     /* p-value; NaN: the model is not calibrated */
	double by[COMPONENTS];   /* p of each; NaN: took no part */
	int anomalous;           /* score > threshold */
	const struct rule *rule; /* what it is called; NULL when it is not anomalous */
	uint64_t incident;       /* from 1; 0: none */
	/* The strongest thing that the rules say of it, alarm or hint, whether it is anomalous or not; NULL; borrowed. */
	const struct rule_hit *hit;
	uint64_t window;   /* that it was judged in; VERDICT_NO_WINDOW: its device had fewer flows than one takes */
	const double *row; /* raw features, by the detector's set */
};

/* 0 to go on; a negative value stops the scan, which returns it. Verdicts come soon after their flows, not in the order of the file. */
typedef int (*verdict_sink)(void *arg, const struct verdict *v);

#endif
