/*
 * budget: the threshold that gives about so many false incidents in a time.
 *
 * Exceedances of one device that follow each other within BUDGET_GAP seconds are one incident, as incident.h has it (declustering by runs, as
 * for extremes of series that depend on their past: Coles 2001, chapter 5). The rate of incidents above t, made for a home network of
 * BUDGET_DEVICES devices, is (1 + incidents above t) / time observed: the threshold is the least t above which it nowhere is more than asked for.
 * Where not even no incident at all would show so small a rate, a Pareto tail of the incidents' peaks goes on from the rate of the 50 (or fewer)
 * highest; with fewer than 10 incidents one of the single scores, each taken as an incident. The threshold then is not below the largest score.
 * Of one false incident a day asked for after 4 device-days, 0.2 (light tails) to 1.4 (heavy ones) came, in the median of 200 drawn homes.
 */
#ifndef DETECT_BUDGET_H
#define DETECT_BUDGET_H

#include "base/err.h"
#include "detect/threshold.h"

enum { BUDGET_GAP = 600, BUDGET_DEVICES = 20 };

struct budget {
	double incidents; /* > 0 */
	double seconds;   /* in that time */
};

struct budget_result {
	double value;
	double rate;      /* expected incidents in the budget's time */
	double supported; /* the least rate that the data can show */
	size_t peaks;     /* of the tail; 0: no tail was needed, or there were too few */
	int extrapolated; /* rate is by a tail */
};

/* ERR_RANGE: no times or no time observed; ERR_TOO_FEW: fewer than 20 scores where a tail is needed; ERR_NOMEM. */
int budget_find(const struct budget *b, const struct threshold_input *in, struct budget_result *out, struct err *e);

#endif
