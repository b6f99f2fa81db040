/*
 * whatif: what other thresholds would flag, without another scan.
 *
 * No score depends on the threshold (scan.h), so one scan can count for many. The table has up to WHATIF_MAX thresholds, rising, the scan's own
 * exactly one of them: by method hybrid 0.2 apart (0.2 in -log10 p), from 4 below the own one, above 0; by lstm and dense each 2^(1/4)
 * times the one before. All are numbers that survive printing: a scan with `threshold` as the JSON says it gives just these numbers.
 *
 * Incidents are made again for each threshold from a compact record of each flow (spooled) that any of them flags: exact, by the same code. Where
 * that were too much work, thresholds are left out, the most costly first, but a coarse grid last; the scan's own is never. Thresholds
 * without a flow between them share the answer.
 */
#ifndef DETECT_WHATIF_H
#define DETECT_WHATIF_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"
#include "detect/scan.h"
#include "detect/table_scan.h"
#include "detect/verdict.h"

enum { WHATIF_MAX = 64 };

#define WHATIF_UNKNOWN UINT64_MAX

struct whatif_table {
	enum scan_method method;
	double threshold;           /* the scan's own: at[own] */
	size_t n, own;              /* thresholds */
	double at[WHATIF_MAX];      /* rising */
	uint64_t flows[WHATIF_MAX]; /* with a score above it; dense: rows */
	uint64_t anomalies
		[WHATIF_MAX]; /* windows (dense: rows) as scan.h defines them; an error that is no finite number counts at each */
	uint64_t incidents[WHATIF_MAX]; /* as sum.incidents of a scan; WHATIF_UNKNOWN */
	uint64_t attacks[WHATIF_MAX];   /* flows above it that the file's labels call attacks, */
	uint64_t benign[WHATIF_MAX];    /* and those that they call benign */
	struct {
		uint64_t flows, windows, attacks, benign; /* all there are; no labels: both 0 */
	} total;
};

struct whatif;

struct whatif_options {
	enum scan_method method;
	double threshold;      /* the scan's own, finite and >= 0 */
	double flow_threshold; /* of flows: by lstm another one where none was given (scan.h) */
	int plain;             /* as incident_minor() wants it */
	const char *dir;       /* folder for temporary files; must outlive it */
	/* Flows that may be added to incidents again, over all thresholds; 0: 4 millions. Never much more than one for each flow. */
	uint64_t additions;
};

/* What scan.h does when asked for a table. ERR_RANGE, ERR_NOMEM. */
int whatif_new(struct whatif **out, const struct whatif_options *o, struct err *e);
void whatif_del(struct whatif *w);
void whatif_window(struct whatif *w, double error);
void whatif_flow(struct whatif *w, const struct verdict *v);
void whatif_row(struct whatif *w, const struct table_result *r); /* of method dense, in the order of the file */

/* own: incidents of the scan itself; told: of these, those that are not made of flows. ERR_NOMEM. */
int whatif_finish(struct whatif *w, uint64_t own, uint64_t told, struct err *e);
const struct whatif_table *whatif_get(const struct whatif *w);

/*
 * {"method","threshold","unit","at":[…],"flows":[…],"anomalies":[…],"incidents":[…],"attacks":[…]?,"false":[…]?,
 * "totals":{"flows","windows","attacks"?,"benign"?}}. incidents: null where unknown; attacks, false, benign: only with labels. The caller's.
 */
struct json_object *whatif_to_json(const struct whatif_table *t);

#endif
