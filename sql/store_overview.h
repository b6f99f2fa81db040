/* store_overview: what is told of many scans together, and of the parts of one. Deleted scans do not count. */
#ifndef SQL_STORE_OVERVIEW_H
#define SQL_STORE_OVERVIEW_H

#include "sql/store.h"
#include "sql/store_mark.h"

/* What a scan has besides its struct scan_row. */
struct scan_extra {
	char *strategy;           /* how the threshold was asked for; NULL: it is the one of the model. free() it */
	double first_ts, last_ts; /* of its flows, NaN: the file has no times */
	uint64_t labelled, attacks;
	uint64_t mark[MARKS]; /* of its incidents that are kept */
};
int store_scan_extra(struct store *s, uint64_t id, struct scan_extra *out, struct err *e); /* ERR_NOT_FOUND */

/* An incident in a line of a list. Texts are borrowed and may be NULL. */
struct incident_brief {
	uint64_t scan, id, device; /* device 0: unknown */
	char *device_ip, *device_mac, *device_name;
	char *attack, *title, *sentence;
	uint64_t severity;
	double start, end; /* NaN: unknown */
	uint64_t flows, peers;
	char *peer;
	uint64_t mark;
	char *note;
	char *file;       /* of its scan */
	int64_t found_us; /* when its scan ended */
};
typedef int (*brief_each)(void *arg, const struct incident_brief *i);

/* Open ones by severity, Low first. */
int store_open_incidents(struct store *s, uint64_t severity[SEVERITIES], struct err *e);
enum brief_list { BRIEF_OPEN_WORST, BRIEF_OPEN_NEWEST };
int store_open_list(struct store *s, enum brief_list which, size_t limit, brief_each each, void *arg, struct err *e);
/* Of a scan, worst first, whatever they are marked as. */
int store_incident_briefs(struct store *s, uint64_t scan, size_t limit, brief_each each, void *arg, struct err *e);

/* A device in a line. Of a scan incidents, flows and flagged are of this scan, else of all; incidents: the open ones then. */
struct device_brief {
	uint64_t id;
	char *ip, *mac, *name; /* borrowed, may be NULL */
	uint64_t risk, incidents, flows, flagged;
	int64_t seen_us;
};
typedef int (*device_each)(void *arg, const struct device_brief *d);

/* How many devices are of which class of risk: one critical incident alone makes 80, a high one 50, a medium one 20 (store_device.h). */
enum risk_class { RISK_CRITICAL, RISK_HIGH, RISK_MEDIUM, RISK_LOW, RISK_NONE, RISKS };
int store_risk_classes(struct store *s, uint64_t n[RISKS], struct err *e);
int store_risk_list(struct store *s, size_t limit, device_each each, void *arg, struct err *e); /* risk above 0, highest first */
int store_scan_devices(struct store *s, uint64_t scan, size_t limit, device_each each, void *arg, struct err *e);

/* The scans that began on one day (UTC) and are done. */
struct day_sum {
	int64_t day_us; /* its beginning */
	uint64_t scans, flows, flows_anomalous, anomalies, incidents;
};
typedef int (*day_each)(void *arg, const struct day_sum *d);
int store_days(struct store *s, int64_t since_us, day_each each, void *arg, struct err *e);

#endif
