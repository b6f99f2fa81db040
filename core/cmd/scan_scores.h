/*
 * scan_scores: one CSV line for each row of the scanned file, in its order, so that anybody can judge the detector with tools of their own.
 *
 *   row,score,p_value,anomalous,attack,incident
 *   0,1.25,0.056,0,,
 *   1,inf,1e-09,1,port_scan,3
 *
 * row is that of the file, from 0. A field is empty where it is unknown: all but the row for a row that made no flow; anomalous where the flow
 * has no score. score and p_value have as many digits as give the same double again; "inf" where the network had no finite error.
 * attack is the family that the flow's incident has at its end; one that is part of another (incident.h) keeps its own id.
 *
 * 24 bytes a row, and 8 an incident.
 */
#ifndef CMD_SCAN_SCORES_H
#define CMD_SCAN_SCORES_H

#include <stdint.h>

#include "base/err.h"
#include "detect/incident.h"
#include "detect/verdict.h"

struct scores;

extern const char scores_head[]; /* the first line, with its end */

int scores_new(struct scores **out, struct err *e);
void scores_del(struct scores *s);

/* For --scores path with file[files] to scan: ERR_USAGE where these are not one, or are path itself. */
int scores_check(const char *path, char **file, int files, struct err *e);

/* In any order; of two verdicts for one row the later one counts. */
int scores_add(struct scores *s, const struct verdict *v, struct err *e);
/* What an incident is called, when it has ended. */
int scores_incident(struct scores *s, const struct incident *i, struct err *e);

/* Rows 0..rows-1 (read_report.rows), and those beyond that had verdicts. Atomically: path is as it was on an error. */
int scores_write(const struct scores *s, const char *path, uint64_t rows, struct err *e);

#endif
