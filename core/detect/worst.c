/* worst: a heap. */
#include "detect/worst.h"

#include <stdlib.h>

int worst_init(struct worst *w, size_t k)
{
	w->item = malloc((k + 1) * sizeof(*w->item));
	w->k = k;
	return w->item == NULL ? ERR_NOMEM : OK;
}

void worst_free(struct worst *w)
{
	free(w->item);
	w->item = NULL;
}

/* a is less worth keeping than b. */
static int less(const struct anomaly *a, const struct anomaly *b)
{
	return a->error < b->error || (a->error == b->error && a->sequence_id > b->sequence_id);
}

static void sift_down(struct anomaly *heap, size_t n)
{
	size_t i = 0;

	for (;;) {
		size_t least = 2 * i + 1;
		struct anomaly t;

		if (least >= n)
			return;
		if (least + 1 < n && less(&heap[least + 1], &heap[least]))
			least++;
		if (!less(&heap[least], &heap[i]))
			return;
		t = heap[i];
		heap[i] = heap[least];
		heap[least] = t;
		i = least;
	}
}

static void sift_up(struct anomaly *heap, size_t i)
{
	while (i > 0 && less(&heap[i], &heap[(i - 1) / 2])) {
		const struct anomaly t = heap[i];

		heap[i] = heap[(i - 1) / 2];
		heap[(i - 1) / 2] = t;
		i = (i - 1) / 2;
	}
}

void worst_add(struct worst *w, const struct anomaly *a)
{
	if (w->n < w->k) {
		w->item[w->n++] = *a;
		sift_up(w->item, w->n - 1);
	} else if (w->k > 0 && less(&w->item[0], a)) {
		w->item[0] = *a;
		sift_down(w->item, w->n);
	}
}

static int worst_first(const void *a, const void *b)
{
	const struct anomaly *const x = a, *const y = b;

	return less(x, y) ? 1 : less(y, x) ? -1 : 0;
}

size_t worst_list(struct worst *w, const struct anomaly **out)
{
	if (!w->sorted)
		qsort(w->item, w->n, sizeof(*w->item), worst_first);
	w->sorted = 1;
	*out = w->item;
	return w->n;
}
