/* context: what a worker has at hand while it serves a request. */
#ifndef FCGI_CONTEXT_H
#define FCGI_CONTEXT_H

#include "fcgi/site.h"
#include "pool/scoreboard.h"
#include "sql/store.h"

struct context {
	const struct site *site;
	struct scoreboard *board;
	struct slot *slot;   /* its own; slot_beat() while a long request makes progress */
	struct store *store; /* connects when it is used */
	void *scratch;       /* of plan_score(), by its worker */

	/* Set by a handler: called once, when its answer was sent and the connection is closed. */
	void (*after)(struct context *c, void *arg);
	void *after_arg;
};

#endif
