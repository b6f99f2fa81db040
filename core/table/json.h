/*
 * json: flows from JSON: lines, arrays of objects, objects one after the other (table/json_cut.h), with any of the names of field.h as keys.
 *
 * Keys come in any order; objects in objects are flattened, their keys joined by dots. Numbers may be strings. A record that is broken, longer
 * than JSON_RECORD_MAX, or without the counts that a flow needs, is unusable; Suricata's EVE has many of the last kind.
 *
 * ERR_FORMAT: what json_cut.h says, and none of the first JSON_LOOK records (or of all, when there are fewer) could be a flow: the message names
 * what is missing and what was found.
 */
#ifndef TABLE_JSON_H
#define TABLE_JSON_H

#include "flow/source.h"

enum { JSON_LOOK = 10000 };

extern const struct source_ops json_source;

#endif
