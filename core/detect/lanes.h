/* lanes: the last T scaled rows of each device, and the flows of it that wait for its first window. */
#ifndef DETECT_LANES_H
#define DETECT_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "feature/context.h"

struct lane {
	uint64_t device;  /* whose it is; meaningless while n is 0 */
	size_t n;         /* rows in it, <= T */
	size_t head;      /* index of the oldest */
	uint64_t pushed;  /* rows of the device so far */
	int drop_last;    /* the newest row is not to stay */
	void *waiting;    /* the caller's: what came before the first window */
	float *row;       /* (T,F), a ring; allocated when the first device comes */
	uint8_t *odd;     /* [T]: 1 where the row was suspicious */
	uint64_t *number; /* [T]: rows of the file, as row */
};

struct lanes;

struct lanes *lanes_new(size_t T, size_t F); /* NULL: memory is out */
void lanes_del(struct lanes *l);

/* The lane in a slot of the context, < CONTEXT_DEVICES. */
struct lane *lanes_get(struct lanes *l, size_t slot);

/* Empty the lane for another device. */
void lane_start(struct lane *lane, uint64_t device);

/* Append row[F], which is row `number` of the file; in a full lane the oldest gives way, or the newest when it was suspicious. ERR_NOMEM. */
int lanes_push(struct lanes *l, struct lane *lane, const float *row, uint64_t number, int suspicious);

/* The T rows of a full lane, oldest first, to window (T,F); returns the number of the oldest. odd: how many of them were suspicious. */
uint64_t lanes_window(const struct lanes *l, const struct lane *lane, float *window, size_t *odd);

#endif
