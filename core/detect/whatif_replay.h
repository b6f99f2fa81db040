/* whatif_replay: incidents made again for other thresholds, from what they need of each flow. */
#ifndef DETECT_WHATIF_REPLAY_H
#define DETECT_WHATIF_REPLAY_H

#include "detect/whatif.h"

struct whatif_replay;

int whatif_replay_new(struct whatif_replay **out, const char *dir, int plain, struct err *e);
void whatif_replay_del(struct whatif_replay *r);

/*
 * A flow that is above the first `place` > 0 thresholds. In the order of the verdicts. When the folder has no room the replay is over, which
 * whatif_replay_run() tells.
 */
void whatif_replay_add(struct whatif_replay *r, const struct verdict *v, unsigned place);

/* Forget those that are above no more than `floor` thresholds; none of these comes later. */
void whatif_replay_raise(struct whatif_replay *r, unsigned floor);
uint64_t whatif_replay_n(const struct whatif_replay *r); /* held */

/*
 * incidents[k] for each k < n where wanted[k]: those that are not minor of the flows above threshold k. ERR_IO: there was no room; ERR_NOMEM. Once.
 */
int whatif_replay_run(struct whatif_replay *r, const unsigned char *wanted, size_t n, uint64_t *incidents, struct err *e);

#endif
