/* scan_json: what a scan found, as JSON with the names that the command line and the API share. Objects are owned by the caller. */
#ifndef DETECT_SCAN_JSON_H
#define DETECT_SCAN_JSON_H

#include <json-c/json.h>

#include "detect/scan.h"

/*
 * {"sequence_id", "rows":[first,last], "ts"?, "error", "note"?, "threshold", "severity", "most_unusual":{…}, "p_value", "attack", "rule", "title",
 * "incident", "device", "orig":{"ip","port"}, "resp":{…}, "sentence", "sample_data":{…}}. null: unknown, or no incident; device: its address.
 */
struct json_object *anomaly_to_json(const struct feature_set *set, const struct anomaly *a);

/* {"ip", "port"}; null where there is none. ip NULL: unknown, port negative: unknown. */
struct json_object *endpoint_to_json(const char *ip, int64_t port);

/*
 * Why it scores as it does: explanation_to_json() with what is usual, and "usual_of": whose ranges these are: "device", "file" (one that
 * does not say whose flows they are) or "training"; NULL when it
 * is not one of those that the scan can explain. Call after scan_finish().
 */
struct json_object *scan_explanation_to_json(const struct scan *s, const struct anomaly *a);

/* The features of a row by name. */
struct json_object *sample_to_json(const struct feature_set *set, const double *sample);

/* [{"line", "column", "reason"}]: the first rows that could not be used. */
struct json_object *skipped_to_json(const struct read_report *c);

/*
 * What the reader found, without the counts of rows: {"format", "dialect", "packing"?, "unpacked_bytes"?, "packets"?, "skipped_by_reason":
 * {reason: n}, "notes": […]}. Unpacked bytes only with a packing, packets only of a capture.
 */
struct json_object *report_to_json(const struct read_report *r);

/* 100 * anomalies / windows; 0 without windows. */
double scan_percentage(uint64_t anomalies, uint64_t windows);

#endif
