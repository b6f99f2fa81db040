/*
 * store_device: the devices of all scans (tables devices, device_scans). One is recognised by its MAC address where a capture has it, else by its IP
 * address. What scans of it say (flows, bytes, times, incidents) counts while the scan is there: deleted ones do not.
 *
 * Risk, 0 to 100, of its incidents that are open or confirmed (expected ones do not count): as if each were a danger of its own,
 *
 *	risk = 100 * (1 - 0.95^low * 0.8^medium * 0.5^high * 0.2^critical)
 *
 * rounded, each count at most 3: one critical incident is 80, one high one 50, two 75; any number of low ones stays at 14 and of medium ones at 49. It
 * is written by DEVICE_RISK alone (sql/statement.c), whenever a scan ends, is deleted or restored, or an incident is marked.
 */
#ifndef SQL_STORE_DEVICE_H
#define SQL_STORE_DEVICE_H

#include "sql/store.h"

enum { DEVICE_NAME_MAX = 255, NOTE_MAX = 1000 };

/* A device as a scan saw it. Texts may be NULL: unknown; one of mac and ip must be there. */
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
 * device_scans, sets incidents.device_id, and refreshes the counts and the risk of these devices. row is sorted in place. Two rows of the
 * same device are one.
 */
int store_device_add(struct store *s, uint64_t scan, struct device_row *row, size_t n, struct err *e);

/* After a scan was deleted or restored (scans.deleted_us), in the same transaction: the counts and the risk of its devices anew. */
int store_device_refresh(struct store *s, uint64_t scan, struct err *e);

#endif
