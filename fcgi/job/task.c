/* task: answering, and looking after the work. */
#include "job/task.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "fcgi/log.h"

enum { LOOK_MS = 250, STORE_TRIES = 60 };
#define TELL_SECONDS 0.5

struct running {
	struct task task;
	uint64_t id;
	pid_t master;
	struct work *work;
	const char *phase; /* that was seen last, when it was first seen, and the flows at that time */
	double since;
	uint64_t rows;
};

int task_may_start(struct context *c, struct response *s)
{
	if (scoreboard_job_take(c->board))
		return 1;
	response_error(s, 409, "a job is running already: wait until it is over, or cancel it");
	return 0;
}

void task_may_not(struct context *c)
{
	scoreboard_job_leave(c->board);
}

/* Another one may be started. */
static void give_back(struct context *c, struct running *r)
{
	work_del(r->work);
	r->work = NULL;
	r->task.drop(r->task.arg);
	scoreboard_job_leave(c->board);
}

/* ---- the work is looked after ------------------------------------------------------------------------------------------------- */

/* The server is being stopped: a job is nothing to wait for. When only this worker is replaced by one of a new configuration, it goes on. */
static int must_leave(const struct context *c, const struct running *r)
{
	return scoreboard_closing(c->board) || getppid() != r->master;
}

/* Flows a second in the phase in hand. */
static double rate_of(struct running *r, const struct job_progress *p)
{
	const double now = clock_seconds();

	if (p->phase != r->phase || p->rows < r->rows) {
		r->phase = p->phase;
		r->since = now;
		r->rows = p->rows;
	}
	return p->rows > r->rows && now > r->since ? (double)(p->rows - r->rows) / (now - r->since) : (double)NAN;
}

/* How far it is; 1: somebody wants its end. A database that is away for a while does not matter. */
static int tell(struct context *c, struct running *r)
{
	struct job_progress p = { 0 };
	struct err e = { 0 };
	int cancel = 0;

	work_look(r->work, &p.phase, &p.share, &p.rows);
	p.rate = rate_of(r, &p);
	if (store_job_progress(c->store, r->id, &p, &cancel, &e) < 0)
		log_message(LOG_LEVEL_DEBUG, "job", "job %" PRIu64 ": %s", r->id, e.msg);
	return cancel;
}

/* JOB_DONE: it ended by itself, well or not. */
static enum job_state look_after(struct context *c, struct running *r)
{
	double told = -INFINITY;

	while (!work_wait(r->work, LOOK_MS)) {
		enum job_state wish = must_leave(c, r) ? JOB_INTERRUPTED : JOB_DONE;

		slot_beat(c->slot);
		if (wish == JOB_DONE && clock_seconds() - told > TELL_SECONDS) {
			told = clock_seconds();
			wish = tell(c, r) ? JOB_CANCELLED : JOB_DONE;
		}
		if (wish != JOB_DONE && work_stop(r->work))
			return wish;
	}
	return JOB_DONE;
}

static int write_end(struct context *c, const struct running *r, enum job_state state, const struct work_output *out,
		     const char *why, struct err *e)
{
	if (state == JOB_DONE)
		return store_job_finish(c->store, r->id, text_get(&out->result), out->report.n > 0 ? text_get(&out->report) : NULL,
					e);
	return store_job_fail(c->store, r->id, state, why, e);
}

/* A database that is away is waited for; what is not written then is told by the sweep. */
static void write_down(struct context *c, const struct running *r, enum job_state state, const struct work_output *out,
		       const char *why)
{
	struct err e = { 0 };
	int code = ERR_UNAVAILABLE;

	for (int i = 0; i < STORE_TRIES; i++) {
		code = write_end(c, r, state, out, why, &e);
		slot_beat(c->slot);
		if (code != ERR_UNAVAILABLE || must_leave(c, r))
			break;
		sleep(1);
	}
	if (code < 0)
		log_message(LOG_LEVEL_WARN, "job", "job %" PRIu64 " has ended, but that is not stored: %s", r->id, e.msg);
	log_message(LOG_LEVEL_INFO, "job", "job %" PRIu64 " (%s) is %s%s%s", r->id, job_kind_name(r->task.start.kind),
		    job_state_name(state), why != NULL ? ": " : "", why != NULL ? why : "");
}

static void run(struct context *c, void *arg)
{
	struct running *const r = arg;
	struct work_output out = { 0 };
	enum job_state state = JOB_FAILED;
	struct err e = { 0 };
	char what[SLOT_TEXT];
	const char *why = e.msg;

	snprintf(what, sizeof(what), "job %" PRIu64 ": %s", r->id, r->task.doing);
	slot_begin(c->slot, what);
	if (work_start(&r->work, r->task.act, r->task.arg, &e) == OK) {
		state = look_after(c, r);
		if (state == JOB_INTERRUPTED)
			why = "the server was stopped";
		else if (state == JOB_CANCELLED || work_end(r->work, &out, &e) == OK)
			why = NULL;
		else
			state = JOB_FAILED;
	}
	/* Before its end is told: who sees that starts the next. */
	give_back(c, r);
	write_down(c, r, state, &out, why);
	text_free(&out.result);
	text_free(&out.report);
	free(r);
}

/* ---- its start ---------------------------------------------------------------------------------------------------------------- */

static void accepted(struct response *s, uint64_t id)
{
	struct json_object *const o = json_object_new_object();
	char url[64];

	snprintf(url, sizeof(url), "/api/v1/jobs/%" PRIu64, id);
	json_object_object_add(o, "job_id", json_count(id));
	json_object_object_add(o, "state", json_object_new_string(job_state_name(JOB_RUNNING)));
	json_object_object_add(o, "url", json_object_new_string(url));
	response_json(s, 202, o);
	text_printf(&s->headers, "Location: %s\r\n", url);
}

void task_start(struct context *c, struct response *s, const struct task *t)
{
	struct running *const r = calloc(1, sizeof(*r));
	struct err e = { 0 };

	if (r == NULL) {
		response_error(s, 500, "out of memory");
		t->drop(t->arg);
		task_may_not(c);
		return;
	}
	r->task = *t;
	r->master = getppid();
	if (store_job_start(c->store, &t->start, &r->id, &e) < 0) {
		response_err(s, &e);
		give_back(c, r);
		free(r);
		return;
	}
	accepted(s, r->id);
	c->after = run;
	c->after_arg = r;
}
