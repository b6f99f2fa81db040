/* incident_keep: a heap for the worst, a table for the numbers. */
#include "api/incident_keep.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/json.h"

/* Negative: a is worse than b. A score that is not known is the least. */
static int by_badness(const void *va, const void *vb)
{
	const struct incident *const a = va, *const b = vb;
	const double sa = isnan(a->peak_score) ? -INFINITY : a->peak_score, sb = isnan(b->peak_score) ? -INFINITY : b->peak_score;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (sa > sb || sa < sb)
		return sa > sb ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int by_id(const void *va, const void *vb)
{
	const struct incident_part *const a = va, *const b = vb;

	return a->id < b->id ? -1 : a->id > b->id;
}

static void swap(struct incident *a, struct incident *b)
{
	const struct incident t = *a;

	*a = *b;
	*b = t;
}

static void sift_up(struct incident_keep *k, size_t at)
{
	for (size_t up; at > 0 && by_badness(&k->item[up = (at - 1) / 2], &k->item[at]) < 0; at = up)
		swap(&k->item[up], &k->item[at]);
}

static void sift_down(struct incident_keep *k)
{
	for (size_t at = 0, low; (low = 2 * at + 1) < k->item_n; at = low) {
		if (low + 1 < k->item_n && by_badness(&k->item[low], &k->item[low + 1]) < 0)
			low++;
		if (by_badness(&k->item[at], &k->item[low]) >= 0)
			return;
		swap(&k->item[at], &k->item[low]);
	}
}

static int add_part(struct incident_keep *k, const struct incident *i)
{
	void *parts = k->part;

	if (k->part_n == INCIDENT_PARTS)
		return OK;
	if (!array_room(&parts, k->part_n, &k->part_cap, sizeof(*k->part), 16))
		return ERR_NOMEM;
	k->part = parts;
	k->part[k->part_n++] = (struct incident_part){ i->id, i->part_of };
	return OK;
}

int incident_keep_add(struct incident_keep *k, const struct incident *i)
{
	void *items = k->item;

	if (i->minor)
		return add_part(k, i);
	k->n++;
	k->severity[i->severity]++;
	if (k->item_n == INCIDENTS_KEPT) {
		if (by_badness(i, &k->item[0]) < 0) {
			k->item[0] = *i;
			sift_down(k);
		}
		return OK;
	}
	if (!array_room(&items, k->item_n, &k->item_cap, sizeof(*k->item), 16))
		return ERR_NOMEM;
	k->item = items;
	k->item[k->item_n] = *i;
	sift_up(k, k->item_n++);
	return OK;
}

static struct incident_part *find_part(const struct incident_keep *k, uint64_t id)
{
	const struct incident_part key = { id, 0 };

	return k->part_n > 0 ? bsearch(&key, k->part, k->part_n, sizeof(key), by_id) : NULL;
}

/*
 * What an incident is part of may itself have become part of another one; never of itself, but who knows. Each leads to the last of them
 * directly then, and
 * so do all on the way, so that long chains are walked once.
 */
static void settle(struct incident_keep *k)
{
	struct incident_part *p;

	for (size_t i = 0; i < k->part_n; i++) {
		uint64_t last = k->part[i].id, next;

		for (size_t steps = 0; steps < k->part_n && (p = find_part(k, last)) != NULL && p->of != p->id; steps++)
			last = p->of;
		for (uint64_t id = k->part[i].id; (p = find_part(k, id)) != NULL && p->of != last; id = next) {
			next = p->of;
			p->of = last;
		}
	}
}

size_t incident_keep_list(struct incident_keep *k, const struct incident **out)
{
	if (!k->sorted && k->item_n > 0)
		qsort(k->item, k->item_n, sizeof(*k->item), by_badness);
	if (!k->sorted && k->part_n > 0)
		qsort(k->part, k->part_n, sizeof(*k->part), by_id);
	if (!k->sorted)
		settle(k);
	k->sorted = 1;
	*out = k->item;
	return k->item_n;
}

uint64_t incident_keep_id(const struct incident_keep *k, uint64_t id)
{
	const struct incident_part *const found = find_part(k, id);

	return found != NULL ? found->of : id;
}

struct json_object *incident_keep_parts(const struct incident_keep *k)
{
	struct json_object *const o = k->part_n > 0 ? json_object_new_object() : NULL;
	char name[24];

	for (size_t i = 0; o != NULL && i < k->part_n; i++) {
		snprintf(name, sizeof(name), "%" PRIu64, k->part[i].id);
		json_object_object_add(o, name, json_count(incident_keep_id(k, k->part[i].id)));
	}
	return o;
}

void incident_keep_free(struct incident_keep *k)
{
	free(k->item);
	free(k->part);
	*k = (struct incident_keep){ 0 };
}
