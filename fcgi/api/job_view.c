/* job_view: what is unknown is null. */
#include "api/job_view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "http/response.h"

#define SHARE_LEAST 0.03 /* below, an estimate would be a guess */

double job_seconds_left(const struct job_row *r)
{
	const double took = (double)(r->updated_us - r->started_us) / 1e6;

	return r->state == JOB_RUNNING && r->share >= SHARE_LEAST ? took * (1 - r->share) / r->share : (double)NAN;
}

struct json_object *job_view(const struct job_row *r)
{
	struct json_object *const o = json_object_new_object();
	char url[64];

	snprintf(url, sizeof(url), "/api/v1/jobs/%" PRIu64 "/report", r->id);
	json_object_object_add(o, "id", json_count(r->id));
	json_object_object_add(o, "kind", json_object_new_string(job_kind_name(r->kind)));
	json_object_object_add(o, "state", json_object_new_string(job_state_name(r->state)));
	json_object_object_add(o, "file", json_text(r->name));
	json_object_object_add(o, "size", json_count(r->size));
	json_object_object_add(o, "params", json_raw(r->params));
	json_object_object_add(o, "started", json_time(r->started_us));
	json_object_object_add(o, "finished", json_time(r->finished_us));
	json_object_object_add(o, "cancelling", json_object_new_boolean(r->state == JOB_RUNNING && r->cancelling));
	json_object_object_add(o, "progress", json_number(r->share, 4));
	json_object_object_add(o, "phase", json_text(r->phase));
	json_object_object_add(o, "rows", json_count(r->rows));
	json_object_object_add(o, "rows_per_second", json_number(r->state == JOB_RUNNING ? r->rate : (double)NAN, 3));
	json_object_object_add(o, "seconds_left", json_number(job_seconds_left(r), 3));
	json_object_object_add(o, "error", json_text(r->error));
	json_object_object_add(o, "report", r->has_report ? json_object_new_string(url) : NULL);
	return o;
}
