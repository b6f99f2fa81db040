/* worker: what the child does: requests one at a time, or rounds of background jobs, until it is asked to leave. */
#ifndef POOL_WORKER_H
#define POOL_WORKER_H

#include <signal.h>

#include "fcgi/site.h"
#include "pool/scoreboard.h"

struct worker_start {
	const struct site *site;
	struct scoreboard *board;
	size_t slot;
	enum pool_class pool;
	int listen_fd; /* of its class; -1: jobs */
	pid_t master;
};

/* Exit codes: 0 left orderly (asked to, or after max_requests), 1 it could not work. Any other end is a death. */
_Noreturn void worker_run(const struct worker_start *start);

#endif
