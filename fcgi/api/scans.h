/* scans: a page of the list of scans, for the API and for people alike. */
#ifndef API_SCANS_H
#define API_SCANS_H

#include <json-c/json.h>

#include "http/cursor.h"
#include "http/listing.h"
#include "http/params.h"
#include "sql/store_overview.h"
#include "sql/store_scan_find.h"

enum {
	SCANS_Q,
	SCANS_FROM,
	SCANS_TO,
	SCANS_SEVERITY,
	SCANS_ATTACK,
	SCANS_DEVICE,
	SCANS_STATE,
	SCANS_SORT,
	SCANS_DELETED,
	SCANS_CURSOR,
	SCANS_LIMIT,
	SCANS_FORMAT,
	SCANS_PARAMS
};
extern const struct param scans_params[];
extern const char *const
	scans_sorts[]; /* "time", "-time", "incidents", …: of order o the rising one is at 2 * o, the falling one behind it */

/* What is asked for. Borrows texts from the values. */
struct scans_query {
	struct scan_find find;
	struct cursor cursor;
	int back; /* the page before the cursor instead of the one behind it */
};
int scans_query(struct scans_query *q, const struct param_value *p, struct err *e); /* ERR_FORMAT */

struct scans_page {
	struct json_object *items; /* json_object_put() */
	char first[CURSOR_TEXT];   /* of the first row, "" when nothing is before it */
	char next[CURSOR_TEXT];    /* of the last row, "" when nothing is behind it */
};
int scans_page(struct store *s, const struct scans_query *q, struct scans_page *out, struct err *e);

/* As a list of the API (http/listing.h); releases the items. */
void scans_answer(struct response *s, enum listing_format format, const struct scans_page *page);

/* An item of a list: as scan_view() without its worst anomalies. */
struct json_object *scans_item(const struct scan_row *r);

/* A scan with everything that is known of it, as GET /api/v1/scans/<id> answers. ERR_NOT_FOUND. */
int scans_whole(struct store *s, uint64_t id, struct json_object **out, struct err *e);

/* Incidents and devices in a line. */
struct json_object *brief_incident(const struct incident_brief *i);
struct json_object *brief_device(const struct device_brief *d);

#endif
