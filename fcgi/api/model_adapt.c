/*
 * model_adapt: POST /api/v1/model/adapt: a file that the owner calls normal becomes the calibration and the thresholds of the model.
 *
 * adapt() reads twice, and after the request is over, so the body is kept in the folder for temporary files. What it takes is bounded: one job at a
 * time, of FLOWS_MOST flows. With wait=1 the request waits for the end, and no job is kept of it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/handlers.h"
#include "api/model.h"
#include "api/upload_keep.h"
#include "base/json.h"
#include "base/pieces.h"
#include "detect/adapt.h"
#include "fcgi/log.h"
#include "job/task.h"

enum {
	FLOWS_LEAST = 1000, /* fewer say too little of a home: a threshold of them would be a guess */
	FLOWS_MOST = 1000 * 1000,
	NOT_ENOUGH = 422,
};
static const char usual_strategy[] = "budget:1/day";

const struct param adapt_params[] = {
	[ADAPT_STRATEGY] = { "strategy", PARAM_TEXT, 0, 0, 0,
			     "how the thresholds are found, as of `guardian threshold`; else as the model's were", NULL },
	[ADAPT_NAME] = { "name", PARAM_TEXT, 0, 0, 0, "name of the file, when the body is the file itself", NULL },
	[ADAPT_WAIT] = { "wait", PARAM_INTEGER, 0, 1, 0, "1: answer when it is over, with what came out, instead of with a job",
			 NULL },
	{ .name = NULL },
};

struct adapting {
	struct context *c;
	struct upload_kept file;
	int lock; /* of the adapted models; negative: none */
	char strategy[PARAM_TEXT_BYTES + 1];
	struct work *work; /* NULL: the request waits */
	uint64_t fed;      /* bytes, in this pass */
	int pass;
	struct scan *scan; /* that is fed */
	struct detector d;
	struct adapted_before before;
	struct adapted done;
	int one_stream, saving, status; /* status of the answer when it failed; 0: what the error code says */
};

/* ---- the file ---------------------------------------------------------------------------------------------------------------- */

static int take_piece(void *arg, const void *data, size_t n, struct err *e)
{
	struct adapting *const t = arg;
	struct scan_summary sum;

	slot_beat(t->c->slot);
	scan_summary(t->scan, &sum);
	work_tell(t->work, t->pass == 0 ? "learning what is normal" : "finding the threshold",
		  0.5 * (t->pass + (t->file.bytes > 0 ? (double)t->fed / (double)t->file.bytes : 0)), sum.input->rows);
	t->fed += n;
	return scan_feed(t->scan, data, n, e);
}

static int feed(void *arg, size_t i, int pass, struct scan *scan, struct err *e)
{
	struct adapting *const t = arg;
	struct scan_summary sum;
	int r;

	(void)i;
	t->pass = pass;
	t->fed = 0;
	t->scan = scan;
	if ((r = pieces_read(t->file.path, take_piece, t, e)) == OK)
		r = scan_finish(scan, e);
	scan_summary(scan, &sum);
	t->one_stream = sum.one_stream;
	slot_beat(t->c->slot);
	return r;
}

/* ---- the adaptation ---------------------------------------------------------------------------------------------------------- */

/* As the thresholds that scans use were found; a number is no way to find one. */
static const char *strategy_of(const struct site *site)
{
	struct err ignored;

	return threshold_check(site->strategy, &ignored) == OK && !threshold_is_number(site->strategy) ? site->strategy
												       : usual_strategy;
}

/* What came out must be worth to be used. */
static int judge(struct adapting *t, struct err *e)
{
	const struct adapted *const a = &t->done;
	const uint64_t bad = a->attacks + a->alarms;

	t->status = NOT_ENOUGH;
	if (t->d.features->needs_hosts && (t->one_stream || !(a->device_seconds > 0)))
		return err_set(e, ERR_TOO_FEW, "the model needs hosts and times of flows, which this file does not tell");
	if (a->flows < FLOWS_LEAST)
		return err_set(e, ERR_TOO_FEW,
			       "there are %" PRIu64 " normal flows; it takes %d to adapt a model, such as those of a whole day",
			       a->flows, FLOWS_LEAST);
	if (bad > a->flows)
		return err_set(e, ERR_TOO_FEW,
			       "%" PRIu64 " flows are labelled as attacks or raise the alarm of a rule, and only %" PRIu64
			       " are left: this is not normal traffic",
			       bad, a->flows);
	t->status = 0;
	return OK;
}

static int run(struct adapting *t, struct err *e)
{
	const struct site *const site = t->c->site;
	const struct adapt_options o = {
		.strategy = t->strategy,
		/* A model that scans by windows alone stays one: whether it is calibrated decides on the method of the whole site. */
		.only = site->method == METHOD_LSTM,
		.method = site->method,
		.input = site->input,
		.threads = 1,
		.flows_most = FLOWS_MOST,
		.file_n = 1,
		.feed = feed,
		.arg = t,
	};
	int r;

	t->d = site->model.detector; /* a copy that borrows; its network and texts stay the site's */
	t->before = adapted_before(&t->d);
	if ((r = adapt(&t->d, site->model.plan, &o, &t->done, e)) < 0) {
		if (r == ERR_TOO_FEW || (r == ERR_RANGE && t->status == 0))
			t->status = NOT_ENOUGH;
		return r;
	}
	return judge(t, e);
}

static const struct threshold_result *result_of(const struct adapting *t)
{
	return t->c->site->method == METHOD_HYBRID ? &t->done.hybrid : &t->done.lstm;
}

