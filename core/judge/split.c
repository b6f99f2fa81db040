/* split: cuts by count within each device. */
#include "judge/split.h"

#include <stdlib.h>

const struct split split_three = { 0.6, 0.2 }, split_two = { 0.8, 0.2 };

/* n times a share that is written in decimals: 0.6 + 0.2 must not make 15 of 20 because of a last bit. */
static size_t cut(size_t n, double share)
{
	return (size_t)((double)n * share + 1e-6);
}

static enum part part_of(const struct split *s, size_t i, size_t n, size_t gap)
{
	const size_t first = cut(n, s->train), second = cut(n, s->train + s->calibrate);

	if (i >= second)
		return PART_TEST;
	if (i + gap >= second && i >= first && second < n)
		return PART_GAP;
	if (i >= first)
		return PART_CALIBRATE;
	return i + gap >= first ? PART_GAP : PART_TRAIN;
}

int split_time(const struct judged *j, const struct split *s, size_t gap, uint8_t *part, struct err *e)
{
	size_t *order = NULL;
	const int r = judged_streams(j, 1, &order, e);

	if (r < 0)
		return r;
	for (size_t start = 0, end; start < j->n; start = end) {
		for (end = start; end < j->n && j->flow[order[end]].device == j->flow[order[start]].device; end++)
			;
		for (size_t i = start; i < end; i++)
			part[order[i]] = (uint8_t)part_of(s, i - start, end - start, gap);
	}
	free(order);
	return OK;
}
