/* flow_around: two lists of the nearest, then one. */
#include "api/flow_around.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNKS_MOST = 12 };

/* The nearest so far, nearest first. */
struct nearest {
	size_t n;
	struct flow_near item[FLOWS_AROUND];
};

struct search {
	uint64_t row;
	const struct flowlog_select *device;
	struct nearest own, others;
	int failed;
};

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void put(struct nearest *k, uint64_t row, const struct flowlog_line *l)
{
	const uint64_t far = distance(l->flow->row, row);
	size_t at = k->n;

	while (at > 0 && distance(k->item[at - 1].flow.row, row) > far)
		at--;
	if (at == FLOWS_AROUND)
		return;
	k->n += k->n < FLOWS_AROUND;
	memmove(&k->item[at + 1], &k->item[at], (k->n - at - 1) * sizeof(k->item[0]));
	k->item[at] = (struct flow_near){ *l, *l->flow };
}

static int take_line(void *arg, const struct flowlog_line *l)
{
	struct search *const k = arg;

	put(k->device == NULL || flowlog_wanted(k->device, l) ? &k->own : &k->others, k->row, l);
	return 0;
}

static int take_chunk(void *arg, const struct flow_chunk_row *c)
{
	struct search *const k = arg;
	struct err e = { 0 };

	return flowlog_read(c->data, c->len, take_line, k, &e);
}

static int by_row(const void *a, const void *b)
{
	const uint64_t x = ((const struct flow_near *)a)->flow.row, y = ((const struct flow_near *)b)->flow.row;

	return (x > y) - (x < y);
}

int flows_around(struct store *s, uint64_t scan, uint64_t row, const struct flowlog_select *device,
		 struct flow_near out[static FLOWS_AROUND], struct err *e)
{
	struct search *const k = calloc(1, sizeof(*k));
	const uint64_t reach = FLOWLOG_CHUNK, first = row > reach ? row - reach : 0,
		       last = row < UINT64_MAX - reach ? row + reach : UINT64_MAX;
	size_t n;
	int r;

	if (k == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for flows");
	k->row = row;
	k->device = device;
	r = store_flow_chunks_around(s, scan, first, last, CHUNKS_MOST, take_chunk, k, e);
	if (r == OK) {
		n = k->own.n;
		memcpy(out, k->own.item, n * sizeof(*out));
		for (size_t i = 0; i < k->others.n && n < FLOWS_AROUND; i++)
			out[n++] = k->others.item[i];
		qsort(out, n, sizeof(*out), by_row);
		for (size_t i = 0; i < n; i++)
			out[i].line.flow = &out[i].flow;
		r = (int)n;
	}
	free(k);
	return r;
}
