/* store_mark: what the owner says of an incident or an anomaly, and both as they are shown with it. Those of deleted scans are not there. */
#ifndef SQL_STORE_MARK_H
#define SQL_STORE_MARK_H

#include "sql/store.h"

enum mark { MARK_OPEN, MARK_EXPECTED, MARK_CONFIRMED, MARKS };
extern const char *const mark_names[]; /* "open", "expected", "confirmed"; NULL-terminated */

struct mark_change {
	int mark;         /* enum mark; negative: as it is */
	const char *note; /* cut to NOTE_MAX characters; "" none; NULL: as it is */
};

/* One transaction with the risk of its device (sql/store_device.h). ERR_NOT_FOUND. */
int store_incident_mark(struct store *s, uint64_t scan, uint64_t id, const struct mark_change *m, struct err *e);
int store_anomaly_mark(struct store *s, uint64_t scan, uint64_t sequence, const struct mark_change *m, struct err *e);

/* What is said of a scan beside a part of it. */
struct scan_facts {
	char *file, *method, *model;
	double threshold;
	int64_t started_us;
};
void scan_facts_free(struct scan_facts *f);

/* ERR_NOT_FOUND: there is no such scan, or it is deleted. Release with scan_facts_free(). */
int store_scan_facts(struct store *s, uint64_t scan, struct scan_facts *out, struct err *e);

/* ---- incidents of all scans ------------------------------------------------------------------------------------------------------- */

struct incident_found {
	uint64_t scan, id;
	char *report; /* JSON: incident_to_json() */
	int severity, mark;
	char *note;                                 /* NULL: none */
	int64_t marked_us, found_us;                /* 0: never, unknown */
	int64_t window[2], peak;                    /* sequence_ids of its first, last and worst anomaly; negative: unknown */
	uint64_t device;                            /* 0: unknown */
	char *device_name, *device_ip, *device_mac; /* of the device as it is known now; may be NULL */
	char *file, *method;                        /* of the scan */
};
void incident_found_free(struct incident_found *i);

enum incident_sort { INCIDENTS_NEWEST, INCIDENTS_WORST }; /* by scan and id downwards; by severity first */

struct incident_query {
	int mark, severity;     /* negative: any */
	const char *attack;     /* family; "": any */
	uint64_t device, scan;  /* 0: any */
	int64_t from_us, to_us; /* when found: from <= found < to; 0: any */
	enum incident_sort sort;
	int after; /* 1: behind the one of after_severity (when sorted by it), after_scan and after_id */
	int after_severity;
	uint64_t after_scan, after_id;
	size_t limit;
};
/* Borrowed. A negative ends the list and is returned. */
typedef int (*incident_found_each)(void *arg, const struct incident_found *i);
int store_incident_find(struct store *s, const struct incident_query *q, incident_found_each each, void *arg, struct err *e);

/* ERR_NOT_FOUND. Release with incident_found_free(). */
int store_incident_get(struct store *s, uint64_t scan, uint64_t id, struct incident_found *out, struct err *e);

/* ---- anomalies of a scan ----------------------------------------------------------------------------------------------------------- */

struct anomaly_query {
	uint64_t scan, from; /* sequence_id >= from, rising */
	int severity;        /* negative: any */
	uint64_t incident;   /* 0: any */
	size_t limit;
};
int store_anomaly_find(struct store *s, const struct anomaly_query *q, anomaly_each each, void *arg, struct err *e);

/* One: each is called once. ERR_NOT_FOUND. */
int store_anomaly_get(struct store *s, uint64_t scan, uint64_t sequence, anomaly_each each, void *arg, struct err *e);

/* Why it scores as it does, explanation_to_json(); *out NULL: it was not kept. The caller's to free. */
int store_explanation_get(struct store *s, uint64_t scan, uint64_t sequence, char **out, struct err *e);

/* ---- what is next to them ------------------------------------------------------------------------------------------------------------ */

/* Ids, negative where there is none. Incidents in their order by badness, as store_incident_list() has them; anomalies in that of the file. */
int store_incident_next(struct store *s, uint64_t scan, uint64_t id, int64_t next[static 2], struct err *e);
int store_anomaly_next(struct store *s, uint64_t scan, uint64_t sequence, int64_t next[static 2], struct err *e);

/* The worst anomaly of an incident that has an explanation; *sequence negative: none has. */
int store_explained_of(struct store *s, uint64_t scan, uint64_t incident, int64_t *sequence, struct err *e);

#endif
