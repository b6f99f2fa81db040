/* peaks: places that are searched in a row: they are few, and mostly it is the one of before. */
#include "detect/peaks.h"

#include <stdlib.h>

int peaks_init(struct peaks *p, size_t k, size_t T, size_t F)
{
	if (kept_init(&p->kept, k, T, F) < 0)
		return ERR_NOMEM;
	k = p->kept.k + 1; /* so that none is of 0 bytes */
	p->incident = calloc(k, sizeof(*p->incident));
	p->anomaly = calloc(k, sizeof(*p->anomaly));
	p->severity = calloc(k, sizeof(*p->severity));
	return p->incident != NULL && p->anomaly != NULL && p->severity != NULL ? OK : ERR_NOMEM;
}

void peaks_free(struct peaks *p)
{
	kept_free(&p->kept);
	free(p->incident);
	free(p->anomaly);
	free(p->severity);
	*p = (struct peaks){ 0 };
}

static int less_error(const struct anomaly *a, const struct anomaly *b)
{
	return a->error < b->error || (a->error == b->error && a->sequence_id > b->sequence_id);
}

/* Incident a is less worth keeping than b, by the severity and the peak of each. */
static int less(enum severity as, const struct anomaly *a, enum severity bs, const struct anomaly *b)
{
	return as != bs ? as < bs : less_error(a, b);
}

static size_t find(struct peaks *p, uint64_t incident)
{
	size_t i = 0;

	if (p->last < p->kept.n && p->incident[p->last] == incident)
		return p->last;
	while (i < p->kept.n && p->incident[i] != incident)
		i++;
	return i;
}

static void put(struct peaks *p, size_t at, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v)
{
	p->anomaly[at] = *a;
	kept_put(&p->kept, at, a, j, v);
}

static void find_least(struct peaks *p)
{
	p->least = 0;
	for (size_t i = 1; i < p->kept.n; i++)
		if (less(p->severity[i], &p->anomaly[i], p->severity[p->least], &p->anomaly[p->least]))
			p->least = i;
}

/* An incident that is known: its rank only rises. */
static int raise_one(struct peaks *p, size_t at, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v)
{
	const int worse = a->severity > p->severity[at], larger = less_error(&p->anomaly[at], a);

	p->severity[at] = severity_worst(p->severity[at], a->severity);
	if (larger)
		put(p, at, a, j, v);
	return worse || larger;
}

void peaks_add(struct peaks *p, const struct anomaly *a, const struct judged_flow *j, const struct verdict *v)
{
	int again = 1; /* another may be the least now */
	size_t at;

	if (p->kept.k == 0 || a->incident == 0)
		return;
	at = find(p, a->incident);
	if (at < p->kept.n) {
		again = raise_one(p, at, a, j, v) && at == p->least;
	} else {
		if (at == p->kept.k && !less(p->severity[p->least], &p->anomaly[p->least], a->severity, a))
			return;
		at = at < p->kept.k ? p->kept.n++ : p->least;
		p->incident[at] = a->incident;
		p->severity[at] = a->severity;
		put(p, at, a, j, v);
	}
	p->last = at;
	if (again && p->kept.n == p->kept.k)
		find_least(p);
}

static void swap(struct peaks *p, size_t i, size_t k)
{
	const struct anomaly a = p->anomaly[i];
	const enum severity s = p->severity[i];

	p->anomaly[i] = p->anomaly[k];
	p->severity[i] = p->severity[k];
	p->anomaly[k] = a;
	p->severity[k] = s;
}

size_t peaks_list(struct peaks *p, const struct anomaly **out)
{
	for (size_t i = 0; !p->sorted && i < p->kept.n; i++) {
		size_t worst = i;

		for (size_t k = i + 1; k < p->kept.n; k++)
			if (less(p->severity[worst], &p->anomaly[worst], p->severity[k], &p->anomaly[k]))
				worst = k;
		if (worst != i)
			swap(p, i, worst);
	}
	p->sorted = 1;
	*out = p->anomaly;
	return p->kept.n;
}
