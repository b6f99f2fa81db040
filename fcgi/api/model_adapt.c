/*
 * model_adapt: POST /api/v1/model/adapt: a file that the owner calls normal becomes the calibration and the thresholds of the model.
 *
 * adapt() reads twice, so the body is kept in the folder for temporary files. What it takes is bounded: one adaptation at a time, of FLOWS_MOST
 * flows.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/handlers.h"
#include "api/model.h"
#include "api/upload_read.h"
#include "base/json.h"
#include "base/spool.h"
#include "detect/adapt.h"
#include "fcgi/log.h"
#include "http/file_name.h"

enum {
	FLOWS_LEAST = 1000, /* fewer say too little of a home: a threshold of them would be a guess */
	FLOWS_MOST = 1000 * 1000,
	PIECE = (16 << 10) - sizeof(uint32_t),
	NO_ROOM = 507,
	NOT_ENOUGH = 422,
};
static const char usual_strategy[] = "budget:1/day";

const struct param adapt_params[] = {
	[ADAPT_STRATEGY] = { "strategy", PARAM_TEXT, 0, 0, 0,
			     "how the thresholds are found, as of `guardian threshold`; else as the model's were" },
	[ADAPT_NAME] = { "name", PARAM_TEXT, 0, 0, 0, "name of the file, when the body is the file itself" },
	{ .name = NULL },
};

/* A record of the spool. */
struct piece {
	uint32_t n;
	char data[PIECE];
};

struct task {
	struct context *c;
	struct spool *spool;
	struct piece piece;
	char file[ADAPTATION_NAME];
	const char *strategy;
	struct detector d;
	struct adapted_before before;
	struct adapted done;
	int one_stream, saving, status; /* status of the answer when it failed; 0: what the error code says */
};

/* ---- the body ---------------------------------------------------------------------------------------------------------------- */

static int begin(void *arg, const char *name, struct err *e)
{
	struct task *const t = arg;

	(void)e;
	_Static_assert((int)FILE_NAME_SIZE <= (int)ADAPTATION_NAME, "cutting it would cut characters");
	snprintf(t->file, sizeof(t->file), "%s", name);
	return OK;
}

static int put_piece(struct task *t, struct err *e)
{
	if (spool_put(t->spool, &t->piece, e) < 0) {
		log_message(LOG_LEVEL_ERROR, "spool", "%s", e->msg);
		t->status = NO_ROOM;
		return err_set(e, ERR_IO, "there is no room for this file in the folder for temporary files");
	}
	t->piece.n = 0;
	return OK;
}

static int keep(void *arg, const void *data, size_t len, struct err *e)
{
	struct task *const t = arg;
	const char *from = data;

	while (len > 0) {
		const size_t room = PIECE - t->piece.n, n = len < room ? len : room;

		memcpy(t->piece.data + t->piece.n, from, n);
		t->piece.n += (uint32_t)n;
		from += n;
		len -= n;
		if (t->piece.n == PIECE && put_piece(t, e) < 0)
			return ERR_IO;
	}
	return OK;
}

