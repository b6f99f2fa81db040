/* mark_body: what a PATCH of something that has a note says. */
#ifndef API_MARK_BODY_H
#define API_MARK_BODY_H

#include "http/json_body.h"
#include "sql/store_mark.h"

/* As json_body_text(), but null is "": it is to be none. *out NULL: it is not there. */
int body_text(struct json_object *o, const char *name, size_t most, const char **out, struct err *e);

/*
 * {"mark":"open|expected|confirmed","note":"…"|null}, each may be left out. *body is the caller's to release, and m borrows from it, also on
 * failure.
 */
int mark_body(struct mark_change *m, struct json_object **body, struct request *q, struct err *e);

/* Read it and store it for q->number, q->item by `set`: store_incident_mark() or store_anomaly_mark(). */
typedef int (*mark_set)(struct store *s, uint64_t scan, uint64_t item, const struct mark_change *m, struct err *e);
int mark_take(struct store *s, struct request *q, mark_set set, struct err *e);

#endif
