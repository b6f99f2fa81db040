/* model_save: the facts of an adaptation, and the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/model.h"

int model_save(const struct site *site, struct detector *d, struct adaptation *facts, struct err *e)
{
	char *const was = d->adapted;
	const time_t seconds = time(NULL);
	struct adaptation ignored_facts;
	struct err ignored = { 0 };
	struct model now = { 0 };
	struct json_object *json;
	struct tm tm;
	int r, keep_it;

	snprintf(facts->base, sizeof(facts->base), "%s", site->is_adapted ? site->adaptation.base : site->model_name);
	snprintf(facts->base_sha256, sizeof(facts->base_sha256), "%s", site->base_sha256);
	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(facts->time, sizeof(facts->time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json = adaptation_to_json(facts);
	d->adapted = strdup(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN));
	json_object_put(json);
	if (d->adapted == NULL) {
		d->adapted = was;
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	/* One that is of no use, such as for a base that is gone, is nothing to go back to. */
	keep_it = adapted_open(&now, &ignored_facts, site->paths.now, &site->model, site->base_sha256, &ignored) == 1;
	model_close(&now);
	r = adapted_save(&site->paths, d, keep_it, e);
	free(d->adapted);
	d->adapted = was;
	return r;
}
