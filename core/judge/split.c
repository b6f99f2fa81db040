/* split: cuts by count within each device. */
#include "judge/split.h"

#include <stdlib.h>

static enum part part_of(size_t i, size_t n, size_t gap)
{
	const size_t first = n * 6 / 10, second = n * 8 / 10;

	if (i >= second)
		return PART_TEST;
	if (i + gap >= second && i >= first)
		return PART_GAP;
	if (i >= first)
		return PART_CALIBRATE;
	return i + gap >= first ? PART_GAP : PART_TRAIN;
}

int split_time(const struct judged *j, size_t gap, uint8_t *part, struct err *e)
{
	size_t *order = NULL;
	const int r = judged_streams(j, 1, &order, e);

	if (r < 0)
		return r;
	for (size_t start = 0, end; start < j->n; start = end) {
		for (end = start; end < j->n && j->flow[order[end]].device == j->flow[order[start]].device; end++)
			;
		for (size_t i = start; i < end; i++)
			part[order[i]] = (uint8_t)part_of(i - start, end - start, gap);
	}
	free(order);
	return OK;
}
