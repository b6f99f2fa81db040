/*
 * task: a job of the owner's: its request is answered at once with where to look, then the worker that took the file sees to the work (work.h) until
 * it ends, is cancelled, or the server stops. One at a time.
 */
#ifndef JOB_TASK_H
#define JOB_TASK_H

#include "fcgi/context.h"
#include "http/response.h"
#include "job/work.h"
#include "sql/store_job.h"

struct task {
	struct job_start start;
	const char *doing; /* for the list of workers: "adapting" */
	work_act act;
	void (*drop)(void *arg); /* of what act needs; called once, also when nothing is started */
	void *arg;
};

/* 1: this process may start one now; 0: another one runs, and that is answered. */
int task_may_start(struct context *c, struct response *s);
/* Nothing is started after all. */
void task_may_not(struct context *c);

/* After task_may_start(): answer 202, or why it cannot be started; the work begins when the answer was sent. */
void task_start(struct context *c, struct response *s, const struct task *t);

#endif
