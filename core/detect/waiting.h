/* waiting: flows on their way from the reader to their verdict, as lists of nodes that are used again. */
#ifndef DETECT_WAITING_H
#define DETECT_WAITING_H

#include <stddef.h>

#include "feature/context.h"
#include "flow/flow.h"
#include "rule/rule.h"

struct waiting {
	struct waiting *next;
	struct waiting
		*before; /* flows of the device that came before its first window, oldest first; only of the first window's flow */
	struct flow flow;
	uint64_t device, device_flow; /* as in a verdict */
	int side;
	uint64_t oldest;      /* row of the file of the oldest flow in its window */
	int odd;              /* it is suspicious */
	size_t odd_n;         /* suspicious flows in its window, itself included; of a flow that has one of its own */
	double profile;       /* score of the profile; NaN: the model has none */
	struct rule_hit *hit; /* the strongest, or NULL; owned */
	double row[];         /* raw features */
};

struct waiting_pool {
	size_t F;
	struct waiting *free;
	struct rule_hit **hit; /* [hit_cap] unused ones: hit_n */
	size_t hit_n, hit_cap;
};

/* NULL: memory is out. All of it but row is zero. */
struct waiting *waiting_get(struct waiting_pool *p);
int waiting_set_hit(struct waiting_pool *p, struct waiting *w, const struct rule_hit *hit); /* a copy; ERR_NOMEM */
void waiting_put(struct waiting_pool *p, struct waiting *w);
void waiting_put_list(struct waiting_pool *p, struct waiting *first);
void waiting_free(struct waiting_pool *p);

/* A list with its end: first in, first out. */
struct waiting_list {
	struct waiting *first, *last;
};

void waiting_append(struct waiting_list *l, struct waiting *w);
struct waiting *waiting_pop(struct waiting_list *l); /* NULL when empty */

#endif
