/*
 * store_evidence: what is kept of a scan besides its rows: the error of all windows, why the worst anomalies score as they do, the flagged flows and
 * those around them, and what other thresholds would flag. Scans of older versions have none of it. Deleted ones are as if they were not there.
 */
#ifndef SQL_STORE_EVIDENCE_H
#define SQL_STORE_EVIDENCE_H

#include "sql/store.h"

struct explanation_row {
	uint64_t sequence_id; /* of the anomaly, which need not be in rising order */
	const char *report;   /* JSON object */
};

struct flow_chunk_row {
	uint64_t chunk;               /* from 0, rising, with gaps */
	uint64_t row_first, row_last; /* least and largest row of its flows */
	uint64_t flows, flagged;
	const void *data; /* detect/flowlog.h */
	size_t len;
};

/* A kept text or kept bytes, with what is needed to show them. Release with scan_evidence_free(). */
struct scan_evidence {
	char *method;
	double threshold; /* NaN: unknown */
	char *data;       /* NUL behind it; NULL: this scan has none */
	size_t len;
};
void scan_evidence_free(struct scan_evidence *v);

/* The curve (detect/curve.h), and the table of other thresholds (JSON). ERR_NOT_FOUND: there is no such scan. */
int store_curve_get(struct store *s, uint64_t scan, struct scan_evidence *out, struct err *e);
int store_whatif_get(struct store *s, uint64_t scan, struct scan_evidence *out, struct err *e);

/* What there is of the flows of a scan. Release with flow_facts_free(). */
struct flow_facts {
	char *method, *name;
	uint64_t flagged;
	char *parts; /* JSON {"incident of the scan":the one that stands for it, 0: none}; NULL: each stands for itself */
	int kept;    /* some are kept */
};
void flow_facts_free(struct flow_facts *f);
int store_flow_facts(struct store *s, uint64_t scan, struct flow_facts *out, struct err *e); /* ERR_NOT_FOUND */

/* The first and the last row of an incident that is kept: 1; 0: there is none. */
int store_incident_rows(struct store *s, uint64_t scan, uint64_t incident, uint64_t rows[static 2], struct err *e);

/* A chunk is borrowed during the call. 0 to go on; anything else ends it and is returned. */
typedef int (*flow_chunk_each)(void *arg, const struct flow_chunk_row *c);

/* Chunks with flagged flows from `chunk` on whose rows overlap [rows[0], rows[1]], rising, at most `limit`: all of them are in memory at a time. */
int store_flow_chunks(struct store *s, uint64_t scan, uint64_t chunk, const uint64_t rows[static 2], size_t limit,
		      flow_chunk_each each, void *arg, struct err *e);
/* Chunks whose rows overlap [first, last], those of the fewest rows first, at most `limit`. */
int store_flow_chunks_around(struct store *s, uint64_t scan, uint64_t first, uint64_t last, size_t limit, flow_chunk_each each,
			     void *arg, struct err *e);

#endif