static int save(struct adapting *t, struct err *e)
{
	struct adaptation facts = { .flows = t->done.flows, .supported_rate = result_of(t)->supported_rate };

	_Static_assert((int)FILE_NAME_SIZE <= (int)ADAPTATION_NAME, "cutting it would cut characters");
	snprintf(facts.file, sizeof(facts.file), "%s", t->file.name);
	snprintf(facts.strategy, sizeof(facts.strategy), "%s", result_of(t)->strategy);
	return model_save(t->c->site, &t->d, &facts, e);
}

/* ---- the answer -------------------------------------------------------------------------------------------------------------- */

static int answer(const struct adapting *t, struct json_object **out, struct err *e)
{
	const struct threshold_result *const r = result_of(t);
	const double before = t->c->site->method == METHOD_HYBRID ? t->before.hybrid : t->before.lstm;
	struct json_object *o, *threshold;
	char sha256[SHA256_HEX];
	int code;

	if ((code = adapted_sha256(t->c->site->paths.now, sha256, e)) < 0)
		return code;
	o = json_object_new_object();
	threshold = json_object_new_object();
	json_object_object_add(threshold, "before", json_number(before, 9));
	json_object_object_add(threshold, "after", json_number(r->value, 9));
	json_object_object_add(o, "sha256", json_object_new_string(sha256));
	json_object_object_add(o, "file", json_text(t->file.name));
	json_object_object_add(o, "threshold", threshold);
	json_object_object_add(o, "strategy", json_text(r->strategy));
	json_object_object_add(o, "expected_rate", json_number(r->expected_rate, 6));
	json_object_object_add(o, "supported_rate", json_number(r->supported_rate, 6));
	json_object_object_add(o, "unit", json_text(r->unit));
	json_object_object_add(o, "note", json_text(r->note));
	adapted_to_json(o, &t->done, &t->before);
	*out = o;
	log_message(LOG_LEVEL_INFO, "model",
		    "adapted: flows=%" PRIu64 " attacks_left_out=%" PRIu64 " alarms_left_out=%" PRIu64
		    " threshold=%.6g before=%.6g",
		    t->done.flows, t->done.attacks, t->done.alarms, r->value, before);
	return OK;
}

/* All but the body: under the locks. */
static int adapt_file(struct adapting *t, struct json_object **out, struct err *e)
{
	int r;

	if ((r = run(t, e)) < 0)
		return r;
	if (!work_may_change(t->work))
		return err_set(e, ERR_CONFLICT, "it was cancelled");
	t->saving = 1;
	if ((r = save(t, e)) < 0)
		return r;
	return answer(t, out, e);
}

static int act(void *arg, struct work *w, struct work_output *out, struct err *e)
{
	struct adapting *const t = arg;
	struct json_object *o = NULL;
	int r;

	t->work = w;
	if ((r = adapt_file(t, &o, e)) < 0) {
		if (t->saving)
			model_hide(r, e);
		return r;
	}
	text_str(&out->result, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return OK;
}

static void drop(void *arg)
{
	struct adapting *const t = arg;

	if (t == NULL)
		return;
	upload_kept_drop(&t->file);
	if (t->lock >= 0)
		close(t->lock);
	free(t);
}

static void wait_for_it(struct adapting *t, struct response *s)
{
	struct json_object *o = NULL;
	struct err e = { 0 };
	const int r = adapt_file(t, &o, &e);

	if (r == OK)
		response_json(s, 200, o);
	else if (t->saving)
		model_refuse(s, r, &e);
	else
		response_err_as(s, t->status, &e, NULL);
}

static void start(struct context *c, struct adapting *t, struct response *s)
{
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "strategy", json_text(t->strategy));
	task_start(c, s,
		   &(struct task){ .start = { .kind = JOB_ADAPT,
					      .name = t->file.name,
					      .size = t->file.bytes,
					      .params = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN) },
				   .doing = "adapting",
				   .act = act,
				   .drop = drop,
				   .arg = t });
	json_object_put(o);
}

/* Whether the strategy that was given is one; else it is answered. */
static int is_strategy(const struct param_value *p, struct response *s)
{
	struct err e = { 0 };
	int r;

	if (!p->given || ((r = threshold_check(p->text, &e)) == OK && !threshold_is_number(p->text)))
		return 1;
	if (r == OK)
		err_set(&e, ERR_USAGE, "strategy: a number needs no traffic; say how to find one");
	err_field(&e, adapt_params[ADAPT_STRATEGY].name);
	response_err_as(s, 400, &e, NULL);
	return 0;
}

/* Lock and body; else it is answered. */
static struct adapting *take(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct adapting *const t = calloc(1, sizeof(*t));
	struct err e = { 0 };
	int r;

	if (t == NULL) {
		response_error(s, 500, "out of memory");
		return NULL;
	}
	t->c = c;
	snprintf(t->strategy, sizeof(t->strategy), "%s", p[ADAPT_STRATEGY].given ? p[ADAPT_STRATEGY].text : strategy_of(c->site));
	if ((t->lock = r = adapted_lock(&c->site->paths, &e)) < 0) {
		model_refuse(s, r, &e);
	} else if ((r = upload_keep(c, q, p[ADAPT_NAME].given ? p[ADAPT_NAME].text : NULL, &t->file, &t->status, &e)) < 0) {
		response_err_as(s, t->status, &e, NULL);
	} else {
		t->status = 0;
		return t;
	}
	drop(t);
	return NULL;
}

void api_model_adapt(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct adapting *t;

	if (upload_is_too_large(c, q, s) || !is_strategy(&p[ADAPT_STRATEGY], s) || !task_may_start(c, s))
		return;
	t = take(c, q, p, s);
	if (t != NULL && !p[ADAPT_WAIT].integer) {
		start(c, t, s);
		return;
	}
	if (t != NULL)
		wait_for_it(t, s);
	drop(t);
	task_may_not(c);
}
