/* job_view: a job as JSON. */
#ifndef API_JOB_VIEW_H
#define API_JOB_VIEW_H

#include <json-c/json.h>

#include "sql/store_job.h"

/* How long it may still take, by what it took so far; NaN: unknown. */
double job_seconds_left(const struct job_row *r);

/* Without its result. The caller's. */
struct json_object *job_view(const struct job_row *r);

#endif
