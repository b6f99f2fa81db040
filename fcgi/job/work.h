/*
 * work: what a job does, in a process of its own: it can be ended at any moment, what it takes is given back at its end, and a file that kills it
 * kills nothing else. The process dies with the one that started it. It knows neither the database nor clients.
 */
#ifndef JOB_WORK_H
#define JOB_WORK_H

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct work;

/* What came out. */
struct work_output {
	struct text result; /* JSON object */
	struct text report; /* a page; empty: none */
};

/*
 * Done in the process. w is NULL where somebody does it without one. What it says and returns is told by work_end(); the process ends without
 * cleaning up.
 */
typedef int (*work_act)(void *arg, struct work *w, struct work_output *out, struct err *e);

/* For the one who does it, both take NULL. How far it is; phase is a constant text. */
void work_tell(struct work *w, const char *phase, double share, uint64_t rows);
/* Before it changes anything that lasts: 0, it was stopped and must not; 1, it cannot be stopped any more. */
int work_may_change(struct work *w);

/* Start it. ERR_NOMEM, ERR_IO. */
int work_start(struct work **out, work_act act, void *arg, struct err *e);
/* Wait up to so many milliseconds for its end: 1; 0: it goes on. */
int work_wait(struct work *w, int ms);
/* *phase is valid for ever. share NaN: unknown. */
void work_look(const struct work *w, const char **phase, double *share, uint64_t *rows);
/* 1: it is stopped and has changed nothing that lasts; 0: too late for that, wait for its end. */
int work_stop(struct work *w);
/* After work_wait() said that it ended: what it returned; out is filled when that is not negative. ERR_IO: it died, e says how. */
int work_end(struct work *w, struct work_output *out, struct err *e);
/* Kills it when it is still there. NULL is fine. */
void work_del(struct work *w);

#endif
