/*
 * scorer: scores a stream of windows on one or more threads, results in the order of the input.
 *
 * The caller writes a window where scorer_slot() says and pushes it. Results come back through a callback, always on the thread that pushes, in
 * order, possibly later than the push. Memory is fixed at creation.
 * With one thread everything happens inside scorer_push()/scorer_finish() and no thread is created.
 */
#ifndef NN_SCORER_H
#define NN_SCORER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/plan.h"

enum { SCORER_THREADS_MAX = 256 };

struct scored {
	uint64_t window; /* number of the window, from 0 in the order of pushing */
	float score;
	const float *input; /* (T,F), scaled; borrowed during the callback */
	const float *recon; /* (T,F) */
};

/* 0 to go on; negative stops, and scorer_push()/scorer_finish() return it. */
typedef int (*scored_sink)(void *arg, const struct scored *s);

struct scorer;

/* 1 <= threads <= SCORER_THREADS_MAX, else ERR_RANGE. The plan must outlive the scorer. */
int scorer_new(struct scorer **out, const struct plan *p, size_t threads, scored_sink sink, void *arg, struct err *e);
void scorer_del(struct scorer *s);

float *scorer_slot(struct scorer *s); /* (T,F) for the next window, oldest step first; valid until scorer_push() */
int scorer_push(struct scorer *s, struct err *e);
int scorer_finish(struct scorer *s, struct err *e); /* all results are delivered before it returns */

#endif
