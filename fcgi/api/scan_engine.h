/*
 * scan_engine: what judges an upload, as a table of functions: flows by the models of the site (engine_flows), or the rows of a table by a network
 * that is trained on them (engine_table). Everything around it (row, progress, spool, incidents, storing, answer) is upload_scan's.
 *
 * Its state is u->judge. Sinks of an engine hand what they find to upload_scan_found(), incident_keep_add() and curve_add(), and call
 * upload_scan_tick() for
 * every flow or row: that is how a scan tells its progress and learns that it was cancelled.
 */
#ifndef API_SCAN_ENGINE_H
#define API_SCAN_ENGINE_H

#include <json-c/json.h>

#include "base/err.h"
#include "detect/scan.h"
#include "flow/ip.h"
#include "sql/store.h"

struct upload_scan;

/* What a record of the spool begins with. */
struct found {
	uint64_t sequence_id, incident; /* incident: as the engine numbers them */
	double error;
	enum severity severity;
};

/* What a row of the database borrows; released by who reads the spool. */
struct row_texts {
	char host[2][IP_TEXT];
	char sentence[RULE_SENTENCE];
	struct json_object *sample;
};

/* Why an anomaly scores as it does; json is the caller's. */
struct explained {
	uint64_t sequence_id;
	struct json_object *json;
};

struct scan_engine {
	size_t (*record_size)(const struct upload_scan *u); /* of the spool: a struct found and what the engine adds */

	int (*open)(struct upload_scan *u, struct err *e);
	int (*feed)(struct upload_scan *u, const void *data, size_t len, struct err *e);
	int (*finish)(struct upload_scan *u, struct err *e);
	void (*close)(struct upload_scan *u); /* also of what open() did not finish */

	/* Valid until close(), also after an error; by rows of a table flows and windows are rows, and there is no detector. */
	void (*summary)(const struct upload_scan *u, struct scan_summary *out);

	/* After finish(): a record as the database keeps it; row->incident is set by the caller. */
	void (*row)(const struct upload_scan *u, const void *record, struct anomaly_row *row, struct row_texts *t);

	/* After finish(): the n-th worst anomaly as JSON, its incident is the engine's number; NULL: there are no more. The caller's. */
	struct json_object *(*worst)(struct upload_scan *u, size_t n);

	/* After finish(): the first are those of the worst anomalies, in their order; json NULL: this one is not kept. 1; 0: there are no more. May be
	 * NULL: none. */
	int (*explanation)(struct upload_scan *u, size_t n, struct explained *out);

	/* After finish(): what is kept besides and only the engine knows: model, times, labels, devices, flows, other thresholds. Valid until close(). */
	int (*evidence)(struct upload_scan *u, struct scan_end *end, struct err *e);

	/* For the mail about anomalies alone, worst first; may be NULL: incidents say it all. */
	size_t (*top)(struct upload_scan *u, const struct anomaly **out);
};

extern const struct scan_engine engine_flows, engine_table;

#endif
