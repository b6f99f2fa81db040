/* scan_view: a row of the database as the API shows it. */
#ifndef API_SCAN_VIEW_H
#define API_SCAN_VIEW_H

#include <json-c/json.h>

#include "sql/store.h"

/* Everything but the long texts: id, scan_id, timestamp, state, file, counts with the seed's names, ... Owned by the caller. */
struct json_object *scan_view(const struct scan_row *r);

/* The worst severity of its incidents, and of its anomalies by method lstm; negative: nothing was found. */
int scan_severity(const struct scan_row *r);

/* The same with details, skipped, curve and the members of the input report, which running scans and old ones do not have. */
struct json_object *scan_view_full(const struct scan_row *r);

/* What GET /scan/<id> answers: scan_view_full() and the incidents that are kept. ERR_NOT_FOUND. */
int scan_answer(struct store *s, uint64_t id, struct json_object **out, struct err *e);

/* {"Low":…,"Medium":…,"High":…,"Critical":…} */
struct json_object *severity_view(const uint64_t severity[SEVERITIES]);

#endif
