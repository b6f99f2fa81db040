/* store_inside: what the parts of the store share; for no one else. */
#ifndef SQL_STORE_INSIDE_H
#define SQL_STORE_INSIDE_H

#include "sql/args.h"
#include "sql/db.h"
#include "sql/store.h"

/* A scan that this process runs. */
struct held {
	uint64_t id;
	int locked; /* by this connection */
};

struct store {
	struct db_url url;
	struct db *db;
	struct args args; /* of the statement in hand */
	struct held *held;
	size_t held_n, held_cap;
	struct held job;  /* a job that this process runs; id 0: none */
	uint64_t claimed; /* the mail in whose transaction we are; 0: none */
};

/* ERR_USAGE while a mail is claimed: what is written now would be a part of its transaction. */
int store_may_write(const struct store *s, struct err *e);

/* store_scan.c */
int store_scan_state(struct store *s, uint64_t id, enum scan_state *out, struct err *e);
int store_hold(struct store *s, uint64_t id, int locked, struct err *e);
int store_relock(void *arg, struct db *d, struct err *e);

/* store_job.c */
int store_job_relock(struct store *s, struct db *d, struct err *e);
/* store_scan_read.c: the rows of a statement that selects SCAN_SHORT, and worst and deleted_us too when `found`; placeholders are in s->args. */
int store_scan_rows(struct store *s, enum statement st, int found, scan_each each, void *arg, struct err *e);

/* store_anomaly.c: all that `next` gives, in the transaction that is open. */
int store_anomaly_add(struct store *s, uint64_t scan, anomaly_source next, void *arg, struct err *e);

/* store_evidence.c: curve and explanations, then the flows, in the transaction that is open. */
int store_evidence_add(struct store *s, uint64_t scan, const struct scan_end *end, struct err *e);
int store_flow_chunks_add(struct store *s, uint64_t scan, flow_chunk_source next, void *arg, struct err *e);

/* store_incident.c: those of the end of a scan, in the transaction that is open and has finished_us. */
int store_incident_add(struct store *s, uint64_t scan, const struct scan_end *end, struct err *e);

/* store_mail.c */
int store_mail_add(struct store *s, uint64_t scan, const struct mail_text *mail, struct err *e);

#endif
