/* lanes: rings of rows. */
#include "detect/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct lanes {
	size_t T, F;
	struct lane lane[CONTEXT_DEVICES];
};

struct lanes *lanes_new(size_t T, size_t F)
{
	struct lanes *const l = calloc(1, sizeof(*l));

	if (l != NULL) {
		l->T = T;
		l->F = F;
	}
	return l;
}

void lanes_del(struct lanes *l)
{
	for (size_t i = 0; l != NULL && i < CONTEXT_DEVICES; i++) {
		free(l->lane[i].row);
		free(l->lane[i].number);
		free(l->lane[i].odd);
	}
	free(l);
}

struct lane *lanes_get(struct lanes *l, size_t slot)
{
	return &l->lane[slot];
}

void lane_start(struct lane *lane, uint64_t device)
{
	*lane = (struct lane){ .device = device, .row = lane->row, .number = lane->number, .odd = lane->odd };
}

int lanes_push(struct lanes *l, struct lane *lane, const float *row, uint64_t number, int suspicious)
{
	size_t at = lane->n;

	if (lane->row == NULL)
		lane->row = malloc(l->T * l->F * sizeof(*row));
	if (lane->number == NULL)
		lane->number = malloc(l->T * sizeof(number));
	if (lane->odd == NULL)
		lane->odd = malloc(l->T);
	if (lane->row == NULL || lane->number == NULL || lane->odd == NULL)
		return ERR_NOMEM;
	if (lane->n < l->T) {
		lane->n++;
	} else {
		if (!lane->drop_last)
			lane->head = (lane->head + 1) % l->T;
		at = l->T - 1;
	}
	at = (lane->head + at) % l->T;
	memcpy(lane->row + at * l->F, row, l->F * sizeof(*row));
	lane->number[at] = number;
	lane->odd[at] = suspicious != 0;
	lane->drop_last = suspicious;
	lane->pushed++;
	return OK;
}

uint64_t lanes_window(const struct lanes *l, const struct lane *lane, float *window, size_t *odd)
{
	const size_t first = l->T - lane->head; /* rows before the ring's end */

	memcpy(window, lane->row + lane->head * l->F, first * l->F * sizeof(*window));
	memcpy(window + first * l->F, lane->row, lane->head * l->F * sizeof(*window));
	*odd = 0;
	for (size_t i = 0; i < l->T; i++)
		*odd += lane->odd[i];
	return lane->number[lane->head];
}
