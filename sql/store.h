/*
 * store: the database, and all SQL of the project. One struct store is one connection of one process: make it after fork, never
 * share it.
 *
 * It connects when it is first used and again when the server was gone; a read is repeated once after that. Whatever the server
 * cannot do now (gone, restarting, read-only, full, out of connections) is ERR_UNAVAILABLE with a message; the caller may try again
 * later. Texts are UTF-8; what is not is stored with U+FFFD. Times are microseconds since 1970 UTC. All statements are prepared.
 */
#ifndef SQL_STORE_H
#define SQL_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* mysql://user:password@host:port/database?socket=/path, percent-encoded. ERR_FORMAT says what is wrong with it (never the
 * password). Does not connect. */
int store_new(struct store **out, const char *url, struct err *e);
void store_del(struct store *s);

/* Call before the first use: a server that says nothing for so long (30 s by default) is taken for lost. */
void store_answer_within(struct store *s, unsigned seconds);

/* Whether the server answers and has our schema: ERR_UNAVAILABLE, also when migrations are missing. */
int store_check(struct store *s, struct err *e);

/* Apply the migrations that are missing, in order; *applied (may be NULL) counts them. Safe to run by several at a time. For
 * `guardiand migrate`. ERR_CONFLICT: one that was applied is not what it is now. */
int store_migrate(struct store *s, int *applied, struct err *e);

/* ---- scans: one row each, from the moment that it starts ------------------------------------------------------------------ */

enum scan_state { SCAN_RUNNING, SCAN_DONE, SCAN_FAILED, SCAN_INTERRUPTED, SCAN_CANCELLED };
const char *scan_state_name(enum scan_state s); /* "running", ... */

/* What a running scan is at. */
enum scan_phase { PHASE_READING, PHASE_JUDGING, PHASE_STORING };
const char *scan_phase_name(enum scan_phase p); /* "reading", ... */

enum { SCAN_NAME_MAX = 255, SEVERITIES = 4 };

struct scan_start {
	const char *name;   /* file name as the client said it; cut to SCAN_NAME_MAX characters */
	const char *key;    /* the client's own name for this upload (base/key.h); NULL: none */
	const char *method; /* "lstm", "hybrid" */
	const char *model;  /* name of the model */
	double threshold;
	int64_t size;            /* bytes announced, -1: unknown */
	const char *strategy;    /* how the threshold was asked for; NULL: it is the model's */
	const char *idempotency; /* SHA-256 in hexadecimal; NULL: none; see store_upload.h */
};

/* What is known of a scan while it runs and after it. */
struct scan_counts {
	uint64_t bytes, rows, rows_skipped, windows, anomalies;
	uint64_t severity[SEVERITIES]; /* anomalies by severity, Low first */
	uint64_t devices, flows, flows_anomalous, incidents;
	enum scan_phase phase;
};

/* An incident as the database keeps it. Texts may be NULL: unknown. */
struct incident_row {
	uint64_t id;
	const char *device_ip, *device_mac;
	const char *attack, *rule, *title, *technique; /* see rule/rule.h */
	int severity;                                  /* 0 Low … 3 Critical */
	double start, end;                             /* NaN: unknown */
	uint64_t flows, peers;
	const char *peer; /* NULL: many */
	int64_t port;     /* negative: many or unknown */
	double score, p;  /* NaN: unknown */
	uint64_t row[2];
	double bytes[2];         /* out of the device, into it */
	int64_t window[2], peak; /* sequence_id of its first, last and worst anomaly; negative: it has none */
	const char *sentence;
	const char *report; /* JSON object: all of it as it is shown, with the evidence */
};

struct device_row;      /* store_device.h */
struct explanation_row; /* store_evidence.h */
struct flow_chunk_row;

/* The next chunk into *c (valid until the next call): 1, 0 at the end, negative ERR_*. In rising order. */
typedef int (*flow_chunk_source)(void *arg, struct flow_chunk_row *c, struct err *e);

struct scan_end {
	struct scan_counts counts;
	const char *model; /* that was used, where it is not the one of the start; NULL */
	double threshold;  /* that was used */
	double error_mean, error_max, seconds;
	const char *details;                 /* JSON array of the worst anomalies, given back as it is by store_scan_get() */
	const char *highlights;              /* the same of the worst few, for lists */
	const char *curve;                   /* JSON object: the error over the file */
	const char *skipped;                 /* JSON array: the first rows that could not be used */
	const char *input;                   /* JSON object: what the reader took the file for, and what it left out; may be NULL */
	const struct incident_row *incident; /* those that are kept, the worst ones; counts.incidents may be more */
	size_t incident_n;
	/* What is kept besides; all may be missing (NULL, 0, NaN). */
	double first_ts, last_ts;   /* of the flows */
	uint64_t labelled, attacks; /* flows that the file says to be benign or an attack; of these, attacks */
	const char *whatif;         /* JSON object: what other thresholds would flag (detect/whatif.h) */
	const char *parts;          /* JSON object: of incidents that are no alarm of their own, which one stands for it */
	const void *curve_data;     /* detect/curve.h */
	size_t curve_len;
	uint64_t curve_windows;
	const struct explanation_row *explanation;
	size_t explanation_n;
	struct device_row *device; /* sorted in place */
	size_t device_n;
	flow_chunk_source chunks;
	void *chunks_arg;
};

