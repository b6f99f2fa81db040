/* model_threshold: POST /api/v1/model/threshold: a threshold that the owner chose is the one of the model, which is kept as an adapted one. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/handlers.h"
#include "api/model.h"
#include "base/json.h"
#include "detect/adapt.h"
#include "detect/fuse.h"
#include "fcgi/context.h"
#include "fcgi/log.h"
#include "http/json_body.h"

#define THRESHOLD_MOST 1e9

static const char silences[] =
	"An alarm of a rule scores little more than %.1f: with this threshold most of them are silenced too.";

struct wish {
	double threshold;
	enum scan_method method;
};

static int wrong(struct err *e, int code, const char *field, const char *words)
{
	err_set(e, code, "%s: %s", field, words);
	err_field(e, field);
	return code;
}

static int read_wish(struct wish *w, const struct site *site, struct request *q, struct err *e)
{
	static const char *const known[] = { "threshold", "method", NULL };
	struct json_object *o = NULL;
	const char *name = NULL;
	int r;

	w->method = site->method;
	if ((r = json_body(&o, q, known, e)) < 0)
		return r;
	if ((r = json_get_double(o, "threshold", &w->threshold, e)) == OK &&
	    (r = json_body_text(o, "method", 20, &name, e)) == OK && name != NULL &&
	    (scan_method_find(name, &w->method, NULL) < 0 || w->method == METHOD_DENSE))
		r = wrong(e, ERR_RANGE, "method", "a model has thresholds for hybrid and lstm, and for nothing else");
	if (r == OK && !(w->threshold > 0))
		r = wrong(e, ERR_RANGE, "threshold", "it must be above 0, or it would flag every flow");
	if (r == OK && w->threshold > THRESHOLD_MOST)
		r = wrong(e, ERR_RANGE, "threshold", "it must be 1e9 at most; far less flags nothing any more");
	if (r == OK && w->method == METHOD_HYBRID && !site->model.detector.calibrated)
		r = wrong(e, ERR_CONFLICT, "method", "hybrid needs a model that is calibrated, which this one is not");
	json_object_put(o);
	return r;
}

/* Under the lock. */
static int change(const struct site *site, const struct wish *w, double *before, struct err *e)
{
	struct detector d = site->model.detector; /* borrows */
	struct adaptation facts = { .supported_rate = NAN };
	const struct adapted_before was = adapted_before(&d);
	char number[40];
	const struct adapt_options o = { .strategy = number, .only = 1, .method = w->method, .threads = 1 };
	struct adapted done;
	int r;

	snprintf(number, sizeof(number), "%.17g", w->threshold);
	*before = w->method == METHOD_HYBRID ? was.hybrid : was.lstm;
	if ((r = adapt(&d, site->model.plan, &o, &done, e)) < 0)
		return r;
	if (site->is_adapted)
		facts = site->adaptation;
	snprintf(facts.strategy, sizeof(facts.strategy), "manual");
	return model_save(site, &d, &facts, e);
}

void api_model_threshold(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const struct site *const site = c->site;
	struct json_object *o, *threshold;
	char sha256[SHA256_HEX], note[160] = "";
	struct err e = { 0 };
	struct wish w;
	double before = NAN;
	int lock = -1, r;

	(void)p;
	if ((r = read_wish(&w, site, q, &e)) < 0) {
		response_err(s, &e);
		return;
	}
	if ((r = lock = adapted_lock(&site->paths, &e)) >= 0 && (r = change(site, &w, &before, &e)) == OK)
		r = adapted_sha256(site->paths.now, sha256, &e);
	if (lock >= 0)
		close(lock);
	if (r < 0) {
		model_refuse(s, r, &e);
		return;
	}
	if (w.method == METHOD_HYBRID && w.threshold > FUSE_THRESHOLD_MOST)
		snprintf(note, sizeof(note), silences, FUSE_THRESHOLD_MOST);
	o = json_object_new_object();
	threshold = json_object_new_object();
	json_object_object_add(threshold, "before", json_number(before, 9));
	json_object_object_add(threshold, "after", json_number(w.threshold, 9));
	json_object_object_add(o, "sha256", json_object_new_string(sha256));
	json_object_object_add(o, "method", json_object_new_string(scan_method_name(w.method)));
	json_object_object_add(o, "threshold", threshold);
	json_object_object_add(o, "strategy", json_object_new_string("manual"));
	json_object_object_add(o, "note", json_object_new_string(note));
	response_json(s, 200, o);
	log_message(LOG_LEVEL_INFO, "model", "threshold of %s by hand: %.6g before=%.6g", scan_method_name(w.method), w.threshold,
		    before);
}
