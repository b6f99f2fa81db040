/* upload_scan: one uploaded file from its first byte to its row in the database. */
#ifndef API_UPLOAD_SCAN_H
#define API_UPLOAD_SCAN_H

#include "api/incident_keep.h"
#include "api/scan_engine.h"
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
	size_t top;
	const char *key; /* NULL: none */
	int64_t size;    /* announced; -1: unknown */

	uint64_t id; /* 0: no row yet */
	char name[SCAN_NAME_MAX * 4 + 1];
	void *judge;         /* the engine's; NULL: it did not open */
	struct spool *spool; /* all anomalies, in the order of the file; what they point at is of this process */
	struct incident_keep incidents;
	struct curve *curve;
	uint64_t severity[SEVERITIES];
	double started, reported; /* seconds, monotonic */
	int status;               /* of the answer when it failed; 0: what the error code says */
	int broken_off;
};

/* The sink of an upload_body; arg is a struct upload_scan. */
int upload_scan_begin(void *arg, const char *name, struct err *e);
int upload_scan_data(void *arg, const void *data, size_t len, struct err *e);

/* Finish the scan, store it, answer. On failure nothing is answered yet. */
int upload_scan_finish(struct upload_scan *u, struct response *s, struct err *e);

/* Answer the error, and write it into the row if there is one. */
void upload_scan_fail(struct upload_scan *u, int code, struct response *s, const struct err *e);

void upload_scan_free(struct upload_scan *u);

/* ---- for engines and what finishes a scan ------------------------------------------------------------------------------------- */

/* An anomaly for the spool; its record begins with a struct found. 0, or ERR_IO with u->status set. */
int upload_scan_found(struct upload_scan *u, const void *record);

/* What is counted so far. */
void upload_scan_count(const struct upload_scan *u, struct scan_counts *n);

/* An error of the engine, with words; those of our sinks have none yet. */
int upload_scan_said(const struct upload_scan *u, int r, struct err *e);

#endif
