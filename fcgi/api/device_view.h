/* device_view: devices, incidents and anomalies of the database as the API shows them. Objects are the caller's. */
#ifndef API_DEVICE_VIEW_H
#define API_DEVICE_VIEW_H

#include <json-c/json.h>

#include "fcgi/context.h"
#include "http/cursor.h"
#include "sql/store_device.h"
#include "sql/store_mark.h"

/* "none", "low", "medium", "high", "critical" for a risk of 0, below 20, 50, 80 and from 80 on. */
const char *risk_word(unsigned risk);

/* Adds "vendor" and "mac_kind" (fcgi/oui.h) for the MAC address, which may be NULL. */
void add_vendor(struct json_object *o, const struct context *c, const char *mac);

/*
 * {"id","name","ip","mac","vendor","mac_kind","note","risk","risk_level","open_incidents","scans","flows","anomalous_flows",
 * "first_seen","last_seen"}
 */
struct json_object *device_view(const struct context *c, const struct device_found *d);

/* {"scan_id","file","timestamp","ip","flows","anomalous_flows","incidents_count","severity","bytes_out","bytes_in","start","end"} */
struct json_object *device_scan_view(const struct device_scan *t);

/*
 * As incident_to_json() (detect/incident_json.h) and besides "scan_id", "file", "found", "mark", "note", "marked", "windows":[first,last] and
 * "peak_window" (sequence_ids; null: unknown); its device has "id", "name", "vendor" and "mac_kind" too.
 */
struct json_object *incident_view(const struct context *c, const struct incident_found *i);

/* Where the page behind an incident begins, in each order of them; what somebody made up leads to some place of the list. ERR_FORMAT. */
void incident_cursor(char out[static CURSOR_TEXT], const struct incident_found *last);
int incident_cursor_read(struct incident_query *q, const char *text, struct err *e);

/* As anomaly_to_json() (detect/scan_json.h) without the threshold, and "scan_id", "mark", "note", "marked". */
struct json_object *anomaly_view(uint64_t scan, const struct anomaly_row *a);

/*
 * An anomaly with all that is known of it: "file", "method", "threshold", and "explanation" (explanation_to_json(), null: it was not kept).
 * ERR_NOT_FOUND.
 */
int anomaly_whole(struct store *s, uint64_t scan, uint64_t sequence, struct json_object **out, struct err *e);

/* A device with "baseline", its newest "incidents" and "latest_scans", 20 of each. ERR_NOT_FOUND. */
int device_whole(const struct context *c, uint64_t id, struct json_object **out, struct err *e);

#endif
