/* overview: the state of the network in one glance, for the API and for people alike. */
#ifndef API_OVERVIEW_H
#define API_OVERVIEW_H

#include <json-c/json.h>

#include "fcgi/context.h"

/*
 * {"status", "incidents": {"open", "by_severity", "worst", "newest"}, "devices": {"by_risk", "top"}, "activity": {"by": "day" or "scan",
 * "buckets"}, "scans": {"total", "last"}, "system"}. Without the database only status ("degraded") and system are not null, and *why says what
 * is wrong. Owned by the caller.
 */
struct json_object *overview_make(struct context *c, struct err *why);

#endif
