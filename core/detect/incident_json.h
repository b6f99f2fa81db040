/* incident_json: an incident as JSON, with the names that the command line and the API share. */
#ifndef DETECT_INCIDENT_JSON_H
#define DETECT_INCIDENT_JSON_H

#include <json-c/json.h>

#include "detect/incident.h"

/*
 * {"id", "part_of", "device":{"number","ip","mac"}, "attack", "rule", "title", "technique", "tactic", "meaning", "advice", "severity",
 *  "start", "end", "flows", "peers", "peer", "port", "peak_score", "peak_row", "p_value", "rows":[first,last], "bytes_out", "bytes_in",
 *  "evidence":[{"name","value","unit","normal"}], "sentence", "also":[names of rules]}
 * null: unknown, none, many (peer, port), or no finite number. All text is valid UTF-8. Owned by the caller; NULL: memory is out.
 */
struct json_object *incident_to_json(const struct incident *i);

#endif