static int feed(void *arg, size_t i, int pass, struct scan *scan, struct err *e)
{
	struct task *const t = arg;
	struct scan_summary sum;
	int r, got = 0;

	(void)i;
	(void)pass;
	if ((r = spool_rewind(t->spool, e)) < 0)
		return r;
	while (r == OK && (got = spool_get(t->spool, &t->piece, e)) == 1) {
		slot_beat(t->c->slot);
		r = scan_feed(scan, t->piece.data, t->piece.n, e);
	}
	if (r == OK && (r = got) == OK)
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
static int judge(struct task *t, struct err *e)
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

static int run(struct task *t, struct err *e)
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

static const struct threshold_result *result_of(const struct task *t)
{
	return t->c->site->method == METHOD_HYBRID ? &t->done.hybrid : &t->done.lstm;
}

/* Under the lock. */
static int save(struct task *t, struct err *e)
{
	const struct site *const site = t->c->site;
	const char *const base = site->is_adapted ? site->adaptation.base : site->model_name;
	struct adaptation facts = { .flows = t->done.flows, .supported_rate = result_of(t)->supported_rate }, was;
	struct model now = { 0 };
	struct err ignored = { 0 };
	const time_t seconds = time(NULL);
	struct json_object *json;
	struct tm tm;
	int r = OK, keep_it;

	snprintf(facts.base, sizeof(facts.base), "%s", base);
	snprintf(facts.base_sha256, sizeof(facts.base_sha256), "%s", site->base_sha256);
	snprintf(facts.file, sizeof(facts.file), "%s", t->file);
	snprintf(facts.strategy, sizeof(facts.strategy), "%s", result_of(t)->strategy);
	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(facts.time, sizeof(facts.time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json = adaptation_to_json(&facts);
	if ((t->d.adapted = strdup(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN))) == NULL)
		r = err_set(e, ERR_NOMEM, "out of memory");
	json_object_put(json);
	if (r < 0)
		return r;
	/* One that is of no use, such as for a base that is gone, is nothing to go back to. */
	keep_it = adapted_open(&now, &was, site->paths.now, &site->model, site->base_sha256, &ignored) == 1;
	model_close(&now);
	r = adapted_save(&site->paths, &t->d, keep_it, e);
	free(t->d.adapted);
	t->d.adapted = NULL;
	return r;
}

/* ---- the answer -------------------------------------------------------------------------------------------------------------- */

static int answer(const struct task *t, struct response *s, struct err *e)
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
	json_object_object_add(o, "file", json_text(t->file));
	json_object_object_add(o, "threshold", threshold);
	json_object_object_add(o, "strategy", json_text(r->strategy));
	json_object_object_add(o, "expected_rate", json_number(r->expected_rate, 6));
	json_object_object_add(o, "supported_rate", json_number(r->supported_rate, 6));
	json_object_object_add(o, "unit", json_text(r->unit));
	json_object_object_add(o, "note", json_text(r->note));
	adapted_to_json(o, &t->done, &t->before);
	response_json(s, 200, o);
	log_message(LOG_LEVEL_INFO, "model",
		    "adapted: flows=%" PRIu64 " attacks_left_out=%" PRIu64 " alarms_left_out=%" PRIu64
		    " threshold=%.6g before=%.6g",
		    t->done.flows, t->done.attacks, t->done.alarms, r->value, before);
	return OK;
}

/* Body, adaptation, file, answer: under the lock. */
static int work(struct task *t, struct request *q, const char *raw_name, struct response *s, struct err *e)
{
	const struct upload_sink sink = { begin, keep, t };
	int r;

	if ((r = spool_new(&t->spool, t->c->site->spool_dir, sizeof(t->piece), e)) < 0 ||
	    (r = upload_read(t->c, q, raw_name, &sink, &t->status, e)) < 0 || (t->piece.n > 0 && (r = put_piece(t, e)) < 0) ||
	    (r = run(t, e)) < 0)
		return r;
	t->saving = 1;
	if ((r = save(t, e)) < 0)
		return r;
	return answer(t, s, e);
}

void api_model_adapt(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct task *t = NULL;
	struct err e = { 0 };
	int lock, r;

	if (upload_is_too_large(c, q, s))
		return;
	if (p[ADAPT_STRATEGY].given &&
	    ((r = threshold_check(p[ADAPT_STRATEGY].text, &e)) < 0 || threshold_is_number(p[ADAPT_STRATEGY].text))) {
		if (r == OK)
			err_set(&e, ERR_USAGE, "strategy: a number needs no traffic; say how to find one");
		err_field(&e, adapt_params[ADAPT_STRATEGY].name);
		response_err_as(s, 400, &e, NULL);
		return;
	}
	if ((lock = adapted_lock(&c->site->paths, &e)) < 0) {
		model_refuse(s, lock, &e);
		return;
	}
	if ((t = calloc(1, sizeof(*t))) == NULL) {
		r = err_set(&e, ERR_NOMEM, "out of memory");
	} else {
		t->c = c;
		t->strategy = p[ADAPT_STRATEGY].given ? p[ADAPT_STRATEGY].text : strategy_of(c->site);
		r = work(t, q, p[ADAPT_NAME].given ? p[ADAPT_NAME].text : NULL, s, &e);
	}
	if (r < 0 && t != NULL && t->saving)
		model_refuse(s, r, &e);
	else if (r < 0)
		response_err_as(s, t != NULL ? t->status : 0, &e, NULL);
	if (t != NULL)
		spool_del(t->spool);
	free(t);
	close(lock);
}
