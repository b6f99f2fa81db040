/* incident_keep: the worst incidents of a scan, in bounded memory, and how many there were. */
#ifndef API_INCIDENT_KEEP_H
#define API_INCIDENT_KEEP_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"
#include "detect/incident.h"

enum { INCIDENTS_KEPT = 1000, INCIDENT_PARTS = 1 << 16, INCIDENT_SEVERITIES = 4 };

/* An incident that is no alarm of its own: which one stands for it; 0: none. */
struct incident_part {
	uint64_t id, of;
};

/* Zero-initialise; release with incident_keep_free(). Minor incidents are neither kept nor counted. */
struct incident_keep {
	uint64_t n;                             /* of all */
	uint64_t severity[INCIDENT_SEVERITIES]; /* by severity, Low first */
	struct incident *item;                  /* the kept ones; while collecting a heap with the least bad at 0 */
	size_t item_n, item_cap;
	struct incident_part *part; /* at most INCIDENT_PARTS: further ones keep their numbers */
	size_t part_n, part_cap;
	int sorted;
};

/* Takes a copy. ERR_NOMEM. */
int incident_keep_add(struct incident_keep *k, const struct incident *i);

/* Worst first: by severity, then by score, then the earlier one. Borrowed; nothing is added afterwards. */
size_t incident_keep_list(struct incident_keep *k, const struct incident **out);

/* The incident that stands for this one, to people, 0 when none does; after incident_keep_list(). */
uint64_t incident_keep_id(const struct incident_keep *k, uint64_t id);

/* {"id":the one that stands for it, 0: none, …} of those that do not stand for themselves; NULL: there are none, or memory is out. The caller's. */
struct json_object *incident_keep_parts(const struct incident_keep *k);

void incident_keep_free(struct incident_keep *k);

#endif
