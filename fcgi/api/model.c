/* model: GET /api/v1/model and POST /api/v1/model/reset. */
#include <math.h>
#include <unistd.h>

#include "api/handlers.h"
#include "api/model.h"
#include "base/json.h"
#include "fcgi/context.h"
#include "fcgi/log.h"

void model_hide(int code, struct err *e)
{
	if (code != ERR_IO)
		return;
	log_message(LOG_LEVEL_ERROR, "model", "%s", e->msg);
	err_set(e, ERR_IO,
		"adapted models cannot be kept: the folder of the setting model_dir cannot be written; the log says why");
}

void model_refuse(struct response *s, int code, struct err *e)
{
	model_hide(code, e);
	response_err(s, e);
}

static void put_count(struct text *t, uint64_t n)
{
	if (n < 1000) {
		text_printf(t, "%u", (unsigned)n);
		return;
	}
	put_count(t, n / 1000);
	text_printf(t, ",%03u", (unsigned)(n % 1000));
}

void model_words(const struct site *site, struct text *out)
{
	const struct detector *const d = &site->model.detector;

	text_str(out, site->model_name);
	if (site->is_adapted && site->adaptation.file[0] == '\0')
		text_printf(out, ", with a threshold set by hand on %.10s", site->adaptation.time);
	else if (site->is_adapted)
		text_printf(out, ", adapted on %.10s to %s", site->adaptation.time, site->adaptation.file);
	else
		text_str(out, ", as it was shipped");
	text_printf(out, ": threshold %.4g", site->threshold);
	if (site->strategy[0] != '\0')
		text_printf(out, " (%s)", site->strategy);
	if (d->calibrated) {
		text_str(out, ", calibrated on ");
		put_count(out, d->sequence_p.n);
		text_str(out, site->is_adapted && site->adaptation.flows > 0 ? " flows of this home" : " flows of other networks");
	}
	text_str(out, ".");
}

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static struct json_object *threshold_view(double value, const char *strategy)
{
	struct json_object *const o = json_object_new_object();

	add(o, "value", json_number(value, 9));
	add(o, "strategy", json_text(strategy));
	return o;
}

static struct json_object *thresholds_view(const struct detector *d)
{
	struct json_object *const o = json_object_new_object();

	add(o, "hybrid", d->calibrated ? threshold_view(d->hybrid_threshold, d->hybrid_strategy) : NULL);
	add(o, "lstm", isnan(d->threshold) ? NULL : threshold_view(d->threshold, d->strategy));
	return o;
}

void api_model(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const struct site *const site = c->site;
	const struct detector *const d = &site->model.detector;
	struct json_object *const o = json_object_new_object();
	struct text words = { 0 };

	(void)q;
	(void)p;
	model_words(site, &words);
	add(o, "words", json_text(text_get(&words)));
	text_free(&words);
	add(o, "name", json_text(site->model_name));
	add(o, "sha256", json_object_new_string(site->sha256));
	add(o, "features", json_text(d->features->name));
	add(o, "window", json_count(d->net.steps));
	add(o, "method", json_object_new_string(scan_method_name(site->method)));
	add(o, "calibrated", json_object_new_boolean(d->calibrated));
	add(o, "calibration_flows", d->calibrated ? json_count(d->sequence_p.n) : NULL);
	add(o, "threshold", json_number(site->threshold, 9));
	add(o, "thresholds", thresholds_view(d));
	add(o, "basic", site->plain_name != NULL ? json_text(site->plain_name) : NULL);
	add(o, "adapted", site->is_adapted ? adaptation_to_json(&site->adaptation) : NULL);
	add(o, "can_adapt", json_object_new_boolean(adapted_may_write(&site->paths)));
	add(o, "can_reset", json_object_new_boolean(site->is_adapted));
	add(o, "generation", json_count(site->generation));
	response_json(s, 200, o);
}

/* Whether a file can be used as the model, and what is known of it. */
static int usable(const struct site *site, const char *path, struct adaptation *a)
{
	struct model m = { 0 };
	struct err ignored = { 0 };
	const int r = adapted_open(&m, a, path, &site->model, site->base_sha256, &ignored);

	model_close(&m);
	return r == 1;
}

/* Under the lock. */
static int go_back(const struct site *site, struct json_object *o, struct err *e)
{
	const struct adapted_paths *const paths = &site->paths;
	struct adaptation now, before;
	struct filestamp there;
	const int adapted = usable(site, paths->now, &now), step = adapted && usable(site, paths->before, &before);
	char sha256[SHA256_HEX];
	int r;

	filestamp_look(&there, paths->now);
	if (there.ino == 0)
		return err_set(e, ERR_CONFLICT, "there is nothing to go back to: the model is used as it was shipped");
	if ((r = adapted_back(paths, step, e)) < 0)
		return r;
	if (step && (r = adapted_sha256(paths->now, sha256, e)) < 0)
		return r;
	add(o, "sha256", json_object_new_string(step ? sha256 : site->base_sha256));
	add(o, "adapted", step ? adaptation_to_json(&before) : NULL);
	add(o, "note", json_text(step ? "The model is used as it was adapted before." : "The model is used as it was shipped."));
	log_message(LOG_LEVEL_INFO, "model", "%s", step ? "back to the adaptation before" : "back to the model as it was shipped");
	return OK;
}

void api_model_reset(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct json_object *const o = json_object_new_object();
	struct err e = { 0 };
	const int lock = adapted_lock(&c->site->paths, &e), r = lock < 0 ? lock : go_back(c->site, o, &e);

	(void)q;
	(void)p;
	if (lock >= 0)
		close(lock);
	if (r == OK) {
		response_json(s, 200, o);
		return;
	}
	json_object_put(o);
	model_refuse(s, r, &e);
}
