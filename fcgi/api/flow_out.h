/* flow_out: flows of a scan (detect/flowlog.h) as the client wants them: JSON, CSV, or Zeek's conn.log. */
#ifndef API_FLOW_OUT_H
#define API_FLOW_OUT_H

#include <json-c/json.h>

#include "detect/flowlog.h"
#include "http/request.h"
#include "http/response.h"

enum flow_out_format { FLOWS_JSON, FLOWS_CSV, FLOWS_ZEEK, FLOWS_REFUSED };
extern const char *const flow_out_formats[]; /* for the table of parameters */

/* format: the parameter's index, negative: not given, then by Accept. FLOWS_REFUSED: answered with 406. */
enum flow_out_format flow_out_wanted(const struct request *q, int64_t format, struct response *s);

/* Which incident stands for one of the scan's own numbers: see store_evidence.h. NULL text: each for itself. */
struct flow_parts {
	struct json_object *map;
};
void flow_parts_read(struct flow_parts *p, const char *json);
uint64_t flow_parts_get(const struct flow_parts *p, uint64_t incident);
/* Whether it stands for another one. */
int flow_parts_has(const struct flow_parts *p, uint64_t incident);
void flow_parts_free(struct flow_parts *p);

/*
 * {"row","score","p_value","anomalous","rule","title","incident","device","ts","duration","proto","service","conn_state","history","orig":{"ip
 * ","port",
 * "bytes","packets"},"resp":{…},"label","attack"}; null: unknown. The caller's.
 */
struct json_object *flow_to_json(const struct flowlog_line *l, uint64_t incident);

/* Zero-initialise with format and parts. */
struct flow_out {
	enum flow_out_format format;
	const struct flow_parts *parts;
	struct json_object *items; /* JSON */
	struct text text;          /* else */
	size_t n;
};
void flow_out_begin(struct flow_out *o);
void flow_out_add(struct flow_out *o, const struct flowlog_line *l);

/* The answer; next: the cursor of the next page, NULL: this is the last one. Exports are files with the number of the scan in their name. */
void flow_out_end(struct flow_out *o, struct response *s, uint64_t scan, const char *next);
void flow_out_free(struct flow_out *o);

#endif
