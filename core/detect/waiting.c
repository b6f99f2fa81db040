/* waiting: free lists. */
#include "detect/waiting.h"

#include <stdlib.h>

struct waiting *waiting_get(struct waiting_pool *p)
{
	struct waiting *w = p->free;

	if (w != NULL)
		p->free = w->next;
	else if ((w = malloc(sizeof(*w) + p->F * sizeof(*w->row))) == NULL)
		return NULL;
	*w = (struct waiting){ 0 }; /* not the row behind it */
	return w;
}

int waiting_set_hit(struct waiting_pool *p, struct waiting *w, const struct rule_hit *hit)
{
	w->hit = p->hit_n > 0 ? p->hit[--p->hit_n] : malloc(sizeof(*w->hit));
	if (w->hit == NULL)
		return ERR_NOMEM;
	*w->hit = *hit;
	return OK;
}

static void put_hit(struct waiting_pool *p, struct rule_hit *hit)
{
	if (hit != NULL && p->hit_n == p->hit_cap) {
		const size_t cap = p->hit_cap ? 2 * p->hit_cap : 64;
		struct rule_hit **const more = reallocarray(p->hit, cap, sizeof(struct rule_hit *));

		if (more == NULL) {
			free(hit);
			return;
		}
		p->hit = more;
		p->hit_cap = cap;
	}
	if (hit != NULL)
		p->hit[p->hit_n++] = hit;
}

void waiting_put(struct waiting_pool *p, struct waiting *w)
{
	put_hit(p, w->hit);
	w->next = p->free;
	p->free = w;
}

void waiting_put_list(struct waiting_pool *p, struct waiting *first)
{
	while (first != NULL) {
		struct waiting *const next = first->next;

		waiting_put_list(p, first->before); /* one level: flows before a first window have none before them */
		waiting_put(p, first);
		first = next;
	}
}

void waiting_free(struct waiting_pool *p)
{
	while (p->free != NULL) {
		struct waiting *const next = p->free->next;

		free(p->free);
		p->free = next;
	}
	while (p->hit_n > 0)
		free(p->hit[--p->hit_n]);
	free(p->hit);
}

void waiting_append(struct waiting_list *l, struct waiting *w)
{
	w->next = NULL;
	if (l->last != NULL)
		l->last->next = w;
	else
		l->first = w;
	l->last = w;
}

struct waiting *waiting_pop(struct waiting_list *l)
{
	struct waiting *const w = l->first;

	if (w != NULL) {
		l->first = w->next;
		if (l->first == NULL)
			l->last = NULL;
		w->next = NULL;
	}
	return w;
}
