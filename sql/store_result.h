/* store_result: what the page of a scan shows beside the row of the scan. */
#ifndef SQL_STORE_RESULT_H
#define SQL_STORE_RESULT_H

#include "sql/store.h"

/* What there is of a scan, without reading it; of scans of older versions nothing. Release with scan_parts_free(). */
struct scan_parts {
	char *strategy;           /* how the threshold was asked for; NULL: it is the model's own */
	double first_ts, last_ts; /* of its flows, seconds since 1970; NaN: unknown */
	uint64_t labelled, attacks;
	uint64_t windows;               /* of the kept curve; 0: there is none */
	uint64_t has_whatif, has_flows; /* 0 or 1 */
};
void scan_parts_free(struct scan_parts *p);

/* ERR_NOT_FOUND. */
int store_scan_parts(struct store *s, uint64_t scan, struct scan_parts *out, struct err *e);

/* A line of the list of incidents; texts are borrowed. */
struct incident_line {
	uint64_t id, severity, flows, peers, mark; /* severity: 0 Low … 3 Critical; mark: 0 open, 1 expected, 2 confirmed */
	char *title, *technique, *sentence, *peer, *device_ip, *device_mac, *device_name; /* NULL: unknown, or many */
	uint64_t device;                                                                  /* id; 0: unknown */
	int64_t port;                                                                     /* negative: many or unknown */
	int64_t window[2]; /* sequence_id of its first and last anomaly; negative: it has none */
	double start, end; /* seconds since 1970; NaN: unknown */
};

/* Those that are kept of a scan, worst first, without the first `skip`, at most `limit`. A negative from `each` ends it and is returned. */
typedef int (*incident_line_each)(void *arg, const struct incident_line *l);
int store_incident_lines(struct store *s, uint64_t scan, size_t skip, size_t limit, incident_line_each each, void *arg,
			 struct err *e);

#endif
