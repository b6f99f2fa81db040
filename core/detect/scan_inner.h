/* scan_inner: what the two halves of a scan share: scan.c brings flows to the scorer, scan_judge.c takes windows from it to the verdicts. */
#ifndef DETECT_SCAN_INNER_H
#define DETECT_SCAN_INNER_H

#include "detect/lanes.h"
#include "detect/peaks.h"
#include "detect/scan.h"
#include "detect/verdict_make.h"
#include "detect/waiting.h"
#include "detect/whatif.h"
#include "detect/worst.h"
#include "nn/scorer.h"
#include "rule/rule.h"

struct scan {
	struct scan_options o;
	struct scan_model model; /* chosen by the first flow */
	struct verdict_maker maker;
	size_t T, F;
	int started;
	struct reader *reader;
	struct context *context;
	struct rules *rules;
	struct incidents *incidents;
	struct lanes *lanes;
	struct scorer *scorer;
	struct waiting_pool pool;
	uint64_t told;             /* incidents that are not made of flows */
	struct waiting_list queue; /* whose windows are being scored, in that order */
	double suspicious;         /* score of the profile from which on a flow is no context for others; infinite: method lstm */
	struct scan_summary sum;
	double error_sum;
	uint64_t finite;
	struct worst worst;
	struct kept kept;
	struct peaks peaks;
	struct whatif *whatif; /* NULL: not asked for */
	struct usual *usual;   /* of flows that are not anomalous */
	struct err err;        /* of the sinks below the reader */
};

int scan_nomem(struct scan *s);

/* A scored_sink of a scan: verdicts for the window's last flow and, of a first window, for those before. */
int scan_take_window(void *arg, const struct scored *scored);

/* Flows of a device that never had a window. */
int scan_judge_unwindowed(struct scan *s, struct lane *lane);

/* An incident_sink of a scan. */
int scan_end_incident(void *arg, const struct incident *i);

/* Whether incidents of unusual flows alone need more of them: the file says neither who took part nor when. */
int scan_is_plain(const struct scan *s);

#endif