/* An anomaly as the database keeps it. */
struct anomaly_row {
	uint64_t sequence_id, row[2];
	double ts, error; /* NaN ts: unknown; infinite error: NULL in the database */
	int severity;     /* 0 Low … 3 Critical */
	unsigned step;
	const char *feature; /* name of the most unusual one */
	double share, value;
	const char *sample; /* JSON object */
	/* Not there (NaN, NULL, 0, negative) in scans of older versions and where the file does not say. */
	double p;
	const char *attack, *rule, *sentence;
	uint64_t incident; /* 0: none */
	const char *host[2];
	int64_t port[2];
	int side; /* the device is host[side]; negative: unknown */
	/* Of what is read alone: what the owner says of it (sql/store_mark.h). */
	int mark;
	const char *note;  /* NULL: none */
	int64_t marked_us; /* 0: never */
};

/* The next anomaly into *a (valid until the next call): 1, 0 at the end, negative ERR_*. In rising order of sequence_id. */
typedef int (*anomaly_source)(void *arg, struct anomaly_row *a, struct err *e);

struct mail_text {
	const char *subject, *body; /* NULL subject: no mail */
};

struct scan_row {
	uint64_t id;
	enum scan_state state;
	int64_t started_us, finished_us;           /* finished 0: not yet */
	char *name, *key, *method, *model, *error; /* key and error may be NULL */
	double threshold;
	int64_t size;
	struct scan_counts counts;
	double error_mean, error_max, seconds;
	int incident_severity;                                /* of the worst incident; negative: none */
	char *details, *highlights, *curve, *skipped, *input; /* NULL where not asked for or not there yet */
	int64_t worst, deleted_us; /* of store_scan_find() only: severity, negative: none; 0: it is there */
};
void scan_row_free(struct scan_row *r);

/*
 * A new running scan; its id. The connection holds a lock of the server (GET_LOCK) until the scan is finished, failed, or the
 * connection is gone: that is how everybody knows that somebody is still at it. ERR_CONFLICT: the key is used already, *id is the
 * scan that has it. ERR_FORMAT: the key is not of its form.
 */
int store_scan_start(struct store *s, const struct scan_start *n, uint64_t *id, struct err *e);
/* ERR_NOT_FOUND; ERR_CONFLICT: it has ended, for example because somebody cancelled it. A scan that was taken for interrupted meanwhile is
 * running again. At least every three
 * minutes, as the server ends a connection that says nothing for longer, and with it the lock. */
int store_scan_progress(struct store *s, uint64_t id, const struct scan_counts *c, struct err *e);

/* The end of a scan in one transaction: its anomalies (next may be NULL: none), its incidents, devices and flows, its results, state done, and
 * the mail if there is
 * one. Durable when it returns OK. Nothing is stored otherwise, and the scan goes on; only when the server is lost during the commit
 * and does not come back at once it is not known. ERR_CONFLICT: it has ended already. */
int store_scan_finish(struct store *s, uint64_t id, const struct scan_end *end, anomaly_source next, void *arg,
		      const struct mail_text *mail, struct err *e);
/* The scan ended without results: SCAN_FAILED, SCAN_INTERRUPTED or SCAN_CANCELLED and why. input: as in scan_end. c NULL: as the last progress
 * said. Also
 * when this fails the lock is given up, so that a sweep will end the scan. */
int store_scan_fail(struct store *s, uint64_t id, enum scan_state state, const char *why, const char *input,
		    const struct scan_counts *c, struct err *e);

/* Deleted scans (store_scan_delete.h) are hidden from all of these: as if they were not there. */

/* By primary key: one prepared SELECT. ERR_NOT_FOUND. Release with scan_row_free(). */
int store_scan_get(struct store *s, uint64_t id, struct scan_row *out, struct err *e);
/* By key; without the long texts. */
int store_scan_by_key(struct store *s, const char *key, struct scan_row *out, struct err *e);
/* Whether it is there, without reading it: ERR_NOT_FOUND. */
int store_scan_exists(struct store *s, uint64_t id, struct err *e);

/* Newest first, ids below `before` (0: from the newest), at most `limit`; highlights, but no other long text. Rows are borrowed. A
 * negative from `each` ends it and is returned. */
typedef int (*scan_each)(void *arg, const struct scan_row *r);
int store_scan_list(struct store *s, uint64_t before, size_t limit, scan_each each, void *arg, struct err *e);
int store_scan_count(struct store *s, uint64_t *n, struct err *e); /* of those that are done */

/* Anomalies of a scan with sequence_id >= from, rising, at most `limit`. */
typedef int (*anomaly_each)(void *arg, const struct anomaly_row *a);
int store_anomaly_list(struct store *s, uint64_t scan, uint64_t from, size_t limit, anomaly_each each, void *arg, struct err *e);

/* The incidents that were kept of a scan, worst first, as JSON objects, at most `limit`. A negative from `each` ends it and is returned. */
typedef int (*incident_each)(void *arg, const char *report);
int store_incident_list(struct store *s, uint64_t scan, size_t limit, incident_each each, void *arg, struct err *e);

/* Running scans whose lock nobody holds become interrupted; *n counts them. */
int store_sweep(struct store *s, uint64_t *n, struct err *e);

/* ---- mails that wait (outbox) ---------------------------------------------------------------------------------------------- */

struct outbox_mail {
	uint64_t id, scan_id;
	unsigned attempts; /* so far */
	char *subject, *body;
};

/*
 * Claim the oldest mail that is due (FOR UPDATE SKIP LOCKED, so several hosts do not take the same) and leave the transaction open:
 * 1; 0: none. Then say what became of it with store_mail_sent() or store_mail_failed(), which end the transaction; a crash before
 * gives the mail back.
 */
int store_mail_claim(struct store *s, struct outbox_mail *m, struct err *e);
int store_mail_sent(struct store *s, const struct outbox_mail *m, struct err *e);
/* Try again after retry_seconds; 0: give up, the row stays as failed with `why`. */
int store_mail_failed(struct store *s, const struct outbox_mail *m, const char *why, unsigned retry_seconds, struct err *e);
void outbox_mail_free(struct outbox_mail *m);

#endif
