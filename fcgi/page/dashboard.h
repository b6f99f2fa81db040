/*
 * dashboard: the page of GET /, complete without scripts: state, place for a file, newest scans. Knows no HTTP and no SQL.
 *
 * Templates: layout.tpl with badges.tpl and dashboard.tpl in it; history_row.tpl is a row of the list, which the scripts use too.
 */
#ifndef PAGE_DASHBOARD_H
#define PAGE_DASHBOARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "page/template.h"

enum dashboard_tone { TONE_GOOD, TONE_WARN, TONE_BAD }; /* green, amber, red */

/* A row of the list; texts may be hostile. */
struct dashboard_scan {
	uint64_t id;
	int64_t started_us; /* since 1970 UTC */
	const char *file;
	const char *state; /* "running", "done", "failed", "interrupted" */
	uint64_t anomalies, windows;
	int worst;                 /* severity, 0 Low … 3 Critical; negative: nothing was found */
	uint64_t incidents, flows; /* flows 0 while there are windows: of an older version, which knew no incidents */
};

struct dashboard {
	const char *status; /* one word */
	enum dashboard_tone tone;
	const char *model;
	const char *model_words;  /* the same in a sentence; hostile */
	int can_adapt, can_reset; /* the model can be adapted to the home; it was, and there is something to go back to */
	double threshold;
	size_t window;       /* flows of one window */
	uint64_t max_upload; /* bytes; 0: not told */
	const char *taken;   /* the formats, as a list for people */
	int database_connected;
	uint64_t total_scans;               /* shown when the database is connected */
	const struct dashboard_scan *scans; /* newest first */
	size_t scans_n;
	int older;          /* there are more scans than these */
	const char *notice; /* what the visitor should know, such as why the database is not there; NULL: nothing */
};

/* Append the page to out. ERR_NOT_FOUND: a template is missing; ERR_NOMEM. */
int dashboard_render(const struct templates *t, const struct dashboard *d, struct text *out, struct err *e);

#endif
