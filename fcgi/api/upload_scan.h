/* upload_scan: one uploaded file from its first byte to its row in the database. */
#ifndef API_UPLOAD_SCAN_H
#define API_UPLOAD_SCAN_H

#include "api/incident_keep.h"
#include "api/scan_choice.h"
#include "api/scan_engine.h"
#include "base/sha256.h"
#include "base/spool.h"
#include "detect/curve.h"
#include "fcgi/context.h"
#include "http/response.h"

enum {
	SCAN_EXPLAINED = 10, /* of the worst anomalies: some 8 kB of JSON each */
	SCAN_KEPT = 100,     /* worst anomalies in the row, whatever the answer wants */
};

struct upload_scan {
	struct context *context;
	const struct scan_engine *engine;
	struct scan_choice choice;
	size_t top;
	const char *key;              /* NULL: none */
	int64_t size;                 /* announced; -1: unknown */
	char idempotency[SHA256_HEX]; /* of the request; "": it may be made again */

	uint64_t id;     /* 0: no row yet */
	uint64_t replay; /* the scan that the same request has made already; 0: none. Then nothing was begun */
	char name[SCAN_NAME_MAX * 4 + 1];
	void *judge;         /* the engine's; NULL: it did not open */
	struct spool *spool; /* all anomalies, in the order of the file; what they point at is of this process */
	struct incident_keep incidents;
	struct curve *curve;
	uint64_t severity[SEVERITIES];
	enum scan_phase phase;
	uint64_t ticks;
	double started, reported; /* seconds, monotonic */
	struct err why;           /* of a sink that failed, which cannot say it otherwise */
	int status;               /* of the answer when it failed; 0: what the error code says */
	int broken_off, cancelled;
};

/* The sink of an upload_body; arg is a struct upload_scan. */
int upload_scan_begin(void *arg, const char *name, struct err *e);
int upload_scan_data(void *arg, const void *data, size_t len, struct err *e);

/* Finish the scan, store it, answer with `status`. On failure nothing is answered yet. */
int upload_scan_finish(struct upload_scan *u, int status, struct response *s, struct err *e);

/* Answer the error, and write it into the row if there is one. */
void upload_scan_fail(struct upload_scan *u, int code, struct response *s, const struct err *e);

void upload_scan_free(struct upload_scan *u);

/* ---- for engines and what finishes a scan ------------------------------------------------------------------------------------- */

/* An anomaly for the spool; its record begins with a struct found. 0, or ERR_IO with u->why set. */
int upload_scan_found(struct upload_scan *u, const void *record);
/* A spool has no room for more: told in the log, and in u->why. ERR_IO. */
int upload_scan_no_room(struct upload_scan *u, const struct err *e);

/*
 * For every flow or row: a sign of life and, once a second, the progress. 0, or ERR_CONFLICT: the scan was cancelled. The first is cheap; the
 * second is for the
 * moments between two phases, and looks at once.
 */
int upload_scan_tick(struct upload_scan *u);
int upload_scan_phase(struct upload_scan *u, enum scan_phase phase);

/* The same while the results are being stored; the words are in e. */
int upload_scan_stored(struct upload_scan *u, struct err *e);

/* What is counted so far. */
void upload_scan_count(const struct upload_scan *u, struct scan_counts *n);

/* An error of the engine, with words: those of our sinks are in u->why. */
int upload_scan_said(const struct upload_scan *u, int r, struct err *e);

#endif
