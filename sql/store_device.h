/*
 * store_device: the devices of all scans (tables devices, device_scans). One is recognised by its MAC address where a capture has it, else by
 * its IP address. What scans of it say (flows, bytes, times, incidents) counts while the scan is there: deleted ones do not, and a device that
 * was in deleted ones only is not there either. What its owner wrote of it is kept even then.
 *
 * Risk, 0 to 100, of its incidents that are open or confirmed (expected ones do not count): as if each were a danger of its own,
 *
 *	risk = 100 * (1 - 0.95^low * 0.8^medium * 0.5^high * 0.2^critical)
 *
 * rounded, each count at most 3: one critical incident is 80, one high one 50, two 75; any number of low ones stays at 14 and of medium ones
 * at 49. It is written by SET_RISK alone (sql/statement.c), whenever a scan ends, is deleted or restored, or an incident is marked.
 */
#ifndef SQL_STORE_DEVICE_H
#define SQL_STORE_DEVICE_H

#include "sql/store.h"

enum { DEVICE_NAME_MAX = 255, NOTE_MAX = 1000 };

/* A device as a scan saw it. Texts may be NULL: unknown; without mac and ip the row is left out. */
struct device_row {
	const char *mac; /* "aa:bb:cc:dd:ee:ff", lower case */
	const char *ip;
	uint64_t flows, flagged;
	double bytes[2];          /* out of the device, into it */
	double first_ts, last_ts; /* NaN: the file has no times */
	const char *baseline;     /* JSON object (detect/roster.h); NULL: too few flows to tell */
};

/*
 * At the end of a scan, in its transaction: behind set_results() and store_incident_add(), since what it counts are the incidents that are there, and
 * before the anomalies are asked for, since a deadlock with another scan's end can only be tried again until then. Writes devices and
 * device_scans, sets incidents.device_id, and refreshes the counts and the risk of these devices. ERR_NOMEM.
 */
int store_device_add(struct store *s, uint64_t scan, const struct device_row *row, size_t n, struct err *e);

/* After a scan was deleted or restored (scans.deleted_us), in the same transaction: the counts and the risk of its devices anew. */
int store_device_refresh(struct store *s, uint64_t scan, struct err *e);

/* ---- as they are shown ---------------------------------------------------------------------------------------------------------- */

struct device_found {
	uint64_t id;
	char *mac, *ip, *name, *note; /* NULL: unknown, none */
	double first_ts, last_ts;     /* NaN: its files have no times */
	int64_t seen_us;              /* its last flow; of files without times, the scan */
	uint64_t scans, flows, flagged;
	uint64_t open; /* incidents that are not marked as expected */
	unsigned risk;
	char *baseline; /* JSON object or NULL; not in lists */
	char *order;    /* in lists: what it is sorted by, for device_query.after */
};
void device_found_free(struct device_found *d);

/* ERR_NOT_FOUND. */
int store_device_get(struct store *s, uint64_t id, struct device_found *out, struct err *e);

/* name, note: NULL stays as it is, "" is none. ERR_NOT_FOUND. */
int store_device_set(struct store *s, uint64_t id, const char *name, const char *note, struct err *e);

/* Each upwards, then downwards. By name: the owner's, else the address. */
enum device_sort {
	BY_RISK,
	BY_RISK_DOWN,
	BY_SEEN,
	BY_SEEN_DOWN,
	BY_NAME,
	BY_NAME_DOWN,
	BY_FLOWS,
	BY_FLOWS_DOWN,
	BY_IP,
	BY_IP_DOWN,
};

struct device_query {
	const char *text; /* a part of name, IP or MAC address; "": all */
	enum device_sort sort;
	const char *after; /* order of the last one of the page before; NULL: from the beginning */
	uint64_t after_id; /* and its id */
	size_t limit;
};
/* Borrowed. A negative ends the list and is returned. */
typedef int (*device_each)(void *arg, const struct device_found *d);
int store_device_list(struct store *s, const struct device_query *q, device_each each, void *arg, struct err *e);

/* A scan that a device was in. */
struct device_scan {
	uint64_t scan;
	char *file, *ip;
	int64_t started_us;
	uint64_t flows, flagged, incidents;
	int severity; /* of its worst incident; negative: none */
	double bytes[2], first_ts, last_ts;
};
/* Newest first, with ids below `before` (0: from the newest). Borrowed. */
typedef int (*device_scan_each)(void *arg, const struct device_scan *t);
int store_device_scans(struct store *s, uint64_t id, uint64_t before, size_t limit, device_scan_each each, void *arg,
		       struct err *e);

#endif
