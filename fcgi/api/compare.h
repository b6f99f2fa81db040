/* compare: what two scans have in common and what not, for the API and for people alike. */
#ifndef API_COMPARE_H
#define API_COMPARE_H

#include <json-c/json.h>

#include "sql/store.h"

/*
 * {"a", "b": scans, "differences": [{"name", "title", "a", "b", "change"}], "incidents": {"only_a", "only_b", "both": [{"a", "b"}]},
 * "devices": {"both", "new", "gone"}, "notes": [words on what makes them hard to compare]}. Incidents are the same when device, attack and peer
 * are. ERR_NOT_FOUND names the scan. *out is the caller's.
 */
int compare_make(struct store *s, uint64_t a, uint64_t b, struct json_object **out, struct err *e);

#endif
